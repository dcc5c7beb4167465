import { contextOf } from "../../../operations/review/plan-context";
import { policyAlerts } from "../../../operations/review/policy-alerts";
import { type MadeChange, planWith } from "../../support/plan-json";

type Values = Readonly<Record<string, unknown>>;

const OWN = "111111111111";
const FOREIGN = "arn:aws:iam::222222222222:role/reader";
const READER = `arn:aws:iam::${OWN}:role/reader`;

const SECRET_POLICY = "aws_secretsmanager_secret_policy";
const ROLE = "aws_iam_role";
const INLINE = "aws_iam_role_policy";
const ATTACHMENT = "aws_iam_role_policy_attachment";

const ofAccount = { provider: { aws: [{ allowed_account_ids: [OWN] }] } };
const policy = (...statements: readonly object[]) => JSON.stringify({ Statement: statements });
const reads = (AWS: string | readonly string[], more: object = {}) => ({
  Effect: "Allow",
  Principal: { AWS },
  Action: "secretsmanager:GetSecretValue",
  Resource: "arn:x",
  ...more,
});
const allows = (Action: string, Resource = "arn:table") => ({ Effect: "Allow", Action, Resource });
const denied = { Effect: "Deny" };
const of = (text: string): Values => ({ secret_arn: "arn:x", policy: text });
const changing = (before: object, after: object): MadeChange => ({
  type: SECRET_POLICY,
  before: of(policy(before)),
  after: of(policy(after)),
});
const inline = (text: string): MadeChange => ({ type: INLINE, after: { role: "r", name: "p", policy: text } });
const attached = (policy_arn: string): MadeChange => ({ type: ATTACHMENT, after: { role: "r", policy_arn } });
const managed = (name: string) => attached(`arn:aws:iam::aws:policy/${name}`);
const trusting = (Principal: unknown) => ({
  name: "r",
  assume_role_policy: policy({ Effect: "Allow", Principal, Action: "sts:AssumeRole" }),
});
const permission = (after: Values, unknown: Values = {}): MadeChange => ({
  type: "aws_lambda_permission",
  after: { function_name: "orders", ...after },
  unknown,
});
const newReaders = (...principals: readonly string[]): MadeChange => ({
  type: SECRET_POLICY,
  after: of(policy(reads(principals))),
});
const newRole: MadeChange = { type: ROLE, after: { name: "r" } };

const SECRET = "The policy of the secret `arn:x` grants more";
const READ = "`secretsmanager:GetSecretValue`.";
const API_GATEWAY = "apigateway.amazonaws.com";

/** Severity and message, or the beginning or end of one after `…`. */
type Expected = `${"critical" | "warning" | "info"}: ${string}` | undefined;

function expectAlerts(changes: readonly MadeChange[], expected: Expected, json: object = {}, parts: Values = {}): void {
  const alerts = policyAlerts(contextOf("dev", planWith(changes, parts), json));

  expect(alerts.map(({ severity, message }) => `${severity}: ${message}`)).toEqual(
    expected === undefined ? [] : [expected],
  );
}

