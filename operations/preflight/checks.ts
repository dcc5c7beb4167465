/** What must be right in an AWS account before a stack can be deployed to it, and how to fix it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client, Environment } from "../../access/access-model";
import { type Aws, aws, callerAccount } from "../../platform/aws";
import { counted } from "../../platform/markdown";
import { stackFolder } from "../../platform/project";
import { prepareStack } from "../../platform/stack";
import { isKeptLocally, statePlaceOf } from "../../platform/state-place";
import { otherPrefixIn, ownStateRemedy } from "../deployed/state-owner";
import { managedResources, NOTHING, readState, type StateValues } from "../plan-file/state-json";
import type { Finding } from "./finding";
import { checkSecrets, checkValues } from "./secret-checks";
import { isBucketThere, type S3Backend } from "./state-bucket";

const LOGGING_ROLE = "apigateway-cloudwatch-logs";
const LOGGING_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";

/**
 * Makes all checks; the state, and what depends on it, only where the account and the bucket are right.
 * @param clients those of access.yaml
 * @throws {UserError} when there are no credentials, or AWS cannot be reached or refuses a read
 */
export async function preflight(environment: Environment, clients: readonly Client[]): Promise<readonly Finding[]> {
  const sdk = aws(environment.region);
  const account = await callerAccount(sdk);
  const { backend, name, accessLog } = environment;
  const before = [
    accountFinding(environment, account),
    ...(backend.kind === "s3" && !isKeptLocally(stackFolder(name)) ? [await stateBucket(name, backend)] : []),
  ];
  const folder = before.every(({ isRight }) => isRight) ? await prepareStack(name) : undefined;
  const state = folder === undefined ? NOTHING : await readState(folder);
  return [
    ...before,
    ...(folder === undefined ? [] : [stateFinding(name, folder, state)]),
    ...(accessLog ? [await loggingRole(sdk, account)] : []),
    ...(folder !== undefined && clients.some(({ secret }) => secret !== undefined)
      ? await checkSecrets(sdk, folder, state)
      : []),
    ...(folder === undefined ? [] : await checkValues(sdk, folder)),
  ];
}

/** A deployment would destroy what another project deployed with the same state. */
function stateFinding(name: string, folder: string, state: StateValues): Finding {
  const other = otherPrefixIn(JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")), state);
  const { length } = managedResources(state);
  const place = statePlaceOf(folder);
  const check = "state";
  if (other === undefined)
    return { check, isRight: true, found: `${counted(length, "resource")} in ${place}`, remedy: [] };
  const found = `${place} holds resources of ${JSON.stringify(other)}, which is not the prefix of ${name}`;
  return { check, isRight: false, found, remedy: ownStateRemedy(name) };
}

/** Terraform refuses another account as well, but later. */
function accountFinding({ name, accountId }: Environment, account: string): Finding {
  const check = "account";
  if (accountId === undefined) {
    return { check, isRight: true, found: `${account}; ${name} names none in access.yaml`, remedy: [] };
  }
  if (accountId === account) return { check, isRight: true, found: account, remedy: [] };
  const found = `${account}, but access.yaml says that ${name} is in ${accountId}`;
  return { check, isRight: false, found, remedy: [`Use credentials of account ${accountId}.`] };
}

/** Without it, Terraform cannot even begin. */
async function stateBucket(name: string, backend: S3Backend): Promise<Finding> {
  const check = "state-bucket";
  if (await isBucketThere(backend)) return { check, isRight: true, found: backend.bucket, remedy: [] };
  const found = `the bucket ${backend.bucket} does not exist in ${backend.region}`;
  return { check, isRight: false, found, remedy: [`npx access bootstrap ${name}`] };
}

/**
 * The role by which API Gateway writes logs. There is one for all APIs of a region, so no stack may own it: a stack that
 * is destroyed would delete it for all.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
async function loggingRole({ apiGateway, region }: Aws, account: string): Promise<Finding> {
  const { cloudwatchRoleArn } = await (await apiGateway()).getAccount({});
  const check = "logging-role";
  if (cloudwatchRoleArn) return { check, isRight: true, found: cloudwatchRoleArn, remedy: [] };
  const found = `API Gateway has none in ${region}: a stage with an access log is refused`;
  return { check, isRight: false, found, remedy: loggingRemedy(region, account) };
}

function loggingRemedy(region: string, account: string): readonly string[] {
  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" }],
  });
  const role = `arn:aws:iam::${account}:role/${LOGGING_ROLE}`;
  return [
    "Once for the account:",
    `  aws iam create-role --role-name ${LOGGING_ROLE} --assume-role-policy-document '${trust}'`,
    `  aws iam attach-role-policy --role-name ${LOGGING_ROLE} --policy-arn ${LOGGING_POLICY}`,
    `Once for ${region}:`,
    `  aws apigateway update-account --region ${region} --patch-operations op=replace,path=/cloudwatchRoleArn,value=${role}`,
    "Or disable access logs: accessLog: false in access.yaml.",
  ];
}
