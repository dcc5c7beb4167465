/** Health check: a public route, so it returns nothing else. */
import type { APIGatewayProxyResult } from "aws-lambda";

/** Entry point of the public route. */
export async function handler(): Promise<APIGatewayProxyResult> {
  return { statusCode: 200, body: JSON.stringify({ status: "up" }) };
}
