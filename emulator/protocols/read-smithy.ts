/** Reads a Smithy model in JSON into the shapes of a table. @see https://smithy.io/2.0/spec/json-ast.html */
import { type ErrorModel, type Member, type OperationModel, PRIMITIVES, type Protocol, type Shape } from "./model";

type Traits = Readonly<Record<string, unknown>>;

interface Target {
  readonly target: string;
  readonly traits?: Traits;
}

interface SmithyShape {
  readonly type: string;
  readonly traits?: Traits;
  readonly members?: Readonly<Record<string, Target>>;
  readonly member?: Target;
  readonly key?: Target;
  readonly value?: Target;
  readonly input?: Target;
  readonly output?: Target;
  readonly errors?: readonly Target[];
  readonly version?: string;
}

/** As it is in the file. */
export interface SmithyModel {
  readonly shapes: Readonly<Record<string, SmithyShape>>;
}

const BINDINGS: readonly (readonly [trait: string, where: NonNullable<Member["in"]>])[] = [
  ["httpLabel", "path"],
  ["httpQuery", "query"],
  ["httpQueryParams", "queries"],
  ["httpHeader", "header"],
  ["httpPrefixHeaders", "headers"],
  ["httpPayload", "payload"],
  ["httpResponseCode", "status"],
];

/** The shapes of one service, by their names without namespace. */
export class SmithyReader {
  private readonly shapes: ReadonlyMap<string, SmithyShape>;

  constructor(
    model: SmithyModel,
    private readonly keepsAnchors: boolean,
  ) {
    this.shapes = new Map(Object.entries(model.shapes).map(([id, shape]) => [nameOf(id), shape]));
  }

  /** What the table says of the service as a whole. @throws {Error} when the model has no service */
  service() {
    const [target, found] = [...this.shapes].find(([, { type }]) => type === "service") ?? [];
    if (target === undefined || found === undefined) throw new Error("the model has no service");
    const { endpointPrefix } = trait<{ endpointPrefix: string }>(found, "aws.api#service") ?? { endpointPrefix: "" };
    const protocols = Object.keys(found.traits ?? {}).filter((id) => id.startsWith("aws.protocols#"));
    const namespace = trait<{ uri: string }>(found, "smithy.api#xmlNamespace")?.uri;
    return {
      service: endpointPrefix,
      version: found.version ?? "",
      protocols: protocols.map((id) => nameOf(id) as Protocol),
      target,
      ...(namespace === undefined ? {} : { namespace }),
    };
  }

  /** `undefined` when the model has no such operation. */
  operation(name: string): OperationModel | undefined {
    const found = this.shapes.get(name);
    if (found?.type !== "operation") return undefined;
    const [input, output] = [found.input, found.output].map((of) => (of === undefined ? "Unit" : nameOf(of.target)));
    const http = trait<{ method: string; uri: string; code?: number }>(found, "smithy.api#http");
    return {
      ...(input === undefined || input === "Unit" ? {} : { input }),
      ...(output === undefined || output === "Unit" ? {} : { output }),
      ...(http === undefined ? {} : { http: [http.method, http.uri, http.code ?? 200] }),
    };
  }

  /** Errors of the operation, by the name that is sent. */
  errors(name: string): Readonly<Record<string, ErrorModel>> {
    const targets = this.shapes.get(name)?.errors ?? [];
    return Object.fromEntries(targets.map(({ target }) => this.error(nameOf(target))));
  }

  /** Parameters that stand in the URI of any operation, such as `versioning` in `/{Bucket}?versioning`. */
  selectors(): readonly string[] {
    const uris = [...this.shapes.values()].map((shape) => trait<{ uri: string }>(shape, "smithy.api#http")?.uri ?? "");
    const names = uris.flatMap((uri) => [...new URLSearchParams(uri.split("?")[1] ?? "").keys()]);
    return [...new Set(names)].filter((name) => name !== "x-id").sort();
  }

