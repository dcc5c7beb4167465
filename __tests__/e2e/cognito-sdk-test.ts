/** Cognito's API by the AWS SDK, on what Terraform has made, and what Terraform says of it afterwards. */
import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
  CreateResourceServerCommand,
  CreateUserPoolClientCommand,
  type CreateUserPoolClientCommandInput,
  DeleteResourceServerCommand,
  DeleteUserPoolClientCommand,
  DeleteUserPoolClientSecretCommand,
  DeleteUserPoolCommand,
  DeleteUserPoolDomainCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  InvalidParameterException,
  LimitExceededException,
  ListUserPoolClientSecretsCommand,
  ListUserPoolsCommand,
  ListUsersCommand,
  ResourceNotFoundException,
  ScopeDoesNotExistException,
  UpdateResourceServerCommand,
  UpdateUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { AppliedStack, reference } from "../support/applied-stack";
import { refusalOf, sdkOptions, unsigned } from "../support/aws-sdk";
import { grantedScope } from "../support/granted-scope";

jest.setTimeout(30_000);

const SCOPES = ["orders/read", "orders/write"];
const poolId = reference("aws_cognito_user_pool.machines.id");
const ofGrid = reference("aws_cognito_user_pool.grid.id");

/** A client for machines. */
const clientOf = (name: string) => ({
  user_pool_id: poolId,
  name,
  generate_secret: true,
  allowed_oauth_flows_user_pool_client: true,
  allowed_oauth_flows: ["client_credentials"],
  allowed_oauth_scopes: SCOPES,
  depends_on: ["aws_cognito_resource_server.orders"],
});

const gridServer = (name: string) => ({ user_pool_id: ofGrid, identifier: name, name });
const gridClient = (name: string) => ({ user_pool_id: ofGrid, name });
const clientNames = ["billing", "rotated", "deleted"];

const config = {
  resource: {
    aws_cognito_user_pool: { machines: { name: "machines", tags: { team: "orders" } }, grid: { name: "grid" } },
    aws_cognito_user_pool_domain: { orders: { domain: "orders-dev", user_pool_id: poolId } },
    aws_cognito_resource_server: {
      orders: {
        user_pool_id: poolId,
        identifier: "orders",
        name: "Orders",
        scope: ["read", "write"].map((scope_name) => ({ scope_name, scope_description: `May ${scope_name}` })),
      },
      ...Object.fromEntries(["a", "b", "c"].map((name) => [name, gridServer(name)])),
    },
    aws_cognito_user_pool_client: {
      ...Object.fromEntries(clientNames.map((name) => [name, clientOf(name)])),
      ...Object.fromEntries(["a", "b", "c"].map((name) => [name, gridClient(name)])),
    },
  },
  outputs: {
    pool: "aws_cognito_user_pool.machines.id",
    grid: "aws_cognito_user_pool.grid.id",
    ...Object.fromEntries(clientNames.map((name) => [name, `aws_cognito_user_pool_client.${name}.id`])),
    secret: "aws_cognito_user_pool_client.rotated.client_secret",
  },
};

let stack: AppliedStack;
let outputs: Readonly<Record<string, string>>;
let cognito: CognitoIdentityProviderClient;
beforeAll(async () => {
  stack = await AppliedStack.open(config);
  outputs = await stack.outputs();
  cognito = new CognitoIdentityProviderClient(sdkOptions(stack.emulator));
});
afterAll(async () => {
  cognito.destroy();
  await stack.close();
});

const UserPoolId = () => String(outputs["pool"]);
const idsOf = (name: string) => ({ UserPoolId: UserPoolId(), ClientId: String(outputs[name]) });
const describeClient = async (name: string) =>
  (await cognito.send(new DescribeUserPoolClientCommand(idsOf(name)))).UserPoolClient;

describe("user pools", () => {});

describe("domains", () => {
  it("are planned anew, with what hangs on them, when pool and domain are deleted behind Terraform's back", async () => {
    await cognito.send(new DeleteUserPoolDomainCommand({ Domain: "orders-dev", UserPoolId: UserPoolId() }));
    await cognito.send(new DeleteUserPoolCommand({ UserPoolId: UserPoolId() }));
    expect(await stack.plan()).toContain("Plan: 6 to add, 0 to change, 0 to destroy.");
    await stack.apply();
    outputs = await stack.outputs();
    expect(await cognito.send(new DescribeUserPoolCommand({ UserPoolId: UserPoolId() }))).toMatchObject({
      UserPool: { Domain: "orders-dev" },
    });
  });
});

