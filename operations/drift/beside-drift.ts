/**
 * What somebody added beside what Terraform made. Terraform looks after its own resources only, so that no plan tells of
 * another policy on a role, another client in a pool, another route of the API, or another statement of who may invoke a
 * function.
 */

import type { LeftResource } from "../deployed/left-state";
import { RateLimitedClient } from "../deployed/rate-limited-client";
import type { Finding } from "../plan-file/finding";
import { authorizers, methods, stages } from "./added-to-api";
import { functionUrl, statements } from "./added-to-function";
import { appClients, clientSecrets, issuer, resourceServers } from "./added-to-pool";
import { attachedPolicies, inlinePolicies } from "./added-to-role";
import type { AwsReads } from "./aws-reads";

/** Few enough at once for AWS's quotas; a reader waits when AWS says that there are too many. */
const PACE = { concurrency: 4, rate: 10, timeout: 30, retryFor: 0 };

type Look = () => Promise<readonly Finding[]>;
type Written = ReadonlyMap<string, readonly string[]>;

/**
 * @param left all that Terraform left
 * @param written names of the attributes that the code says something about, by address
 * @param environment its name, for the commands
 * @returns the findings in the order of the resources
 * @throws {UserError} when AWS refuses to tell: what nobody could look at is not clean
 */
export async function driftBeside(
  left: readonly LeftResource[],
  written: Written,
  environment: string,
  reads: AwsReads,
): Promise<readonly Finding[]> {
  const looks: readonly Look[] = left.flatMap((resource) => looksAt(resource, left, written, environment, reads));
  const found = new Map<number, readonly Finding[]>();
  const asking = new RateLimitedClient(PACE);
  try {
    await asking.forEach([...looks.entries()], async ([index, look]) => {
      found.set(index, await look());
    });
  } finally {
    await asking.close();
  }
  return looks.flatMap((_look, index) => found.get(index) ?? []);
}

function looksAt(
  resource: LeftResource,
  left: readonly LeftResource[],
  written: Written,
  environment: string,
  reads: AwsReads,
): readonly Look[] {
  const of = (type: string) => left.filter((one) => one.type === type);
  switch (resource.type) {
    case "aws_iam_role": {
      const codes = written.get(resource.address) ?? [];
      return [
        () => inlinePolicies(resource, of("aws_iam_role_policy"), codes, reads),
        () => attachedPolicies(resource, of("aws_iam_role_policy_attachment"), codes, reads),
      ];
    }
    case "aws_api_gateway_rest_api":
      return [methods, authorizers, stages].map((look) => () => look(resource, left, reads.api));
    case "aws_cognito_user_pool":
      return [
        () => appClients(resource, of("aws_cognito_user_pool_client"), reads),
        () => resourceServers(resource, of("aws_cognito_resource_server"), reads),
        () => issuer(resource, reads),
      ];
    case "aws_cognito_user_pool_client":
      return [() => clientSecrets(resource, of("aws_secretsmanager_secret"), environment, reads)];
    case "aws_lambda_function":
      return [
        () => statements(resource, of("aws_lambda_permission"), reads),
        () => functionUrl(resource, of("aws_lambda_function_url"), reads),
      ];
    default:
      return [];
  }
}
