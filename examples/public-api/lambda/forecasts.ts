/** Forecasts for a place, which partners' pages read from a browser. */
import type { APIGatewayProxyResult } from "aws-lambda";
import type { ApiEvent } from "../../../lambda/shared/api-event";

/** Entry point of `GET /forecasts/{place+}`. */
export async function handler({ caller, pathParameters }: ApiEvent): Promise<APIGatewayProxyResult> {
  return { statusCode: 200, body: JSON.stringify({ caller: caller?.clientId, place: pathParameters?.["place"] }) };
}
