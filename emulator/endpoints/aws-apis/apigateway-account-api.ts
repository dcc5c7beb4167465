/**
 * An account's settings for API Gateway.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateAccount.html
 */
import { AwsError } from "../../errors";
import { loggingRole, setLoggingRole } from "../../resources/apigateway-account";
import { byHand } from "../../resources/by-hand";
import type { ApiGatewayOperation } from "./apigateway-parts";
import { type ApiPlace, parseJson } from "./aws-api";

const ROLE_PATH = "/cloudwatchRoleArn";

/** `GetAccount`. */
export const getAccount: ApiGatewayOperation = async (place) => describe(place);

/** `UpdateAccount`, of the role that logs are written with. */
export const updateAccount: ApiGatewayOperation = async (place, call) => {
  const arn = roleIn(parseJson(call.request.body)["patchOperations"]);
  await byHand(place, () => setLoggingRole(place, arn));
  return describe(place);
};

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
