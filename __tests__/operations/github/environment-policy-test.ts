/** The policies of an environment and of its previews, evaluated as IAM does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Testing } from "cdktf";
import { parseAccessModel } from "../../../access/access-model";
import { isAboutAction, readPolicy } from "../../../iam/policy";
import { MachineAccessStack } from "../../../main";
import {
  limitsOf,
  othersReached,
  type PolicyOptions,
  policyFor,
  policyValues,
} from "../../../operations/github/environment-policy";
import {
  actionsShape,
  lengthOf,
  MAX_INLINE_CHARACTERS,
  MAX_MANAGED_CHARACTERS,
  type Policy,
  policyOf,
  type Role,
} from "../../../operations/github/policies";
import { PREVIEW_TAG, withPreview } from "../../../operations/github/preview";
import { applyStack } from "../../support/apply-stack";
import { type IamRequest, isAllowed } from "../../support/iam-evaluation";
import { RecordedWorkspace } from "../../support/recorded-workspace";

jest.setTimeout(120_000);

const project = join(__dirname, "..", "..", "..");
const actions = actionsShape.parse(JSON.parse(readFileSync(join(project, ".github/iam/actions.json"), "utf8")));

const ACCOUNT = "123456789012";
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
const SECRET = `, secret: { readers: ["arn:aws:iam::${ACCOUNT}:role/shop"] }`;

const fileOf = (settings: string) => `environments: { prod: { region: eu-west-1, ${settings} } }
resourceServers: { orders: { name: Orders, scopes: { read: Read } } }
clients: { shop: { scopes: [orders/read]${settings.includes(BOUNDARY) ? SECRET : ""} } }
routes: { GET /orders: { lambda: access, scopes: [orders/read] } }`;

const modelOf = (text: string) => parseAccessModel(text, { file: "access.yaml", functions: ["access"] });

const environment = (settings: string) => {
  const [found] = modelOf(fileOf(settings)).environments;
  if (found === undefined) throw new Error("no environment");
  return found;
};

const policy = (role: Role, settings: string, options: PolicyOptions = {}): string => {
  const found = environment(settings);
  return policyFor(policyOf(role, actions, limitsOf(found, options)), found, policyValues(found, options));
};

const longest = `domainPrefix: ${"p".repeat(63)}, accountId: "123456789012", backend: { s3: { bucket: ${"b".repeat(63)}, key: ${"k".repeat(80)}.tfstate } }`;

describe("policyFor", () => {
  it("is short enough for AWS and has no placeholder left", () => {
    const short = policy(
      "apply",
      longest.replace("p".repeat(63), "p".repeat(28)).replace("b".repeat(63), "b".repeat(40)),
    );

    expect(lengthOf(short)).toBeLessThanOrEqual(MAX_MANAGED_CHARACTERS);
    expect(lengthOf(policy("apply", longest))).toBeLessThanOrEqual(MAX_INLINE_CHARACTERS);
    expect(short).not.toMatch(/[<>]/);
  });

  it("leaves the bucket out where the state is elsewhere", () => {
    const hcp = "domainPrefix: orders, backend: { hcp: { organization: a, workspace: b } }";

    expect(policy("plan", hcp, { account: "123456789012" })).not.toMatch(/s3:|[<>]/);
  });

  it("adds the key that encrypts the state", () => {
    const key = "arn:aws:kms:eu-west-1:123456789012:key/0c5d1a52-83c4-4a4e-8d0b-6f1f8a1c2d22";
    const settings = `domainPrefix: orders, backend: { s3: { bucket: states, kmsKeyArn: "${key}" } }`;
    const { Statement } = JSON.parse(policy("plan", settings, { account: "123456789012" })) as Policy;

    expect(Statement.at(-1)).toEqual({
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: key,
    });
  });

  it("does without an account only where access.yaml says it", () => {
    expect(() => policy("plan", "domainPrefix: orders")).toThrow("the account of prod is unknown");
  });
});

describe("othersReached", () => {
  it.each([
    ["orders", "orders-prod", "", ["prod"]],
    ["orders-dev", "orders-prod", "", []],
    ["orders", "ordersprod", "", []],
    ["orders", "orders-prod", ', accountId: "111111111111"', []],
  ])("compares %s with %s%s", (dev, prod, other, expected) => {
    const text = fileOf(`domainPrefix: ${prod}${other}`).replace(
      "environments: {",
      `environments: { dev: { region: eu-west-1, domainPrefix: ${dev}, accountId: "${ACCOUNT}" },`,
    );
    const model = modelOf(text);
    const [environmentOfDev] = model.environments;
    if (environmentOfDev === undefined) throw new Error("no environment");

    expect(othersReached(model, environmentOfDev)).toEqual(expected);
  });
});

const TOPIC = `arn:aws:sns:eu-west-1:${ACCOUNT}:pager`;
const EVERYTHING = `domainPrefix: orders, accountId: "${ACCOUNT}", ephemeral: true, backend: { s3: { bucket: states } }, permissionsBoundary: "${BOUNDARY}", tags: { team: orders }, tracing: true, methodMetrics: true, dashboard: true, firewall: { requestsPerFiveMinutes: 100 }, alarms: { topicArn: "${TOPIC}" }, tokenCache: { minutes: 5 }`;

const ofPreviews = (settings = EVERYTHING) => policy("apply", settings, { preview: true });

const ROLE = `arn:aws:iam::${ACCOUNT}:role/orders-pr-12-access`;
const POOL = `arn:aws:cognito-idp:eu-west-1:${ACCOUNT}:userpool/eu-west-1_Other0000`;
const API = "arn:aws:apigateway:eu-west-1::/restapis/other00000";
const FUNCTION = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:orders-pr-12-access`;
const DOMAIN = "arn:aws:apigateway:eu-west-1::/domainnames";
const ALARM = `arn:aws:cloudwatch:eu-west-1:${ACCOUNT}:alarm:orders-pr-12-errors`;
const WIDE = "arn:aws:iam::aws:policy/AdministratorAccess";
const bounded = { "iam:PermissionsBoundary": [BOUNDARY] };
const tagged = { [`aws:ResourceTag/${PREVIEW_TAG}`]: ["orders"] };
const taggedRequest = { [`aws:RequestTag/${PREVIEW_TAG}`]: ["orders"] };
const ofOthers = { [`aws:ResourceTag/${PREVIEW_TAG}`]: ["shop"], "aws:ResourceTag/team": ["shop"] };

const request = (action: string, resource: string, context: NonNullable<IamRequest["context"]> = {}): IamRequest => ({
  action,
  resource,
  context,
});
const byLambda = (service = "lambda") => ({ "iam:PassedToService": [`${service}.amazonaws.com`] });

type Attempt = readonly [what: string, request: IamRequest];

/** How a role would make itself administrator, or reach what only tags tell apart. */
const ESCALATIONS: readonly Attempt[] = [
  ["create a role without a boundary", request("iam:CreateRole", ROLE)],
  ["create a role with another boundary", request("iam:CreateRole", ROLE, { "iam:PermissionsBoundary": [WIDE] })],
  ["put a policy into a role without a boundary", request("iam:PutRolePolicy", ROLE)],
  ["attach a managed policy", request("iam:AttachRolePolicy", ROLE, { ...bounded, "iam:PolicyARN": [WIDE] })],
  ["change whom a role trusts", request("iam:UpdateAssumeRolePolicy", ROLE, bounded)],
  ["remove a boundary", request("iam:DeleteRolePermissionsBoundary", ROLE, bounded)],
  ["replace a boundary", request("iam:PutRolePermissionsBoundary", ROLE, { "iam:PermissionsBoundary": [WIDE] })],
  ["change the boundary", request("iam:CreatePolicyVersion", BOUNDARY)],
  ["create a policy", request("iam:CreatePolicy", BOUNDARY)],
  ["create a user", request("iam:CreateUser", `arn:aws:iam::${ACCOUNT}:user/orders-pr-12`)],
  ["pass a role to another service", request("iam:PassRole", ROLE, byLambda("ec2"))],
  ["pass another role", request("iam:PassRole", ROLE.replace("orders", "admin"), byLambda())],
  ["assume another role", request("sts:AssumeRole", ROLE.replace("orders", "admin"))],
  ["delete another team's pool", request("cognito-idp:DeleteUserPool", POOL)],
  ["delete a pool of another project", request("cognito-idp:DeleteUserPool", POOL, ofOthers)],
  ["read another team's client secret", request("cognito-idp:DescribeUserPoolClient", POOL)],
  ["tag another team's pool", request("cognito-idp:TagResource", POOL, taggedRequest)],
  ["tag another team's pool by an update", request("cognito-idp:UpdateUserPool", POOL, taggedRequest)],
  ["create a pool without the tag", request("cognito-idp:CreateUserPool", "*")],
  ["delete another team's API", request("apigateway:DELETE", API)],
  ["delete an API of another project", request("apigateway:DELETE", API, ofOthers)],
  ["change another team's method", request("apigateway:PATCH", `${API}/resources/abc/methods/GET`)],
  ["tag another team's API, which requires PATCH on it", request("apigateway:PATCH", API, taggedRequest)],
  ["create an API without the tag", request("apigateway:POST", "arn:aws:apigateway:eu-west-1::/restapis")],
  ["remove the firewall of another team's stage", request("apigateway:SetWebACL", `${API}/stages/prod`)],
  ["change the account's API Gateway", request("apigateway:PATCH", "arn:aws:apigateway:eu-west-1::/account")],
  ["give a function a URL", request("lambda:CreateFunctionUrlConfig", FUNCTION)],
  [
    "stop instances by an alarm",
    request("cloudwatch:PutMetricAlarm", ALARM, {
      "cloudwatch:AlarmActions": [TOPIC, "arn:aws:automate:eu-west-1:ec2:terminate"],
    }),
  ],
];