describe("policyAlerts", () => {
  it.each<[string, MadeChange, Expected]>([
    ["another reader", changing(reads("arn:a"), reads(["arn:a", "arn:b"])), `warning: ${SECRET} to \`arn:b\`: ${READ}`],
    ["every reader", changing(reads("arn:a"), reads("*")), `critical: ${SECRET} to \`*\`: ${READ}`],
    [
      "every reader but some",
      changing(reads("arn:a"), reads([], { Principal: undefined, NotPrincipal: { AWS: "arn:b" } })),
      `critical: ${SECRET} to \`*\`: ${READ}`,
    ],
    [
      "a lost denial",
      changing(reads("arn:a", denied), reads("arn:b", denied)),
      `warning: ${SECRET} to \`arn:a\`: ${READ}`,
    ],
    ["less", changing(reads(["arn:a", "arn:b"]), reads("arn:b")), undefined],
    [
      "a denial that is destroyed with its policy",
      { type: SECRET_POLICY, before: { id: "arn:x", ...of(policy(reads("arn:a", denied))) } },
      `warning: ${SECRET} to \`arn:a\`: ${READ}`,
    ],
    [
      "what cannot be read",
      { type: SECRET_POLICY, before: of(policy()), after: of("{") },
      `warning: ${SECRET}; what exactly is unknown.`,
    ],
    [
      "what is known only after apply",
      { type: INLINE, before: { role: "r", policy: policy() }, after: { role: "r" }, unknown: { policy: true } },
      "warning: What the policy of the role `r` grants is known only after apply.",
    ],
    [
      "everything but some actions",
      {
        type: INLINE,
        before: { role: "r", policy: policy() },
        after: { role: "r", policy: policy({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }) },
      },
      "critical: The policy of the role `r` grants more: `*` on `*`.",
    ],
    [
      "who else can assume a role",
      {
        type: ROLE,
        before: { name: "r", assume_role_policy: policy() },
        after: trusting({ Service: "ec2.amazonaws.com" }),
      },
      "warning: The trust policy of the role `r` grants more to `ec2.amazonaws.com`: `sts:AssumeRole`.",
    ],
    [
      "a new role for anyone",
      { type: ROLE, after: trusting("*") },
      "critical: The new role `r` can be assumed by anyone.",
    ],
    ["a new role for Lambda", { type: ROLE, after: trusting({ Service: "lambda.amazonaws.com" }) }, undefined],
    [
      "who else can use a key",
      {
        type: "aws_kms_key",
        before: { id: "k1", policy: policy() },
        after: {
          id: "k1",
          policy: policy({ Effect: "Allow", Principal: { AWS: "*" }, Action: "kms:Decrypt", Resource: "*" }),
        },
      },
      "critical: The policy of the key `k1` grants more to `*`: `kms:Decrypt`.",
    ],
    [
      "nothing of an API's first policy",
      {
        type: "aws_api_gateway_rest_api",
        before: { name: "o", policy: "" },
        after: { name: "o", policy: policy(reads("a")) },
      },
      undefined,
    ],
    [
      "another account that invokes a function",
      permission({ principal: "123456789012" }),
      "warning: The function `orders` can be invoked by `123456789012`, bypassing API Gateway.",
    ],
    [
      "anyone who invokes a function",
      permission({ principal: "*" }),
      "critical: The function `orders` can be invoked by `*`, bypassing API Gateway.",
    ],
    [
      "every API before a function",
      permission({ principal: API_GATEWAY }),
      "warning: The function `orders` can be invoked by every API.",
    ],
    ["nothing of one API", permission({ principal: API_GATEWAY, source_arn: "arn:api" }), undefined],
    [
      "nothing of an API that is not created yet",
      permission({ principal: API_GATEWAY }, { source_arn: true }),
      undefined,
    ],
  ])("reports what a policy grants beyond the one before: %s", (_what, change, expected) => {
    expectAlerts([change], expected);
  });

  it("reports no denial that is destroyed with what it protects", () => {
    const secret = { type: "aws_secretsmanager_secret", before: { arn: "arn:x" } };

    expectAlerts([{ type: SECRET_POLICY, before: of(policy(reads("arn:a", denied))) }, secret], undefined);
  });

  const MANAGED = "The role `r` is granted all permissions of a managed policy:";

  it.each<[string, readonly MadeChange[], Expected]>([
    [
      "of a role that exists",
      [inline(policy(allows("dynamodb:GetItem")))],
      "warning: A new policy grants more to the role `r`: `dynamodb:GetItem` on `arn:table`.",
    ],
    [
      "of a new role, as an info",
      [newRole, inline(policy(allows("dynamodb:GetItem")))],
      "info: The new role `r` is granted `dynamodb:GetItem` on `arn:table`.",
    ],
    [
      "not what Lambda itself needs in a new role",
      [newRole, { type: INLINE, after: { role: "r", name: "write-own-logs", policy: policy(allows("logs:B")) } }],
      undefined,
    ],
    [
      "every role, to pass or to assume",
      [inline(policy(allows("iam:PassRole", "arn:aws:iam::111111111111:role/*")))],
      "critical: A new policy grants more to the role `r`: `iam:PassRole` on `arn:aws:iam::111111111111:role/*`.",
    ],
    [
      "every role, also by a policy of a new role",
      [newRole, inline(policy(allows("sts:AssumeRole", "*")))],
      "critical: A new policy grants more to the role `r`: `sts:AssumeRole` on `*`.",
    ],
    [
      "one role",
      [
        inline(
          policy(allows("sts:AssumeRole", "arn:aws:iam::111111111111:role/one"), allows("s3:ListAllMyBuckets", "*")),
        ),
      ],
      expect.stringMatching(/^warning: /),
    ],
    [
      "everything, also of a new role",
      [newRole, inline(policy(allows("*", "*")))],
      "critical: A new policy grants more to the role `r`: `*` on `*`.",
    ],
    ["not what it denies", [inline(policy({ ...allows("s3:*"), ...denied }))], undefined],
    [
      "as far as it can be read",
      [inline("{")],
      "warning: A new policy grants more to the role `r`: what exactly is unknown.",
    ],
    [
      "once, when it only has another address",
      [
        { type: INLINE, before: { role: "r", name: "p", policy: policy(allows("a:B")) } },
        { ...inline(policy(allows("a:B"), allows("a:C"))), name: "new" },
      ],
      "warning: The policy of the role `r` grants more: `a:C` on `arn:table`.",
    ],
    ["managed", [managed("ReadOnlyAccess")], `warning: ${MANAGED} \`arn:aws:iam::aws:policy/ReadOnlyAccess\`.`],
    ["managed, of a service", [managed("AmazonS3FullAccess")], expect.stringMatching(/^critical: /)],
    ["managed, everything", [managed("AdministratorAccess")], expect.stringMatching(/^critical: /)],
    [
      "managed, created with it",
      [{ type: ATTACHMENT, after: { role: "r" }, unknown: { policy_arn: true } }],
      `warning: ${MANAGED} a policy that is created with it.`,
    ],
    ["not managed of a new role", [newRole, managed("ReadOnlyAccess")], undefined],
    ["not what is detached", [{ type: ATTACHMENT, before: { role: "r", policy_arn: "arn:p" } }], undefined],
  ])("reports what a new policy grants: %s", (_what, changes, expected) => {
    expectAlerts(changes, expected);
  });

  const net = policy(allows("ec2:Create", "*"), {
    ...allows("ec2:Create", "*"),
    ...denied,
    Condition: { A: { b: "c" } },
  });
  const named = (name: string, before?: string, after?: string): MadeChange => ({
    type: INLINE,
    name,
    ...(before && { before: { role: "r", name, policy: before } }),
    ...(after && { after: { role: "r", name, policy: after } }),
  });
  const MORE = "warning: The policy of the role `r` grants more: `ec2:Create` on `*`.";

  it.each<[string, readonly MadeChange[], Expected]>([
    ["no denial that goes with all that it denies", [named("net", net)], undefined],
    ["a denial of what another policy allows", [named("net", net), named("b", net, net)], undefined],
    [
      "a denial of what another policy goes on to allow",
      [named("net", net), named("b", policy(allows("ec2:C*", "arn:x*")), policy(allows("ec2:C*", "arn:x*")))],
      MORE,
    ],
    [
      "a denial of what a managed policy may allow",
      [named("net", net), { ...managed("Any"), before: { role: "r", policy_arn: "arn:p" } }],
      MORE,
    ],
    [
      "a denial that no policy of the role is about",
      [named("net", policy({ ...allows("ec2:Create", "*"), ...denied }))],
      MORE,
    ],
    [
      "no statement that moves to another policy",
      [named("a", policy(allows("a:B"))), named("b", undefined, policy(allows("a:B")))],
      undefined,
    ],
    [
      "a statement of another role's policy",
      [
        { type: INLINE, name: "a", before: { role: "other", name: "a", policy: policy(allows("a:B")) } },
        named("b", undefined, policy(allows("a:B"))),
      ],
      "warning: A new policy grants more to the role `r`: `a:B` on `arn:table`.",
    ],
  ])("compares all inline policies of a role: %s", (_what, changes, expected) => {
    const alerts = policyAlerts(contextOf("dev", planWith(changes), {})).filter(
      ({ message }) => !/managed/.test(message),
    );

    expect(alerts.map(({ severity, message }) => `${severity}: ${message}`)).toEqual(expected ? [expected] : []);
  });

  it("shows the reason of a statement", () => {
    const code = { "//": { reason: "Every object is an invoice." }, policy: policy(allows("s3:GetObject", "arn:b/*")) };

    expectAlerts(
      [newRole, { type: INLINE, after: { role: "r", name: "p" }, unknown: { policy: true } }],
      "info: The new role `r` is granted `s3:GetObject` on `arn:b/*`. Reason: `Every object is an invoice.`.",
      { resource: { [INLINE]: { it: code } } },
    );
  });

  it("reads a new policy in the code where the plan does not know it, and knows one that is created again", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of Terraform's
    const code = { policy: policy(allows("logs:PutLogEvents", "${aws_cloudwatch_log_group.g.arn}")) };
    const created = { type: INLINE, after: { role: "r", name: "p" }, unknown: { policy: true } };
    const deleted = { resource_drift: planWith([{ type: INLINE, before: { role: "r" } }]).resource_changes };

    expectAlerts(
      [created],
      "warning: A policy that was deleted outside Terraform is created again and grants more to the role `r`: `logs:PutLogEvents` on `<arn of aws_cloudwatch_log_group.g>`.",
      { resource: { [INLINE]: { it: code } } },
      deleted,
    );
  });

  const own = { arn: `arn:aws:lambda:eu-west-1:${OWN}:function:f` };
  const FROM_OUTSIDE = "The new secret `arn:x` can be read by other accounts:";

  it.each<[string, readonly MadeChange[], object, Expected]>([
    ["not of the stack's account", [newReaders(READER)], ofAccount, undefined],
    ["of another account", [newReaders(READER, FOREIGN)], ofAccount, `warning: ${FROM_OUTSIDE} \`${FOREIGN}\`.`],
    [
      "of another account than that of what is deployed",
      [newReaders(FOREIGN), { type: "aws_lambda_function", before: own, after: own }],
      {},
      `warning: ${FROM_OUTSIDE} \`${FOREIGN}\`.`,
    ],
    ["anyone", [newReaders("*")], ofAccount, "critical: The new secret `arn:x` can be read by anyone."],
    [
      "whose account cannot be compared, once for all",
      [newReaders(READER), { ...newReaders(FOREIGN), name: "second" }],
      {},
      `warning: The account of the stack is unknown, so these readers of new secrets may belong to another account: \`${READER}\`, \`${FOREIGN}\`.`,
    ],
    [
      "that cannot be read",
      [{ type: SECRET_POLICY, after: of("{") }],
      {},
      "warning: The new secret `arn:x` has a policy that cannot be read: its readers are unknown.",
    ],
    [
      "of another account who are added",
      [changing(reads(READER), reads([READER, FOREIGN]))],
      ofAccount,
      `warning: ${SECRET} to \`${FOREIGN}\`: ${READ} Of another account: \`${FOREIGN}\`.`,
    ],
  ])("reports readers of a new secret: %s", (_what, changes, json, expected) => {
    expectAlerts(changes, expected, json);
  });

  it("reads readers of a new secret in the code where the plan does not know its policy", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of Terraform's
    const code = { secret_arn: "${aws_secretsmanager_secret.shop.arn}", policy: policy(reads(FOREIGN)) };
    const changes = [
      { type: "aws_secretsmanager_secret", name: "shop", after: { name: "orders/shop" } },
      { type: SECRET_POLICY, after: {}, unknown: { policy: true, secret_arn: true } },
    ];

    expectAlerts(changes, `warning: The new secret \`orders/shop\` can be read by other accounts: \`${FOREIGN}\`.`, {
      ...ofAccount,
      resource: { [SECRET_POLICY]: { it: code } },
    });
  });
});
