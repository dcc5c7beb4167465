/**
 * Variables in a template of a gateway response, which is not processed as Velocity: only variables are replaced.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */

/** `$context.…`, `$stageVariables.…` or `$method.request.<place>.…`, with its root and the names after it. */
export const GATEWAY_VARIABLE =
  /\$(context|stageVariables|method\.request(?=\.(?:path|querystring|header)\.))\.([\w-]+(?:\.[\w-]+)*)/g;
