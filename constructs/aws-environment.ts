/** Which AWS account and region a stack is deployed to, and what all of its resources are tagged with. */
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { TerraformStack } from "cdktf";
import type { Environment } from "../access/access-model";

/**
 * Adds the provider. With an account id it refuses any other account's credentials when it is configured, thus before
 * anything is read or planned: `AWS account ID not allowed: <id>`.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs#allowed_account_ids-1
 */
export function createProvider(stack: TerraformStack, environment: Environment): AwsProvider {
  const { region, accountId, tags } = environment;
  return new AwsProvider(stack, "aws", {
    region,
    ...(accountId === undefined ? {} : { allowedAccountIds: [accountId] }),
    ...(Object.keys(tags).length === 0 ? {} : { defaultTags: [{ tags: { ...tags } }] }),
  });
}