describe("resource servers", () => {
  const orders = () => ({ UserPoolId: UserPoolId(), Identifier: "orders" });
  const Scopes = [
    { ScopeName: "read", ScopeDescription: "May read" },
    { ScopeName: "write", ScopeDescription: "May write" },
  ];

  it("lose scopes that an update leaves out, and Terraform gives them back", async () => {
    await cognito.send(new UpdateResourceServerCommand({ ...orders(), Name: "Orders", Scopes: Scopes.slice(0, 1) }));
    expect(await granted({ client: "billing" })).toBe("orders/read");
    expect(await stack.plan()).toMatch(/aws_cognito_resource_server\.orders will be updated in-place/);
    await stack.apply();
    expect(await granted({ client: "billing" })).toBe("orders/read orders/write");
  });
});

describe("app clients", () => {
  it("lose flows and scopes by an update that names only ids, until somebody or Terraform sets them again", async () => {
    const before = await describeClient("billing");
    expect(before).toMatchObject({ AllowedOAuthFlows: ["client_credentials"], AllowedOAuthScopes: SCOPES });
    await cognito.send(new UpdateUserPoolClientCommand(idsOf("billing")));
    const reset = await describeClient("billing");
    expect(reset?.AllowedOAuthFlows).toBeUndefined();
    expect(reset?.AllowedOAuthScopes).toBeUndefined();
    expect(reset).toMatchObject({ AllowedOAuthFlowsUserPoolClient: false, ClientSecret: before?.ClientSecret });
    expect(await granted({ client: "billing" })).toBe("invalid_grant");

    const drift = await stack.terraform(2, "plan", "-refresh-only", "-detailed-exitcode");
    expect(drift).toMatch(/aws_cognito_user_pool_client\.billing has changed/);
    expect(drift).toMatch(/- "orders\/read"/);
    await stack.apply();
    expect(await describeClient("billing")).toEqual({ ...before, LastModifiedDate: expect.any(Date) });

    await cognito.send(new UpdateUserPoolClientCommand(idsOf("billing")));
    const AllowedOAuthFlows = ["client_credentials" as const];
    const oauth = { AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthFlows, AllowedOAuthScopes: SCOPES };
    await cognito.send(new UpdateUserPoolClientCommand({ ...idsOf("billing"), ...oauth }));
    expect(await granted({ client: "billing" })).toBe("orders/read orders/write");
    expect(await stack.plan()).toBeUndefined();
  });

  it("keep what they have when an update is refused", async () => {
    const before = await describeClient("billing");
    const input = { ...idsOf("billing"), AllowedOAuthScopes: ["orders/raed"] };
    const refusal = await refusalOf(cognito.send(new UpdateUserPoolClientCommand(input)));
    expect(refusal).toBeInstanceOf(ScopeDoesNotExistException);
    expect(await describeClient("billing")).toEqual(before);
  });
});

describe("what is made by hand", () => {
  const server = { Identifier: "by-hand", Name: "By hand", Scopes: [{ ScopeName: "all", ScopeDescription: "All" }] };
  const create = (given: Partial<CreateUserPoolClientCommandInput> = {}) =>
    cognito.send(new CreateUserPoolClientCommand({ UserPoolId: UserPoolId(), ClientName: "by-hand", ...given }));
  const makeServer = (given: object = {}) =>
    cognito.send(new CreateResourceServerCommand({ UserPoolId: UserPoolId(), ...server, ...given }));
  const oauth = {
    GenerateSecret: true,
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ["client_credentials" as const],
    AllowedOAuthScopes: ["by-hand/all"],
  };

  it("is a resource server and a client that gets tokens, of which Terraform hears nothing, until they are deleted", async () => {
    const made = await makeServer();
    const { UserPoolClient } = await create(oauth);
    const ids = { UserPoolId: UserPoolId(), ClientId: String(UserPoolClient?.ClientId) };
    outputs = { ...outputs, "by-hand": ids.ClientId };

    expect(made.ResourceServer).toEqual({ UserPoolId: UserPoolId(), ...server });
    expect(UserPoolClient).toEqual(await describeClient("by-hand"));
    expect(UserPoolClient).toMatchObject({ ClientName: "by-hand", AllowedOAuthScopes: ["by-hand/all"] });
    expect(UserPoolClient?.ClientSecret).toMatch(/^\w{40,}$/);
    expect(await granted({ client: "by-hand" })).toBe("by-hand/all");
    expect(await stack.plan()).toBeUndefined();

    await cognito.send(new DeleteUserPoolClientCommand(ids));
    await cognito.send(new DeleteResourceServerCommand({ UserPoolId: UserPoolId(), Identifier: "by-hand" }));
    expect(await refusalOf(describeClient("by-hand"))).toBeInstanceOf(ResourceNotFoundException);
  });
});

