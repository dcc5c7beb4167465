/** The protocol's calls by name, each from decoded request to the answer to encode. */

import { UnsupportedError } from "../errors";
import { applyCall } from "./apply-call";
import { relationMistakes } from "./attribute-relations";
import { type Attributes, isObject, settingOf, type Value } from "./attributes";
import { Creations } from "./creations";
import { type DataSource, isLegacyDataSource, readDataSource } from "./data-source";
import { diagnosticOf } from "./diagnostic";
import { type DynamicValue, decode, decodeJson, encode } from "./dynamic-value";
import { encodeSchema } from "./encode-schema";
import { providerSchema } from "./kind";
import { fractionsIn, mistakesIn, type ValueMistake, type ValueRules, whollyKnown } from "./kind-values";
import { isOfLegacyTypeSystem, unsettable } from "./legacy-type-system";
import { importResource, type LifecyclePlace, readResource } from "./lifecycle";
import type * as wire from "./messages";
import { planChange } from "./plan";
import { type ProviderSettings, readSettings } from "./provider-settings";
import type { Resource } from "./resource";

/** The caller of the protocol: a Terraform process. */
export interface Caller {
  /** Stands for one `provider` block: Terraform makes a connection for each, and configures it first. */
  readonly connection: string;
  /** Whether the connection is still open. */
  isConnected(): boolean;
  /** Resolves when the response was sent, or the connection was closed. */
  acknowledged(): Promise<void>;
  /** Working directories that the caller may have, in which relative paths are resolved; `undefined` when unknown. */
  directories(): readonly string[] | undefined;
}

/** One call. */
export type ProviderCall = (request: never, caller: Caller) => object | Promise<object>;

/** What all calls share: the account, and the files that Terraform sees. */
export interface ProviderContext extends Pick<LifecyclePlace, "account" | "services" | "runtime"> {
  /**
   * Contents of the files that a path may mean; at most one when the directory is known.
   * @param directories working directories that the caller may have; asked for a relative path only
   */
  readFiles(path: string, directories: () => readonly string[] | undefined): readonly Uint8Array[];
}

/** What the provider has, by Terraform type. */
export interface ProviderServices {
  readonly kinds: ReadonlyMap<string, Resource>;
  readonly dataSources: ReadonlyMap<string, DataSource>;
  /** What values may be; the type of a data source begins with `data.` here. */
  readonly valueRulesOf: (type: string) => ValueRules;
  readonly regions: readonly string[];
}

/** Settings of the `provider` block that a connection stands for. @throws {Error} when it was not configured */
type SettingsOf = (connection: string) => ProviderSettings;

/** Where a call takes place. */
type PlaceOf = (caller: Caller) => LifecyclePlace;

/**
 * Every call of the protocol that is answered here. Calls of newer Terraform and OpenTofu are unimplemented, which they
 * expect of older providers: resource identities. They make no other such call unless the schema lists functions,
 * ephemeral resources, lists, actions or capabilities.
 */
export function providerCalls(
  provided: ProviderServices,
  context: ProviderContext,
): Readonly<Record<string, ProviderCall>> {
  const settings = new Map<string, ProviderSettings>();
  const settingsOf: SettingsOf = (connection) => {
    const found = settings.get(connection);
    if (found === undefined) throw new Error("the provider was not configured on this connection");
    return found;
  };
  const placeOf: PlaceOf = (caller) => ({
    ...context,
    ...settingsOf(caller.connection),
    readFiles: (path) => context.readFiles(path, () => caller.directories()),
  });
  return {
    ...schemaCalls(provided),
    Configure: ({ config }: wire.ConfigRequest, { connection }: Caller) => {
      settings.set(
        connection,
        readSettings(decode(providerSchema, config) ?? {}, context.account.ids, provided.regions),
      );
      return {};
    },
    ...dataSourceCalls(provided, placeOf),
    ...resourceCalls(provided, context, settingsOf, placeOf),
  };
}

function schemaCalls({ kinds, dataSources }: ProviderServices) {
  const encodeAll = (all: ReadonlyMap<string, Pick<Resource, "schema"> & { readonly schemaVersion?: number }>) =>
    Object.fromEntries(
      [...all].map(([type, { schema, schemaVersion }]) => [type, encodeSchema(schema, schemaVersion)]),
    );
  const typesOf = (all: ReadonlyMap<string, unknown>) => [...all.keys()].map((type_name) => ({ type_name }));
  return {
    GetMetadata: () => ({ resources: typesOf(kinds), data_sources: typesOf(dataSources) }),
    // OpenTofu asks for functions that the schema does not list, and reports a missing one itself.
    GetFunctions: () => ({}),
    GetSchema: () => ({
      provider: encodeSchema(providerSchema),
      resource_schemas: encodeAll(kinds),
      data_source_schemas: encodeAll(dataSources),
      // Terraform then asks once, and not again for each phase and each part of the configuration.
      server_capabilities: { get_provider_schema_optional: true },
    }),
    PrepareProviderConfig: ({ config }: wire.ConfigRequest) => ({ prepared_config: config }),
  };
}

/** @throws {UnsupportedError} naming what there is instead */
function find<T>(all: ReadonlyMap<string, T>, type: string, what = ""): T {
  const found = all.get(type);
  if (found !== undefined) return found;
  throw new UnsupportedError(`${what}${type} is not emulated. Emulated: ${[...all.keys()].join(", ")}.`);
}

