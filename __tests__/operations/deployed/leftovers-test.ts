import { findLeftovers } from "../../../operations/deployed/leftovers";
import type { Names, StackNames } from "../../../operations/deployed/stack-names";
import type { callAws } from "../../../platform/aws-call";

const NOTHING: Names = {
  logGroups: [],
  functions: [],
  roles: [],
  pools: [],
  domains: [],
  apis: [],
  poolIds: [],
  apiIds: [],
  secrets: [],
};

/** An AWS with these log groups, two to a page, these APIs and these pools. */
const awsWith =
  ({ groups = [], apis = [], pools = [] }: Readonly<Record<string, readonly string[]>>): typeof callAws =>
  async ({ service, headers = {}, body = "{}", path = "" }) => {
    const target = headers["X-Amz-Target"] ?? "";
    const json = (value: object) => ({ status: 200, body: JSON.stringify(value) });
    if (service === "apigateway") {
      return path.includes("position=")
        ? json({ item: apis.slice(1).map((id) => ({ id, name: `api-${id}` })) })
        : json({ item: apis.slice(0, 1).map((id) => ({ id, name: `api-${id}` })), position: "next" });
    }
    if (target.endsWith("DescribeLogGroups")) {
      const { logGroupNamePrefix, nextToken = "0" } = JSON.parse(body);
      const found = groups.filter((name) => name.startsWith(logGroupNamePrefix));
      const [from, to] = [Number(nextToken), Number(nextToken) + 2];
      const next = to < found.length ? { nextToken: String(to) } : {};
      return json({ logGroups: found.slice(from, to).map((logGroupName) => ({ logGroupName })), ...next });
    }
    if (target.endsWith("ListUserPools")) return json({ UserPools: pools.map((Name) => ({ Name, Id: `id-${Name}` })) });
    return { status: 400, body: '{"__type":"ResourceNotFoundException"}' };
  };
/** Known from the state, or only from the code. */
const namesWith = (deployed: Partial<Names>, written: Partial<Names> = {}): StackNames => ({
  region: "eu-west-1",
  stages: ["dev"],
  accounts: [],
  deployed: { ...NOTHING, ...deployed },
  written: { ...NOTHING, ...written },
});
const named = async (call: typeof callAws, deployed: Partial<Names>, written: Partial<Names> = {}) =>
  (await findLeftovers(call, namesWith(deployed, written))).leftovers.map(({ kind, name }) => `${kind} ${name}`);

describe("findLeftovers", () => {
  it("finds the groups that Lambda and API Gateway make by themselves", async () => {
    const groups = ["/aws/lambda/shop-access", "API-Gateway-Execution-Logs_abc/dev"];

    expect(await named(awsWith({ groups }), { functions: ["shop-access"], apiIds: ["abc"] })).toEqual([
      "log group /aws/lambda/shop-access",
      "log group API-Gateway-Execution-Logs_abc/dev",
    ]);
  });

  it("leaves groups alone that only begin with a name", async () => {
    expect(await named(awsWith({ groups: ["/aws/lambda/shop-access-2"] }), { functions: ["shop-access"] })).toEqual([]);
  });

  it("reads every page", async () => {
    const groups = ["shop-1", "shop-2", "shop-3", "shop"];

    expect(await named(awsWith({ groups }), { logGroups: ["shop"] })).toEqual(["log group shop"]);
    expect(await named(awsWith({ apis: ["a", "b"] }), { apiIds: ["b"] })).toEqual(["REST API api-b"]);
  });

  it("leaves execution logs alone of an API that it does not know by its id", async () => {
    const groups = ["gone/dev", "ours/dev"].map((end) => `API-Gateway-Execution-Logs_${end}`);
    const call = awsWith({ groups, apis: ["other"] });

    expect(await named(call, { apiIds: ["ours"] })).toEqual(["log group API-Gateway-Execution-Logs_ours/dev"]);
    expect(await named(call, {}, { apis: ["api-ours"] })).toEqual([]);
  });

  it("finds pools by the ids that the state had, and says how to remove them", async () => {
    const names = namesWith({ pools: ["shop-dev"], poolIds: ["id-shop-dev"] });
    const { leftovers } = await findLeftovers(awsWith({ pools: ["shop-dev", "shop-dev-2"] }), names);

    expect(leftovers).toEqual([
      {
        kind: "user pool",
        name: "shop-dev",
        detail: "id-shop-dev",
        remove: "aws cognito-idp delete-user-pool --region eu-west-1 --user-pool-id id-shop-dev",
      },
    ]);
  });

  it("names nothing of an environment of a similar name, nor what has the name but another id", async () => {
    const groups = ["/aws/lambda/shop-dev-2-access", "shop-dev-2", "API-Gateway-Execution-Logs_two/dev"];
    const call = awsWith({ groups, apis: ["two"], pools: ["shop-dev", "shop-dev-2"] });
    const one = { functions: ["shop-dev-access"], logGroups: ["shop-dev"], apis: ["api-two"], apiIds: ["one"] };

    expect(await named(call, { ...one, pools: ["shop-dev"], poolIds: ["id-of-ours"] })).toEqual([]);
  });

  it("gives no command for what it knows by its name alone", async () => {
    const call = awsWith({ groups: ["shop-dev"], apis: ["one"], pools: ["shop-dev"] });
    const written = { logGroups: ["shop-dev"], pools: ["shop-dev"], apis: ["api-one"] };
    const { leftovers } = await findLeftovers(call, namesWith({}, written));

    expect(leftovers.map(({ kind, remove }) => [kind, remove])).toEqual([
      ["log group", null],
      ["user pool", null],
      ["REST API", null],
    ]);
    expect(leftovers.map(({ detail }) => detail)).toEqual(Array(3).fill(expect.stringContaining("another stack's")));
  });

  it("tells apart what is not there from what may not be looked at", async () => {
    const denied: typeof callAws = async () => ({ status: 400, body: '{"__type":"AccessDeniedException"}' });
    const { leftovers, notLookedAt } = await findLeftovers(denied, namesWith({ secrets: ["shop/billing"] }));

    expect(leftovers).toEqual([]);
    expect(notLookedAt).toContain("secrets: secretsmanager answered 400 AccessDeniedException");
  });
});
