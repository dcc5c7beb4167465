/** Answers its caller with who it is and what its token says. Neither headers nor tokens are ever logged. */
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { answer } from "./shared/answer";
import { claimsOf, isAllowedCaller } from "./shared/caller";

/** Entry point of the function behind `POST /access`. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  if (!isAllowedCaller(event)) return answer(event, 403, { message: "This client may not call this function." });
  const claims = claimsOf(event);
  return answer(event, 200, { caller: claims?.["client_id"], claims });
}
