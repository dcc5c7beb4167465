/** The shared examples, created one after the other by the plugin protocol, with their references resolved. */
import { join } from "node:path";
import { type Attributes, isObject, type Value } from "../../../emulator/terraform/attributes";
import type { BlockSchema } from "../../../emulator/terraform/schema/block";
import { kindExamples } from "../kind-examples";
import type { ProviderClient } from "../provider-client";
import { kindOf } from "../workspace";

/** An example with real ids in place of its references. */
export interface CreatedExample {
  readonly config: Attributes;
  readonly state: Attributes;
}

export class ExampleAccount {
  private readonly created = new Map<string, Promise<CreatedExample>>();

  /**
   * @param client connection to the embedded provider, configured
   * @param folder of the files that the examples name: the client's own process has another working directory
   */
  constructor(
    private readonly client: ProviderClient,
    private readonly folder: string,
  ) {}

  /** The example of a type, created once. @throws {Error} when its creation is refused */
  example(type: string): Promise<CreatedExample> {
    const created = this.created.get(type) ?? this.create(type);
    this.created.set(type, created);
    return created;
  }

  private async create(type: string): Promise<CreatedExample> {
    const { depends_on = [], lifecycle: _lifecycle, ...written } = kindExamples[type] as Attributes;
    for (const address of depends_on as readonly string[]) await this.example(address.replace(/\.one$/, ""));
    const config = asBlocks(kindOf(type).schema, this.withPath((await this.resolve(written)) as Attributes));
    const { made, diagnostics = [] } = await this.client.create(type, config);
    if (made === null || diagnostics.length > 0) throw new Error(`${type}: ${JSON.stringify(diagnostics)}`);
    return { config, state: made };
  }

  private withPath(config: Attributes): Attributes {
    const { filename } = config;
    return typeof filename === "string" ? { ...config, filename: join(this.folder, filename) } : config;
  }

  private async resolve(value: Value): Promise<Value> {
    if (typeof value === "string") return await this.resolveText(value);
    if (Array.isArray(value)) return await Promise.all((value as readonly Value[]).map((item) => this.resolve(item)));
    if (!isObject(value)) return value;
    const entries = Object.entries(value).map(async ([name, inner]) => [name, await this.resolve(inner)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }

  private async resolveText(text: string): Promise<string> {
    const [reference, type = "", attribute = ""] = /\$\{(\w+)\.one\.(\w+)\}/.exec(text) ?? [];
    if (reference === undefined) return text;
    return text.replace(reference, String((await this.example(type)).state[attribute]));
  }
}

/** Terraform's JSON has a single block as an object, the protocol as a list of one. */
function asBlocks(schema: BlockSchema, config: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => {
      const nested = schema.blocks[name];
      if (nested === undefined) return [name, value];
      const items = (Array.isArray(value) ? (value as readonly Value[]) : [value]).filter(isObject);
      const blocks = items.map((item) => asBlocks(nested.block, item));
      return [name, nested.nesting === "single" ? (blocks[0] ?? null) : blocks];
    }),
  );
}
