import type { AccessMatrix } from "../../../operations/access-graph/access-matrix";
import { lostProtection } from "../../../operations/review/lost-protection";
import { planFacts } from "../../../operations/review/plan-facts";
import { doneTo } from "../../../operations/review/resource-changes";
import { unwatchedAlerts } from "../../../operations/review/unwatched-alerts";
import { type MadeChange, planWith } from "../../support/plan-json";

const access: AccessMatrix = { environment: "dev", clients: [], routes: [] };

const OWN = "111111111111";
const OTHER = "222222222222";

const alertsOf = (changes: readonly MadeChange[], json: object = {}) => {
  const plan = planWith(changes);
  return lostProtection(doneTo(plan), access, planFacts(plan, json));
};
const messagesOf = (changes: readonly MadeChange[], json: object = {}) =>
  alertsOf(changes, json).map(({ message }) => message);

const ofAccount = (account: string) => ({ provider: { aws: [{ allowed_account_ids: [account] }] } });
const policy = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const reads = (AWS: string | readonly string[], more: object = {}) => ({
  Effect: "Allow",
  Principal: { AWS },
  Action: "secretsmanager:GetSecretValue",
  Resource: "arn:x",
  ...more,
});
const allows = (Action: string | readonly string[], Resource = "arn:table") => ({ Effect: "Allow", Action, Resource });
const secretPolicy = (before: string, after: string): MadeChange => ({
  type: "aws_secretsmanager_secret_policy",
  before: { secret_arn: "arn:x", policy: before },
  after: { secret_arn: "arn:x", policy: after },
});
const newReader = (...principals: readonly string[]): MadeChange => ({
  type: "aws_secretsmanager_secret_policy",
  after: { secret_arn: "arn:x", policy: policy(reads(principals)) },
});
const reader = (account: string) => `arn:aws:iam::${account}:role/reader`;
const permission = (after: Readonly<Record<string, unknown>>): MadeChange => ({
  type: "aws_lambda_permission",
  after: { function_name: "orders", ...after },
});
const keyPolicy = (...statements: readonly object[]) => ({ id: "k1", policy: policy(...statements) });
const rolePolicy = (text: string, role = "r"): MadeChange => ({
  type: "aws_iam_role_policy",
  after: { role, name: "p", policy: text },
});
const attached = (policy_arn: string, role = "r"): MadeChange => ({
  type: "aws_iam_role_policy_attachment",
  after: { role, policy_arn },
});
const changedRole = (before: object, after: object): MadeChange => ({
  type: "aws_iam_role_policy",
  before: { role: "r", policy: policy(before) },
  after: { role: "r", policy: policy(after) },
});
const newRole: MadeChange = { type: "aws_iam_role", after: { name: "r" } };
const trust = (...statements: readonly object[]) => ({ name: "r", assume_role_policy: policy(...statements) });

