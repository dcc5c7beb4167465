/** The resources of a synthesized stack that decide who can call what, and references between them. */
import { z } from "zod";
import { OUTPUT } from "../../constructs/contract/contract";
import {
  blocksOf,
  isUnset,
  listOf,
  normalizedStack,
  referencesIn,
  StackJson,
} from "../../constructs/contract/stack-json";

/** Any value that Terraform converts to a text; an expression stays as it is written. */
const text = z.preprocess((value) => (isUnset(value) ? undefined : textOf(value)), z.string().optional());
const textOr = (fallback: string) => text.transform((value) => value ?? fallback);

/** An expression in place of a list is its only item. */
const texts = z.preprocess((value) => listOf(value).map(textOf), z.array(z.string()));

/** An expression in place of a map is left out. */
const map = z.preprocess(
  (value) => Object.fromEntries(Object.entries(Object(isText(value) ? {} : value)).map(([k, v]) => [k, textOf(v)])),
  z.record(z.string(), z.string()),
);

/** Blocks of one kind, of which Terraform takes one or several. */
const blocks = <T extends z.ZodType>(attributes: T) => z.preprocess(blocksOf, z.array(attributes));

/** Resources of one type by their names. */
const resources = <T extends z.ZodType>(attributes: T) => z.record(z.string(), attributes).default({});

const schema = z.object({
  aws_api_gateway_authorizer: resources(z.object({ name: textOr(""), type: text, provider_arns: texts })),
  aws_api_gateway_integration: resources(
    z.object({ rest_api_id: text, resource_id: text, http_method: text, type: text, uri: text }),
  ),
  aws_api_gateway_integration_response: resources(
    z.object({
      rest_api_id: text,
      resource_id: text,
      http_method: text,
      response_parameters: map,
      response_templates: map,
    }),
  ),
  aws_api_gateway_method: resources(
    z.object({
      rest_api_id: text,
      resource_id: text,
      http_method: textOr(""),
      authorization: textOr("NONE"),
      authorizer_id: text,
      authorization_scopes: texts,
    }),
  ),
  aws_api_gateway_resource: resources(z.object({ parent_id: textOr(""), path_part: textOr("") })),
  aws_apigatewayv2_route: resources(z.object({ route_key: textOr(""), authorization_type: textOr("NONE") })),
  aws_cognito_user_pool: resources(z.object({ issuer_configuration: blocks(z.object({ type: text })) })),
  aws_cognito_user_pool_client: resources(
    z.object({
      name: textOr(""),
      user_pool_id: textOr(""),
      allowed_oauth_flows: texts,
      allowed_oauth_flows_user_pool_client: text.transform((value) => value === "true"),
      allowed_oauth_scopes: texts,
      explicit_auth_flows: texts,
    }),
  ),
  aws_lambda_function: resources(
    z.object({
      function_name: textOr(""),
      environment: z.preprocess((value) => blocksOf(value)[0], z.object({ variables: map }).optional()),
    }),
  ),
});

const OWNERS = z
  .record(z.string(), z.object({ owner: z.string().exactOptional(), purpose: z.string().exactOptional() }))
  .catch({});

const APPROVERS = z.record(z.string(), z.array(z.string())).catch({});

const ENDS = z
  .object({
    warning_days: z.number().catch(0),
    clients: z
      .record(
        z.string(),
        z.object({ expires: z.string().optional(), scopes: z.record(z.string(), z.string()).optional() }),
      )
      .catch({}),
  })
  .catch({ warning_days: 0, clients: {} });

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function textOf(value: unknown): string {
  return isText(value) ? value : typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Resources by type and name, with the attributes that the code sets. */
export type StackResources = z.infer<typeof schema>;

export type Method = StackResources["aws_api_gateway_method"][string];

export type LambdaFunction = StackResources["aws_lambda_function"][string];

export type Integration = StackResources["aws_api_gateway_integration"][string];

/** Parses the content of `cdk.tf.json`. Whatever is not of Terraform's shape counts as left out. */
export function parseStack(json: unknown): StackResources {
  return schema.parse(normalizedStack(json).resource);
}

/** Written reasons of public routes by route, such as `GET /health`. */
export function publicReasons(json: unknown): Readonly<Record<string, string>> {
  return map.parse(new StackJson(json).output(OUTPUT.publicRoutes));
}

/** Owner and purpose by client, as access.yaml had them when the stack was synthesized or deployed. */
export function clientOwners(
  json: unknown,
): ReadonlyMap<string, { readonly owner?: string; readonly purpose?: string }> {
  return new Map(Object.entries(OWNERS.parse(new StackJson(json).output(OUTPUT.clientOwners))));
}

/** Last days of access, as access.yaml had them when the stack was synthesized or deployed. */
export interface AccessEnds {
  /** How many days before a warning says so. */
  readonly warningDays: number;
  /** By client; scopes by their full names. */
  readonly clients: Readonly<
    Record<
      string,
      { readonly expires?: string | undefined; readonly scopes?: Readonly<Record<string, string>> | undefined }
    >
  >;
}

export function accessEnds(json: unknown): AccessEnds {
  const { warning_days, clients } = ENDS.parse(new StackJson(json).output(OUTPUT.accessEnds));
  return { warningDays: warning_days, clients };
}

/** Sensitive scopes by their full names, with who approves gains of them. */
export function sensitiveScopes(json: unknown): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(APPROVERS.parse(new StackJson(json).output(OUTPUT.sensitiveScopes))));
}

/** Name of the first resource that a text refers to; `undefined` when there is none. */
export function referenceIn(value: string | undefined, type: keyof StackResources): string | undefined {
  return referencesIn(value, type)[0];
}

/** The value that a reference stands for, as far as the code sets it; ids and other values of AWS stay references. */
export function resolved(value: string | undefined, stack: StackResources): string | undefined {
  const [, type = "", name = "", attribute = ""] = /^\$\{(\w+)\.([\w-]+)\.(\w+)\}$/.exec(value ?? "") ?? [];
  const found = Object.entries(stack).find(([known]) => known === type)?.[1][name];
  const given: unknown = Object.entries(found ?? {}).find(([known]) => known === attribute)?.[1];
  return typeof given === "string" ? resolved(given, stack) : value;
}

/**
 * Path of a resource of the API, from its own part and its parents'.
 *
 * @param resourceId reference to it, or to the API's root
 * @throws {Error} it is neither of this stack nor the root
 */
export function pathOf(resourceId: string | undefined, stack: StackResources): string {
  const parts: string[] = [];
  let id = resourceId ?? "";
  while (!/\.root_resource_id\}$/.test(id)) {
    const resource = stack.aws_api_gateway_resource[referenceIn(id, "aws_api_gateway_resource") ?? ""];
    if (resource === undefined)
      throw new Error(`A path leads to "${id}", which is not an aws_api_gateway_resource of the stack.`);
    parts.unshift(resource.path_part);
    id = resource.parent_id;
  }
  return `/${parts.join("/")}`;
}

/** Key that a method and its integration share: API, resource and method. */
export function methodKey(
  { rest_api_id, resource_id, http_method }: Pick<Integration, "rest_api_id" | "resource_id" | "http_method">,
  stack: StackResources,
): string {
  return [rest_api_id, resource_id, http_method].map((value) => resolved(value, stack)).join(" ");
}
