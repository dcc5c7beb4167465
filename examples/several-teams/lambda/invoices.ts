/** Invoices: one function for reading and writing, which distinguishes the two by the method. */
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { answer } from "../../../lambda/shared/answer";
import { claimsOf, isAllowedCaller } from "../../../lambda/shared/caller";

/** Entry point of the team's routes. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  if (!isAllowedCaller(event)) return answer(event, 403, { message: "This client may not call this function." });
  const invoice = event.pathParameters?.["id"];
  return answer(event, 200, { caller: claimsOf(event)?.["client_id"], invoice, written: event.httpMethod === "PUT" });
}
