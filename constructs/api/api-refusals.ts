/** API Gateway's own refusals, readable by pages: without CORS headers a browser hides a 401 from them. */
import { ApiGatewayGatewayResponse } from "@cdktf/provider-aws/lib/api-gateway-gateway-response";
import type { TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import { DEFAULT_HEADERS } from "../../access/cors";

/**
 * Adds the headers to every refusal. UNAUTHORIZED is listed besides DEFAULT_4XX because a console user who edits it
 * would otherwise lose the headers. It has AWS's own status, which AWS sets anyway, so that plans stay empty. Of the
 * default responses, status codes stay unset: one that sets a status gives it to every error.
 *
 * A refusal has one answer for the whole API. With several origins that is `*`, which tells a page no more than that
 * it was refused: no cookies are involved, and whoever may not call has no answer to read. To send back the request's
 * own `Origin` would let in exactly as many, and only where it is spelled as the mapping spells it.
 *
 * @param origins every origin that a route allows, at least one; `*` among them means all
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export function readableRefusals(
  scope: Construct,
  restApiId: string,
  origins: readonly string[],
): readonly TerraformResource[] {
  const [origin = "*", ...others] = origins;
  const headers = {
    "Access-Control-Allow-Headers": DEFAULT_HEADERS.join(","),
    "Access-Control-Allow-Origin": others.length === 0 ? origin : "*",
  };
  const parameters = Object.entries(headers).map(([name, value]) => [`gatewayresponse.header.${name}`, `'${value}'`]);
  return ["DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED"].map(
    (responseType) =>
      new ApiGatewayGatewayResponse(scope, `refusal-${responseType}`, {
        restApiId,
        responseType,
        ...(responseType === "UNAUTHORIZED" ? { statusCode: "401" } : {}),
        responseParameters: Object.fromEntries(parameters),
        responseTemplates: { "application/json": '{"message":$context.error.messageString}' },
      }),
  );
}
