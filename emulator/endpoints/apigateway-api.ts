/**
 * An account's settings for API Gateway, over the REST protocol: the operation is method and path.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateAccount.html
 */
import { AwsError } from "../errors";
import { loggingRole, setLoggingRole } from "../resources/apigateway-account";
import { type ApiOperation, type ApiPlace, isSigned, notEmulated, parseJson } from "./aws-api";
import type { HttpRequest, HttpResponse } from "./http";

const ROLE_PATH = "/cloudwatchRoleArn";

const operations: ReadonlyMap<string, ApiOperation> = new Map<string, ApiOperation>([
  ["GET /account", async (place) => describe(place)],
  ["PATCH /account", updateAccount],
]);

export const apiGatewayOperations: readonly string[] = [...operations.keys()];

/** Answers a request to `apigateway.<region>.amazonaws.com`. */
export async function answerApiGatewayApi(place: ApiPlace, request: HttpRequest): Promise<HttpResponse> {
  const requestId = place.account.uuid();
  try {
    if (!isSigned(request)) {
      throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", 403);
    }
    const asked = `${request.method} ${request.path}`;
    const operation = operations.get(asked);
    if (operation === undefined) {
      throw new AwsError("UnknownOperationException", notEmulated(asked, [...operations.keys()]), 404);
    }
    return answer(requestId, 200, await operation(place, request.method === "GET" ? {} : parseJson(request.body)));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return answer(requestId, error.status, { message: error.message }, error.name);
  }
}

async function updateAccount(place: ApiPlace, input: Readonly<Record<string, unknown>>): Promise<object> {
  const arn = roleIn(input["patchOperations"]);
  await place.account.change(async () => {
    setLoggingRole(place, arn);
    return { result: undefined, operation: null };
  });
  return describe(place);
}

/** The role that the patches set; empty to take it away. @throws {AwsError} for any other patch */
function roleIn(patches: unknown): string {
  const [patch, ...others] = Array.isArray(patches) ? (patches as readonly unknown[]) : [];
  const { op, path, value = "" } = (patch ?? {}) as { op?: unknown; path?: unknown; value?: unknown };
  const isPlayed = op === "replace" && path === ROLE_PATH && others.length === 0;
  if (isPlayed && (value === null || typeof value === "string")) return value ?? "";
  throw new AwsError(
    "BadRequestException",
    `Invalid patch operation specified. Emulated: one operation, replace of ${ROLE_PATH}.`,
  );
}

function describe(place: ApiPlace): object {
  const cloudwatchRoleArn = loggingRole(place);
  return {
    apiKeyVersion: "4",
    ...(cloudwatchRoleArn === undefined ? {} : { cloudwatchRoleArn }),
    features: ["UsagePlans"],
    throttleSettings: { burstLimit: 5000, rateLimit: 10000 },
  };
}

function answer(requestId: string, status: number, body: object, errorType?: string): HttpResponse {
  return {
    status,
    headers: [
      ["Content-Type", "application/json"],
      ["x-amzn-RequestId", requestId],
      ...(errorType === undefined ? [] : [["x-amzn-ErrorType", errorType] as const]),
    ],
    body: JSON.stringify(body),
  };
}