  /** `undefined` when the model has no such shape; a simple one without constraints is a primitive's name. */
  shape(name: string): Shape | string | undefined {
    const found = this.shapes.get(name);
    if (found === undefined) return undefined;
    const { type, traits = {} } = found;
    const bounds = trait<{ min?: number; max?: number }>(found, "smithy.api#length") ?? {};
    const as = traits["smithy.api#xmlName"];
    if (type === "structure" || type === "union") {
      const members = Object.entries(found.members ?? {}).map(([member, of]) => [member, this.member(of)] as const);
      return { type, members: Object.fromEntries(members), ...(as === undefined ? {} : { as: String(as) }) };
    }
    if (type === "list" && found.member !== undefined) {
      const item = found.member.traits?.["smithy.api#xmlName"];
      const named = item === undefined ? {} : { as: String(item) };
      return { type, of: this.reference(found.member), ...bounds, ...named };
    }
    if (type === "map" && found.key !== undefined && found.value !== undefined) {
      return { type, key: this.reference(found.key), of: this.reference(found.value), ...bounds };
    }
    return this.simple(found, bounds);
  }

  private simple(found: SmithyShape, bounds: object): Shape | string {
    const { type, traits = {} } = found;
    const primitive = PRIMITIVES.find((name) => name === type) ?? (type === "intEnum" ? "integer" : "string");
    const values = Object.values(found.members ?? {}).map((member) => String(member.traits?.["smithy.api#enumValue"]));
    const pattern = traits["smithy.api#pattern"];
    const format = traits["smithy.api#timestampFormat"];
    const constraints = {
      ...bounds,
      ...trait<object>(found, "smithy.api#range"),
      ...(typeof pattern === "string" ? { pattern: this.javaPattern(pattern) } : {}),
      ...(type === "enum" ? { enum: values } : {}),
      ...("smithy.api#sensitive" in traits ? { sensitive: true as const } : {}),
      ...(format === undefined ? {} : { format: format as "date-time" }),
    };
    return Object.keys(constraints).length === 0 ? primitive : { type: primitive, ...constraints };
  }

  /** The models search for a pattern in the text; AWS matches all of it with the pattern as it was written. */
  private javaPattern(pattern: string): string {
    const [isStart, isEnd] = [pattern.startsWith("^"), /(?<!\\)\$$/.test(pattern)];
    if (pattern === ".*" || (isStart && isEnd && this.keepsAnchors)) return pattern;
    return `${isStart ? "" : ".*"}${pattern.slice(isStart ? 1 : 0, isEnd ? -1 : undefined)}${isEnd ? "" : ".*"}`;
  }

  private member(of: Target): string | Member {
    const { traits = {} } = of;
    const has = (name: string) => `smithy.api#${name}` in traits;
    const [bound, where] = BINDINGS.find(([name]) => has(name)) ?? [];
    const named = [bound ?? "", "jsonName", "xmlName"].map((name) => traits[`smithy.api#${name}`]);
    const as = named.find((name) => typeof name === "string");
    const member: Member = {
      of: this.reference(of),
      ...(has("required") ? { required: true as const } : {}),
      ...(where === undefined ? {} : { in: where }),
      ...(typeof as === "string" ? { as } : {}),
      ...(has("xmlFlattened") ? { flat: true as const } : {}),
      ...(has("xmlAttribute") ? { attribute: true as const } : {}),
      ...(has("timestampFormat") ? { format: traits["smithy.api#timestampFormat"] as "date-time" } : {}),
    };
    return Object.keys(member).length === 1 ? member.of : member;
  }

  private reference({ target }: Target): string {
    const name = nameOf(target);
    if (target.startsWith("smithy.api#")) return name.replace("Primitive", "").toLowerCase();
    const isNested = ["structure", "union", "list", "map"].includes(this.shapes.get(name)?.type ?? "");
    const shape = isNested ? name : this.shape(name);
    return typeof shape === "string" ? shape : name;
  }

  private error(name: string): readonly [sent: string, error: ErrorModel] {
    const found = this.shapes.get(name);
    if (found === undefined) return [name, {}];
    const query = trait<{ code: string; httpResponseCode: number }>(found, "aws.protocols#awsQueryError");
    const status = query?.httpResponseCode ?? trait<number>(found, "smithy.api#httpError");
    const members = Object.keys(found.members ?? {});
    // Some services that speak JSON alone still have the names of a query protocol in their models.
    const code = this.service().protocols.includes("awsQuery") ? (query?.code ?? name) : name;
    return [
      code,
      {
        ...(status === undefined || status === 400 ? {} : { status }),
        ...(members.includes("Message") ? { message: "Message" } : {}),
        ...(members.includes("Type") ? { typed: true } : {}),
        ...(code === name ? {} : { shape: name }),
      },
    ];
  }
}

function nameOf(id: string): string {
  return id.slice(id.indexOf("#") + 1);
}

function trait<Value>({ traits = {} }: SmithyShape, id: string): Value | undefined {
  return traits[id] as Value | undefined;
}