function dataSourceCalls({ dataSources, valueRulesOf }: ProviderServices, placeOf: PlaceOf) {
  const sourceOf = (type: string) => find(dataSources, type, "data source ");
  return {
    ValidateDataSourceConfig: ({ type_name, config }: wire.ValidateRequest) => {
      const source = sourceOf(type_name);
      const { schema } = source;
      const given = decode(schema, config) ?? {};
      const mistakes = mistakesIn(schema, given, valueRulesOf(`data.${type_name}`));
      return { diagnostics: [...unsettable(schema, given, isLegacyDataSource(source)), ...mistakes].map(diagnosticOf) };
    },
    ReadDataSource: async ({ type_name, config }: wire.ValidateRequest, caller: Caller) => {
      const source = sourceOf(type_name);
      const given = decode(source.schema, config) ?? {};
      return { state: encode(source.schema, await readDataSource(source, placeOf(caller), given)) };
    },
  };
}

function resourceCalls(
  { kinds, valueRulesOf }: ProviderServices,
  { account }: ProviderContext,
  settingsOf: SettingsOf,
  placeOf: PlaceOf,
) {
  const creations = new Creations(account);
  const kindOf = (type: string) => find(kinds, type);
  return {
    ValidateResourceTypeConfig: ({ type_name, config }: wire.ValidateRequest) => {
      return { diagnostics: validate(kindOf(type_name), config, valueRulesOf(type_name)) };
    },
    UpgradeResourceState: ({ type_name, raw_state }: wire.UpgradeRequest) => {
      const { schema } = kindOf(type_name);
      return { upgraded_state: encode(schema, decodeJson(schema, raw_state.json)) };
    },
    ReadResource: async ({ type_name, current_state }: wire.ReadRequest, caller: Caller) => {
      const kind = kindOf(type_name);
      const state = decode(kind.schema, current_state);
      const found = state === null ? null : await readResource(kind, placeOf(caller), state);
      return { new_state: encode(kind.schema, found) };
    },
    PlanResourceChange: (request: wire.PlanRequest, { connection }: Caller) => {
      const kind = kindOf(request.type_name);
      const wanted = {
        prior: decode(kind.schema, request.prior_state),
        proposed: decode(kind.schema, request.proposed_new_state),
        config: decode(kind.schema, request.config),
      };
      const { planned, requiresReplace } = planChange(kind, wanted, settingsOf(connection));
      const wrong = planned === null ? undefined : kind.checkPlan?.(planned);
      if (wrong !== undefined) return { diagnostics: [diagnosticOf({ summary: wrong, steps: [] })] };
      return {
        planned_state: encode(kind.schema, planned),
        requires_replace: requiresReplace.map((name) => ({ steps: [{ attribute_name: name }] })),
        // Only this lets a provider plan something else than what was configured, such as a default.
        legacy_type_system: isOfLegacyTypeSystem(kind.schema) || kind.defaults !== undefined,
      };
    },
    ApplyResourceChange: async (request: wire.ApplyRequest, caller: Caller) => {
      const kind = kindOf(request.type_name);
      return await applyCall(kind, request, placeOf(caller), {
        acknowledged: () => caller.acknowledged(),
        onCreated: (created) => creations.add(caller.connection, created, caller.isConnected()),
      });
    },
    /** Interrupted, Terraform may end before it has written its state. */
    Stop: (_request: object, { connection }: Caller) => {
      creations.markUnacknowledged(connection);
      return { error: "" };
    },
    ImportResourceState: ({ type_name, id }: wire.ImportRequest, caller: Caller) => {
      const kind = kindOf(type_name);
      const resource = importResource(kind, placeOf(caller), id);
      return { imported_resources: [{ type_name, state: encode(kind.schema, resource) }] };
    },
  };
}

/** What is refused anyway comes first, then values by themselves, and only then what they are together. */
function validate(kind: Resource, wireConfig: DynamicValue, rules: ValueRules): readonly wire.Diagnostic[] {
  const config = decode(kind.schema, wireConfig) ?? {};
  for (const name of kind.refused ?? []) {
    if (isOff(settingOf(config, name))) continue;
    throw new UnsupportedError(`${kind.type}.${name} is not emulated: it would change an answer.`);
  }
  const isOlder = isOfLegacyTypeSystem(kind.schema);
  const known = isOlder ? whollyKnown(config) : config;
  const related = [...unsettable(kind.schema, config), ...relationMistakes(kind.schema, config, kind.relations ?? {})];
  const fractions = withoutThoseAt(related, fractionsIn(kind.schema, known, kind.decimals ?? []));
  const first = [...related, ...fractions];
  const mistakes = [...first, ...withoutThoseAt(first, mistakesIn(kind.schema, known, rules))];
  // The legacy type system stops before it looks at what values are together.
  const together = mistakes.length === 0 || !isOlder ? (kind.validate?.(config) ?? []) : [];
  return [...[...mistakes, ...together].map(diagnosticOf), ...warnings(kind, config)];
}

function warnings({ type, kept = {} }: Resource, config: Attributes): readonly wire.Diagnostic[] {
  const set = Object.entries(kept).filter(([name]) => !isOff(settingOf(config, name)));
  return set.map(([name, detail]) => ({
    severity: "WARNING",
    summary: `${type}.${name} has no effect on the embedded AWS`,
    detail,
    attribute: { steps: [{ attribute_name: name }] },
  }));
}

/** The mistakes without those at or below an attribute that has another one already: the legacy type system looks no further. */
function withoutThoseAt(others: readonly ValueMistake[], mistakes: readonly ValueMistake[]): readonly ValueMistake[] {
  return mistakes.filter(({ steps }) => !others.some((other) => other.steps.every((step, at) => step === steps[at])));
}

/** Whether the value says the same as leaving it out. */
function isOff(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) ? Object.keys(value).length === 0 : [undefined, null, false, ""].some((off) => off === value);
}