describe("a policy", () => {
  it.each<[string, readonly MadeChange[], readonly string[]]>([
    [
      "another reader of a secret",
      [secretPolicy(policy(reads("arn:a")), policy(reads(["arn:a", "arn:b"])))],
      ["More is allowed by the policy of the secret `arn:x` to `arn:b`: `secretsmanager:GetSecretValue`."],
    ],
    [
      "every reader of a secret",
      [secretPolicy(policy(reads("arn:a")), policy(reads("*")))],
      ["More is allowed by the policy of the secret `arn:x` to `*`: `secretsmanager:GetSecretValue`."],
    ],
    [
      "every reader but some",
      [secretPolicy(policy(), policy(reads("arn:a", { Principal: undefined, NotPrincipal: { AWS: "arn:b" } })))],
      ["More is allowed by the policy of the secret `arn:x` to `*`: `secretsmanager:GetSecretValue`."],
    ],
    [
      "a condition that is gone",
      [secretPolicy(policy(reads("arn:a", { Condition: { Bool: { x: "true" } } })), policy(reads("arn:a")))],
      ["More is allowed by the policy of the secret `arn:x` to `arn:a`: `secretsmanager:GetSecretValue`."],
    ],
    [
      "a denial that is gone",
      [secretPolicy(policy(reads("arn:a", { Effect: "Deny" })), policy())],
      ["More is allowed by the policy of the secret `arn:x` to `arn:a`: `secretsmanager:GetSecretValue`."],
    ],
    [
      "a denial that goes away with its policy",
      [{ ...secretPolicy(policy(reads("arn:a", { Effect: "Deny" })), ""), after: undefined } as unknown as MadeChange],
      ["More is allowed by the policy of the secret `arn:x` to `arn:a`: `secretsmanager:GetSecretValue`."],
    ],
    [
      "a policy that cannot be read",
      [secretPolicy(policy(), "{")],
      ["More is allowed by the policy of the secret `arn:x`: it cannot be told what."],
    ],
    ["no policy that allows less", [secretPolicy(policy(reads(["arn:a", "arn:b"])), policy(reads("arn:b")))], []],
    [
      "no policy that allows a part of what a pattern did",
      [changedRole(allows("dynamodb:*", "arn:table/*"), allows("dynamodb:GetItem", "arn:table/orders"))],
      [],
    ],
    [
      "no action that is only written another way",
      [changedRole(allows("dynamodb:getItem"), allows("DynamoDB:GetItem"))],
      [],
    ],
    [
      "no condition that is new",
      [changedRole(allows("*", "*"), { ...allows("s3:*", "*"), Condition: { Bool: { x: "true" } } })],
      [],
    ],
    [
      "a pattern that takes more than the one before",
      [changedRole(allows("dynamodb:Get?tem"), allows("dynamodb:Get*tem"))],
      ["More is allowed by the policy of the role `r`: `dynamodb:Get*tem`."],
    ],
    [
      "a resource that the pattern before does not take",
      [changedRole(allows("s3:*", "arn:a.b/*"), allows("s3:GetObject", "arn:axb/c"))],
      ["More is allowed by the policy of the role `r`: `s3:GetObject`."],
    ],
    [
      "what was allowed under a condition only",
      [changedRole({ ...allows("*", "*"), Condition: { Bool: { x: "true" } } }, allows("s3:GetObject"))],
      ["More is allowed by the policy of the role `r`: `s3:GetObject`."],
    ],
    [
      "a denial that takes less",
      [changedRole({ ...allows("s3:*"), Effect: "Deny" }, { ...allows("s3:GetObject"), Effect: "Deny" })],
      ["More is allowed by the policy of the role `r`: `s3:*`."],
    ],
    [
      "no denial that takes more",
      [changedRole({ ...allows("s3:GetObject"), Effect: "Deny" }, { ...allows("s3:*"), Effect: "Deny" })],
      [],
    ],
    [
      "no policy in another order",
      [secretPolicy(policy(reads(["arn:a", "arn:b"])), policy(reads(["arn:b", "arn:a"])))],
      [],
    ],
    [
      "a policy that nobody knows yet",
      [
        {
          type: "aws_iam_role_policy",
          before: { role: "r", policy: policy() },
          after: { role: "r" },
          unknown: { policy: true },
        },
      ],
      ["What the policy of the role `r` allows is known only when it is applied."],
    ],
    [
      "who else may be a role",
      [
        {
          type: "aws_iam_role",
          before: trust(),
          after: trust({ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }),
        },
      ],
      ["More is allowed by the trust policy of the role `r` to `ec2.amazonaws.com`: `sts:AssumeRole`."],
    ],
    [
      "who may be a new role, when that is everybody",
      [{ type: "aws_iam_role", after: trust({ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }) }],
      ["Everybody may take the new role `r`."],
    ],
    [
      "not who may be a new role, when that is somebody",
      [
        {
          type: "aws_iam_role",
          after: trust({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }),
        },
      ],
      [],
    ],
    [
      "who else may use a key",
      [
        {
          type: "aws_kms_key",
          before: keyPolicy(),
          after: keyPolicy({ Effect: "Allow", Principal: { AWS: "*" }, Action: "kms:Decrypt", Resource: "*" }),
        },
      ],
      ["More is allowed by the policy of the key `k1` to `*`: `kms:Decrypt`."],
    ],
    [
      "who is kept out of an API no more, as one line",
      [
        {
          type: "aws_api_gateway_rest_api_policy",
          before: { rest_api_id: "a", policy: policy({ Effect: "Deny", Principal: "*", Action: "*", Resource: "*" }) },
        },
      ],
      ["The API loses its resource policy: it keeps nobody out any more."],
    ],
    [
      "nothing of an API that gets its first policy",
      [
        {
          type: "aws_api_gateway_rest_api",
          before: { name: "orders", policy: "" },
          after: { name: "orders", policy: policy({ Effect: "Allow", Principal: { AWS: "arn:a" }, Action: "*" }) },
        },
      ],
      [],
    ],
    [
      "who invokes a function past API Gateway",
      [permission({ principal: "123456789012" })],
      ["`123456789012` will be allowed to invoke the function `orders`, past API Gateway."],
    ],
    [
      "every API before a function",
      [permission({ principal: "apigateway.amazonaws.com" })],
      ["Every API of anybody will be allowed to invoke the function `orders`."],
    ],
    ["no API that may invoke it", [permission({ principal: "apigateway.amazonaws.com", source_arn: "arn:api" })], []],
    [
      "no permission whose API is not there yet",
      [{ ...permission({ principal: "apigateway.amazonaws.com" }), unknown: { source_arn: true } }],
      [],
    ],
    [
      "a function's own URL",
      [{ type: "aws_lambda_function_url", after: { function_name: "orders", authorization_type: "NONE" } }],
      ["Anybody will be able to call the function `orders` by its own URL, past API Gateway."],
    ],
    [
      "a function's own URL that IAM guards",
      [{ type: "aws_lambda_function_url", after: { function_name: "orders", authorization_type: "AWS_IAM" } }],
      ["Whoever IAM allows will be able to call the function `orders` by its own URL, past API Gateway."],
    ],
    [
      "no function's own URL that goes away",
      [{ type: "aws_lambda_function_url", before: { function_name: "orders", authorization_type: "NONE" } }],
      [],
    ],
  ])("tells %s", (_what, changes, expected) => {
    expect(messagesOf(changes)).toEqual(expected);
  });

  it.each<[string, readonly MadeChange[], string]>([
    ["one reader", [secretPolicy(policy(), policy(reads("arn:a")))], "warning"],
    ["every reader", [secretPolicy(policy(), policy(reads("*")))], "caution"],
    ["every action", [{ ...rolePolicy(policy(allows("*"))), before: { role: "r", policy: policy() } }], "caution"],
    [
      "every action but some",
      [
        {
          ...rolePolicy(policy({ Effect: "Allow", NotAction: "iam:*", Resource: "*" })),
          before: { role: "r", policy: policy() },
        },
      ],
      "caution",
    ],
    ["one action", [{ ...rolePolicy(policy(allows("s3:Get"))), before: { role: "r", policy: policy() } }], "warning"],
    [
      "a function's own URL that anybody can call",
      [{ type: "aws_lambda_function_url", after: { function_name: "orders", authorization_type: "NONE" } }],
      "caution",
    ],
    [
      "a function's own URL that IAM guards",
      [{ type: "aws_lambda_function_url", after: { function_name: "orders", authorization_type: "AWS_IAM" } }],
      "warning",
    ],
    ["a managed policy of everything", [attached("arn:aws:iam::aws:policy/AdministratorAccess")], "caution"],
    ["a managed policy of a service", [attached("arn:aws:iam::aws:policy/AmazonS3FullAccess")], "caution"],
    ["a managed policy that reads", [attached("arn:aws:iam::aws:policy/ReadOnlyAccess")], "warning"],
  ])("alarms as much as others get in: %s", (_what, changes, level) => {
    expect(alertsOf(changes).map((alert) => alert.level)).toEqual([level]);
  });
});

