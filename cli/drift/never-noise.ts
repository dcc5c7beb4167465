/** What decides who gets in and what they may do: no provider makes a difference there up, so it is never noise. Pure. */

/** Names of attributes, whatever they are below of. */
const DECIDES: ReadonlySet<string> = new Set([
  // Who gets through the API, and where to.
  "api_key_required",
  "authorization",
  "authorization_scopes",
  "authorizer",
  "authorizer_credentials",
  "authorizer_id",
  "authorizer_uri",
  "credentials",
  "deployment_id",
  "identity_source",
  "method",
  "provider_arns",
  "request_parameters",
  "resource",
  "stage",
  "type",
  "uri",
  "web_acl_arn",
  // Who gets which token.
  "access_token_validity",
  "allowed_oauth_flows",
  "allowed_oauth_flows_user_pool_client",
  "allowed_oauth_scopes",
  "app_client",
  "callback_urls",
  "client_secret",
  "client_secrets",
  "default_redirect_uri",
  "enable_token_revocation",
  "explicit_auth_flows",
  "generate_secret",
  "identifier",
  "lambda_config",
  "resource_server",
  "scope",
  "supported_identity_providers",
  "token_validity_units",
  // Who may do what in AWS.
  "action",
  "assume_role_policy",
  "function_url",
  "function_url_auth_type",
  "inline_policy",
  "managed_policy_arns",
  "permissions_boundary",
  "policy",
  "policy_arn",
  "principal",
  "principal_org_id",
  "source_account",
  "source_arn",
  // What runs, and whom it lets in.
  "code_sha256",
  "environment",
  "filename",
  "handler",
  "image_uri",
  "layers",
  "role",
  "s3_bucket",
  "s3_key",
  "s3_object_version",
  "source_code_hash",
]);

/** Whether a difference in the attribute is always somebody's doing. @param attribute dotted name */
export function isNeverNoise(attribute: string): boolean {
  return attribute.split(".").some((name) => DECIDES.has(name) || name.startsWith("ALLOWED_"));
}
