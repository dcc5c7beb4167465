/** Observations that stations send in. */
import type { APIGatewayProxyResult } from "aws-lambda";
import type { ApiEvent } from "../../../lambda/shared/api-event";

/** Entry point of `POST /observations`. */
export async function handler({ caller }: ApiEvent): Promise<APIGatewayProxyResult> {
  return { statusCode: 202, body: JSON.stringify({ caller: caller?.clientId, accepted: true }) };
}
