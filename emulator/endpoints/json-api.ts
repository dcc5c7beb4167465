/**
 * AWS APIs of the JSON protocol: the operation is named by a header, input and output are the bodies.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
import { AwsError } from "../errors";
import { type ApiOperation, type ApiPlace, isSigned, notEmulated, parseJson } from "./aws-api";
import { describeUserPoolClient, updateUserPoolClient } from "./cognito-client-api";
import { type HttpRequest, type HttpResponse, header } from "./http";
import { describeSecret, getSecretValue } from "./secretsmanager-api";

/** What is played of a service. */
interface Service {
  /** What comes before the operation's name in `X-Amz-Target`. */
  readonly target: string;
  readonly operations: Readonly<Record<string, ApiOperation>>;
}

const cognito: Service = {
  target: "AWSCognitoIdentityProviderService",
  operations: { DescribeUserPoolClient: describeUserPoolClient, UpdateUserPoolClient: updateUserPoolClient },
};

const secretsManager: Service = {
  target: "secretsmanager",
  operations: { DescribeSecret: describeSecret, GetSecretValue: getSecretValue },
};

/** Names of operations by service. */
export const jsonApiOperations: Readonly<Record<string, readonly string[]>> = {
  "cognito-idp": Object.keys(cognito.operations),
  secretsmanager: Object.keys(secretsManager.operations),
};

/** Answers a request to `cognito-idp.<region>.amazonaws.com`. */
export function answerCognitoApi(place: ApiPlace, request: HttpRequest): Promise<HttpResponse> {
  return answerJsonApi(cognito, place, request);
}

/** Answers a request to `secretsmanager.<region>.amazonaws.com`. */
export function answerSecretsManagerApi(place: ApiPlace, request: HttpRequest): Promise<HttpResponse> {
  return answerJsonApi(secretsManager, place, request);
}

async function answerJsonApi(service: Service, place: ApiPlace, request: HttpRequest): Promise<HttpResponse> {
  const requestId = place.account.uuid();
  try {
    const operation = findOperation(service, request);
    return answer(requestId, 200, await operation(place, parseJson(request.body)));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return answer(requestId, error.status, { __type: error.name, message: error.message }, error.name);
  }
}

function findOperation({ target, operations }: Service, request: HttpRequest): ApiOperation {
  const [service, name = ""] = (header(request, "X-Amz-Target") ?? "").split(".");
  const operation = service === target && Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) {
    throw new AwsError("UnknownOperationException", notEmulated(name, Object.keys(operations)));
  }
  if (!isSigned(request)) throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token");
  return operation;
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
