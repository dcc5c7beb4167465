/** Invoices: one function for reading and writing, which distinguishes the two by the method. */
import type { APIGatewayProxyResult } from "aws-lambda";
import type { ApiEvent } from "../../../lambda/shared/api-event";

/** Entry point of the team's routes. */
export async function handler({ caller, httpMethod, pathParameters }: ApiEvent): Promise<APIGatewayProxyResult> {
  const answer = { caller: caller?.clientId, invoice: pathParameters?.["id"], written: httpMethod === "PUT" };
  return { statusCode: 200, body: JSON.stringify(answer) };
}
