/** A client of Terraform's plugin protocol, with one connection of its own, as Terraform has one for each provider block. */
import { join } from "node:path";
import { type Client, credentials, loadPackageDefinition, type ServiceClientConstructor, status } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { dataSources } from "../../emulator/services/data-sources";
import type { Attributes } from "../../emulator/terraform/attributes";
import { type DynamicValue, decode, encode } from "../../emulator/terraform/dynamic-value";
import { providerSchema } from "../../emulator/terraform/kind";
import type { Diagnostic } from "../../emulator/terraform/messages";
import type { AttributeSchema, BlockSchema, NestedBlockSchema } from "../../emulator/terraform/schema/block";
import { narrowed } from "./parity/narrow-provider";
import { kindOf, merge } from "./workspace";

const messages = join(__dirname, "..", "..", "emulator", "terraform", "messages.proto");
const definition = loadSync(messages, { keepCase: true, longs: Number, enums: String, defaults: true });
const { tfplugin5 } = loadPackageDefinition(definition) as unknown as {
  readonly tfplugin5: { readonly Provider: ServiceClientConstructor };
};

/**
 * Calls of Terraform up to 1.17 and OpenTofu up to 1.13 that the real provider of version 5.100.0 does not implement:
 * resource identities, lists, actions, generated configuration, state stores, and any that is not known yet.
 */
export const NEWER_CALLS: readonly string[] = [
  ...["GetResourceIdentitySchemas", "UpgradeResourceIdentity", "ListResource", "ValidateListResourceConfig"],
  ...["PlanAction", "InvokeAction", "ValidateActionConfig", "GenerateResourceConfig"],
  ...["ValidateStateStoreConfig", "ConfigureStateStore", "ReadStateBytes", "WriteStateBytes"],
  ...["LockState", "UnlockState", "GetStates", "DeleteState", "NotInventedYet"],
];

/** Any answer; only fields that a call fills mean something. */
export interface ProtocolAnswer {
  readonly diagnostics?: readonly Diagnostic[];
  readonly planned_state?: DynamicValue;
  readonly new_state?: DynamicValue;
  readonly state?: DynamicValue;
  readonly upgraded_state?: DynamicValue;
  readonly requires_replace?: readonly { readonly steps: readonly { readonly attribute_name: string }[] }[];
  readonly imported_resources?: readonly { readonly type_name: string; readonly state: DynamicValue }[];
  readonly resources?: readonly { readonly type_name: string }[];
  readonly data_sources?: readonly { readonly type_name: string }[];
  readonly provider?: { readonly block: WireBlock };
  readonly resource_schemas?: Readonly<Record<string, { readonly version: number; readonly block: WireBlock }>>;
  readonly server_capabilities?: object;
  readonly data_source_schemas?: Readonly<Record<string, { readonly block: WireBlock }>>;
}

/** A provider's schemas, by Terraform type. */
export interface ProviderSchemas {
  readonly provider: BlockSchema;
  readonly resources: ReadonlyMap<string, BlockSchema>;
  readonly dataSources: ReadonlyMap<string, BlockSchema>;
}

interface WireBlock {
  readonly attributes?: readonly (Omit<AttributeSchema, "type"> & { readonly name: string; readonly type: Buffer })[];
  readonly block_types?: readonly {
    readonly type_name: string;
    readonly nesting: string;
    readonly min_items: number;
    readonly max_items: number;
    readonly block: WireBlock;
  }[];
}

function decodeBlock({ attributes = [], block_types = [] }: WireBlock): BlockSchema {
  const ofAttribute = ({ name, type, required, optional, computed, sensitive }: (typeof attributes)[number]) => {
    const flags = Object.entries({ required, optional, computed, sensitive }).filter(([, isSet]) => isSet);
    return [name, { type: JSON.parse(type.toString("utf8")), ...Object.fromEntries(flags) }] as const;
  };
  const ofBlock = ({ type_name, nesting, min_items, max_items, block }: (typeof block_types)[number]) => {
    const bounds = { ...(min_items > 0 && { minItems: min_items }), ...(max_items > 0 && { maxItems: max_items }) };
    const shape = { nesting: nesting.toLowerCase() as NestedBlockSchema["nesting"], ...bounds };
    return [type_name, { ...shape, block: decodeBlock(block) }] as const;
  };
  return {
    attributes: Object.fromEntries(attributes.map(ofAttribute)),
    blocks: Object.fromEntries(block_types.map(ofBlock)),
  };
}

type Call = (request: object, answered: (error: Error | null, answer: ProtocolAnswer) => void) => void;

