/** What becomes of resources that an interrupted run left on the embedded AWS, by the next deployment. Pure. */
import type { Operation } from "../../emulator/index";

/** Types whose names need not be unique, so that a deployment creates a second one and leaves the first. */
export const NOT_UNIQUE: readonly string[] = [
  "aws_api_gateway_api_key",
  "aws_api_gateway_deployment",
  "aws_api_gateway_request_validator",
  "aws_api_gateway_rest_api",
  "aws_api_gateway_usage_plan",
  "aws_cognito_user_pool",
  "aws_cognito_user_pool_client",
  "aws_secretsmanager_secret_version",
];

/** A line for each. What is in a pool or an API that stays, stays as well. */
export function leftoverLines(leftovers: readonly Operation[]): readonly string[] {
  const staying = leftovers.filter(({ type }) => NOT_UNIQUE.includes(type)).map(idOf);
  return leftovers.map((one) => {
    const ids = one.key.split("/");
    const stays = staying.some((id) => ids.includes(id));
    const fate = stays
      ? "the next deployment creates another one; to remove it: npx access local npx access drift <env> prints the command"
      : "the next deployment replaces it";
    return `${one.type} ${one.key}: ${fate}`;
  });
}

/** The last part of region and import id. */
function idOf({ key }: Operation): string {
  return key.slice(key.lastIndexOf("/") + 1);
}