describe("what a role may do by a new policy", () => {
  it.each<[string, readonly MadeChange[], object, readonly string[]]>([
    [
      "of a role that was there",
      [rolePolicy(policy(allows(["dynamodb:PutItem", "dynamodb:GetItem"])))],
      {},
      ["A new policy allows more to the role `r`: `dynamodb:GetItem`, `dynamodb:PutItem` on `arn:table`."],
    ],
    ["not of a role that is new", [newRole, rolePolicy(policy(allows("dynamodb:GetItem")))], {}, []],
    [
      "of a new role that may do everything",
      [newRole, rolePolicy(policy(allows("*", "*")))],
      {},
      ["A new policy allows more to the role `r`: `*` on `*`."],
    ],
    ["not what a policy denies", [rolePolicy(policy({ ...allows("s3:*"), Effect: "Deny" }))], {}, []],
    [
      "as the code says it where the plan does not know it",
      [{ type: "aws_iam_role_policy", after: { role: "r", name: "p" }, unknown: { policy: true } }],
      {
        resource: {
          aws_iam_role_policy: {
            // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of Terraform's
            it: { policy: policy(allows("logs:PutLogEvents", "${aws_cloudwatch_log_group.g.arn}")) },
          },
        },
      },
      ["A new policy allows more to the role `r`: `logs:PutLogEvents` on `<arn of aws_cloudwatch_log_group.g>`."],
    ],
    [
      "as far as it can be told",
      [rolePolicy("{")],
      {},
      ["A new policy allows more to the role `r`: it cannot be told what."],
    ],
    [
      "once, when the policy only has another address",
      [
        { type: "aws_iam_role_policy", before: { role: "r", name: "p", policy: policy(allows("a:B")) } },
        { ...rolePolicy(policy(allows("a:B"), allows("a:C"))), name: "new" },
      ],
      {},
      ["More is allowed by the policy of the role `r`: `a:C`."],
    ],
    [
      "by a managed policy",
      [attached("arn:aws:iam::aws:policy/ReadOnlyAccess")],
      {},
      ["The role `r` gets all that a managed policy allows: `arn:aws:iam::aws:policy/ReadOnlyAccess`."],
    ],
    [
      "by a managed policy of one's own",
      [{ type: "aws_iam_role_policy_attachment", after: { role: "r" }, unknown: { policy_arn: true } }],
      {},
      ["The role `r` gets all that a managed policy allows: a policy that is made only then."],
    ],
    ["not by a managed policy of a new role", [newRole, attached("arn:aws:iam::aws:policy/ReadOnlyAccess")], {}, []],
    [
      "not by one that is taken away",
      [{ type: "aws_iam_role_policy_attachment", before: { role: "r", policy_arn: "arn:p" } }],
      {},
      [],
    ],
  ])("is told %s", (_what, changes, json, expected) => {
    expect(messagesOf(changes, json)).toEqual(expected);
  });
});

