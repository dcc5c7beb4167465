/**
 * Answers its caller with who it is and what its token says.
 *
 * An access token of the client-credentials grant carries no audience, so API Gateway can tell that a token
 * has the right scope but not for whom it was made. Which client calls is checked here, against the ids that
 * the stack hands over in `ALLOWED_CLIENT_IDS`. Neither headers nor tokens are ever logged.
 */
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";

/** Entry point of the function behind `POST /access`. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const claims: Record<string, string> | undefined = event.requestContext.authorizer?.["claims"];
  const caller = claims?.["client_id"];
  if (caller === undefined || !allowedClientIds().has(caller)) {
    return answer(403, { message: "This client may not call this function." });
  }
  return answer(200, { caller, claims });
}

/** App client ids that may call, separated by commas in the environment; none when the variable is missing. */
function allowedClientIds(): ReadonlySet<string> {
  return new Set((process.env["ALLOWED_CLIENT_IDS"] ?? "").split(",").filter((id) => id !== ""));
}

function answer(statusCode: number, body: unknown): APIGatewayProxyResult {
  const origin = process.env["ALLOWED_ORIGIN"];
  return {
    statusCode,
    headers: {
      "Content-Type": "application/json",
      ...(origin === undefined ? {} : { "Access-Control-Allow-Origin": origin }),
    },
    body: JSON.stringify(body),
  };
}
