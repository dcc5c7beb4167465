import { findLeftovers, findOrphans } from "../../../operations/deployed/leftovers";
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

/** An AWS with these log groups, APIs, user pools and roles, in pages of one. The pools are protected. */
function awsWith(
  { groups = [], apis = [], pools = [], roles = [] }: Readonly<Record<string, readonly string[]>>,
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
      describeUserPool: async ({ UserPoolId }: { readonly UserPoolId: string }) => {
        const Domain = UserPoolId.replace("id-", "domain-of-");
        return { UserPool: { DeletionProtection: "ACTIVE", Domain } };
      },
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
    iam: {
      getRole: ({ RoleName }: { readonly RoleName: string }) => (roles.includes(RoleName) ? {} : missing()),
      paginateListRolePolicies: () => pages(["may log"], "PolicyNames"),
      paginateListAttachedRolePolicies: () => pages([{ PolicyArn: "arn:one" }], "AttachedPolicies"),
    },
    secretsManager: { describeSecret: missing },
  };
  return Object.fromEntries(
    Object.entries(clients).map(([name, client]) => [name, async () => client]),
  ) as unknown as Aws;
}

/** Known from the state, or only by their names. */
const namesWith = (deployed: Partial<Names>, orphaned: Partial<Names> = {}): StackNames => ({
  region: "eu-west-1",
  stages: ["dev"],
  accounts: [],
  deployed: { ...NOTHING, ...deployed },
  orphaned: { ...NOTHING, ...orphaned },
});
const named = async (aws: Aws, deployed: Partial<Names>, orphaned: Partial<Names> = {}) =>
  (await findLeftovers(aws, namesWith(deployed, orphaned))).leftovers.map(({ kind, name }) => `${kind} ${name}`);

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

    const pool = "--region eu-west-1 --user-pool-id id-shop-dev";
    const remove = [
      `aws cognito-idp delete-user-pool-domain --region eu-west-1 --domain domain-of-shop-dev --user-pool-id id-shop-dev`,
      `aws cognito-idp update-user-pool ${pool} --deletion-protection INACTIVE`,
      `aws cognito-idp delete-user-pool ${pool}`,
    ].join(" && ");
    expect(leftovers).toEqual([
      { kind: "user pool", type: "aws_cognito_user_pool", name: "shop-dev", detail: "id-shop-dev", remove },
    ]);
  });

  it("names nothing of an environment of a similar name", async () => {
    const groups = ["/aws/lambda/shop-dev-2-access", "shop-dev-2", "API-Gateway-Execution-Logs_two/dev"];
    const aws = awsWith({ groups, apis: ["two"], pools: ["shop-dev", "shop-dev-2"] });
    const one = { functions: ["shop-dev-access"], logGroups: ["shop-dev"], apis: ["api-two"], apiIds: ["one"] };

    expect(await named(aws, { ...one, pools: ["shop-dev"], poolIds: ["id-of-ours"] })).toEqual([]);
  });

  it("finds a pool and an API of the stack's name beside those of the state, and says why they may not be its own", async () => {
    const aws = awsWith({ apis: ["one", "two"], pools: ["shop-dev"] });
    const deployed = { pools: ["shop-dev"], poolIds: ["id-of-ours"], apis: ["api-one"], apiIds: ["one"] };
    const { leftovers } = await findLeftovers(aws, namesWith(deployed, { pools: ["shop-dev"], apis: ["api-two"] }));
    const [own, pool, api, ...others] = leftovers;

    expect([own?.name, own?.detail, others]).toEqual(["api-one", "one", []]);
    for (const orphan of [pool, api])
      expect(orphan?.detail).toContain("; has the name of this stack and is not in its");
    expect(pool?.remove).toMatch(/ && aws cognito-idp delete-user-pool --region eu-west-1 --user-pool-id id-shop-dev$/);
    expect(api?.remove).toBe("aws apigateway delete-rest-api --region eu-west-1 --rest-api-id two");
  });

  it("finds a pool of the stack's name that the role may not read", async () => {
    const aws = awsWith({ pools: ["shop-dev"] });
    const cognito = await aws.cognito();
    const describeUserPool = async () => {
      throw refusal("AccessDeniedException");
    };
    const denied = { ...aws, cognito: async () => ({ ...cognito, describeUserPool }) } as unknown as Aws;

    expect(await named(denied, {}, { pools: ["shop-dev"] })).toEqual(["user pool shop-dev"]);
  });

  it("does not find what the state has as an orphan", async () => {
    const aws = awsWith({ apis: ["one"], pools: ["shop-dev"] });
    const names = { pools: ["shop-dev"], poolIds: ["id-shop-dev"], apis: ["api-one"], apiIds: ["one"] };

    expect((await findOrphans(aws, namesWith(names, { pools: ["shop-dev"], apis: ["api-one"] }))).found).toEqual([]);
  });

  it("does not find the log group that the state has of a function that it does not have yet", async () => {
    const aws = awsWith({ groups: ["/aws/lambda/shop-a", "/aws/lambda/shop-b"] });
    const names = namesWith({ logGroups: ["/aws/lambda/shop-a"] }, { functions: ["shop-a", "shop-b"] });

    expect((await findOrphans(aws, names)).found.map(({ name }) => name)).toEqual(["/aws/lambda/shop-b"]);
  });

  it("removes a role after its policies", async () => {
    const { leftovers } = await findLeftovers(awsWith({ roles: ["shop"] }), namesWith({}, { roles: ["shop"] }));

    expect(leftovers.map(({ remove }) => remove.split(" && "))).toEqual([
      [
        "aws iam delete-role-policy --role-name shop --policy-name 'may log'",
        "aws iam detach-role-policy --role-name shop --policy-arn arn:one",
        "aws iam delete-role --role-name shop",
      ],
    ]);
  });

  it("names the kinds that AWS refuses to list as not checked", async () => {
    const denied = awsWith({}, "AccessDeniedException");
    const { leftovers, notChecked } = await findLeftovers(denied, namesWith({ secrets: ["shop/billing"] }));

    expect(leftovers).toEqual([]);
    expect(notChecked).toEqual(["secrets: AWS refused it: AccessDeniedException"]);
  });
});
