/** The protocol's calls by name, each from decoded request to the answer to encode. */
import type { Operation } from "../account";
import { AccountFileError } from "../account-file";
import { type Attributes, blocks, isObject, optionalText, text, type Value } from "../attributes";
import { AwsError, UnsupportedError } from "../errors";
import { Creations } from "./creations";
import { type DynamicValue, decode, decodeJson, encode } from "./dynamic-value";
import { encodeSchema } from "./encode-schema";
import { type Kind, keyOf, type Place, providerSchema } from "./kind";
import type * as wire from "./messages";
import { applyChange, importResource, readResource } from "./operations";
import { type ProviderSettings, planChange } from "./plan";

/**
 * One call; `isHeard` says whether whoever asked is still there to be answered. A connection stands for one `provider` block: Terraform makes one for each, and configures it first.
 */
export type ProviderCall = (request: never, connection: string, isHeard: () => boolean) => object | Promise<object>;

/** What all calls share: the account, and the files that Terraform sees. */
export type Surroundings = Omit<Place, "region">;

/** Every call of the protocol that is answered here. */
export function providerCalls(
  kinds: ReadonlyMap<string, Kind>,
  surroundings: Surroundings,
): Readonly<Record<string, ProviderCall>> {
  return { ...schemaCalls(kinds), ...resourceCalls(kinds, surroundings) };
}

/** AWS's refusal, or that something is not played, as Terraform shows it; `undefined` for any other error. */
export function asDiagnostic(error: unknown, doing?: string): wire.Diagnostic | undefined {
  const isForUsers = [AwsError, UnsupportedError, AccountFileError].some((kind) => error instanceof kind);
  if (!(error instanceof Error) || !isForUsers) return undefined;
  const said = error instanceof AwsError ? `${error.name}: ${error.message}` : error.message;
  return { severity: "ERROR", summary: doing === undefined ? said : `${doing}: ${said}` };
}

function schemaCalls(kinds: ReadonlyMap<string, Kind>) {
  return {
    GetSchema: () => ({
      provider: encodeSchema(providerSchema),
      resource_schemas: Object.fromEntries([...kinds].map(([type, { schema }]) => [type, encodeSchema(schema)])),
      data_source_schemas: {},
    }),
    PrepareProviderConfig: ({ config }: wire.ConfigRequest) => ({ prepared_config: config }),
    ValidateDataSourceConfig: ({ type_name }: wire.TypedRequest) => refuseDataSource(type_name),
    ReadDataSource: ({ type_name }: wire.TypedRequest) => refuseDataSource(type_name),
  };
}

function refuseDataSource(type: string): never {
  throw new UnsupportedError(`data source ${type} is not emulated`);
}

function resourceCalls(kinds: ReadonlyMap<string, Kind>, surroundings: Surroundings) {
  const { account } = surroundings;
  const creations = new Creations(account);
  const settings = new Map<string, ProviderSettings>();
  const settingsOf = (connection: string): ProviderSettings => {
    const found = settings.get(connection);
    if (found === undefined) throw new Error("the provider was not configured on this connection");
    return found;
  };
  const kindOf = (type: string): Kind => {
    const kind = kinds.get(type);
    if (kind !== undefined) return kind;
    throw new UnsupportedError(`${type} is not emulated. Emulated: ${[...kinds.keys()].join(", ")}.`);
  };
  return {
    Configure: ({ config }: wire.ConfigRequest, connection: string) => {
      settings.set(connection, readSettings(decode(providerSchema, config) ?? {}));
      return {};
    },
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
    PlanResourceChange: (request: wire.PlanRequest, connection: string) => {
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
        // Only this lets a provider plan a default for an attribute that is not marked as computed.
        legacy_type_system: kind.defaults !== undefined,
      };
    },
    ApplyResourceChange: async (request: wire.ApplyRequest, connection: string, isHeard: () => boolean) => {
      const kind = kindOf(request.type_name);
      const place = { ...surroundings, region: settingsOf(connection).region };
      return await apply(kind, request, place, (created) => creations.add(connection, created, isHeard()));
    },
    /** Interrupted, Terraform may end before it has written down what it was told. */
    Stop: (_request: object, connection: string) => {
      creations.doubt(connection);
      return { error: "" };
    },
    ImportResourceState: ({ type_name, id }: wire.ImportRequest, connection: string) => {
      const kind = kindOf(type_name);
      const resource = importResource(kind, account, settingsOf(connection).region, id);
      return { imported_resources: [{ type_name, state: encode(kind.schema, resource) }] };
    },
  };
}

function readSettings(config: Attributes): ProviderSettings {
  const region = optionalText(config, "region") ?? process.env["AWS_REGION"];
  if (region === undefined) throw new AwsError("MissingRegion", 'provider "aws" needs a region');
  const [defaults] = blocks(config, "default_tags");
  const tags = defaults?.["tags"];
  return { region, defaultTags: isObject(tags) ? tags : {} };
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
  onCreated: (created: Operation) => void,
): Promise<object> {
  const prior = decode(kind.schema, prior_state);
  const planned = decode(kind.schema, planned_state);
  const region = planned ?? prior;
  const at = { ...place, region: (region && optionalText(region, "region")) ?? place.region };
  try {
    const now = await applyChange(kind, at, prior, planned);
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
