/** Authorizers that accept tokens of other user pools than the stack's, and what a method may demand of one. */
import { blocksOf, isUnset, listOf, type StackJson, type StackResource } from "../contract/stack-json";
import { certainText, certainTexts } from "./certainty";
import { type Finding, type GuardTable, perStack, shown, uncertain, when } from "./guard";

/** How a kind of API spells its authorizers. */
export interface AuthorizerSpelling {
  readonly resource: "aws_api_gateway_authorizer" | "aws_apigatewayv2_authorizer";
  /** Attribute with the kind of authorizer. */
  readonly kind: string;
  /** The kind that checks tokens of a user pool. */
  readonly ofPool: string;
}

export const REST_AUTHORIZER: AuthorizerSpelling = {
  resource: "aws_api_gateway_authorizer",
  kind: "type",
  ofPool: "COGNITO_USER_POOLS",
};
export const HTTP_AUTHORIZER: AuthorizerSpelling = {
  resource: "aws_apigatewayv2_authorizer",
  kind: "authorizer_type",
  ofPool: "JWT",
};

const NAME_THE_POOL = "Set it to the ARN of an aws_cognito_user_pool of the stack";
const NAME_THE_ISSUER = "Set issuer to https://, and the endpoint of an aws_cognito_user_pool of the stack";

/** Both forms of a pool's issuer, by reference to the pool. */
const ISSUERS = [
  /^https:\/\/\$\{aws_cognito_user_pool\.([\w-]+)\.endpoint\}$/,
  /^https:\/\/cognito-idp\.(?:[a-z0-9-]+|\$\{data\.aws_region\.[\w-]+\.\w+\})\.amazonaws\.com(?:\.cn)?\/\$\{aws_cognito_user_pool\.([\w-]+)\.id\}$/,
];

export const authorizerGuards: GuardTable = {
  aws_api_gateway_authorizer({ attributes }, stack) {
    const kind = certainText(attributes["type"] ?? "TOKEN", stack);
    if (kind === "TOKEN" || kind === "REQUEST") return [];
    const arns = listOf(attributes["provider_arns"]);
    const others = arns.filter(
      (arn) => !isPool(/^\$\{aws_cognito_user_pool\.([\w-]+)\.arn\}$/.exec(String(arn)), stack),
    );
    return [
      ...when(kind !== "COGNITO_USER_POOLS", `type is ${shown(attributes["type"])}`, "Set COGNITO_USER_POOLS"),
      ...when(arns.length === 0, "it has no provider_arns", NAME_THE_POOL),
      ...others.flatMap((arn) =>
        when(true, `provider_arns has ${shown(arn)}, which is not a user pool of this stack`, NAME_THE_POOL),
      ),
    ];
  },
  aws_apigatewayv2_authorizer({ attributes }, stack) {
    const kind = certainText(attributes["authorizer_type"], stack);
    if (kind === "REQUEST") return [];
    const issuers = blocksOf(attributes["jwt_configuration"]).map(({ issuer }) => issuer);
    const others = issuers.filter((issuer) => {
      const text = certainText(issuer, stack) ?? "";
      return !ISSUERS.some((pattern) => isPool(pattern.exec(text), stack));
    });
    return [
      ...when(kind !== "JWT", `authorizer_type is ${shown(attributes["authorizer_type"])}`, "Set JWT"),
      ...when(issuers.length === 0, "it has no jwt_configuration", NAME_THE_ISSUER),
      ...others.flatMap((issuer) =>
        when(true, `issuer is ${shown(issuer)}, which is not a user pool of this stack`, NAME_THE_ISSUER),
      ),
    ];
  },
};

function isPool(match: RegExpExecArray | null, stack: StackJson): boolean {
  return match !== null && stack.resourceOf("aws_cognito_user_pool", match[1] ?? "") !== undefined;
}

/** What is wrong with the authorizer of a method or route. */
export function authorizerFindings(
  id: unknown,
  { resource, kind, ofPool }: AuthorizerSpelling,
  stack: StackJson,
): readonly Finding[] {
  const wayOut = "Name the authorizer of the user pool";
  if (isUnset(id)) return when(true, "it has no authorizer_id", wayOut);
  const [, name = ""] = new RegExp(`^\\$\\{${resource}\\.([\\w-]+)(?:\\[[^\\]]*\\])?\\.id\\}$`).exec(String(id)) ?? [];
  const authorizer = stack.resourceOf(resource, name);
  if (authorizer === undefined) {
    return when(true, `authorizer_id is ${shown(id)}, which is not an authorizer of this stack`, wayOut);
  }
  const found = certainText(authorizer.attributes[kind], stack);
  return when(found !== ofPool, `its authorizer is of the type ${found ?? "TOKEN"} instead of ${ofPool}`, wayOut);
}

/** What is wrong with the scopes of a method or route. */
export function scopeFindings(scopes: unknown, stack: StackJson): readonly Finding[] {
  const wayOut = "List the scopes as <resource server>/<scope>";
  const given = listOf(scopes);
  if (given.length === 0 || given.some(isUnset)) {
    return when(true, "it has no authorization_scopes, so it accepts ID tokens and denies access tokens", wayOut);
  }
  const known = scopesIn(stack);
  return given.flatMap((scope) => {
    const name = certainText(scope, stack);
    if (name === undefined) return uncertain("authorization_scopes", scopes, wayOut);
    return when(!known.has(name), `the scope ${shown(name)} is of no resource server of this stack`, wayOut);
  });
}

const scopesIn = perStack(
  (stack) => new Set(stack.ofType("aws_cognito_resource_server").flatMap((server) => scopesOf(server, stack))),
);

/** Full names, as far as they are certain. */
function scopesOf({ attributes }: StackResource, stack: StackJson): readonly string[] {
  const identifier = certainText(attributes["identifier"], stack);
  const names = certainTexts(
    blocksOf(attributes["scope"]).map(({ scope_name }) => scope_name),
    stack,
  );
  return identifier === undefined ? [] : (names ?? []).map((name) => `${identifier}/${name}`);
}
