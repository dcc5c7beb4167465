/**
 * `$context`: what templates and mappings may take from a call. A name that API Gateway does not document is empty
 * there and most likely a typing error, so it is refused.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#context-variable-reference
 */
import { words } from "../protocols/words";

/** The variables, some of them in groups; what the call does not have is `null` or left out. */
export type ContextVariables = Readonly<Record<string, unknown>>;

/** Documented variables. Those of features that are not emulated are empty, as on AWS without the feature. */
const NAMES: ReadonlySet<string> = new Set([
  ...words(`
    accountId apiId authorizer.principalId awsEndpointRequestId deploymentId domainName domainPrefix error.message
    error.messageString error.responseType error.validationErrorString extendedRequestId httpMethod isCanaryRequest
    path protocol requestId requestTime requestTimeEpoch resourceId resourcePath stage wafResponseCode webaclArn
  `),
  ...words(`
    accessKey accountId apiKey apiKeyId caller cognitoAuthenticationProvider cognitoAuthenticationType
    cognitoIdentityId cognitoIdentityPoolId principalOrgId sourceIp user userAgent userArn vpcId vpceId
  `).map((name) => `identity.${name}`),
]);

/** Groups of variables, which templates may take as a map. */
const GROUPS: ReadonlySet<string> = new Set(["authorizer", "authorizer.claims", "error", "identity"]);

/** Whether `$context.<names…>` is a variable; claims may have any name. */
export function isContextVariable(names: readonly string[]): boolean {
  const [first, second, ...claim] = names;
  return (first === "authorizer" && second === "claims" && claim.length === 1) || NAMES.has(names.join("."));
}

/** Whether `$context.<names…>` is a group of variables. */
export function isContextGroup(names: readonly string[]): boolean {
  return GROUPS.has(names.join("."));
}

/** Text of `$context.<names…>`; `undefined` when the call has none. */
export function contextValue(variables: ContextVariables, names: readonly string[]): string | undefined {
  let value: unknown = variables;
  for (const name of names) {
    const isGroup = typeof value === "object" && value !== null && Object.hasOwn(value, name);
    value = isGroup ? (value as ContextVariables)[name] : undefined;
  }
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/**
 * A variable in a template of a gateway response, which is not processed as Velocity: `$context.…`, `$stageVariables.…`
 * or `$method.request.<place>.…`, with its root and the names after it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export const GATEWAY_VARIABLE =
  /\$(context|stageVariables|method\.request(?=\.(?:path|querystring|header)\.))\.([\w-]+(?:\.[\w-]+)*)/g;
