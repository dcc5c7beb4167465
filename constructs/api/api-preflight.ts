/** What API Gateway answers to a browser that asks before it lets a page call. */
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayIntegrationResponse } from "@cdktf/provider-aws/lib/api-gateway-integration-response";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayMethodResponse } from "@cdktf/provider-aws/lib/api-gateway-method-response";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { OriginPolicy } from "../../access/cors";

/** How long a browser need not ask again, in seconds; a changed setting reaches every page after that time. */
const MAX_AGE_SECONDS = 600;

/** Settings of a {@link Preflight}. */
export interface PreflightProps {
  readonly restApiId: string;
  readonly resourceId: string;
  /** What the path's callers may do; at least one, the one for all other origins first. */
  readonly policies: readonly OriginPolicy[];
}

/**
 * The OPTIONS method of one path, answered by API Gateway itself and open to everybody, as browsers send it without
 * a token. It always names the first policy, which a template changes for the origins of the others: what the request
 * says is only ever compared, and what is sent are the policy's own texts. An origin without a policy reads that of
 * another, which its browser takes for a no.
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

/** `Vary` wherever another origin hears something else, or a cache would hand one origin's answer to another. */
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
