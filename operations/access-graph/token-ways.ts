/** The ways in which an app client gets access tokens, by its settings. */
import { CLIENT_TOKEN_FLOW } from "../../constructs/contract/contract";

/** `domain`: the token endpoint, which is on the pool's domain. `api`: `GetClientToken`, which needs no domain. */
export type TokenWay = "domain" | "api";

/** Settings of a client, as far as they decide how it gets tokens. */
export interface ClientFlows {
  readonly allowed_oauth_flows_user_pool_client: boolean;
  readonly allowed_oauth_flows: readonly string[];
  readonly explicit_auth_flows: readonly string[];
}

/** The ways in which the client gets tokens; none when it gets no token. */
export function tokenWays(client: ClientFlows): readonly TokenWay[] {
  const isGranted =
    client.allowed_oauth_flows_user_pool_client && client.allowed_oauth_flows.includes("client_credentials");
  return [
    ...(isGranted ? (["domain"] as const) : []),
    ...(client.explicit_auth_flows.includes(CLIENT_TOKEN_FLOW) ? (["api"] as const) : []),
  ];
}
