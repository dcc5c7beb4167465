/** Orders: what the service answers once it knows who calls. */
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { answer } from "../../../lambda/shared/answer";
import { claimsOf, isAllowedCaller } from "../../../lambda/shared/caller";

/** Entry point of all routes of the service. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  if (!isAllowedCaller(event)) return answer(event, 403, { message: "This client may not call this function." });
  const caller = claimsOf(event)?.["client_id"];
  const id = event.pathParameters?.["id"];
  if (event.httpMethod === "POST") return answer(event, 201, { caller, created: true });
  return answer(event, 200, id === undefined ? { caller, orders: [] } : { caller, order: id });
}
