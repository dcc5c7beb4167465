/**
 * AWS APIs of the JSON protocol: the operation is named by a header, input and output are the bodies.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
import { AwsError } from "../../errors";
import { type HttpRequest, type HttpResponse, header } from "../http";
import { type ApiOperation, type ApiPlace, isSigned, notEmulated, parseJson, refusalOf } from "./aws-api";
import { describeSecret, getSecretValue, putSecretValue } from "./secretsmanager-api";
import { deleteSecret, restoreSecret } from "./secretsmanager-deletion-api";
import { updateSecretVersionStage } from "./secretsmanager-stage-api";

/** What is played of a service. */
interface Service<Place extends ApiPlace = ApiPlace> {
  /** What comes before the operation's name in `X-Amz-Target`. */
  readonly target: string;
  readonly operations: Readonly<Record<string, ApiOperation<Place>>>;
}

const secretsManager: Service = {
  target: "secretsmanager",
  operations: {
    DeleteSecret: deleteSecret,
    DescribeSecret: describeSecret,
    GetSecretValue: getSecretValue,
    PutSecretValue: putSecretValue,
    RestoreSecret: restoreSecret,
    UpdateSecretVersionStage: updateSecretVersionStage,
  },
};

/** Names of operations by service. */
export const jsonApiOperations: Readonly<Record<string, readonly string[]>> = {
  secretsmanager: Object.keys(secretsManager.operations),
};

/** Answers a request to `secretsmanager.<region>.amazonaws.com`. */
export function answerSecretsManagerApi(place: ApiPlace, request: HttpRequest): Promise<HttpResponse> {
  return answerJsonApi(secretsManager, place, request);
}

async function answerJsonApi<Place extends ApiPlace>(
  service: Service<Place>,
  place: Place,
  request: HttpRequest,
): Promise<HttpResponse> {
  const requestId = place.account.uuid();
  try {
    const operation = findOperation(service, request);
    return answer(requestId, 200, await operation(place, parseJson(request.body)));
  } catch (error) {
    const { name, message, status } = refusalOf(error);
    return answer(requestId, status, { __type: name, message }, name);
  }
}

function findOperation<Place extends ApiPlace>(
  { target, operations }: Service<Place>,
  request: HttpRequest,
): ApiOperation<Place> {
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
