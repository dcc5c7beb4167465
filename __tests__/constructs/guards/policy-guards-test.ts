import { Fn } from "cdktf";
import {
  ATTACHED_POLICIES,
  KEY_POLICIES,
  PRINCIPALS,
  RESOURCE_POLICIES,
} from "../../../constructs/contract/checked-types";
import { dataSource, findingsIn, refusalsOf, resource } from "../../support/guarded-stack";

type Statement = Readonly<Record<string, unknown>>;

const SINGLE = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/*" };
const json = (...Statement: readonly Statement[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const identity = (statement: Statement) =>
  findingsIn("aws_iam_role_policy", { policy: json({ ...SINGLE, ...statement }) });

describe("a policy of an identity", () => {
  it.each(["aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy"])(
    "is looked at as %s",
    (type) => {
      expect(findingsIn(type, { policy: json(SINGLE) })).toEqual([]);
      expect(findingsIn(type, { policy: json({ ...SINGLE, Action: "*" }) })).toEqual([
        'it allows "*", not single actions. Name each action.',
      ]);
    },
  );

  it.each([
    ["every action of a service", { Action: "s3:*" }, "s3:*"],
    ["some actions of a service", { Action: ["s3:GetObject", "s3:Put*"] }, "s3:Put*"],
    ["actions but for a letter", { Action: "s3:Get?bject" }, "s3:Get?bject"],
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

  it.each(["arn:aws:s3:::bucket/*", "$\x7baws_cloudwatch_log_group.logs.arn}:*", "$\x7baws_s3_bucket.b.arn}"])(
    "may allow something on %s",
    (Resource) => {
      expect(identity({ Resource })).toEqual([]);
    },
  );

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

  it.each([["xray:GetTraceSummaries"], ["xray:PutTraceSegments", "s3:GetObject"]])(
    "is refused when it allows %s on everything",
    (...Action) => {
      expect(identity({ Action, Resource: "*" })).toEqual([
        `it allows ${Action.join(", ")} on "*" instead of single resources. Name the ARNs.`,
      ]);
    },
  );

  it.each([
    ["is a function", Fn.jsonencode({ Statement: [SINGLE] })],
    ["has a variable for an action", json({ ...SINGLE, Action: "$\x7bvar.action}" })],
    ["has a local value for a resource", json({ ...SINGLE, Resource: "$\x7blocal.all}" })],
    ["has a literal within an expression", json({ ...SINGLE, Resource: '$\x7b"*"}' })],
    ["has a conditional", json({ ...SINGLE, Resource: '$\x7btrue ? "*" : aws_s3_bucket.b.arn}' })],
    ["has a directive", json({ ...SINGLE, Resource: "%\x7bif true}*%\x7bendif}" })],
    ["has a variable for its effect", json({ ...SINGLE, Effect: "$\x7bvar.effect}" })],
    ["has a variable that may end the text around it", json({ ...SINGLE, Sid: "$\x7bvar.sid}" })],
  ])("is refused when it %s", (_what, policy) => {
    expect(findingsIn("aws_iam_policy", { policy })).toEqual([
      "its policy cannot be read before deployment. Write it as JSON text or as a data source aws_iam_policy_document, without variables, locals, functions and dynamic blocks.",
    ]);
  });
});

describe("a reference within a policy", () => {
  const refusalsFor = (description: string, Resource: string) =>
    refusalsOf((stack) => {
      stack.addOverride("resource.aws_iam_role.other", { assume_role_policy: json(), description });
      resource(stack, "aws_iam_policy", { policy: json({ ...SINGLE, Resource }) });
    });

  it("stands for what the code sets", () => {
    const reference = "$\x7baws_iam_role.other.description}";

    expect(refusalsFor("arn:aws:s3:::bucket/*", reference)).toEqual([]);
    expect(refusalsFor("*", reference)).toHaveLength(1);
    expect(refusalsFor("$\x7bvar.all}", reference)).toHaveLength(1);
    expect(refusalsFor('arn:aws:s3:::b/*"], "NotAction": ["', reference)).toHaveLength(1);
  });

  it("stands for what AWS assigns, and for nothing else", () => {
    expect(refusalsFor("", "$\x7baws_iam_role.other.arn}")).toEqual([]);
    expect(refusalsFor("", "$\x7baws_iam_role.other[0].arn}")).toEqual([]);
    expect(refusalsFor("", "$\x7bdata.aws_ssm_parameter.p.value}")).toHaveLength(1);
    expect(refusalsFor("", "$\x7bterraform_data.all.output}")).toHaveLength(1);
    expect(refusalsFor("", "$\x7bdata.aws_arn.all.id}")).toHaveLength(1);
  });

  it("is not what IAM itself replaces", () => {
    expect(refusalsFor("", "arn:aws:s3:::bucket/$$\x7baws:username}/*")).toEqual([]);
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
    expect(refusalsFor({ source_policy_documents: "$\x7blocal.documents}" }, wide)).toHaveLength(1);
    expect(refusalsFor({ override_policy_documents: [json({ ...SINGLE, Action: "*" })] })).toHaveLength(1);
  });

  it.each<[string, Statement]>([
    ["an action", { actions: ["$\x7bvar.a}"] }],
    ["actions", { actions: "$\x7blocal.a}" }],
    ["a resource", { resources: ['$\x7b"*"}'] }],
    ["the effect", { effect: "$\x7bvar.e}" }],
    ["a principal", { principals: [{ type: "AWS", identifiers: ["$\x7blocal.everyone}"] }] }],
    ["principals", { dynamic: { principals: { for_each: [1], content: { type: "AWS", identifiers: ["*"] } } } }],
  ])("is refused when an expression decides about %s", (_what, changes) => {
    expect(refusalsFor({ statement: [{ ...ONE, ...changes }] })).toEqual([
      expect.stringContaining("its policy cannot be read before deployment"),
    ]);
  });

  it("is read as a list, and with references", () => {
    expect(refusalsFor({ statement: [[ONE, { sid: "one" }]] })).toEqual([]);
    expect(refusalsFor({ statement: { ...ONE, resources: ["$\x7baws_s3_bucket.b.arn}/*"] } })).toEqual([]);
    expect(refusalsFor({ statement: [[ONE, { not_actions: ["a:b"] }]] })).toHaveLength(1);
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

  it.each(["*", { AWS: "*" }, { AWS: ["arn:aws:iam::123456789012:root", "*"] }, { Service: "*" }])(
    "is refused when %j may assume it",
    (principal) => {
      expect(findings({ assume_role_policy: trust(principal) })).toEqual([
        'it allows the principal "*". Name the principals by ARN.',
      ]);
    },
  );

  it("is refused when every identity of a provider may assume it", () => {
    const Principal = { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" };
    const statement = { Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal };
    const Condition = { StringEquals: { "token.actions.githubusercontent.com:sub": "repo:acme/api" } };

    expect(findings({ assume_role_policy: json(statement) })).toEqual([
      `every identity of "${Principal.Federated}" may assume it. Add a condition on the provider's claims.`,
    ]);
    expect(findings({ assume_role_policy: json({ ...statement, Condition }) })).toEqual([]);
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
  const types = Object.keys(ATTACHED_POLICIES).filter((type) => type !== "aws_iam_role");
  const wide = "arn:aws:iam::aws:policy/AmazonS3FullAccess";

  it.each(types)("is refused when it is AWS's for everything, as %s", (type) => {
    const attribute = ATTACHED_POLICIES[type] ?? "";

    expect(findingsIn(type, { [attribute]: wide })).toHaveLength(1);
    expect(findingsIn(type, { [attribute]: '$\x7b"arn:aws:iam::aws:policy/AdministratorAccess"}' })).toHaveLength(1);
    expect(findingsIn(type, { [attribute]: "$\x7baws_iam_policy.own.arn}" })).toEqual([]);
  });

  it.each([
    [{ name: "AdministratorAccess" }, 1],
    [{ arn: wide }, 1],
    [{ name: "$\x7bvar.policy}" }, 1],
    [{ name: "read-orders" }, 0],
  ])("is looked up by a data source with %j: %d findings", (attributes, count) => {
    const lines = refusalsOf((stack) => {
      dataSource(stack, "aws_iam_policy", attributes);
      const policy_arn = "$\x7bdata.aws_iam_policy.data.arn}";
      resource(stack, "aws_iam_role_policy_attachment", { role: "r", policy_arn });
    });

    expect(lines).toHaveLength(count);
  });
});

describe("a policy of a thing", () => {
  const types = Object.entries(RESOURCE_POLICIES);
  const at = (path: string, value: unknown): Statement => {
    const [name = "", ...rest] = path.split(".");
    return { [name]: rest.length === 0 ? value : [at(rest.join("."), value)] };
  };
  const whole = { aws_sns_topic: { kms_master_key_id: "alias/aws/sns" } };
  const findings = (type: string, path: string, statement: Statement) =>
    findingsIn(type, {
      ...Object(Object.entries(whole).find(([one]) => one === type)?.[1]),
      ...at(path, json(statement)),
    });
  const reader = { AWS: "arn:aws:iam::123456789012:role/reader" };

  it.each(types)("may name one reader of everything that the thing is, as %s", (type, path) => {
    expect(findings(type, path, { ...SINGLE, Resource: "*", Principal: reader })).toEqual([]);
  });

  it.each(types)("is refused when everybody may, as %s", (type, path) => {
    expect(findings(type, path, { ...SINGLE, Principal: { AWS: "*" } })).toEqual([
      'it allows the principal "*". Name the principals by ARN.',
    ]);
    expect(findings(type, path, { ...SINGLE, Principal: { AWS: "$\x7blocal.everyone}" } })).toHaveLength(1);
  });

  it("is refused for a wildcard in an action", () => {
    const policy = json({ ...SINGLE, Action: "secretsmanager:*", Principal: reader });

    expect(findingsIn("aws_secretsmanager_secret_policy", { policy })).toHaveLength(1);
  });

  it.each(Object.keys(KEY_POLICIES))("may give a key's account everything, but not everybody, as %s", (type) => {
    const all = { Effect: "Allow", Action: "kms:*", Resource: "*" };
    const root = { AWS: "arn:aws:iam::123456789012:root" };

    expect(findingsIn(type, { policy: json({ ...all, Principal: root }) })).toEqual([]);
    expect(findingsIn(type, { policy: json({ ...all, Principal: "*" }) })).toHaveLength(1);
  });
});

describe("a principal outside of a policy", () => {
  it.each(Object.entries(PRINCIPALS))("is named, as %s", (type, attribute) => {
    expect(findingsIn(type, { [attribute]: "arn:aws:iam::123456789012:role/reader" })).toEqual([]);
    expect(findingsIn(type, { [attribute]: "*" })).toEqual([
      `${attribute} is "*". Name the principals by ARN or account.`,
    ]);
    expect(findingsIn(type, { [attribute]: ["$\x7blocal.everyone}"] })).toEqual([
      `${attribute} is "$\x7blocal.everyone}", which cannot be checked before deployment. Name the principals by ARN or account.`,
    ]);
  });
});
