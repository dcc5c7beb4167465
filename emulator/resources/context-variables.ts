/**
 * What templates and mappings may ask of a call's context. A name that API Gateway does not know is empty there, and
 * is most likely a slip of the pen.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#context-variable-reference
 */

const NAMES = [
  "accountId",
  "apiId",
  "deploymentId",
  "domainName",
  "domainPrefix",
  "extendedRequestId",
  "httpMethod",
  "identity.accountId",
  "identity.caller",
  "identity.sourceIp",
  "identity.user",
  "identity.userAgent",
  "identity.userArn",
  "path",
  "protocol",
  "requestId",
  "requestTime",
  "requestTimeEpoch",
  "resourceId",
  "resourcePath",
  "stage",
];

/** Whether `$context.<names…>` is a variable that is played; claims may have any name. */
export function isContextVariable(names: readonly string[]): boolean {
  const [first, second, ...claim] = names;
  return (first === "authorizer" && second === "claims" && claim.length === 1) || NAMES.includes(names.join("."));
}
