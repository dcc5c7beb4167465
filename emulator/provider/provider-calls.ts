/** The protocol's calls by name, each from decoded request to the answer to encode. */
import type { Operation } from "../account";
import { type Attributes, isObject, optionalText, text, type Value } from "../attributes";
import { UnsupportedError } from "../errors";
import { Creations } from "./creations";
import type { DataSource } from "./data-source";
import { asDiagnostic } from "./diagnostic";
import { type DynamicValue, decode, decodeJson, encode } from "./dynamic-value";
import { encodeSchema } from "./encode-schema";
import { type Kind, keyOf, type Place, providerSchema } from "./kind";
import type * as wire from "./messages";
import { applyChange, importResource, readResource } from "./operations";
import { planChange } from "./plan";
import { type ProviderSettings, readSettings } from "./provider-settings";

/** Whoever asks. */
export interface Caller {
  /** Stands for one `provider` block: Terraform makes a connection for each, and configures it first. */
  readonly connection: string;
  /** Whether they are still there to be answered. */
  isHeard(): boolean;
  /** Resolves when the answer has left, or when nobody is there any more. */
  told(): Promise<void>;
}

/** One call. */
export type ProviderCall = (request: never, caller: Caller) => object | Promise<object>;

/** What all calls share: the account, and the files that Terraform sees. */
export type Surroundings = Omit<Place, "accountId" | "region">;

/** What can be asked for, by Terraform type. */
export interface Offer {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly dataSources: ReadonlyMap<string, DataSource>;
}

/** Settings of the `provider` block that a connection stands for. @throws {Error} when it was not configured */
type SettingsOf = (connection: string) => ProviderSettings;

/** Every call of the protocol that is answered here. */
export function providerCalls(offer: Offer, surroundings: Surroundings): Readonly<Record<string, ProviderCall>> {
  const settings = new Map<string, ProviderSettings>();
  const settingsOf: SettingsOf = (connection) => {
    const found = settings.get(connection);
    if (found === undefined) throw new Error("the provider was not configured on this connection");
    return found;
  };
  return {
    ...schemaCalls(offer),
    Configure: ({ config }: wire.ConfigRequest, { connection }: Caller) => {
      settings.set(connection, readSettings(decode(providerSchema, config) ?? {}, surroundings.account.ids));
      return {};
    },
    ...dataSourceCalls(offer.dataSources, settingsOf),
    ...resourceCalls(offer.kinds, surroundings, settingsOf),
  };
}

