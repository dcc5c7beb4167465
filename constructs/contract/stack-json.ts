/** A stack as Terraform reads it: the content of `cdk.tf.json`. Pure; the values of resources are as they are written. */

/** Attributes as they are synthesized: literals, or text that holds expressions such as `${aws_kms_key.key.arn}`. */
export type Attributes = Readonly<Record<string, unknown>>;

/** Resources of a REST API, which limits the parts of its longest path. */
const MAX_PATH_PARTS = 300;

/** A resource of a stack. */
export interface StackResource {
  /** Such as `aws_api_gateway_method`. */
  readonly type: string;
  /** Name within its type; `<type>.<name>` is its address. */
  readonly name: string;
  /** Path of its construct, such as `dev/api/authorizer`; `undefined` when an override of the stack alone made it. */
  readonly path: string | undefined;
  readonly attributes: Attributes;
}

/** A stack in the one form that {@link normalizedStack} returns; other top-level blocks are as they are written. */
export interface NormalizedStack extends Attributes {
  /** Attributes by type and name. */
  readonly resource: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  readonly data: NormalizedStack["resource"];
  /** Settings by name. */
  readonly provider: Readonly<Record<string, readonly Attributes[]>>;
  readonly output: Readonly<Record<string, Attributes>>;
  readonly module: Readonly<Record<string, Attributes>>;
}

/**
 * The stack in one of the forms that Terraform accepts: it also takes a list of objects for each object that holds
 * blocks or arguments, such as `resource`, a type, a name, or a block's content. Whatever it refuses counts as left out.
 *
 * @see https://developer.hashicorp.com/terraform/language/syntax/json
 * @param json content of `cdk.tf.json`
 */
export function normalizedStack(json: unknown): NormalizedStack {
  const root = bodyOf(json);
  const byType = (value: unknown) => mapped(bodyOf(value), (named) => mapped(bodyOf(named), bodyOf));
  return {
    ...root,
    resource: byType(root["resource"]),
    data: byType(root["data"]),
    provider: mapped(bodyOf(root["provider"]), blocksOf),
    output: mapped(bodyOf(root["output"]), bodyOf),
    module: mapped(bodyOf(root["module"]), bodyOf),
  };
}

/** Resources, data sources and outputs of a stack. Whatever is not of Terraform's shape counts as left out. */
export class StackJson {
  readonly resources: readonly StackResource[];
  private readonly json: NormalizedStack;
  private readonly byAddress: ReadonlyMap<string, StackResource>;

  constructor(json: unknown) {
    this.json = normalizedStack(json);
    this.resources = Object.entries(this.json.resource).flatMap(([type, named]) => placed(type, named));
    this.byAddress = new Map(this.resources.map((resource) => [`${resource.type}.${resource.name}`, resource]));
  }

  /** All resources of the type. */
  ofType(type: string): readonly StackResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  resourceOf(type: string, name: string): StackResource | undefined {
    return this.byAddress.get(`${type}.${name}`);
  }

  /** Attributes of a data source; `undefined` when the stack has none of that type and name. */
  dataSource(type: string, name: string): Attributes | undefined {
    return entryOf(entryOf(this.json.data, type), name);
  }

  /** Settings of each provider of that name. */
  providers(name: string): readonly Attributes[] {
    return entryOf(this.json.provider, name) ?? [];
  }

  /** Type and settings of the state's backend, `cloud` for HCP Terraform; `undefined` when the stack names none. */
  get backend(): readonly [type: string, settings: Attributes] | undefined {
    const cloud = at(this.json, "terraform", "cloud");
    const [found] =
      cloud === undefined ? Object.entries(bodyOf(at(this.json, "terraform", "backend"))) : [["cloud", cloud] as const];
    return found && [found[0], bodyOf(found[1])];
  }

  /** Settings of the outputs by name. */
  get outputs(): readonly (readonly [name: string, output: Attributes])[] {
    return Object.entries(this.json.output);
  }

  /** Calls of modules, with the type `module`. */
  get modules(): readonly StackResource[] {
    return placed("module", this.json.module);
  }

  /** Values of the `locals` blocks. */
  get locals(): Attributes {
    return bodyOf(this.json["locals"]);
  }

  /** Value of an output as it is written; `undefined` when the stack has no such output. */
  output(name: string): unknown {
    return at(this.json, "output", name, "value");
  }

  /**
   * Path of a resource of an API, such as `/orders/{id}`.
   * @param resourceId reference to it, or to the API's root
   * @returns `undefined` when the reference leads to neither a resource of the stack nor an API's root
   */
  apiPath(resourceId: unknown, depth = 0): string | undefined {
    if (/\.root_resource_id\}$/.test(String(resourceId))) return "/";
    const [name = ""] = referencesIn(resourceId, "aws_api_gateway_resource", "id");
    const found = this.resourceOf("aws_api_gateway_resource", name);
    const parent = depth < MAX_PATH_PARTS ? found && this.apiPath(found.attributes["parent_id"], depth + 1) : undefined;
    return parent === undefined ? undefined : `${parent === "/" ? "" : parent}/${found?.attributes["path_part"]}`;
  }
}

/**
 * Names of the resources of a type that a text refers to by `${<type>.<name>.<attribute>}`, also within a longer
 * expression.
 * @param attribute pattern of the attribute that counts
 */
export function referencesIn(value: unknown, type: string, attribute = "\\w+"): readonly string[] {
  const pattern = new RegExp(`(?<![\\w.-])${type}\\.([\\w-]+)\\.${attribute}\\b`, "g");
  const expressions = (typeof value === "string" ? value : "").match(/(?<!\$)\$\{[^}]*\}/g) ?? [];
  return expressions.flatMap((expression) => [...expression.matchAll(pattern)].map(([, name = ""]) => name));
}

/** Whether the attribute is left out, so that the provider's default holds. */
export function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** A list's items; one value counts as a list of it, none as the empty list. */
export function listOf(value: unknown): readonly unknown[] {
  if (isUnset(value)) return [];
  return Array.isArray(value) ? value : [value];
}

/** Blocks of one kind, of which Terraform takes one or several. */
export function blocksOf(value: unknown): readonly Attributes[] {
  return listOf(value)
    .filter((block) => typeof block === "object" && block !== null)
    .map(bodyOf);
}

/** Arguments and blocks of a body; those that a list of objects has twice are a list. */
function bodyOf(value: unknown): Attributes {
  if (typeof value !== "object" || value === null) return {};
  if (!Array.isArray(value)) return value as Attributes;
  const merged = new Map<string, unknown>();
  for (const [name, inner] of value.flatMap((part) => Object.entries(bodyOf(part)))) {
    merged.set(name, merged.has(name) ? [merged.get(name), inner].flat() : inner);
  }
  return Object.fromEntries(merged);
}

/** The values by the same names, converted. */
export function mapped<T, R>(body: Readonly<Record<string, T>>, convert: (value: T) => R): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, convert(value)]));
}

function placed(type: string, named: Readonly<Record<string, Attributes>>): readonly StackResource[] {
  return Object.entries(named).map(([name, attributes]) => {
    const path = at(attributes, "//", "metadata", "path");
    return { type, name, path: typeof path === "string" ? path : undefined, attributes };
  });
}

function at(json: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => entryOf(bodyOf(value), key), json);
}

function entryOf<T>(body: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return body !== undefined && Object.hasOwn(body, key) ? body[key] : undefined;
}
