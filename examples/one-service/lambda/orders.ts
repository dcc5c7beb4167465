/** Orders: creates and returns them. */
import type { APIGatewayProxyResult } from "aws-lambda";
import type { ApiEvent } from "../../../lambda/shared/api-event";

/** Entry point of all routes of the service. */
export async function handler(event: ApiEvent): Promise<APIGatewayProxyResult> {
  const caller = event.caller?.clientId;
  const id = event.pathParameters?.["id"];
  if (event.httpMethod === "POST") return { statusCode: 201, body: JSON.stringify({ caller, created: true }) };
  const orders = id === undefined ? { orders: [] } : { order: id };
  return { statusCode: 200, body: JSON.stringify({ caller, ...orders }) };
}