function schemaCalls({ kinds, dataSources }: Offer) {
  const encodeAll = (all: ReadonlyMap<string, Pick<Kind, "schema">>) =>
    Object.fromEntries([...all].map(([type, { schema }]) => [type, encodeSchema(schema)]));
  return {
    GetSchema: () => ({
      provider: encodeSchema(providerSchema),
      resource_schemas: encodeAll(kinds),
      data_source_schemas: encodeAll(dataSources),
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

function dataSourceCalls(dataSources: ReadonlyMap<string, DataSource>, settingsOf: SettingsOf) {
  const sourceOf = (type: string) => find(dataSources, type, "data source ");
  return {
    ValidateDataSourceConfig: ({ type_name }: wire.TypedRequest) => {
      sourceOf(type_name);
      return {};
    },
    ReadDataSource: ({ type_name, config }: wire.ValidateRequest, { connection }: Caller) => {
      const { schema, read } = sourceOf(type_name);
      const given = decode(schema, config) ?? {};
      return { state: encode(schema, { ...given, ...read(given, settingsOf(connection)) }) };
    },
  };
}

function resourceCalls(kinds: ReadonlyMap<string, Kind>, surroundings: Surroundings, settingsOf: SettingsOf) {
  const { account } = surroundings;
  const creations = new Creations(account);
  const kindOf = (type: string) => find(kinds, type);
  return {
    ValidateResourceTypeConfig: ({ type_name, config }: wire.ValidateRequest) => {
      validate(kindOf(type_name), config);
      return {};
    },
    UpgradeResourceState: ({ type_name, raw_state }: wire.UpgradeRequest) => {
      const { schema } = kindOf(type_name);
      return { upgraded_state: encode(schema, decodeJson(schema, raw_state.json)) };
    },
    ReadResource: ({ type_name, current_state }: wire.ReadRequest) => {
      const kind = kindOf(type_name);
      const state = decode(kind.schema, current_state);
      return { new_state: encode(kind.schema, state === null ? null : readResource(kind, account, state)) };
    },
    PlanResourceChange: (request: wire.PlanRequest, { connection }: Caller) => {
      const kind = kindOf(request.type_name);
      const wanted = {
        prior: decode(kind.schema, request.prior_state),
        proposed: decode(kind.schema, request.proposed_new_state),
        config: decode(kind.schema, request.config),
      };
      const { planned, requiresReplace } = planChange(kind, wanted, settingsOf(connection));
      return {
        planned_state: encode(kind.schema, planned),
        requires_replace: requiresReplace.map((name) => ({ steps: [{ attribute_name: name }] })),
        // Only this lets a provider plan something else than what was configured, such as a default.
        legacy_type_system: [kind.defaults, kind.computedBlocks, kind.json].some((trait) => trait !== undefined),
      };
    },
    ApplyResourceChange: async (request: wire.ApplyRequest, caller: Caller) => {
      const kind = kindOf(request.type_name);
      const { region, accountId } = settingsOf(caller.connection);
      const place = { ...surroundings, region, accountId };
      return await apply(kind, request, place, {
        told: () => caller.told(),
        onCreated: (created) => creations.add(caller.connection, created, caller.isHeard()),
      });
    },
    /** Interrupted, Terraform may end before it has written down what it was told. */
    Stop: (_request: object, { connection }: Caller) => {
      creations.doubt(connection);
      return { error: "" };
    },
    ImportResourceState: ({ type_name, id }: wire.ImportRequest, { connection }: Caller) => {
      const kind = kindOf(type_name);
      const resource = importResource(kind, account, settingsOf(connection).region, id);
      return { imported_resources: [{ type_name, state: encode(kind.schema, resource) }] };
    },
  };
}

function validate(kind: Kind, wireConfig: DynamicValue): void {
  const config = decode(kind.schema, wireConfig) ?? {};
  for (const name of kind.refused ?? []) {
    if (isOff(config[name])) continue;
    throw new UnsupportedError(`${kind.type}.${name} is not emulated: it would change an answer.`);
  }
  kind.validate?.(config);
}

/** Whether the value says the same as leaving it out. */
function isOff(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) ? Object.keys(value).length === 0 : [undefined, null, false, ""].some((off) => off === value);
}

async function apply(
  kind: Kind,
  { prior_state, planned_state }: wire.ApplyRequest,
  place: Place,
  { told, onCreated }: { told(): Promise<void>; onCreated(created: Operation): void },
): Promise<object> {
  const prior = decode(kind.schema, prior_state);
  const planned = decode(kind.schema, planned_state);
  const region = planned ?? prior;
  const at = { ...place, region: (region && optionalText(region, "region")) ?? place.region };
  try {
    const now = await applyChange(kind, at, prior, planned, told);
    if (prior === null && now !== null) onCreated({ action: "create", type: kind.type, key: keyOf(kind, now) });
    return { new_state: encode(kind.schema, now) };
  } catch (error) {
    const refusal = asDiagnostic(error, doing(kind, prior, planned));
    if (refusal === undefined) throw error;
    return { new_state: encode(kind.schema, prior), diagnostics: [refusal] };
  }
}

function doing(kind: Kind, prior: Attributes | null, planned: Attributes | null): string {
  if (prior === null) return `creating ${kind.type}`;
  return `${planned === null ? "deleting" : "updating"} ${kind.type} (${text(prior, "id")})`;
}
