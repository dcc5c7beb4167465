/** Consequences of findings for tokens: clients that get tokens without the domain, and the issuer of tokens. Pure. */
import { CLIENT_TOKEN_FLOW } from "../../constructs/contract/contract";
import { UPDATED_ISSUER } from "../access-graph/pool-issuer";
import { type ClientFlows, tokenWays } from "../access-graph/token-ways";
import type { Finding } from "./finding";

/** The finding, critical when the client gained a way to tokens that needs no domain. */
export function withTokenWay(finding: Finding, before: object, after: object): Finding {
  const [old, now] = [flowsIn(before), flowsIn(after)];
  if (finding.attribute !== "explicit_auth_flows" || tokenWays(old).includes("api")) return finding;
  if (!tokenWays(now).includes("api")) return finding;
  return {
    ...finding,
    severity: "critical",
    effect: `${nameIn(after)} can get tokens without the domain: ${CLIENT_TOKEN_FLOW}`,
  };
}

/** Consequence of an added app client; `undefined` when it gets no tokens. */
export function effectOfClient(name: string, flows: ClientFlows): string | undefined {
  const ways = tokenWays(flows);
  if (ways.length === 0) return undefined;
  const how = ways.includes("api") ? `without the domain: ${CLIENT_TOKEN_FLOW}` : "from the token endpoint";
  return `${name} was added and can get tokens ${how}`;
}

/** Consequence of an updated issuer. */
export const EFFECT_OF_ISSUER = `tokens of the pool have ${UPDATED_ISSUER}: every call with one is refused`;

function flowsIn(values: object): ClientFlows {
  const none = { allowed_oauth_flows_user_pool_client: false, allowed_oauth_flows: [], explicit_auth_flows: [] };
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return { ...none, ...Object.fromEntries(given) };
}

function nameIn(values: object): string {
  return "name" in values ? String(values.name) : "a client";
}
