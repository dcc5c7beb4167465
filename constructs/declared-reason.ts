/** Reasons with which exceptions from the guards are declared; they are kept with the construct. */
import type { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import type { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import type { IConstruct } from "constructs";

const REASON = "machine-access:reason";

/** Declares that the method may be called without a token. */
export function declarePublic(method: ApiGatewayMethod, reason: string): void {
  method.node.addMetadata(REASON, reason);
}

/** Declares that the client may get tokens by `GetClientToken`, past the domain and its firewall. */
export function declareClientToken(client: CognitoUserPoolClient, reason: string): void {
  client.node.addMetadata(REASON, reason);
}

/** The declared reason; `undefined` for a construct without one. */
export function declaredReasonOf(construct: IConstruct): string | undefined {
  const found = construct.node.metadata.find(({ type }) => type === REASON);
  return found === undefined ? undefined : String(found.data);
}
