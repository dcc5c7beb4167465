/** Forecasts for a place, which partners' pages read from a browser. */
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { answer } from "../../../lambda/shared/answer";
import { claimsOf, isAllowedCaller } from "../../../lambda/shared/caller";

/** Entry point of `GET /forecasts/{place+}`. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  if (!isAllowedCaller(event)) return answer(event, 403, { message: "This client may not call this function." });
  return answer(event, 200, { caller: claimsOf(event)?.["client_id"], place: event.pathParameters?.["place"] });
}
