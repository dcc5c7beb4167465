/** AWS's quotas: the last one that there may be, and the one too many. */

import { AwsError } from "../../emulator/errors";
import { clients } from "../../emulator/services/cognito/records";
import { type Attributes, text } from "../../emulator/terraform/attributes";
import { Examples } from "../support/examples";

// Generating RSA keys takes time, and nothing is signed here.
jest.mock("../../emulator/services/cognito/signing-keys", () => ({ generateSigningKeys: async () => [] }));

const AUTHORIZER = "aws_api_gateway_authorizer";
const RESOURCE = "aws_api_gateway_resource";
const SERVER = "aws_cognito_resource_server";
const CLIENT = "aws_cognito_user_pool_client";

/** What tells one of the type from the others. */
const NAME: Readonly<Record<string, string>> = {
  [AUTHORIZER]: "name",
  [RESOURCE]: "path_part",
  [SERVER]: "identifier",
  [CLIENT]: "name",
};

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

const named = (type: string, name: string): Attributes => ({ [NAME[type] ?? "name"]: name });
const another = (type: string, name: string) => examples.another(type, named(type, name));

/** Creates the example, and others until there are so many. */
async function fill(type: string, count: number): Promise<void> {
  await examples.make(type);
  if (type === CLIENT) return await copyClient(count);
  for (let number = 1; number < count; number++) await another(type, `copy-${number}`);
}

/** Puts copies of the example's client beside it: a thousand creations would take their time. */
async function copyClient(count: number): Promise<void> {
  const { account, region } = examples.workspace;
  await account.change(async () => {
    const [client] = clients.list({ account, region });
    for (let number = 1; number < count && client !== undefined; number++) {
      clients.put({ account, region }, { ...client, ClientId: `copy-${number}` });
    }
    return { result: undefined, operation: null };
  });
}

describe("a limit of what belongs together", () => {
  const ofApi = (what: string) =>
    new AwsError(
      "LimitExceededException",
      `Maximum number of ${what} for this API has been reached.  Please contact AWS if you need additional ${what}.`,
      429,
    );
  const ofPool = (what: string) =>
    new AwsError("LimitExceededException", `Exceeded the limit of ${what} of a user pool.`);

  it.each<[string, number, AwsError]>([
    [AUTHORIZER, 10, ofApi("Authorizers")],
    [RESOURCE, 300, ofApi("Resources")],
    [SERVER, 25, ofPool("25 resource servers")],
    [CLIENT, 1000, ofPool("1000 app clients")],
  ])("lets there be so many, and one more once another is gone: %s, %d", async (type, most, refusal) => {
    await fill(type, most - 1);
    const last = await another(type, "last");

    await expect(another(type, "more")).rejects.toEqual(refusal);
    // The root of an API is one of its resources.
    const count = type === RESOURCE ? most + 1 : most;
    expect(Object.values(examples.workspace.account.count())).toContain(count);
    const same = await examples.configOf(type, named(type, "last"));
    await expect(examples.workspace.update(type, last, same)).resolves.toMatchObject({ id: last["id"] });

    await examples.workspace.destroy(type, last);
    await expect(another(type, "more")).resolves.toMatchObject(named(type, "more"));
  });

  it("is one of each API, and not of all together", async () => {
    await fill(AUTHORIZER, 10);
    const rest_api_id = text(await examples.another("aws_api_gateway_rest_api", { name: "other" }), "id");

    await expect(examples.another(AUTHORIZER, { rest_api_id })).resolves.toMatchObject({ rest_api_id });
  });
});

describe("a limit of what one resource has", () => {
  const scopes = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ scope_name: `scope-${index}`, scope_description: "Scope" }));
  const tooLong = (member: string, most: number, values: readonly string[]) =>
    new AwsError(
      "InvalidParameterException",
      `1 validation error detected: Value '[${values.join(", ")}]' at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
    );

  it("lets a resource server have 100 scopes, when it is made and when it is changed", async () => {
    const made = await examples.another(SERVER, { scope: scopes(100) });
    const config = await examples.configOf(SERVER, { scope: scopes(101) });

    const shown = scopes(101).map(
      ({ scope_name }) => `ResourceServerScopeType(scopeDescription=Scope, scopeName=${scope_name})`,
    );
    const refusal = tooLong("scopes", 100, shown.sort());

    await expect(examples.workspace.update(SERVER, made, config)).rejects.toEqual(refusal);
    await expect(examples.another(SERVER, { identifier: "other", scope: scopes(101) })).rejects.toEqual(refusal);
  });

  it("lets a client have 50 scopes, when it is made and when it is changed", async () => {
    await examples.another(SERVER, { identifier: "all", scope: scopes(100) });
    const of = (count: number) => ({ allowed_oauth_scopes: scopes(count).map((scope) => `all/${scope.scope_name}`) });
    const made = await examples.another(CLIENT, of(50));
    const refusal = tooLong("allowedOAuthScopes", 50, [...of(51).allowed_oauth_scopes].sort());

    await expect(examples.workspace.update(CLIENT, made, await examples.configOf(CLIENT, of(51)))).rejects.toEqual(
      refusal,
    );
    await expect(examples.another(CLIENT, of(51))).rejects.toEqual(refusal);
  });
});
