/** What must be right in an AWS account before a stack can be deployed to it, and how to put it right. */
import type { Client, Environment } from "../../access/access-model";
import { callAws } from "../../platform/aws-call";
import { callerAccount, refusalIn } from "../../platform/caller-account";
import { UserError } from "../../platform/user-error";
import { isBucketThere, type S3Backend } from "./bucket-lookup";
import { secretNames } from "./secrets";

/** What one check found. */
export interface Finding {
  /** What was looked at, in a few words. */
  readonly subject: string;
  readonly isRight: boolean;
  /** What was found, for people. */
  readonly found: string;
  /** Commands, or what else to do; empty when it is right. */
  readonly remedy: readonly string[];
}

const LOGGING_ROLE = "apigateway-cloudwatch-logs";
const LOGGING_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";

/**
 * Looks at everything.
 * @param clients those of access.yaml, whose secrets may still have their names taken
 * @throws {UserError} when there are no credentials, or AWS cannot be reached or refuses to tell
 */
export async function preflight(environment: Environment, clients: readonly Client[]): Promise<readonly Finding[]> {
  const account = await callerAccount(environment.region);
  const state = environment.backend.kind === "s3" ? [await stateBucket(environment.name, environment.backend)] : [];
  const logging = environment.accessLog ? [await loggingRole(environment.region, account)] : [];
  return [accountFinding(environment, account), ...state, ...logging, ...(await secretNames(environment, clients))];
}

/** Terraform refuses another account as well; here it is told before anything else is looked at. */
function accountFinding({ name, accountId }: Environment, account: string): Finding {
  const subject = "account";
  if (accountId === undefined) {
    return { subject, isRight: true, found: `${account}; ${name} names none in access.yaml`, remedy: [] };
  }
  if (accountId === account) return { subject, isRight: true, found: account, remedy: [] };
  const found = `${account}, but access.yaml says that ${name} is in ${accountId}`;
  return { subject, isRight: false, found, remedy: [`Use credentials of account ${accountId}.`] };
}

/** Without it, Terraform cannot even begin. */
async function stateBucket(name: string, backend: S3Backend): Promise<Finding> {
  const subject = "bucket of the state";
  if (await isBucketThere(backend)) return { subject, isRight: true, found: backend.bucket, remedy: [] };
  const found = `there is no ${backend.bucket} in ${backend.region}`;
  return { subject, isRight: false, found, remedy: [`npm run bootstrap -- ${name}`] };
}

/**
 * The role by which API Gateway writes logs. There is one for all APIs of a region, so no stack may own it: taken down
 * with one of them, it would be missing in all.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
async function loggingRole(region: string, account: string): Promise<Finding> {
  const answer = await callAws({ service: "apigateway", region, method: "GET", path: "/account" });
  if (answer.status !== 200) {
    throw new UserError(`API Gateway does not tell the account's settings: ${refusalIn(answer)}`);
  }
  const { cloudwatchRoleArn } = JSON.parse(answer.body) as { readonly cloudwatchRoleArn?: string | null };
  const subject = "API Gateway's logging role";
  if (cloudwatchRoleArn) return { subject, isRight: true, found: cloudwatchRoleArn, remedy: [] };
  const found = `none in ${region}: a stage with an access log is refused`;
  return { subject, isRight: false, found, remedy: loggingRemedy(region, account) };
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
    "Or do without: accessLog: false in access.yaml.",
  ];
}
