/** A method of the API as a caller meets it, in one form for what Terraform left and what is deployed. */
import { type LeftResource, ofType, textIn, textsIn } from "./left-state";

/** What decides who gets through a method, and where to. Lists are sorted. */
export interface ApiMethod {
  readonly authorization: string;
  readonly authorization_scopes: readonly string[];
  /** Header in which the token is expected; empty without an authorizer. */
  readonly token_header: string;
  /** User pools whose tokens are taken. */
  readonly provider_arns: readonly string[];
  /** Kind of what it is passed on to, such as `AWS_PROXY`. */
  readonly integration_type: string;
  readonly integration_uri: string;
}

/** A method that Terraform left, with its address. */
export interface LeftMethod extends ApiMethod {
  readonly address: string;
}

const IDENTITY_HEADER = "method.request.header.";

/**
 * The methods of an API by route, such as `POST /orders`.
 * @param left all that Terraform left
 */
export function leftMethods(left: readonly LeftResource[], restApiId: string): ReadonlyMap<string, LeftMethod> {
  const paths = pathsOf(left, restApiId);
  const integrations = new Map(ofType(left, "integration", restApiId).map((one) => [keyOf(one), one]));
  const authorizers = new Map(ofType(left, "authorizer", restApiId).map((one) => [textIn(one, "id"), one]));
  return new Map(
    ofType(left, "method", restApiId).map((method) => {
      const route = `${textIn(method, "http_method")} ${paths.get(textIn(method, "resource_id")) ?? "?"}`;
      const authorizer = authorizers.get(textIn(method, "authorizer_id"));
      const integration = integrations.get(keyOf(method));
      const type = integration === undefined ? "" : textIn(integration, "type");
      return [
        route,
        {
          address: method.address,
          authorization: textIn(method, "authorization"),
          authorization_scopes: textsIn(method, "authorization_scopes"),
          token_header:
            authorizer === undefined ? "" : textIn(authorizer, "identity_source").replace(IDENTITY_HEADER, ""),
          provider_arns: authorizer === undefined ? [] : textsIn(authorizer, "provider_arns"),
          integration_type: type,
          integration_uri: integration === undefined ? "" : textIn(integration, "uri"),
        },
      ];
    }),
  );
}

/** Paths of the API's resources by their ids; the root is the API's own. */
function pathsOf(left: readonly LeftResource[], restApiId: string): ReadonlyMap<string, string> {
  const roots = ofType(left, "rest_api").filter((api) => textIn(api, "id") === restApiId);
  return new Map([
    ...roots.map((api) => [textIn(api, "root_resource_id"), "/"] as const),
    ...ofType(left, "resource", restApiId).map((one) => [textIn(one, "id"), textIn(one, "path")] as const),
  ]);
}

function keyOf(part: LeftResource): string {
  return `${textIn(part, "resource_id")} ${textIn(part, "http_method")}`;
}
