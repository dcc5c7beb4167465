/**
 * Reads the schemas that a client of the AWS SDK exports into the shapes of a table. They are newer than the models, but
 * have no constraints; which values a text may have is read from the package's types.
 *
 * @see https://github.com/smithy-lang/smithy-typescript/tree/main/packages/types/src/schema
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Member, OperationModel, Primitive, Shape } from "./model";

type Schema = readonly [kind: number, namespace: string, name: string, traits: Traits, ...rest: readonly unknown[]];
type Traits = number | Readonly<Record<string, unknown>>;

const [SIMPLE, LIST, MAP] = [0, 1, 2];
const [LIST_OF, MAP_OF] = [64, 128];
const [PATH, PAYLOAD, STATUS, QUERIES] = [1, 16, 32, 64];

const SIMPLE_TYPES: Readonly<Record<number, Primitive>> = {
  0: "string",
  1: "integer",
  2: "boolean",
  4: "timestamp",
  5: "timestamp",
  6: "timestamp",
  7: "timestamp",
  15: "document",
  17: "long",
  19: "double",
  21: "blob",
  42: "blob",
};

/** What one package of the SDK knows of its service. */
export class SdkReader {
  /** Shapes that were met while others were read. */
  readonly met = new Map<string, Shape>();
  private readonly exported: Readonly<Record<string, unknown>>;
  private readonly types: string;

  constructor(packageName: string) {
    this.exported = require(packageName) as Readonly<Record<string, unknown>>;
    const folder = join(dirname(require.resolve(`${packageName}/package.json`)), "dist-types", "models");
    this.types = readFileSync(join(folder, "models_0.d.ts"), "utf8");
  }

  /** `undefined` when the SDK has no such operation. */
  operation(name: string): OperationModel | undefined {
    const schema = this.schema(name);
    if (schema === undefined) return undefined;
    const traits = typeof schema[3] === "number" ? {} : schema[3];
    const [input, output] = schema.slice(4).map((of) => this.structureName(of));
    const http = traits["http"] as OperationModel["http"];
    return {
      ...(input === undefined ? {} : { input }),
      ...(output === undefined ? {} : { output }),
      ...(http === undefined ? {} : { http }),
    };
  }

  /** Members of the structure; `undefined` when the SDK does not export it. The required ones come first. */
  members(name: string): Readonly<Record<string, string | Member>> | undefined {
    const [, , , , names, schemas, required = 0] = this.schema(name) ?? [];
    if (!Array.isArray(names) || !Array.isArray(schemas)) return undefined;
    const members = names.map((member: string, index) => {
      const read = this.member(name, member, schemas[index]);
      const whole = typeof read === "string" ? { of: read } : read;
      return [member, index < Number(required) ? { ...whole, required: true as const } : read] as const;
    });
    return Object.fromEntries(members);
  }

  /** Values of the enum; none when the SDK exports none of the name. */
  values(name: string): readonly string[] {
    const found = this.exported[name];
    const values = typeof found === "object" && found !== null && !Array.isArray(found) ? Object.values(found) : [];
    return values.filter((value) => typeof value === "string");
  }

  private schema(name: string): Schema | undefined {
    return this.exported[`${name}$`] as Schema | undefined;
  }

  private structureName(of: unknown): string | undefined {
    const [, , name] = resolve(of) as Schema;
    return name === "__Unit" || name === "Unit" ? undefined : name;
  }

  private member(structure: string, name: string, schema: unknown): string | Member {
    const isPair = Array.isArray(schema) && schema.length === 2;
    const [of, traits]: readonly unknown[] = isPair ? schema : [schema, 0];
    const read = this.reference(of);
    const target = read === "string" ? (this.enumOf(structure, name) ?? read) : read;
    const binding = bindingOf(traits as Traits);
    return binding === undefined ? target : { of: target, ...binding };
  }

  /** The enum that the types give the member. */
  private enumOf(structure: string, member: string): string | undefined {
    const body = new RegExp(`export interface ${structure} \\{[\\s\\S]*?\\n\\}`).exec(this.types)?.[0] ?? "";
    const type = new RegExp(`^\\s+${member}\\??: (\\w+)`, "m").exec(body)?.[1] ?? "";
    const values = this.values(type);
    if (values.length === 0) return undefined;
    this.met.set(type, { type: "string", enum: values });
    return type;
  }

  private reference(of: unknown): string {
    if (typeof of === "number") return this.simpleReference(of);
    const schema = resolve(of);
    if (typeof schema === "number") return this.simpleReference(schema);
    const [kind, , name, , inner, value] = schema;
    if (this.met.has(name)) return name;
    if (kind === SIMPLE) return this.reference(inner);
    if (kind === LIST) this.met.set(name, { type: "list", of: this.reference(first(inner)) });
    else if (kind === MAP) {
      this.met.set(name, { type: "map", key: this.reference(first(inner)), of: this.reference(first(value)) });
    }
    return name;
  }

  private simpleReference(type: number): string {
    const container = type & LIST_OF ? "ListOf" : type & MAP_OF ? "MapOf" : "";
    const of = SIMPLE_TYPES[type & ~(LIST_OF | MAP_OF)] ?? "string";
    if (container === "") return of;
    const name = `${container}_${of}`;
    this.met.set(name, container === "ListOf" ? { type: "list", of } : { type: "map", key: "string", of });
    return name;
  }
}

function resolve(of: unknown): Schema | number {
  return typeof of === "function" ? (of() as Schema | number) : (of as Schema | number);
}

/** The schema itself, where its traits stand beside it. */
function first(of: unknown): unknown {
  return Array.isArray(of) && of.length === 2 ? of[0] : of;
}

function bindingOf(traits: Traits): Omit<Member, "of"> | undefined {
  if (typeof traits === "number") {
    if (traits & PATH) return { in: "path" };
    if (traits & PAYLOAD) return { in: "payload" };
    if (traits & STATUS) return { in: "status" };
    return traits & QUERIES ? { in: "queries" } : undefined;
  }
  const text = (name: string) => (typeof traits[name] === "string" ? String(traits[name]) : undefined);
  const [query, header, prefix] = [text("httpQuery"), text("httpHeader"), text("httpPrefixHeaders")];
  if (query !== undefined) return { in: "query", as: query };
  if (header !== undefined) return { in: "header", as: header };
  if (prefix !== undefined) return { in: "headers", as: prefix };
  const as = text("jsonName") ?? text("xmlName");
  const payload = traits["httpPayload"] === undefined ? {} : { in: "payload" as const };
  const flat = traits["xmlFlattened"] === undefined ? {} : { flat: true as const };
  return { ...payload, ...(as === undefined ? {} : { as }), ...flat };
}
