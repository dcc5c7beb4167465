import { Fn } from "cdktf";
import { dataSource, findingsIn, refusalsOf, resource } from "../../support/guarded-stack";

type Statement = Readonly<Record<string, unknown>>;

const SINGLE = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/*" };
const json = (...Statement: readonly Statement[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const identity = (statement: Statement) =>
  findingsIn("aws_iam_role_policy", { policy: json({ ...SINGLE, ...statement }) });

describe("a policy of an identity", () => {
  it.each([
    "aws_iam_policy",
    "aws_iam_role_policy",
    "aws_iam_user_policy",
    "aws_iam_group_policy",
  ])("is looked at as %s", (type) => {
    expect(findingsIn(type, { policy: json(SINGLE) })).toEqual([]);
    expect(findingsIn(type, { policy: json({ ...SINGLE, Action: "*" }) })).toEqual([
      'it allows "*", not single actions. Name each action.',
    ]);
  });

  it.each([
    ["every action of a service", { Action: "s3:*" }, "s3:*"],
    ["some actions of a service", { Action: ["s3:GetObject", "s3:Put*"] }, "s3:Put*"],
    ["actions but for a letter", { Action: "s3:Get?bject" }, "s3:Get?bject"],
    ["what nobody knows yet", { Action: "$\x7bvar.action}" }, "$\x7bvar.action}"],
    ["actions in IAM's other spelling", { Action: undefined, action: "s3:*" }, "s3:*"],
  ])("is refused when it allows %s", (_what, statement, shown) => {
    expect(identity(statement)).toEqual([`it allows "${shown}", not single actions. Name each action.`]);
  });

  it.each([
    "*",
    "**",
    "arn:aws:s3:::*",
    "arn:aws:logs:*:*:*",
    "arn:*",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:*",
    "arn:aws:dynamodb:eu-west-1:123456789012:table/?*",
    "arn:aws:sqs:*:*:queue",
    "arn:aws:iam::*:role/reader",
    "arn:$\x7bdata.aws_partition.p.partition}:s3:::*",
  ])("is refused when it allows something on %s", (Resource) => {
    expect(identity({ Resource })).toEqual([
      `it allows s3:GetObject on "${Resource}" instead of single resources. Name the ARNs.`,
    ]);
  });

  it.each([
    "arn:aws:s3:::bucket/*",
    "$\x7baws_cloudwatch_log_group.logs.arn}:*",
    "$\x7baws_s3_bucket.b.arn}",
  ])("may allow something on %s", (Resource) => {
    expect(identity({ Resource })).toEqual([]);
  });

  it.each(["NotAction", "NotResource"])("is refused with %s", (element) => {
    const { Effect, ...rest } = SINGLE;
    const kept = element === "NotAction" ? { Resource: rest.Resource } : { Action: rest.Action };

    expect(findingsIn("aws_iam_policy", { policy: json({ Effect, ...kept, [element]: "s3:GetObject" }) })).toEqual([
      `it allows all ${element.replace("Not", "").toLowerCase()}s except those in ${element}. Name what it allows instead.`,
    ]);
  });

  it("may deny everything", () => {
    expect(identity({ Effect: "Deny", Action: "*", Resource: "*" })).toEqual([]);
    expect(identity({ Effect: "Deny", Action: undefined, NotAction: "s3:GetObject" })).toEqual([]);
  });

  it("is refused for every statement", () => {
    const policy = json({ ...SINGLE, Action: "s3:*" }, { ...SINGLE, Action: "sqs:*", Resource: "*" });

    expect(findingsIn("aws_iam_policy", { policy })).toHaveLength(3);
  });

  it("may be one statement instead of a list", () => {
    expect(
      findingsIn("aws_iam_policy", { policy: JSON.stringify({ Statement: { ...SINGLE, Action: "*" } }) }),
    ).toHaveLength(1);
  });

  it("may send traces, which AWS lets nobody limit", () => {
    expect(identity({ Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource: "*" })).toEqual([]);
  });

  it.each([
    ["xray:GetTraceSummaries"],
    ["xray:PutTraceSegments", "s3:GetObject"],
  ])("is refused when it allows %s on everything", (...Action) => {
    expect(identity({ Action, Resource: "*" })).toEqual([
      `it allows ${Action.join(", ")} on "*" instead of single resources. Name the ARNs.`,
    ]);
  });

  it("is refused when nobody can read it yet", () => {
    expect(findingsIn("aws_iam_policy", { policy: Fn.jsonencode({ Statement: [SINGLE] }) })).toEqual([
      "its policy cannot be read before deployment. Write it as JSON text or as a data source aws_iam_policy_document.",
    ]);
  });
});

describe("a policy from aws_iam_policy_document", () => {
  const ONE = { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::bucket/*"] };
  const refusalsFor = (...documents: readonly Statement[]) =>
    refusalsOf((stack) => {
      for (const [index, document] of documents.entries()) {
        dataSource(stack, "aws_iam_policy_document", document, `data${index}`);
      }
      resource(stack, "aws_iam_policy", { policy: "$\x7bdata.aws_iam_policy_document.data0.json}" });
    });

  it("passes with single actions on named resources", () => {
    expect(refusalsFor({ statement: [ONE] })).toEqual([]);
  });

  it.each([
    ["an action", { ...ONE, actions: ["s3:*"] }, 'it allows "s3:*", not single actions. Name each action.'],
    [
      "a resource",
      { ...ONE, resources: ["*"] },
      'it allows s3:GetObject on "*" instead of single resources. Name the ARNs.',
    ],
    [
      "a negation",
      { resources: ONE.resources, not_actions: ["iam:PassRole"] },
      "it allows all actions except those in NotAction. Name what it allows instead.",
    ],
  ])("is refused where it is used for %s", (_what, statement, finding) => {
    expect(refusalsFor({ statement: [statement] })).toEqual([`dev/it (aws_iam_policy): ${finding}`]);
  });

  it("is refused for what it merges", () => {
    const merged = "$\x7bdata.aws_iam_policy_document.data1.json}";
    const wide = { statement: [{ ...ONE, actions: ["*"] }] };

    expect(refusalsFor({ source_policy_documents: [merged] }, wide)).toHaveLength(1);
    expect(refusalsFor({ override_policy_documents: [merged] }, wide)).toHaveLength(1);
    expect(refusalsFor({ source_policy_documents: ["$\x7bvar.document}"] }, wide)).toHaveLength(1);
  });

  it("is refused when there is none, or its statements are dynamic", () => {
    expect(refusalsFor()).toHaveLength(1);
    expect(refusalsFor({ dynamic: { statement: { for_each: "$\x7bvar.all}", content: {} } } })).toHaveLength(1);
  });
});

describe("aws_iam_role", () => {
  const trust = (Principal: unknown) => json({ Effect: "Allow", Action: "sts:AssumeRole", Principal });
  const findings = (changes: Statement) =>
    findingsIn("aws_iam_role", { assume_role_policy: trust({ Service: "lambda.amazonaws.com" }), ...changes });

  it("may be assumed by a service", () => {
    expect(findings({})).toEqual([]);
  });

  it.each([
    "*",
    { AWS: "*" },
    { AWS: ["arn:aws:iam::123456789012:root", "*"] },
    { Service: "*" },
  ])("is refused when %j may assume it", (principal) => {
    expect(findings({ assume_role_policy: trust(principal) })).toEqual([
      'it allows the principal "*". Name the principals by ARN.',
    ]);
  });

  it("is refused when all but one may assume it", () => {
    const policy = json({ Effect: "Allow", Action: "sts:AssumeRole", NotPrincipal: { AWS: "123456789012" } });

    expect(findings({ assume_role_policy: policy })).toHaveLength(1);
  });

  it("is refused for its inline policies", () => {
    expect(findings({ inline_policy: [{ name: "a", policy: json({ ...SINGLE, Action: "*" }) }] })).toEqual([
      'it allows "*", not single actions. Name each action.',
    ]);
  });

  it("is refused for AWS's policies for everything", () => {
    const [narrow, wide] = ["service-role/AWSLambdaVPCAccessExecutionRole", "AdministratorAccess"].map(
      (name) => `arn:aws:iam::aws:policy/${name}`,
    );

    expect(findings({ managed_policy_arns: [narrow, wide] })).toEqual([
      `it attaches "${wide}", which contains wildcards. Write a policy with the actions and ARNs that are needed.`,
    ]);
  });
});

describe("an attached policy", () => {
  const types = ["role_policy", "user_policy", "group_policy", "policy"].map((kind) => `aws_iam_${kind}_attachment`);

  it.each(types)("is refused when it is AWS's for everything, as %s", (type) => {
    expect(findingsIn(type, { policy_arn: "arn:aws:iam::aws:policy/AmazonS3FullAccess" })).toHaveLength(1);
    expect(findingsIn(type, { policy_arn: "$\x7baws_iam_policy.own.arn}" })).toEqual([]);
  });
});

describe("a policy of a thing", () => {
  const types = [
    "aws_secretsmanager_secret_policy",
    "aws_secretsmanager_secret",
    "aws_s3_bucket_policy",
    "aws_sns_topic_policy",
    "aws_sqs_queue_policy",
  ];
  const reader = { AWS: "arn:aws:iam::123456789012:role/reader" };

  it.each(types)("may name one reader of everything that the thing is, as %s", (type) => {
    expect(findingsIn(type, { policy: json({ ...SINGLE, Resource: "*", Principal: reader }) })).toEqual([]);
  });

  it.each(types)("is refused when everybody may, as %s", (type) => {
    expect(findingsIn(type, { policy: json({ ...SINGLE, Principal: { AWS: "*" } }) })).toEqual([
      'it allows the principal "*". Name the principals by ARN.',
    ]);
  });

  it("is refused for a wildcard in an action", () => {
    const policy = json({ ...SINGLE, Action: "secretsmanager:*", Principal: reader });

    expect(findingsIn("aws_secretsmanager_secret_policy", { policy })).toHaveLength(1);
  });

  it.each([
    "aws_kms_key",
    "aws_kms_key_policy",
  ])("may give a key's account everything, but not everybody, as %s", (type) => {
    const whole = { Effect: "Allow", Action: "kms:*", Resource: "*" };
    const root = { AWS: "arn:aws:iam::123456789012:root" };

    expect(findingsIn(type, { policy: json({ ...whole, Principal: root }) })).toEqual([]);
    expect(findingsIn(type, { policy: json({ ...whole, Principal: "*" }) })).toHaveLength(1);
  });
});
