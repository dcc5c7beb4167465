/** Answers its caller with who it is and what its token says. Neither headers nor tokens are ever logged. */
import type { APIGatewayProxyResult } from "aws-lambda";
import type { ApiEvent } from "./shared/api-event";

/** Entry point of the function behind `POST /access`. */
export async function handler({ caller, requestContext }: ApiEvent): Promise<APIGatewayProxyResult> {
  const claims = requestContext.authorizer?.["claims"];
  return { statusCode: 200, body: JSON.stringify({ caller: caller?.clientId, claims }) };
}
