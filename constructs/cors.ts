/** What a browser needs to be told before it lets a page call the API: the headers of "enable CORS" in the console. */
import { ApiGatewayGatewayResponse } from "@cdktf/provider-aws/lib/api-gateway-gateway-response";
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayIntegrationResponse } from "@cdktf/provider-aws/lib/api-gateway-integration-response";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayMethodResponse } from "@cdktf/provider-aws/lib/api-gateway-method-response";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";

/** The origin that every route with CORS allows. */
export const ALLOWED_ORIGIN = "*";

/** Spelled out: `*` would not cover Authorization. @see https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name */
const ALLOWED_HEADERS = "Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token";

/** Settings of a {@link Preflight}. */
export interface PreflightProps {
  readonly restApiId: string;
  readonly resourceId: string;
  /** Methods of this path that browsers may call, such as `["POST"]`. */
  readonly methods: readonly string[];
}

/**
 * The OPTIONS method of one path, answered by API Gateway itself and open to everybody, as browsers send it without
 * a token.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors-console.html
 */
export class Preflight extends Construct {
  /** Everything that a deployment freezes. */
  readonly resources: readonly TerraformResource[];

  constructor(scope: Construct, id: string, { restApiId, resourceId, methods }: PreflightProps) {
    super(scope, id);
    const headers = {
      "Access-Control-Allow-Headers": ALLOWED_HEADERS,
      "Access-Control-Allow-Methods": ["OPTIONS", ...methods].join(","),
      "Access-Control-Allow-Origin": ALLOWED_ORIGIN,
    };
    const base = { restApiId, resourceId };
    const method = new ApiGatewayMethod(this, "method", { ...base, httpMethod: "OPTIONS", authorization: "NONE" });
    const at = { ...base, httpMethod: method.httpMethod };
    const integration = new ApiGatewayIntegration(this, "integration", {
      ...at,
      type: "MOCK",
      passthroughBehavior: "NEVER",
      requestTemplates: { "application/json": '{"statusCode": 200}' },
    });
    const methodResponse = new ApiGatewayMethodResponse(this, "method-response", {
      ...at,
      statusCode: "200",
      responseParameters: mapNames(headers, (name) => [`method.response.header.${name}`, true]),
    });
    const integrationResponse = new ApiGatewayIntegrationResponse(this, "integration-response", {
      ...at,
      statusCode: methodResponse.statusCode,
      responseParameters: mapNames(headers, (name, value) => [`method.response.header.${name}`, `'${value}'`]),
      dependsOn: [integration],
    });
    this.resources = [method, integration, methodResponse, integrationResponse];
  }
}

/**
 * API Gateway's own refusals with CORS headers; without them a browser hides a 401 from the page. UNAUTHORIZED is
 * listed besides DEFAULT_4XX because a console user who edits it would otherwise lose the headers. Status codes stay
 * unset: a default response that sets one gives it to every error.
 */
export function readableRefusals(scope: Construct, restApiId: string): readonly TerraformResource[] {
  const headers = { "Access-Control-Allow-Headers": ALLOWED_HEADERS, "Access-Control-Allow-Origin": ALLOWED_ORIGIN };
  return ["DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED"].map(
    (responseType) =>
      new ApiGatewayGatewayResponse(scope, `refusal-${responseType}`, {
        restApiId,
        responseType,
        responseParameters: mapNames(headers, (name, value) => [`gatewayresponse.header.${name}`, `'${value}'`]),
        responseTemplates: { "application/json": '{"message":$context.error.messageString}' },
      }),
  );
}

function mapNames<Value>(
  headers: Readonly<Record<string, string>>,
  entry: (name: string, value: string) => readonly [string, Value],
): Record<string, Value> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => entry(name, value)));
}
