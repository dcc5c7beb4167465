/** The IAM policies of the roles that workflows take on, against the resource kinds that are really in use. */
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { readAccessModel } from "../../../access/access-model";
import { addStacks } from "../../../main";
import { PREVIEW_LIMITS } from "../../../operations/github/environment-policy";
import {
  actionsShape,
  filledIn,
  type Policy,
  policyOf,
  type TrustedRole,
  trustOf,
} from "../../../operations/github/policies";
import { cleanEnvironment, run, script } from "../../support/processes";

jest.setTimeout(300_000);

const project = join(__dirname, "..", "..", "..");
const iam = (name: string): unknown => JSON.parse(readFileSync(join(project, ".github", "iam", name), "utf8"));
const actions = actionsShape.parse(iam("actions.json"));
const plan = policyOf("plan", actions);
const apply = policyOf("apply", actions);

/** What AWS calls writing, tagging or managing permissions begins with. */
const WRITES =
  /:(Add|Associate|Attach|Create|Delete|DELETE|Detach|Disassociate|Import|Invoke|Pass|Patch|PATCH|Post|POST|Publish|Put|PUT|Register|Remove|Restore|Rotate|Set|Start|Stop|Tag|Untag|Update)/;

interface Stack {
  readonly resource: Readonly<Record<string, object>>;
  readonly data?: Readonly<Record<string, object>>;
}

/** Every stack of the project and of the examples. */
const stacks: readonly Stack[] = [
  "",
  ...readdirSync(join(project, "examples")).map((name) => `examples/${name}`),
].flatMap((folder) => {
  const outdir = mkdtempSync(join(tmpdir(), "policies-"));
  const app = new App({ outdir });
  addStacks(app, readAccessModel(join(project, folder, "access.yaml")), join(project, folder, "lambda"));
  app.synth();
  return readdirSync(join(outdir, "stacks")).map(
    (name) => JSON.parse(readFileSync(join(outdir, "stacks", name, "cdk.tf.json"), "utf8")) as Stack,
  );
});
/** Terraform keeps them by itself: nothing at AWS is theirs. */
const OF_NO_ACCOUNT = ["terraform_data"];
const kindsInUse = [
  ...new Set(stacks.flatMap(({ resource, data = {} }) => [...Object.keys(resource), ...Object.keys(data)])),
]
  .filter((kind) => !OF_NO_ACCOUNT.includes(kind))
  .toSorted();

const actionsIn = (policy: Policy): readonly string[] => policy.Statement.flatMap(({ Action }) => Action);

/** Whether the policy allows the action on the ARN. */
const allows = (policy: Policy, action: string, arn: string): boolean =>
  policy.Statement.some(({ Action, Resource }) => Action.includes(action) && Resource.includes(arn));

