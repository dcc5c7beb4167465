/** Health check: a public route, so it returns nothing else. */
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { answer } from "../../../lambda/shared/answer";

/** Entry point of the public route; there is no caller to check. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  return answer(event, 200, { status: "up" });
}
