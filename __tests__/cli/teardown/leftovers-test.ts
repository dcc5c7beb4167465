import type { callAws } from "../../../cli/aws-call";
import { findLeftovers } from "../../../cli/teardown/leftovers";
import type { StackNames } from "../../../cli/teardown/stack-names";

const NOTHING: StackNames = {
  region: "eu-west-1",
  logGroups: [],
  functions: [],
  roles: [],
  pools: [],
  domains: [],
  apis: [],
  apiIds: [],
  stages: [],
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
const named = async (call: typeof callAws, names: Partial<StackNames>) =>
  (await findLeftovers(call, { ...NOTHING, ...names })).leftovers.map(({ kind, name }) => `${kind} ${name}`);

describe("findLeftovers", () => {
  it("finds the groups that Lambda and API Gateway make by themselves", async () => {
    const groups = ["/aws/lambda/shop-access", "API-Gateway-Execution-Logs_abc/dev"];

    expect(await named(awsWith({ groups }), { functions: ["shop-access"], apiIds: ["abc"], stages: ["dev"] })).toEqual([
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
    expect(await named(awsWith({ apis: ["a", "b"] }), { apis: ["api-b"] })).toEqual(["REST API api-b"]);
  });

  it("finds execution logs of an API whose id is not known any more, but none of an API that lives", async () => {
    const groups = ["gone/dev", "lives/dev", "gone/prod"].map((end) => `API-Gateway-Execution-Logs_${end}`);

    expect(await named(awsWith({ groups, apis: ["lives"] }), { stages: ["dev"] })).toEqual([
      "log group API-Gateway-Execution-Logs_gone/dev",
    ]);
  });

  it("finds pools by their exact name, and says how to remove them", async () => {
    const { leftovers } = await findLeftovers(awsWith({ pools: ["shop", "shop-2"] }), { ...NOTHING, pools: ["shop"] });

    expect(leftovers).toEqual([
      {
        kind: "user pool",
        name: "shop",
        detail: "id-shop",
        remove: "aws cognito-idp delete-user-pool --region eu-west-1 --user-pool-id id-shop",
      },
    ]);
  });

  it("tells apart what is not there from what may not be looked at", async () => {
    const denied: typeof callAws = async () => ({ status: 400, body: '{"__type":"AccessDeniedException"}' });
    const { leftovers, notLookedAt } = await findLeftovers(denied, { ...NOTHING, secrets: ["shop/billing"] });

    expect(leftovers).toEqual([]);
    expect(notLookedAt).toContain("secrets: secretsmanager answered 400 AccessDeniedException");
  });
});
