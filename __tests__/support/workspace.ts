/** What Terraform does with a provider, without Terraform: it merges configuration and state, plans, applies, refreshes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { Account, type AccountOptions } from "../../emulator/account/account";
import { services } from "../../emulator/services";
import { dataSources } from "../../emulator/services/data-sources";
import { kinds } from "../../emulator/services/resources";
import { type Attributes, isObject, type Value } from "../../emulator/terraform/attributes";
import { readDataSource } from "../../emulator/terraform/data-source";
import { conformBlock } from "../../emulator/terraform/dynamic-value";
import { applyResource, importResource, type LifecyclePlace, readResource } from "../../emulator/terraform/lifecycle";
import { type PlannedChange, planChange } from "../../emulator/terraform/plan";
import type { Resource } from "../../emulator/terraform/resource";
import type { BlockSchema, NestedBlockSchema } from "../../emulator/terraform/schema/block";
import { idleRuntime } from "./runtime";

export const REGION = "eu-west-1";
/** Moment at which the account's clock stands. */
export const NOW = Date.parse("2026-07-02T11:43:54Z");

/** What `function.zip` holds. */
export const functionZip = zipSync({ "index.js": strToU8("exports.handler = async () => ({})") });

const folders = mkdtempSync(join(tmpdir(), "workspaces-"));
afterAll(() => rmSync(folders, { recursive: true, force: true }));

/** A path for an account's file, in a folder of its own that lasts as long as the test file. */
export function newAccountFile(): string {
  return join(mkdtempSync(join(folders, "account-")), "account.json");
}

/** An account of its own folder, with a clock that stands. */
export function openAccount(options: Partial<AccountOptions> = {}): Account {
  return new Account({ file: newAccountFile(), clock: () => NOW, ...options });
}

/** The kind of that type. */
export function kindOf(type: string): Resource {
  const kind = kinds.get(type);
  if (kind === undefined) throw new Error(`${type} is not a kind`);
  return kind;
}

/** Resources in one account and region. */
export class Workspace {
  /** Contents of each path that a configuration may name. */
  readonly files = new Map<string, readonly Uint8Array[]>([["function.zip", [functionZip]]]);
  defaultTags: Readonly<Record<string, Value>> = {};

  constructor(
    readonly account: Account = openAccount(),
    readonly region: string = REGION,
  ) {}

  get place(): LifecyclePlace {
    const { account, region, defaultTags } = this;
    const readFiles = (path: string) => this.files.get(path) ?? [];
    const runtime = idleRuntime(account);
    return { account, accountId: account.id, region, defaultTags, services, runtime, readFiles };
  }

  plan(type: string, prior: Attributes | null, config: Attributes): PlannedChange {
    const kind = kindOf(type);
    const wanted = conformBlock(kind.schema, config);
    const proposed = merge(kind.schema, prior ?? {}, wanted);
    const settings = { region: this.region, defaultTags: this.defaultTags };
    return planChange(kind, { prior, proposed, config: wanted }, settings);
  }

  create(type: string, config: Attributes): Promise<Attributes> {
    return this.apply(type, null, config);
  }

  update(type: string, prior: Attributes, config: Attributes): Promise<Attributes> {
    return this.apply(type, prior, config);
  }

  async destroy(type: string, prior: Attributes): Promise<void> {
    await applyResource(kindOf(type), this.place, prior, null);
  }

  refresh(type: string, state: Attributes): Promise<Attributes | null> {
    return readResource(kindOf(type), this.place, state);
  }

  /** Imports and reads, as Terraform does. */
  import(type: string, id: string): Promise<Attributes | null> {
    return this.refresh(type, importResource(kindOf(type), this.place, id));
  }

  /** The data source of that type as Terraform reads it. */
  read(type: string, config: Attributes = {}, place: Partial<LifecyclePlace> = {}): Promise<Attributes> {
    const source = dataSources.get(type);
    if (source === undefined) throw new Error(`${type} is not a data source`);
    return readDataSource(source, { ...this.place, ...place }, conformBlock(source.schema, config));
  }

  private async apply(type: string, prior: Attributes | null, config: Attributes): Promise<Attributes> {
    const { planned } = this.plan(type, prior, config);
    const made = await applyResource(kindOf(type), this.place, prior, planned);
    if (made === null) throw new Error(`${type} was not made`);
    return made;
  }
}

/** With empty collections in place of null: which of the two it is, SDK v2 takes from the plan, but not in a refresh. */
export function emptied(type: string, attributes: Attributes | null): Attributes | null {
  return attributes && emptiedBlock(kindOf(type).schema, attributes);
}

function emptiedBlock(schema: BlockSchema, block: Attributes): Attributes {
  const settled = Object.entries(block).map(([name, value]): [string, Value] => {
    const inner = schema.blocks[name]?.block;
    const items = inner && Array.isArray(value) ? (value as readonly Value[]) : undefined;
    if (items) return [name, items.map((item) => (isObject(item) ? emptiedBlock(inner as BlockSchema, item) : item))];
    const of = schema.attributes[name]?.type;
    return [name, value === null && Array.isArray(of) ? (of[0] === "map" ? {} : []) : value];
  });
  return Object.fromEntries(settled);
}

/** Terraform's merge: what the configuration leaves out and the provider fills in stays as it is in state. */
export function merge(schema: BlockSchema, prior: Attributes, config: Attributes): Attributes {
  const attributes = Object.entries(schema.attributes).map(([name, { computed }]): [string, Value] => [
    name,
    config[name] ?? (computed === true ? prior[name] : null) ?? null,
  ]);
  const blocks = Object.entries(schema.blocks).map(([name, nested]): [string, Value] => [
    name,
    mergeBlocks(nested, prior[name] ?? null, config[name] ?? null),
  ]);
  return conformBlock(schema, Object.fromEntries([...attributes, ...blocks]));
}

function mergeBlocks({ block }: NestedBlockSchema, prior: Value, config: Value): Value {
  const before = Array.isArray(prior) ? (prior as readonly Value[]) : [prior];
  const mergeOne = (item: Value, index: number): Value => {
    const known = before[index] ?? null;
    return isObject(item) ? merge(block, isObject(known) ? known : {}, item) : item;
  };
  return Array.isArray(config) ? (config as readonly Value[]).map(mergeOne) : mergeOne(config, 0);
}
