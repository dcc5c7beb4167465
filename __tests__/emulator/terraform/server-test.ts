/** The protocol on a socket, spoken by a client of our own. */
import { statSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { connect as connectSocket } from "node:net";
import { dirname } from "node:path";
import { status } from "@grpc/grpc-js";
import type { Account } from "../../../emulator/account/account";
import { makeTemporaryFolder } from "../../../emulator/runtime/temporary-folder";
import { services } from "../../../emulator/services";
import { dataSources } from "../../../emulator/services/data-sources";
import { kinds } from "../../../emulator/services/resources";
import { valueRulesOf } from "../../../emulator/services/value-rules";
import { decode, encode } from "../../../emulator/terraform/dynamic-value";
import type { ProviderContext } from "../../../emulator/terraform/provider-calls";
import { dataSourceTypes } from "../../../emulator/terraform/schema/resource-types";
import { type RunningProvider, startProvider } from "../../../emulator/terraform/server";
import { NEWER_CALLS, ProviderClient } from "../../support/provider-client";
import { idleRuntime } from "../../support/runtime";
import { functionZip, kindOf, openAccount } from "../../support/workspace";

const GROUP = "aws_cloudwatch_log_group";
const POOL = "aws_cognito_user_pool";

const OFFER = { kinds, dataSources, valueRulesOf, regions: ["eu-west-1", "us-east-1"] };

const surroundingsOf = (account: Account, files: readonly Uint8Array[] = []): ProviderContext => ({
  account,
  services,
  runtime: idleRuntime(account),
  readFiles: () => files,
});

let provider: RunningProvider;
let clients: ProviderClient[];
beforeEach(async () => {
  clients = [];
  const account = openAccount();
  provider = await startProvider(OFFER, surroundingsOf(account, [functionZip]), makeTemporaryFolder());
});
afterEach(async () => {
  for (const client of clients) client.close();
  await provider.close();
});

function connect(): ProviderClient {
  const client = new ProviderClient(provider.reattach);
  clients.push(client);
  return client;
}

async function configured(region = "eu-west-1"): Promise<ProviderClient> {
  const client = connect();
  await client.configure({ region });
  return client;
}

function socketPath(): string {
  const [{ Addr: address }] = Object.values(JSON.parse(provider.reattach)) as [{ Addr: { String: string } }];
  return address.String;
}

describe("TF_REATTACH_PROVIDERS", () => {
  it("listens where nobody else can enter", () => {
    expect(statSync(dirname(socketPath())).mode & 0o777).toBe(0o700);
  });

  it("names the provider of both registries, on a socket", () => {
    const same = {
      Protocol: "grpc",
      ProtocolVersion: 5,
      Pid: process.pid,
      Test: true,
      Addr: { Network: "unix", String: expect.stringMatching(/provider\.sock$/) },
    };

    expect(JSON.parse(provider.reattach)).toEqual({
      "registry.terraform.io/hashicorp/aws": same,
      "registry.opentofu.org/hashicorp/aws": same,
    });
  });
});

describe("calls of newer Terraform and OpenTofu", () => {
  it.each(NEWER_CALLS)("%s is unimplemented", async (name) => {
    expect(await connect().callRaw(name)).toEqual({ code: status.UNIMPLEMENTED });
  });

  it("are unimplemented whatever they contain, and the connection goes on", async () => {
    const client = await configured();
    const noise = Buffer.from("0a036177733a0408011002fa2a03abcdef", "hex");

    expect(await client.callRaw("UpgradeResourceIdentity", noise)).toEqual({ code: status.UNIMPLEMENTED });
    await expect(client.read("aws_region")).resolves.toMatchObject({ region: "eu-west-1" });
  });

  it("may have fields that this version does not know", async () => {
    const client = connect();
    const known = await client.callRaw("GetSchema");
    // Field 1807, with the bytes of "new".
    const unknown = await client.callRaw("GetSchema", Buffer.from("fa70036e6577", "hex"));

    expect(known.response?.length).toBeGreaterThan(10_000);
    expect(unknown).toEqual(known);
  });

  it("that list what there is, list types and no functions", async () => {
    const client = connect();
    const { resources, data_sources } = await client.call("GetMetadata", {});
    const names = (types: typeof resources) => types?.map(({ type_name }) => type_name);

    expect([names(resources), names(data_sources)]).toEqual([[...kinds.keys()], [...dataSources.keys()]]);
    expect(await client.callRaw("GetFunctions")).toEqual({ code: status.OK, response: Buffer.alloc(0) });
  });
});

describe("close", () => {
  it("does not wait for a caller who reads no answers", async () => {
    const settings = { initialWindowSize: 0 };
    const session = connectHttp2("http://provider", { createConnection: () => connectSocket(socketPath()), settings });
    session.on("error", () => undefined);
    const headers = { ":method": "POST", ":path": "/tfplugin5.Provider/GetSchema", "content-type": "application/grpc" };
    const call = session.request({ ...headers, te: "trailers" }).on("error", () => undefined);
    call.end(Buffer.alloc(5));
    await new Promise((resolve) => call.once("response", resolve));
    const ended = new Promise((resolve) => session.once("close", resolve));

    await provider.close();
    await ended;
  });
});

describe("ReadDataSource", () => {
  it("tells each connection of its own account and region", async () => {
    const [here, there] = await Promise.all([configured("eu-west-1"), configured("us-east-1")]);

    await expect(here.read("aws_caller_identity")).resolves.toMatchObject({ account_id: "123456789012" });
    await expect(here.read("aws_region")).resolves.toMatchObject({ region: "eu-west-1" });
    await expect(there.read("aws_region")).resolves.toMatchObject({ region: "us-east-1" });
  });
});

describe("ApplyResourceChange", () => {
  it("tells of one change before the next one begins, however many are asked for at once", async () => {
    const account = openAccount();
    const order: string[] = [];
    const change = account.change.bind(account);
    jest.spyOn(account, "change").mockImplementation((run, acknowledged) =>
      change(
        async () => {
          order.push("begins");
          return await run();
        },
        async () => {
          await acknowledged?.();
          order.push("told");
        },
      ),
    );
    const own = await startProvider(OFFER, surroundingsOf(account), makeTemporaryFolder());
    const client = new ProviderClient(own.reattach);
    clients.push(client);
    await client.configure({ region: "eu-west-1" });
    await Promise.all(["a", "b", "c"].map((name) => client.create(GROUP, { name })));
    await own.close();

    expect(order).toEqual(["begins", "told", "begins", "told", "begins", "told"]);
  });
});

describe("GetSchema", () => {
  it("lets Terraform ask for it once only, as the real provider does", async () => {
    const { server_capabilities } = await connect().call("GetSchema", {});
    expect(server_capabilities).toEqual({ get_provider_schema_optional: true });
  });

  it("has every data source", async () => {
    const { data_source_schemas = {} } = await connect().call("GetSchema", {});

    expect(Object.keys(data_source_schemas)).toEqual([...dataSourceTypes]);
    expect(data_source_schemas["aws_caller_identity"]?.block).toMatchObject({
      attributes: expect.arrayContaining([expect.objectContaining({ name: "account_id", computed: true })]),
    });
  });

  it("has every kind, at the version of the real provider", async () => {
    const { resource_schemas = {} } = await connect().call("GetSchema", {});

    expect(Object.keys(resource_schemas).sort()).toEqual([...kinds.keys()].sort());
    expect(Object.values(resource_schemas).map(({ version }) => version)).toEqual(
      [...kinds.values()].map(({ schemaVersion = 0 }) => schemaVersion),
    );
  });

  it("spells attributes and blocks as the protocol does", async () => {
    const { resource_schemas = {} } = await connect().call("GetSchema", {});

    expect(resource_schemas["aws_cognito_user_pool_client"]?.block).toMatchObject({
      attributes: expect.arrayContaining([
        expect.objectContaining({
          name: "client_secret",
          type: Buffer.from('"string"'),
          computed: true,
          sensitive: true,
        }),
        expect.objectContaining({
          name: "allowed_oauth_scopes",
          type: Buffer.from('["set","string"]'),
          optional: true,
        }),
        expect.objectContaining({ name: "name", required: true, optional: false, computed: false, sensitive: false }),
      ]),
      block_types: expect.arrayContaining([
        expect.objectContaining({ type_name: "token_validity_units", nesting: "LIST", min_items: 0, max_items: 0 }),
      ]),
    });
  });
});

describe("Configure", () => {
  it("is kept for each connection: two regions at once", async () => {
    const [here, there] = await Promise.all([configured("eu-west-1"), configured("us-east-1")]);
    const [a, b] = await Promise.all([here.create(GROUP, { name: "orders" }), there.create(GROUP, { name: "orders" })]);

    expect(a.made).toMatchObject({ region: "eu-west-1", arn: expect.stringContaining(":eu-west-1:") });
    expect(b.made).toMatchObject({ region: "us-east-1", arn: expect.stringContaining(":us-east-1:") });
  });

  it("makes what it makes in the account that it allows", async () => {
    const client = connect();
    await client.configure({ region: "eu-west-1", allowed_account_ids: ["123456789012"] });

    await expect(client.create(GROUP, { name: "orders" })).resolves.toMatchObject({
      made: { arn: "arn:aws:logs:eu-west-1:123456789012:log-group:orders" },
    });
  });

  it("is refused for an account that it does not allow, as the real provider does, and then nothing can be planned", async () => {
    const client = connect();
    const { diagnostics } = await client.configure({ region: "eu-west-1", allowed_account_ids: ["111122223333"] });

    expect(diagnostics).toMatchObject([
      {
        severity: "ERROR",
        summary: "AWS account ID not allowed: 123456789012",
        detail:
          'The embedded AWS stands for 123456789012; allowed_account_ids of provider "aws" must name one of them, and forbidden_account_ids must not.',
      },
    ]);
    await expect(client.plan(GROUP, null, { name: "orders" })).rejects.toThrow("the provider was not configured");
  });

  it("gives default tags to what is planned", async () => {
    const client = connect();
    await client.configure({ region: "eu-west-1", default_tags: [{ tags: { team: "orders" } }] });
    const { planned_state } = await client.plan(GROUP, null, { name: "orders", tags: { a: "b" } });

    expect(decode(kindOf(GROUP).schema, planned_state)).toMatchObject({ tags_all: { team: "orders", a: "b" } });
  });
});

describe("planning", () => {
  it("says which attributes demand a replacement", async () => {
    const client = await configured();
    const { made } = await client.create(GROUP, { name: "orders" });

    await expect(client.plan(GROUP, made, { name: "other" })).resolves.toMatchObject({
      requires_replace: [{ steps: [{ attribute_name: "name" }] }],
      diagnostics: [],
    });
  });

  it("moves a resource to the region that the configuration names, and creates it there", async () => {
    const client = await configured();
    const { made } = await client.create(GROUP, { name: "orders", region: "us-east-1" });

    expect(made).toMatchObject({ arn: expect.stringContaining(":us-east-1:") });
  });
});

describe("a refusal", () => {
  it("of a type that is not emulated names those that are", async () => {
    const { diagnostics } = await connect().call("ValidateResourceTypeConfig", { type_name: "aws_sqs_queue" });

    expect(diagnostics).toMatchObject([
      { severity: "ERROR", summary: `aws_sqs_queue is not emulated. Emulated: ${[...kinds.keys()].join(", ")}.` },
    ]);
  });

  it("of a data source that is not emulated names those that are", async () => {
    const summary = `data source aws_ami is not emulated. Emulated: ${dataSourceTypes.join(", ")}.`;

    for (const call of ["ValidateDataSourceConfig", "ReadDataSource"]) {
      await expect(connect().call(call, { type_name: "aws_ami" })).resolves.toMatchObject({
        diagnostics: [{ severity: "ERROR", summary }],
      });
    }
  });

  it.each<[string, object, string]>([
    [POOL, { name: "a", lambda_config: [{ pre_token_generation: "a" }] }, "lambda_config"],
    ["aws_api_gateway_rest_api", { name: "a", policy: "{}" }, "policy"],
    ["aws_lambda_function", { function_name: "a", role: "a", snap_start: [{ apply_on: "None" }] }, "snap_start"],
    ["aws_api_gateway_rest_api", { name: "a", body: "{}" }, "body"],
  ])("of an attribute that is not emulated names it: %s %j", async (type, config, name) => {
    await expect(connect().validate(type, config as never)).resolves.toMatchObject({
      diagnostics: [{ severity: "ERROR", summary: `${type}.${name} is not emulated: it would change an answer.` }],
    });
  });

  it("is a warning for what is stored without effect", async () => {
    const config = {
      function_name: "a",
      role: "arn:aws:iam::123456789012:role/a",
      filename: "a.zip",
      layers: ["arn:aws:lambda:eu-west-1:123456789012:layer:tools:3"],
      vpc_config: [{ subnet_ids: ["subnet-1"], security_group_ids: ["sg-1"] }],
    };

    await expect(connect().validate("aws_lambda_function", config as never)).resolves.toEqual({
      diagnostics: ["layers", "vpc_config"].map((name) => ({
        severity: "WARNING",
        summary: `aws_lambda_function.${name} has no effect on the embedded AWS`,
        detail: expect.stringContaining("stored"),
        attribute: { steps: [expect.objectContaining({ attribute_name: name })] },
      })),
    });
  });

  it("does not come for what says the same as leaving it out", async () => {
    const off = { name: "a", disable_execute_api_endpoint: false, binary_media_types: [], body: "", policy: null };

    await expect(connect().validate("aws_api_gateway_rest_api", off)).resolves.toMatchObject({ diagnostics: [] });
  });

  it("by AWS names what was done, and AWS's exception and text", async () => {
    const client = await configured();
    await client.create(GROUP, { name: "orders" });
    const { diagnostics, made } = await client.create(GROUP, { name: "orders" });

    expect(made).toBeNull();
    expect(diagnostics).toMatchObject([
      {
        severity: "ERROR",
        summary:
          "creating aws_cloudwatch_log_group: ResourceAlreadyExistsException: The specified log group already exists",
      },
    ]);
  });

  it("of an update leaves what was planned in state, until a refresh reads what is there", async () => {
    const client = await configured();
    const { made } = await client.create(GROUP, { name: "orders" });
    const { schema } = kindOf(GROUP);
    const prior = { ...made, id: "gone", name: "gone" };
    const gone = { ...prior, retention_in_days: 7 };
    const { diagnostics, new_state } = await client.call("ApplyResourceChange", {
      type_name: GROUP,
      prior_state: encode(schema, prior),
      planned_state: encode(schema, gone),
      config: encode(schema, { name: "gone", retention_in_days: 7 }),
    });

    expect(diagnostics).toHaveLength(1);
    expect(decode(schema, new_state)).toEqual(gone);
  });

  it("of a deletion names the resource, which stays in state", async () => {
    const client = await configured();
    const { made } = await client.create(POOL, { name: "machines", deletion_protection: "ACTIVE" });
    const { diagnostics, new_state } = await client.destroy(POOL, made ?? {});

    expect(diagnostics).toMatchObject([
      {
        summary: expect.stringContaining(
          `deleting aws_cognito_user_pool (${made?.["id"]}): InvalidParameterException: `,
        ),
      },
    ]);
    expect(decode(kindOf(POOL).schema, new_state)).toEqual(made);
  });

  it("of an import names the form of the id", async () => {
    const client = await configured();

    await expect(
      client.call("ImportResourceState", { type_name: "aws_lambda_alias", id: "live" }),
    ).resolves.toMatchObject({
      diagnostics: [{ summary: "InvalidId: unexpected format of ID (live), expected function_name/name" }],
    });
  });

  it("of a provider without a region says what it needs", async () => {
    const region = process.env["AWS_REGION"];
    delete process.env["AWS_REGION"];
    try {
      await expect(connect().configure({})).resolves.toMatchObject({
        diagnostics: [{ summary: 'MissingRegion: provider "aws" needs a region' }],
      });
    } finally {
      if (region !== undefined) process.env["AWS_REGION"] = region;
    }
  });
});

describe("a mistake of this program or of its client", () => {
  it("is an error of the transport that names the call, and ends nothing else", async () => {
    const client = await configured();
    const broken = { type_name: GROUP, current_state: { msgpack: Buffer.from([0xa1, 0x61]) } };

    await expect(client.call("ReadResource", broken)).rejects.toThrow(
      /ReadResource: TypeError: a resource is not an object/,
    );
    await expect(client.create(GROUP, { name: "orders" })).resolves.toMatchObject({ diagnostics: [] });
  });

  it("is a plan without Configure", async () => {
    await expect(connect().plan(GROUP, null, { name: "orders" })).rejects.toThrow(
      "the provider was not configured on this connection",
    );
  });
});

describe("UpgradeResourceState", () => {
  it("reads state as it was stored, without what is no longer known", async () => {
    const json = Buffer.from(JSON.stringify({ id: "orders", name: "orders", gone: 1 }));
    const { upgraded_state } = await connect().call("UpgradeResourceState", {
      type_name: GROUP,
      version: 0,
      raw_state: { json },
    });

    expect(decode(kindOf(GROUP).schema, upgraded_state)).toMatchObject({
      id: "orders",
      name: "orders",
      kms_key_id: null,
    });
  });
});
