import { findLeftovers } from "../../../operations/deployed/leftovers";
import type { Names, StackNames } from "../../../operations/deployed/stack-names";
import { type Aws, AwsError } from "../../../platform/aws";

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

/** AWS's error of an operation. */
const refusal = (code: string) => new AwsError("service:Operation", code, 400, `AWS refused it: ${code}`);

/** An AWS with these log groups, APIs and user pools, in pages of one. */
function awsWith(
  { groups = [], apis = [], pools = [] }: Readonly<Record<string, readonly string[]>>,
  code?: string,
): Aws {
  async function* pages<Item>(items: readonly Item[], member: string) {
    if (code !== undefined) throw refusal(code);
    for (const item of items) yield { [member]: [item] };
  }
  const missing = async () => {
    throw refusal(code ?? "ResourceNotFoundException");
  };
  const clients = {
    logs: {
      paginateDescribeLogGroups: ({ logGroupNamePrefix }: { readonly logGroupNamePrefix: string }) => {
        const found = groups.filter((name) => name.startsWith(logGroupNamePrefix));
        return pages(
          found.map((logGroupName) => ({ logGroupName })),
          "logGroups",
        );
      },
    },
    cognito: {
      paginateListUserPools: () =>
        pages(
          pools.map((Name) => ({ Name, Id: `id-${Name}` })),
          "UserPools",
        ),
      describeUserPoolDomain: missing,
    },
    apiGateway: {
      paginateGetRestApis: () =>
        pages(
          apis.map((id) => ({ id, name: `api-${id}` })),
          "items",
        ),
    },
    lambda: { getFunction: missing },
    iam: { getRole: missing },
    secretsManager: { describeSecret: missing },
  };
  return Object.fromEntries(
    Object.entries(clients).map(([name, client]) => [name, async () => client]),
  ) as unknown as Aws;
}

/** Known from the state, or only from the code. */
const namesWith = (deployed: Partial<Names>, written: Partial<Names> = {}): StackNames => ({
  region: "eu-west-1",
  stages: ["dev"],
  accounts: [],
  deployed: { ...NOTHING, ...deployed },
  written: { ...NOTHING, ...written },
});
const named = async (aws: Aws, deployed: Partial<Names>, written: Partial<Names> = {}) =>
  (await findLeftovers(aws, namesWith(deployed, written))).leftovers.map(({ kind, name }) => `${kind} ${name}`);

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
    const aws = awsWith({ groups, apis: ["other"] });

    expect(await named(aws, { apiIds: ["ours"] })).toEqual(["log group API-Gateway-Execution-Logs_ours/dev"]);
    expect(await named(aws, {}, { apis: ["api-ours"] })).toEqual([]);
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
    const aws = awsWith({ groups, apis: ["two"], pools: ["shop-dev", "shop-dev-2"] });
    const one = { functions: ["shop-dev-access"], logGroups: ["shop-dev"], apis: ["api-two"], apiIds: ["one"] };

    expect(await named(aws, { ...one, pools: ["shop-dev"], poolIds: ["id-of-ours"] })).toEqual([]);
  });

  it("gives no command for what it knows by its name alone", async () => {
    const aws = awsWith({ groups: ["shop-dev"], apis: ["one"], pools: ["shop-dev"] });
    const written = { logGroups: ["shop-dev"], pools: ["shop-dev"], apis: ["api-one"] };
    const { leftovers } = await findLeftovers(aws, namesWith({}, written));

    expect(leftovers.map(({ kind, remove }) => [kind, remove])).toEqual([
      ["log group", null],
      ["user pool", null],
      ["REST API", null],
    ]);
    expect(leftovers.map(({ detail }) => detail)).toEqual(Array(3).fill(expect.stringContaining("another stack")));
  });

  it("names the kinds that AWS refuses to list as not checked", async () => {
    const denied = awsWith({}, "AccessDeniedException");
    const { leftovers, notChecked } = await findLeftovers(denied, namesWith({ secrets: ["shop/billing"] }));

    expect(leftovers).toEqual([]);
    expect(notChecked).toEqual(["secrets: AWS refused it: AccessDeniedException"]);
  });
});
