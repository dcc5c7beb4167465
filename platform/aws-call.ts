/** One call of an AWS API over its own wire protocol, signed with the credentials of the environment. */
import { AwsClient } from "aws4fetch";
import { type Incoming, send } from "./http";
import { UserError } from "./user-error";

/** A request to a service's endpoint: that of the region, where it has one there. */
export interface AwsRequest {
  /** Name as in the endpoint's host and the signature, such as `cognito-idp`. */
  readonly service: string;
  readonly region: string;
  readonly method: string;
  /** @default "/" */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Services with one endpoint for all regions; calls are signed for its home. */
const GLOBAL: readonly string[] = ["iam"];

/**
 * Calls an API of AWS.
 * @throws {UserError} when the environment holds no credentials, or AWS cannot be reached
 */
export async function callAws({
  service,
  region,
  method,
  path = "/",
  headers = {},
  body,
}: AwsRequest): Promise<Incoming> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = process.env;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const how = 'With a profile of the AWS CLI: eval "$(aws configure export-credentials --format env)"';
    throw new UserError(`AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set. ${how}`);
  }
  const session = AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN };
  const isGlobal = GLOBAL.includes(service);
  const signedFor = isGlobal ? "us-east-1" : region;
  const aws = new AwsClient({ accessKeyId, secretAccessKey, ...session, service, region: signedFor });
  const content = body === undefined ? {} : { body };
  const host = isGlobal ? `${service}.amazonaws.com` : `${service}.${region}.amazonaws.com`;
  const signed = await aws.sign(`https://${host}${path}`, { method, headers, ...content });
  return await send(signed.url, { method, headers: Object.fromEntries(signed.headers), ...content });
}

/**
 * Calls Cognito's API.
 * @param operation such as `UpdateUserPoolClient`
 * @throws {UserError} as {@link callAws} does
 */
export async function callCognito(region: string, operation: string, input: object): Promise<Incoming> {
  const headers = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
  };
  return await callAws({ service: "cognito-idp", region, method: "POST", headers, body: JSON.stringify(input) });
}
