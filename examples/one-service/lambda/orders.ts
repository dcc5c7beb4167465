/** Orders: creates and returns them. */
import type { APIGatewayProxyResult } from "aws-lambda";
import type { ApiEvent } from "../../../lambda/shared/api-event";

/** Entry point of all routes of the service. */
export async function handler(event: ApiEvent): Promise<APIGatewayProxyResult> {
  const caller = event.caller?.clientId;
  const id = event.pathParameters?.["id"];
  if (event.httpMethod === "POST") {
    // In prod, the token of a partner comes from Secrets Manager: see access.yaml.
    const { PARTNER_URL, PARTNER_TOKEN } = process.env;
    const partner = PARTNER_TOKEN === undefined ? undefined : PARTNER_URL;
    return { statusCode: 201, body: JSON.stringify({ caller, created: true, partner }) };
  }
  const orders = id === undefined ? { orders: [] } : { order: id };
  return { statusCode: 200, body: JSON.stringify({ caller, ...orders }) };
}