describe("policies", () => {
  it("are tested against every stack there is", () => {
    expect(stacks.length).toBeGreaterThanOrEqual(6);
    expect(kindsInUse.length).toBeGreaterThanOrEqual(30);
  });

  it.each(kindsInUse)("say what %s needs", (kind) => {
    const grants = actions.kinds[kind] ?? [];

    expect(grants.flatMap(({ read }) => read)).not.toEqual([]);
    expect(grants.flatMap(({ write }) => write)).not.toEqual([]);
    for (const { on, read, write } of grants.filter(({ limit }) => limit !== "only-with-boundary")) {
      for (const arn of on) {
        for (const action of read) expect([action, allows(plan, action, arn)]).toEqual([action, true]);
        for (const action of [...read, ...write]) expect([action, allows(apply, action, arn)]).toEqual([action, true]);
      }
    }
  });

  it("give a role that plans nothing to write with, but the state's lock", () => {
    const writing = plan.Statement.filter(({ Action }) => Action.some((action) => WRITES.test(action)));

    expect(writing).toEqual([
      {
        Effect: "Allow",
        Action: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
        Resource: ["arn:aws:s3:::<bucket>/<key>.tflock"],
      },
    ]);
  });

  it("know what writes", () => {
    const writes = Object.values(actions.kinds).flatMap((grants) => grants.flatMap(({ write }) => write));

    expect(writes.filter((action) => !WRITES.test(action))).toEqual(["iam:ListInstanceProfilesForRole"]);
  });

  it.each<readonly [arn: string, reads: readonly string[]]>([
    ["arn:aws:iam::<account>:role/<prefix>-*", ["iam:ListAttachedRolePolicies", "iam:ListRolePolicies"]],
    [
      "arn:aws:cognito-idp:<region>:<account>:userpool/*",
      ["cognito-idp:ListResourceServers", "cognito-idp:ListUserPoolClientSecrets", "cognito-idp:ListUserPoolClients"],
    ],
    ["arn:aws:lambda:<region>:<account>:function:<prefix>-*", ["lambda:GetFunctionUrlConfig", "lambda:GetPolicy"]],
  ])("let drift list what was added to %s", (arn, reads) => {
    for (const action of reads) expect([action, allows(plan, action, arn)]).toEqual([action, true]);
  });

  it("let teardown list what keeps AWS from deleting the pool or the API", () => {
    const gateway = "arn:aws:apigateway:<region>::";
    const pools = "arn:aws:cognito-idp:<region>:<account>:userpool/*";

    for (const arn of ["/usageplans", "/domainnames", "/domainnames/*"]) {
      expect([arn, allows(apply, "apigateway:GET", `${gateway}${arn}`)]).toEqual([arn, true]);
    }
    expect(allows(apply, "cognito-idp:ListUserPoolReplicas", pools)).toBe(true);
  });

  it("read nobody's secrets but the stack's own, whose value Terraform compares", () => {
    const reading = plan.Statement.filter(({ Action }) => Action.includes("secretsmanager:GetSecretValue"));

    expect(reading.map(({ Resource }) => Resource)).toEqual([
      ["arn:aws:secretsmanager:<region>:<account>:secret:<prefix>/*"],
    ]);
  });

  it.each([
    ["plan", plan],
    ["apply", apply],
  ])("name each action: %s", (_role, policy) => {
    expect(actionsIn(policy).filter((action) => !/^[a-z0-9-]+:[A-Za-z]+$/.test(action))).toEqual([]);
  });

  it.each([
    [
      "plan",
      plan,
      [
        "cloudtrail:LookupEvents",
        "cognito-idp:DescribeUserPoolDomain",
        "cognito-idp:ListUserPools",
        "lambda:ListEventSourceMappings",
        "logs:DescribeResourcePolicies",
      ],
    ],
    ["apply", apply, ["cognito-idp:CreateUserPool", "cognito-idp:DescribeUserPoolDomain", "cognito-idp:ListUserPools"]],
  ])("are limited to account or region wherever AWS can: %s", (_role, policy, unlimited) => {
    const wide = policy.Statement.filter(({ Resource }) =>
      Resource.some((arn) => !/<(account|region|bucket)>/.test(arn)),
    );

    expect(wide.flatMap(({ Action }) => Action)).toEqual(unlimited);
  });

  it.each(["iam", "lambda", "secretsmanager", "logs", "wafv2"])("limit what is written of %s by name", (service) => {
    const writing = apply.Statement.filter(({ Action }) =>
      Action.some((action) => action.startsWith(`${service}:`) && WRITES.test(action)),
    );
    const unnamed = writing.flatMap(({ Resource }) => Resource).filter((arn) => !arn.includes("<prefix>"));

    expect(writing.length).toBeGreaterThan(0);
    expect(unnamed).toEqual(
      {
        iam: ["arn:aws:iam::<account>:role/aws-service-role/ops.apigateway.amazonaws.com/*"],
        wafv2: ["arn:aws:apigateway:<region>::/restapis/*/stages/*"],
      }[service] ?? [],
    );
  });

  it("pass roles to Lambda only", () => {
    const passing = apply.Statement.filter(({ Action }) => Action.includes("iam:PassRole"));

    expect(passing).toEqual([
      {
        Effect: "Allow",
        Action: ["iam:PassRole"],
        Resource: ["arn:aws:iam::<account>:role/<prefix>-*"],
        Condition: { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } },
      },
    ]);
  });

  it.each([
    ["plan-policy.json", plan],
    ["apply-policy.json", apply],
    ["preview-policy.json", policyOf("apply", actions, PREVIEW_LIMITS)],
    ["boundary-policy.json", policyOf("boundary", actions)],
    ["rotate-policy.json", policyOf("rotate", actions)],
    ["plan-trust.json", trustOf("plan")],
    ["apply-trust.json", trustOf("apply")],
    ["rotate-trust.json", trustOf("rotate")],
  ])("are shipped as %s", (file, policy) => {
    expect(iam(file)).toEqual(JSON.parse(filledIn(policy, {})));
  });

  it("trust jobs of the repository, for applying only those of the protected environment, for rotating those of main", () => {
    const subjects = (role: TrustedRole) => JSON.stringify(trustOf(role)).match(/<subject>[^"]*/g);

    expect(subjects("plan")).toEqual(["<subject>:pull_request", "<subject>:ref:refs/heads/main"]);
    expect(subjects("apply")).toEqual(["<subject>:environment:<environment>"]);
    expect(subjects("rotate")).toEqual(["<subject>:ref:refs/heads/main"]);
    expect(JSON.stringify([trustOf("plan"), trustOf("apply"), trustOf("rotate")])).not.toMatch(/StringLike|\*/);
  });
});

describe("the policy of the role that rotates", () => {
  it("is about client secrets, what Terraform reads on its way to a client, and the state that forgets secrets", () => {
    expect(actionsIn(policyOf("rotate", actions)).toSorted()).toEqual([
      "cognito-idp:AddUserPoolClientSecret",
      "cognito-idp:DeleteUserPoolClientSecret",
      "cognito-idp:DescribeResourceServer",
      "cognito-idp:DescribeUserPool",
      "cognito-idp:DescribeUserPoolClient",
      "cognito-idp:GetUserPoolMfaConfig",
      "cognito-idp:ListUserPoolClientSecrets",
      "s3:DeleteObject",
      "s3:GetObject",
      "s3:GetObject",
      "s3:ListBucket",
      "s3:PutObject",
      "s3:PutObject",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecretVersionStage",
    ]);
  });

  it("is not in the policies for planning and applying", () => {
    expect(actionsIn(apply).filter((action) => action.includes("UserPoolClientSecret"))).toEqual([]);
    // Drift counts secrets; AWS tells none there.
    expect(actionsIn(plan).filter((action) => action.includes("UserPoolClientSecret"))).toEqual([
      "cognito-idp:ListUserPoolClientSecrets",
    ]);
  });
});

describe("npx access policy", () => {
  const policy = (...args: readonly string[]) =>
    run(
      script("cli/policy.ts", ...args),
      project,
      cleanEnvironment({ INIT_CWD: join(project, "examples/several-teams") }),
    );

  it("limits by a tag, and warns of a policy that is too long for a managed one", async () => {
    const [limited, nowhere] = await Promise.all([
      policy("apply", "--env", "prod", "--tag", "stage"),
      policy("apply", "--tag", "stage"),
    ]);

    expect([limited.code, limited.stderr]).toEqual([0, expect.stringContaining("Use an inline policy")]);
    expect(JSON.stringify(JSON.parse(limited.stdout))).toContain('"aws:ResourceTag/stage":"prod"');
    expect([nowhere.code, nowhere.stderr]).toEqual([64, expect.stringContaining("--tag requires --env")]);
  });

  it("prints whom to trust for an environment", async () => {
    const { code, stdout } = await policy("apply-trust", "--env", "prod", "--subject", "repo:acme/access");

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      Statement: [
        {
          Condition: {
            StringEquals: { "token.actions.githubusercontent.com:sub": ["repo:acme/access:environment:prod"] },
          },
        },
      ],
    });
  });

  it.each(["repo:acme/*", "repo:*", "acme/access", "repo:acme/access:pull_request"])(
    "refuses to trust %s",
    async (subject) => {
      const { code, stderr } = await policy("plan-trust", "--env", "prod", "--subject", subject);

      expect([code, stderr]).toEqual([64, expect.stringContaining("--subject is required")]);
    },
  );
});
