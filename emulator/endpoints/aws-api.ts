/**
 * The AWS APIs themselves, over their own wire protocol, so that the AWS CLI and SDKs work unchanged. Signatures are
 * not checked: whoever reaches a loopback port of this machine is trusted as far as a pretend account goes.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
import type { Account } from "../account";
import { AwsError } from "../errors";
import { describeUserPoolClient, updateUserPoolClient } from "./cognito-client-api";
import { type HttpRequest, type HttpResponse, header } from "./http";

/** Where an operation happens. */
export interface ApiPlace {
  readonly account: Account;
  readonly region: string;
}

/** One operation of an AWS API, from parsed JSON to JSON. @throws {AwsError} when AWS refuses */
export type ApiOperation = (place: ApiPlace, input: Readonly<Record<string, unknown>>) => Promise<object>;

const SERVICE = "AWSCognitoIdentityProviderService";

const operations: Readonly<Record<string, ApiOperation>> = {
  DescribeUserPoolClient: describeUserPoolClient,
  UpdateUserPoolClient: updateUserPoolClient,
};

/** Answers a request of the JSON protocol to `cognito-idp.<region>.amazonaws.com`. */
export async function answerCognitoApi(account: Account, region: string, request: HttpRequest): Promise<HttpResponse> {
  const requestId = account.uuid();
  try {
    const operation = findOperation(request);
    return answer(requestId, 200, await operation({ account, region }, parse(request.body)));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return answer(requestId, error.status, { __type: error.name, message: error.message }, error.name);
  }
}

function findOperation(request: HttpRequest): ApiOperation {
  const [service, name = ""] = (header(request, "X-Amz-Target") ?? "").split(".");
  const operation = service === SERVICE && Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) {
    const emulated = Object.keys(operations).join(", ");
    throw new AwsError(
      "UnknownOperationException",
      `${name || "This request"} is not emulated. Emulated: ${emulated}.`,
    );
  }
  if (!/^AWS4-HMAC-SHA256 /.test(header(request, "Authorization") ?? "")) {
    throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  return operation;
}

function parse(body: Buffer): Readonly<Record<string, unknown>> {
  let input: unknown;
  try {
    input = JSON.parse(body.toString("utf8"));
  } catch {
    input = undefined;
  }
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new AwsError("SerializationException", "the request's body is not a JSON object");
  }
  return input as Readonly<Record<string, unknown>>;
}

function answer(requestId: string, status: number, body: object, errorType?: string): HttpResponse {
  return {
    status,
    headers: [
      ["Content-Type", "application/x-amz-json-1.1"],
      ["x-amzn-RequestId", requestId],
      ...(errorType === undefined ? [] : [["x-amzn-ErrorType", errorType] as const]),
    ],
    body: JSON.stringify(body),
  };
}
