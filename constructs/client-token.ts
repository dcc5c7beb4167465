/**
 * Why a client may get tokens without the user pool's domain: the reason that is declared is kept with the client's
 * construct.
 */
import type { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import type { IConstruct } from "constructs";

const REASON = "machine-access:client-token-reason";

/** Notes that the client may get tokens by `GetClientToken`, past the domain and its firewall, and why. */
export function declareClientToken(client: CognitoUserPoolClient, reason: string): void {
  client.node.addMetadata(REASON, reason);
}

/** The reason given for the client; `undefined` for every construct that was not declared. */
export function clientTokenReasonOf(construct: IConstruct): string | undefined {
  const found = construct.node.metadata.find(({ type }) => type === REASON);
  return found === undefined ? undefined : String(found.data);
}