describe("secrets of an app client", () => {
  const listed = async () =>
    (await cognito.send(new ListUserPoolClientSecretsCommand(idsOf("rotated")))).ClientSecrets ?? [];
  const add = async (ClientSecret?: string) =>
    (await cognito.send(new AddUserPoolClientSecretCommand({ ...idsOf("rotated"), ClientSecret })))
      .ClientSecretDescriptor;
  const remove = (id: string | undefined) =>
    cognito.send(new DeleteUserPoolClientSecretCommand({ ...idsOf("rotated"), ClientSecretId: id }));
  const grantedFor = (secret: string | undefined) => granted({ client: "rotated", secret });

  it("are two at most, both accepted, of which the one that is left over goes on", async () => {
    const { ClientSecret: original } = (await describeClient("rotated")) ?? {};
    const added = await add();
    expect(added).toEqual({
      ClientSecretId: expect.stringMatching(new RegExp(`^${outputs["rotated"]}--\\d+$`)),
      ClientSecretValue: expect.stringMatching(/^[a-z0-9]{51}$/),
      ClientSecretCreateDate: expect.any(Date),
    });
    expect(await grantedFor(original)).toBe("orders/read orders/write");
    expect(await grantedFor(added?.ClientSecretValue)).toBe("orders/read orders/write");
    expect(await grantedFor("neither")).toBe("invalid_client");
    expect(await refusalOf(add())).toBeInstanceOf(LimitExceededException);
    const both = await listed();
    expect(both.map((secret) => Object.keys(secret).sort())).toEqual([
      ["ClientSecretCreateDate", "ClientSecretId"],
      ["ClientSecretCreateDate", "ClientSecretId"],
    ]);
    expect(await describeClient("rotated")).toMatchObject({ ...idsOf("rotated"), ClientSecret: original });
    expect(await stack.plan()).toBeUndefined();

    await remove(both[0]?.ClientSecretId);
    expect(await grantedFor(original)).toBe("invalid_client");
    expect(await grantedFor(added?.ClientSecretValue)).toBe("orders/read orders/write");
    const refusal = await refusalOf(remove(added?.ClientSecretId));
    expect(refusal).toBeInstanceOf(InvalidParameterException);
    expect(await grantedFor(added?.ClientSecretValue)).toBe("orders/read orders/write");

    // AWS tells no secret again but the one that the client was made with.
    expect((await describeClient("rotated"))?.ClientSecret).toBeUndefined();
    expect(await stack.plan()).toMatch(/Changes to Outputs:\n +- secret /);
    await stack.apply();
    expect(await stack.plan()).toBeUndefined();
    await cognito.send(new UpdateUserPoolClientCommand(idsOf("rotated")));
    await stack.apply();
    expect(await grantedFor(added?.ClientSecretValue)).toBe("orders/read orders/write");
  });

  it.each([
    ["one that is not there", () => `${outputs["rotated"]}--1`],
    ["another client's", () => `${outputs["billing"]}--1`],
  ])("cannot be deleted: %s", async (_, id) => {
    expect(await refusalOf(remove(id()))).toBeInstanceOf(ResourceNotFoundException);
  });
});

describe("what is not played", () => {
  it("is refused by name", async () => {
    const refusal = await refusalOf(cognito.send(new ListUsersCommand({ UserPoolId: UserPoolId() })));
    expect(refusal.name).toBe("UnknownOperationException");
    expect(refusal.message).toContain("ListUsers is not emulated. Emulated: AddUserPoolClientSecret,");
  });

  it("is a request without a signature", async () => {
    const anonymous = new CognitoIdentityProviderClient({ ...sdkOptions(stack.emulator), signer: unsigned });
    const refusal = await refusalOf(anonymous.send(new ListUserPoolsCommand({ MaxResults: 1 })));
    anonymous.destroy();
    expect(refusal.name).toBe("MissingAuthenticationTokenException");
  });
});

/** What the token endpoint grants a client, with the secret that AWS tells if no other is given. */
async function granted({ client, secret }: { readonly client: string; readonly secret?: string | undefined }) {
  const right = secret ?? (await describeClient(client))?.ClientSecret;
  return await grantedScope(stack.emulator, "orders-dev", { id: outputs[client], secret: right });
}
