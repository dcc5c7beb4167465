/** CORS of an API: the preflights that API Gateway answers itself, and its own refusals, readable by pages. */
import { ApiGatewayGatewayResponse } from "@cdktf/provider-aws/lib/api-gateway-gateway-response";
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayIntegrationResponse } from "@cdktf/provider-aws/lib/api-gateway-integration-response";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayMethodResponse } from "@cdktf/provider-aws/lib/api-gateway-method-response";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { DEFAULT_HEADERS, type OriginPolicy } from "../../access/cors";

/** How long a browser keeps a preflight, in seconds; a changed setting reaches every page after that time. */
const MAX_AGE_SECONDS = 600;

export interface PreflightProps {
  readonly restApiId: string;
  readonly resourceId: string;
  /** By origin; at least one, the one for all other origins first. */
  readonly policies: readonly OriginPolicy[];
}

/**
 * The OPTIONS method of one path, answered by API Gateway itself and open, as browsers send it without a token. It names
 * the first policy, which a template replaces for the origins of the others: the request's origin is only compared, and
 * what is sent are the policy's own texts. For an origin without a policy the browser refuses.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors-console.html
 */
export class Preflight extends Construct {
  /** Everything that a deployment freezes. */
  readonly frozen: readonly TerraformResource[];

  constructor(scope: Construct, id: string, { restApiId, resourceId, policies }: PreflightProps) {
    super(scope, id);
    const headers = fixedHeaders(policies);
    const template = templateFor(policies);
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
      ...(template === undefined ? {} : { responseTemplates: { "application/json": template } }),
      dependsOn: [integration],
    });
    this.frozen = [method, integration, methodResponse, integrationResponse];
  }
}

type Headers = Readonly<Record<string, string>>;

/** `Vary` wherever another origin gets other headers, or a cache would hand one origin's response to another. */
function fixedHeaders([first, ...others]: readonly OriginPolicy[]): Headers {
  if (first === undefined) throw new Error("a preflight needs at least one policy");
  const isSame = first.origin === "*" && others.length === 0;
  return {
    ...headersOf(first),
    "Access-Control-Max-Age": `${MAX_AGE_SECONDS}`,
    ...(isSame ? {} : { Vary: "Origin" }),
  };
}

function headersOf({ origin, methods, headers }: OriginPolicy): Headers {
  return {
    "Access-Control-Allow-Headers": headers.join(","),
    "Access-Control-Allow-Methods": ["OPTIONS", ...methods].join(","),
    "Access-Control-Allow-Origin": origin,
  };
}

/**
 * The template that answers the others' origins, if there are any. It reads the header in both spellings, that of
 * HTTP/2 and that of HTTP/1.1, and never `$input.params('origin')`, which a query string can set as well. A header may
 * be changed once only, or the caller gets a 500: hence one chain of conditions.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
 */
function templateFor([first, ...others]: readonly OriginPolicy[]): string | undefined {
  if (first === undefined || others.length === 0) return undefined;
  const fixed = headersOf(first);
  const branches = others.flatMap((policy, index) => {
    const changed = Object.entries(headersOf(policy)).filter(([name, value]) => fixed[name] !== value);
    const names = ["Origin", "origin"].map((name) => `$headers.get('${name}') == '${policy.origin}'`);
    return [
      `#${index === 0 ? "if" : "elseif"}(${names.join(" || ")})`,
      ...changed.map(([name, value]) => `#set($context.responseOverride.header.${name} = '${value}')`),
    ];
  });
  return ["#set($headers = $input.params().header)", ...branches, "#end"].join("\n");
}

function mapNames<Value>(
  headers: Headers,
  entry: (name: string, value: string) => readonly [string, Value],
): Record<string, Value> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => entry(name, value)));
}

/**
 * Adds CORS headers to API Gateway's own refusals, without which a browser hides a 401 from the page. UNAUTHORIZED is
 * listed besides DEFAULT_4XX because a console user who edits it would otherwise lose the headers. It has AWS's own
 * status, which AWS sets anyway, so that plans stay empty. The default responses have no status: it would be that of
 * every error.
 *
 * A refusal has one response for the whole API. With several origins that is `*`, by which a page learns no more than
 * that it was refused.
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
