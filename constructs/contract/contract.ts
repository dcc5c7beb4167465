/** The contract between the stack and the commands: names and texts that the stack writes and the commands read. */

/** Names of the stack's outputs. */
export const OUTPUT = {
  tokenUrl: "token_url",
  tokenCacheUrl: "token_cache_url",
  issuer: "issuer",
  routeUrls: "route_urls",
  publicRoutes: "public_routes",
  dnsRecords: "dns_records",
  clientIds: "client_ids",
  clientSecrets: "client_secrets",
  clientOwners: "client_owners",
  accessEnds: "access_ends",
  sensitiveScopes: "sensitive_scopes",
  deployedAfter: "deployed_after",
} as const;

/** Types of which a protected environment loses nothing: ids, secrets or URLs that callers have would end. */
export const PROTECTED_TYPES: readonly string[] = [
  "aws_cognito_user_pool",
  "aws_cognito_user_pool_domain",
  "aws_cognito_resource_server",
  "aws_cognito_user_pool_client",
  "aws_secretsmanager_secret",
];

/**
 * Labels of `terraform_data` that record what is protected: Terraform's own messages show them.
 *
 * @example terraform_data.protected_unless_in_allowDestroy["client/billing"]
 */
export const LEDGER = { protected: "protected_unless_in_allowDestroy", lifted: "lifted_by_allowDestroy" } as const;

/** Label of the `terraform_data` that records for which prefix a state was made, as `prefix` in its `input`. */
export const STATE_PREFIX = "state_prefix";

/** Names of the inline policies that Lambda itself needs in the role of a function. */
export const BASIC_POLICIES = {
  logs: "write-own-logs",
  network: "use-network-interfaces",
  traces: "send-traces",
} as const;

/** A route's key in outputs, such as `POST /access`. */
export function routeKey({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path}`;
}

/**
 * The flow in which a client gets tokens through Cognito's API: with all its scopes, without a domain, without OAuth
 * flows, and without IAM.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetClientToken.html
 */
export const CLIENT_TOKEN_FLOW = "ALLOW_CLIENT_TOKEN_AUTH";

/** Keys of the JSON in a client's secret. `scope` is space-separated, as the token endpoint takes it. */
export type CredentialsKey = "client_id" | "client_secret" | "token_url" | "scope";

const SECRET_DESCRIPTION = "Credentials of the client ";

/** Description of the secret with a client's credentials, by which commands find it. */
export function secretDescription(client: string): string {
  return `${SECRET_DESCRIPTION}${client}`;
}

/** Name of the client whose credentials a secret holds; `undefined` when its description is another one. */
export function clientOfSecret(description: unknown): string | undefined {
  return typeof description === "string" && description.startsWith(SECRET_DESCRIPTION)
    ? description.slice(SECRET_DESCRIPTION.length)
    : undefined;
}