const secretsOf = (...principals: readonly string[]) => ({
  resource: {
    aws_secretsmanager_secret_policy: {
      it: {
        // biome-ignore-start lint/suspicious/noTemplateCurlyInString: references of Terraform's
        secret_arn: "${aws_secretsmanager_secret.shop.arn}",
        policy: policy(reads(principals, { Resource: "${aws_secretsmanager_secret.shop.arn}" })),
        // biome-ignore-end lint/suspicious/noTemplateCurlyInString: references of Terraform's
      },
    },
  },
});
const newSecret: readonly MadeChange[] = [
  { type: "aws_secretsmanager_secret", name: "shop", after: { name: "orders/shop" } },
  { type: "aws_secretsmanager_secret_policy", after: {}, unknown: { policy: true, secret_arn: true } },
];

describe("readers of a new secret", () => {
  it.each<[string, readonly MadeChange[], object, readonly string[]]>([
    ["not of the stack's own account", [newReader(reader(OWN))], ofAccount(OWN), []],
    [
      "of another account",
      [newReader(reader(OWN), reader(OTHER), OTHER)],
      ofAccount(OWN),
      [
        `Other accounts than the stack's own will be allowed to read the new secret \`arn:x\`: \`${OTHER}\`, \`${reader(OTHER)}\`.`,
      ],
    ],
    [
      "of another account than that of what is there",
      [
        newReader(reader(OTHER)),
        {
          type: "aws_lambda_function",
          before: { arn: `arn:aws:lambda:eu-west-1:${OWN}:function:f` },
          after: { arn: `arn:aws:lambda:eu-west-1:${OWN}:function:f` },
        },
      ],
      {},
      [`Other accounts than the stack's own will be allowed to read the new secret \`arn:x\`: \`${reader(OTHER)}\`.`],
    ],
    ["everybody", [newReader("*")], ofAccount(OWN), ["Everybody will be allowed to read the new secret `arn:x`."]],
    [
      "as the code has them where the plan does not know the policy",
      newSecret,
      { ...secretsOf(reader(OTHER)), ...ofAccount(OWN) },
      [
        `Other accounts than the stack's own will be allowed to read the new secret \`orders/shop\`: \`${reader(OTHER)}\`.`,
      ],
    ],
    [
      "whose account cannot be compared, once for all",
      [newReader(reader(OWN)), { ...newReader(reader(OTHER)), name: "second" }],
      {},
      [
        `Nothing tells the stack's own account yet, so these readers of new secrets may be of another one: \`${reader(OWN)}\`, \`${reader(OTHER)}\`.`,
      ],
    ],
    [
      "that cannot be told",
      [{ type: "aws_secretsmanager_secret_policy", after: { secret_arn: "arn:x", policy: "{" } }],
      {},
      ["Who may read the new secret `arn:x` cannot be told."],
    ],
    [
      "of another account who come to a secret that is there",
      [secretPolicy(policy(), policy(reads(reader(OTHER))))],
      ofAccount(OWN),
      [
        `More is allowed by the policy of the secret \`arn:x\` to \`${reader(OTHER)}\`: \`secretsmanager:GetSecretValue\`. Of another account: \`${reader(OTHER)}\`.`,
      ],
    ],
  ])("are told: %s", (_what, changes, json, expected) => {
    expect(messagesOf(changes, json)).toEqual(expected);
  });
});

describe("unwatchedAlerts", () => {
  const notesOf = (...changes: readonly MadeChange[]) => unwatchedAlerts(doneTo(planWith(changes)));

  it("notes the types of which nothing is compared, in one quiet line", () => {
    expect(
      notesOf(
        { type: "aws_sqs_queue", after: {} },
        { type: "aws_dynamodb_table", before: { a: 1 }, after: { a: 2 } },
        { type: "aws_sqs_queue", name: "second", after: {} },
        { type: "aws_lambda_function", after: {} },
      ),
    ).toEqual([
      {
        level: "note",
        message:
          "Not looked into, since the review knows nothing of their type: `aws_dynamodb_table`, `aws_sqs_queue`.",
      },
    ]);
  });

  it("notes nothing of what goes away, does not change, or is looked at", () => {
    expect(
      notesOf(
        { type: "aws_sqs_queue", before: { a: 1 } },
        { type: "aws_sns_topic", before: { a: 1 }, after: { a: 1 } },
        { type: "aws_cognito_user_pool_client", after: {} },
        { type: "aws_api_gateway_deployment", after: {} },
        newRole,
      ),
    ).toEqual([]);
  });
});