/** What calls of the protocol go to. */
export interface ProtocolCaller {
  call(name: string, request: object): Promise<ProtocolAnswer>;
}

/** A connection to a provider, whichever it is. */
export class ProviderConnection implements ProtocolCaller {
  private readonly client: Client;

  /** @param reattach value of `TF_REATTACH_PROVIDERS` */
  constructor(reattach: string) {
    const [{ Addr: address }] = Object.values(JSON.parse(reattach)) as [{ Addr: { String: string } }];
    // Without its own pool, grpc-js would let all clients of one address share a connection.
    const ownConnection = { "grpc.use_local_subchannel_pool": 1, "grpc.max_receive_message_length": -1 };
    this.client = new tfplugin5.Provider(`unix:${address.String}`, credentials.createInsecure(), ownConnection);
  }

  close(): void {
    this.client.close();
  }

  call(name: string, request: object): Promise<ProtocolAnswer> {
    const call = (this.client as unknown as Record<string, Call>)[name];
    if (call === undefined) throw new Error(`the protocol has no call ${name}`);
    return new Promise((resolve, reject) =>
      call.call(this.client, request, (error, answer) => (error === null ? resolve(answer) : reject(error))),
    );
  }

  /**
   * Makes a call that this client may not know, with an encoded request.
   * @returns the status of gRPC, and the encoded response; a status other than OK has none
   */
  callRaw(name: string, request = Buffer.alloc(0)): Promise<{ readonly code: status; readonly response?: Buffer }> {
    const same = (bytes: Buffer) => bytes;
    return new Promise((resolve) =>
      this.client.makeUnaryRequest(`/tfplugin5.Provider/${name}`, same, same, request, (error, response) =>
        resolve(error === null ? { code: status.OK, ...(response && { response }) } : { code: error.code }),
      ),
    );
  }

  /** What the provider itself says that it offers, of the types that the embedded one has. */
  async schemas(): Promise<ProviderSchemas> {
    const { response = Buffer.alloc(0) } = await this.callRaw("GetSchema");
    const decodeAnswer = tfplugin5.Provider.service["GetSchema"]?.responseDeserialize;
    const answer = decodeAnswer?.(narrowed(response)) as ProtocolAnswer;
    const { provider, resource_schemas = {}, data_source_schemas = {} } = answer;
    const decodeAll = (all: Readonly<Record<string, { readonly block: WireBlock }>>) =>
      new Map(Object.entries(all).map(([type, { block }]) => [type, decodeBlock(block)] as const));
    const [resources, dataSources] = [decodeAll(resource_schemas), decodeAll(data_source_schemas)];
    return { provider: decodeBlock(provider?.block ?? {}), resources, dataSources };
  }
}

/** A client of the embedded provider, which knows its schemas. */
export class ProviderClient extends ProviderConnection {
  configure(config: Attributes): Promise<ProtocolAnswer> {
    return this.call("Configure", { terraform_version: "1.11.4", config: encode(providerSchema, config) });
  }

  validate(type: string, config: Attributes): Promise<ProtocolAnswer> {
    return this.call("ValidateResourceTypeConfig", { type_name: type, config: encode(kindOf(type).schema, config) });
  }

  /** Reads a data source. */
  async read(type: string, config: Attributes = {}): Promise<Attributes | null> {
    const schema = dataSources.get(type)?.schema ?? { attributes: {}, blocks: {} };
    const { state } = await this.call("ReadDataSource", { type_name: type, config: encode(schema, config) });
    return decode(schema, state);
  }

  plan(type: string, prior: Attributes | null, config: Attributes): Promise<ProtocolAnswer> {
    const { schema } = kindOf(type);
    return this.call("PlanResourceChange", {
      type_name: type,
      prior_state: encode(schema, prior),
      proposed_new_state: encode(schema, merge(schema, prior ?? {}, config)),
      config: encode(schema, config),
    });
  }

  /** Plans and applies. */
  async create(type: string, config: Attributes): Promise<ProtocolAnswer & { readonly made: Attributes | null }> {
    const { schema } = kindOf(type);
    const { planned_state } = await this.plan(type, null, config);
    const answer = await this.call("ApplyResourceChange", {
      type_name: type,
      prior_state: encode(schema, null),
      planned_state,
      config: encode(schema, config),
    });
    return { ...answer, made: decode(schema, answer.new_state) };
  }

  destroy(type: string, prior: Attributes): Promise<ProtocolAnswer> {
    const { schema } = kindOf(type);
    const [prior_state, planned_state] = [encode(schema, prior), encode(schema, null)];
    return this.call("ApplyResourceChange", { type_name: type, prior_state, planned_state });
  }
}
