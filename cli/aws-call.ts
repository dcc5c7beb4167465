/** One call of an AWS API in its JSON protocol, signed with the credentials of the environment. */
import { AwsClient } from "aws4fetch";
import { type Incoming, send } from "./http";
import { UserError } from "./user-error";

/**
 * Calls Cognito's API.
 * @param operation such as `UpdateUserPoolClient`
 * @throws {UserError} when the environment holds no credentials, or AWS cannot be reached
 */
export async function callCognito(region: string, operation: string, input: object): Promise<Incoming> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = process.env;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new UserError("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set");
  }
  const session = AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN };
  const aws = new AwsClient({ accessKeyId, secretAccessKey, ...session, service: "cognito-idp", region });
  const body = JSON.stringify(input);
  const signed = await aws.sign(`https://cognito-idp.${region}.amazonaws.com/`, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body,
  });
  return await send(signed.url, { method: "POST", headers: Object.fromEntries(signed.headers), body });
}