/** What only the role of previews must not reach: the environment that is copied. */
const OF_THE_COPIED: readonly Attempt[] = [
  ["create a role of another name", request("iam:CreateRole", ROLE.replace("-pr-12", ""), bounded)],
  ["pass a role of the environment", request("iam:PassRole", ROLE.replace("-pr-12", ""), byLambda())],
  ["change a domain name", request("apigateway:PATCH", `${DOMAIN}/api.example.com`, tagged)],
  ["change a distribution", request("cloudfront:UpdateDistribution", `arn:aws:cloudfront::${ACCOUNT}:distribution/E1`)],
  ["change the code of a function", request("lambda:UpdateFunctionCode", FUNCTION.replace("-pr-12", ""))],
  [
    "read a secret",
    request("secretsmanager:GetSecretValue", `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:orders/shop-AbCdEf`),
  ],
  ["read the state", request("s3:GetObject", "arn:aws:s3:::states/machine-access/eu-west-1/orders/prod.tfstate")],
  ["write the state", request("s3:PutObject", "arn:aws:s3:::states/machine-access/eu-west-1/orders/prod.tfstate")],
];

describe("the role of previews", () => {
  it.each([...ESCALATIONS, ...OF_THE_COPIED])("cannot %s", (_what, attempt) => {
    expect(isAllowed(ofPreviews(), attempt)).toBe(false);
  });

  it("reaches previews, and nothing of the environment that they are copied from", () => {
    const named = (ofPreviews().match(/arn:[^"]*(orders|tfstate)[^"]*/g) ?? []).filter((arn) => !arn.includes("-pr-*"));

    expect(named).toEqual([]);
    expect(ofPreviews()).toContain("arn:aws:s3:::states/machine-access/eu-west-1/orders/prod-pr-*.tfstate");
  });

  it("may do everything that a preview's deployment, refresh and teardown call", async () => {
    const text = withPreview(fileOf(EVERYTHING), modelOf(fileOf(EVERYTHING)), "prod", 12);
    const model = modelOf(text);
    const preview = model.environments.find(({ name }) => name === "pr-12");
    if (preview === undefined) throw new Error("no preview");
    const functions = join(project, "lambda");
    const stack = new MachineAccessStack(Testing.app(), { environment: preview, model, functions });
    const workspace = new RecordedWorkspace();
    workspace.defaultTags = preview.tags;
    const made = await applyStack(stack, workspace);
    for (const [address, attributes] of [...made].toReversed()) {
      const [type = ""] = address.split(".");
      await workspace.refresh(type, attributes);
      await workspace.destroy(type, attributes);
    }
    const denied = workspace.requests.filter((one) => !isAllowed(ofPreviews(), one));

    expect(new Set(workspace.requests.map(({ action }) => action)).size).toBeGreaterThan(60);
    expect(denied).toEqual([]);
  });

  it("has no policy without a boundary", () => {
    expect(() => ofPreviews(EVERYTHING.replace(/permissionsBoundary: "[^"]*",/, ""))).toThrow(
      /"prod" has no permissionsBoundary.*npx access policy boundary --env prod/s,
    );
  });
});

describe("the role that applies, limited", () => {
  const limited = policy("apply", EVERYTHING, { tag: "team" });
  const own = { "aws:ResourceTag/team": ["orders"] };

  it.each(ESCALATIONS)("cannot %s", (_what, attempt) => {
    expect(isAllowed(limited, attempt)).toBe(false);
  });

  it("uses pools and APIs with the environment's tag", () => {
    expect(isAllowed(limited, request("cognito-idp:DeleteUserPool", POOL, own))).toBe(true);
    expect(isAllowed(limited, request("apigateway:DELETE", API, own))).toBe(true);
  });

  it("gives the boundary to roles that were created before", () => {
    expect(isAllowed(limited, request("iam:PutRolePermissionsBoundary", ROLE, bounded))).toBe(true);
  });

  it.each<Role>(["plan", "rotate"])("reads no client of a pool without the tag either: %s", (role) => {
    const read = request("cognito-idp:DescribeUserPoolClient", POOL);

    expect(isAllowed(policy(role, EVERYTHING, { tag: "team" }), read)).toBe(false);
    expect(isAllowed(policy(role, EVERYTHING, { tag: "team" }), { ...read, context: own })).toBe(true);
    expect(isAllowed(policy(role, EVERYTHING), read)).toBe(true);
  });

  it("needs a tag that the environment has", () => {
    expect(() => policy("apply", EVERYTHING, { tag: "Team" })).toThrow('environment "prod" has no tag "Team"');
  });

  it("is short enough for an inline policy with the longest names", () => {
    const tags = `tags: { ${"k".repeat(128)}: ${"v".repeat(256)} }`;
    const settings = `${longest}, ephemeral: true, permissionsBoundary: "arn:aws:iam::123456789012:policy/${"b".repeat(128)}"`;
    const named = settings.replace("p".repeat(63), "p".repeat(50));
    const texts = [
      policy("apply", `${settings}, ${tags}`, { tag: "k".repeat(128) }),
      policy("apply", named, { preview: true }),
    ];

    for (const text of texts) expect(lengthOf(text)).toBeLessThanOrEqual(MAX_INLINE_CHARACTERS);
  });
});

describe("the permissions boundary", () => {
  const text = policy("boundary", EVERYTHING);

  it("allows what the stack gives its roles, and nothing else", () => {
    const { environments } = modelOf(fileOf(EVERYTHING));
    const [found] = environments;
    if (found === undefined) throw new Error("no environment");
    const app = Testing.app();
    const model = modelOf(fileOf(EVERYTHING));
    const stack = new MachineAccessStack(app, { environment: found, model, functions: join(project, "lambda") });
    const { resource } = JSON.parse(Testing.synth(stack));
    const roles = Object.values(resource.aws_iam_role) as readonly { readonly permissions_boundary: string }[];
    const given = Object.values(resource.aws_iam_role_policy).flatMap(
      (one) => readPolicy((one as { readonly policy: string }).policy) ?? [],
    );
    const group = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/lambda/orders-access`;
    const requests = given.flatMap(({ actions: named, resources }) =>
      named.flatMap((action) => resources.map((arn) => ({ action, resource: arn.replace(/\$\{[^}]*\}/, group) }))),
    );

    expect(roles.map(({ permissions_boundary }) => permissions_boundary)).toEqual([BOUNDARY]);
    expect(requests.length).toBeGreaterThanOrEqual(4);
    expect(requests.filter((one) => !isAllowed(text, one))).toEqual([]);
    const allowed = (readPolicy(text) ?? []).flatMap(({ actions: named }) => named);
    expect(allowed.filter((action) => !given.some((statement) => isAboutAction(statement, action)))).toEqual([]);
  });
});
