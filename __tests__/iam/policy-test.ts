import {
  accountOf,
  addedGrants,
  isAboutAction,
  isConditional,
  isEveryAction,
  isEveryResource,
  isPublic,
  readPolicy,
  type Statement,
} from "../../iam/policy";

const OWN = "111111111111";
const policy = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allows = (more: object) => ({ Effect: "Allow", ...more });

const only = (statement: object): Statement => {
  const [found, ...others] = readPolicy({ Statement: statement }) ?? [];
  if (found === undefined || others.length > 0) throw new Error("not one statement");
  return found;
};

describe("readPolicy", () => {
  const none = { principals: [], actions: [], resources: [] };
  const read = {
    sid: undefined,
    effect: "Allow",
    principals: [],
    actions: ["s3:GetObject"],
    resources: ["arn:b"],
    except: none,
    conditions: {},
  };

  it.each<[string, unknown]>([
    ["an object", { Statement: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:b"] }] }],
    [
      "JSON, one statement and single values",
      '{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:b"}}',
    ],
    ["elements in another case", { statement: [{ effect: "Allow", ACTION: "s3:GetObject", resource: "arn:b" }] }],
  ])("reads %s", (_what, given) => {
    expect(readPolicy(given)).toEqual([read]);
  });

  it("reads principals, exceptions and conditions", () => {
    const Principal = { AWS: [OWN, "222222222222"], Service: "lambda.amazonaws.com" };
    const Condition = { Bool: { "aws:SecureTransport": false }, StringEquals: { "aws:ResourceTag/a": ["x", "y"] } };
    const statement = { Sid: "a", Effect: "Deny", Principal, NotAction: "s3:*", NotResource: ["arn:b"], Condition };

    expect(only(statement)).toEqual({
      sid: "a",
      effect: "Deny",
      principals: [
        { type: "AWS", id: OWN },
        { type: "AWS", id: "222222222222" },
        { type: "Service", id: "lambda.amazonaws.com" },
      ],
      actions: [],
      resources: [],
      except: { principals: [], actions: ["s3:*"], resources: ["arn:b"] },
      conditions: { Bool: { "aws:SecureTransport": ["false"] }, StringEquals: { "aws:ResourceTag/a": ["x", "y"] } },
    });
    expect(only(allows({ Principal: "*" })).principals).toEqual([{ type: "AWS", id: "*" }]);
    expect(only(allows({ NotPrincipal: { AWS: OWN } })).except.principals).toEqual([{ type: "AWS", id: OWN }]);
  });

  it.each([undefined, null, ""])("reads %j as a policy without statements", (given) => {
    expect(readPolicy(given)).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["text that is not JSON", "{"],
    ["an expression of Terraform", "$\x7baws_iam_policy.p.policy}"],
    ["a list", "[]"],
    ["a document without statements", {}],
    ["a statement that is a text", { Statement: ["Allow"] }],
    ["a statement without effect", { Statement: [{ Action: "*" }] }],
    ["an effect that IAM does not know", { Statement: [{ Effect: "allow", Action: "*" }] }],
    ["an action that is not a text", { Statement: [{ Effect: "Allow", Action: [{}] }] }],
    ["an element that is written twice", { Statement: [{ Effect: "Allow", Action: "s3:GetObject", action: "*" }] }],
  ])("does not read %s", (_what, given) => {
    expect(readPolicy(given)).toBeUndefined();
  });
});

describe("addedGrants", () => {
  const reader = { Principal: { AWS: "arn:a" }, Action: "s3:GetObject", Resource: "arn:b" };
  const mayRead = allows(reader);
  const limited = { ...mayRead, Condition: { Bool: { x: "true" } } };
  const granted = { principals: ["arn:a"], actions: ["s3:GetObject"], resources: ["arn:b"] };

  it.each<[string, string, string, object]>([
    ["a new policy", "", policy(mayRead), granted],
    ["another principal", policy(mayRead), policy(allows({ ...reader, Principal: "*" })), { principals: ["*"] }],
    [
      "all but a principal",
      "",
      policy(allows({ ...reader, Principal: undefined, NotPrincipal: "x" })),
      { principals: ["*"] },
    ],
    [
      "another action",
      policy(mayRead),
      policy(allows({ ...reader, Action: ["s3:GetObject", "s3:*"] })),
      { actions: ["s3:*"] },
    ],
    ["all but an action", "", policy(allows({ ...reader, Action: undefined, NotAction: "x:y" })), { actions: ["*"] }],
    [
      "all but a resource",
      "",
      policy(allows({ ...reader, Resource: undefined, NotResource: "x" })),
      { resources: ["*"] },
    ],
    [
      "a wider pattern",
      policy(allows({ Action: "s3:Get?" })),
      policy(allows({ Action: "s3:Get*" })),
      { actions: ["s3:Get*"] },
    ],
    ["a dropped condition", policy(limited), policy(mayRead), granted],
    ["a dropped denial", policy({ ...mayRead, Effect: "Deny" }), "", granted],
    [
      "a denial with a new exception",
      policy({ Effect: "Deny", Action: "s3:*" }),
      policy({ Effect: "Deny", Action: "s3:Get*" }),
      { actions: ["s3:*"] },
    ],
    [
      "a service in place of an account's principal",
      policy(mayRead),
      policy(allows({ ...reader, Principal: { Service: "arn:a" } })),
      granted,
    ],
  ])("returns %s", (_what, before, after, expected) => {
    expect(addedGrants(before, after)).toMatchObject(expected);
  });

  it.each<[string, string, string]>([
    ["fewer principals", policy(allows({ ...reader, Principal: { AWS: ["arn:a", "arn:b"] } })), policy(mayRead)],
    ["a named principal in place of every one", policy(allows({ ...reader, Principal: "*" })), policy(mayRead)],
    ["a part of a pattern", policy(allows({ ...reader, Action: "s3:*", Resource: "*" })), policy(mayRead)],
    ["an action in another case", policy(mayRead), policy(allows({ ...reader, Action: "S3:getObject" }))],
    [
      "an account in place of its root",
      policy(allows({ ...reader, Principal: { AWS: OWN } })),
      policy(allows({ ...reader, Principal: { AWS: `arn:aws:iam::${OWN}:root` } })),
    ],
    ["a new condition", policy(mayRead), policy(limited)],
    ["a new denial", policy(mayRead), policy(mayRead, { ...mayRead, Effect: "Deny" })],
    [
      "the same in another order",
      policy(mayRead, limited),
      policy({ ...limited, Condition: { Bool: { x: ["true"] } } }, mayRead),
    ],
    ["two texts that cannot be read and are the same", "{", "{"],
  ])("returns nothing for %s", (_what, before, after) => {
    expect(addedGrants(before, after)).toBeUndefined();
  });

  it("returns empty lists when a policy cannot be read", () => {
    expect(addedGrants(policy(), "{")).toEqual({ principals: [], actions: [], resources: [] });
  });
});

describe("isPublic and isConditional", () => {
  it.each<[object, boolean]>([
    [{ Principal: "*" }, true],
    [{ Principal: { AWS: ["arn:a", "*"] } }, true],
    [{ NotPrincipal: { AWS: OWN } }, true],
    [{ Principal: "*", Effect: "Deny" }, false],
    [{ Principal: { AWS: "arn:a" } }, false],
    [{ Action: "*" }, false],
  ])("%j is open to every principal: %s", (statement, expected) => {
    expect(isPublic(only({ Effect: "Allow", ...statement }))).toBe(expected);
  });

  it.each<[object, boolean]>([
    [{}, false],
    [{ StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } }, false],
    [{ Bool: { "lambda:InvokedViaFunctionUrl": true } }, false],
    [{ StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } }, true],
    [{ StringEquals: { "lambda:FunctionUrlAuthType": "NONE", "aws:SourceAccount": OWN } }, true],
    [{ StringEquals: { "aws:SourceAccount": "" } }, true],
  ])("the condition %j excludes callers: %s", (Condition, expected) => {
    expect(isConditional(only(allows({ Principal: "*", Condition })))).toBe(expected);
  });
});

describe("isAboutAction", () => {
  it.each<[object, boolean]>([
    [{ Action: "STS:assumerole" }, true],
    [{ Action: ["s3:*", "sts:Assume*"] }, true],
    [{ Action: "sts:AssumeRoleWithSAML" }, false],
    [{ NotAction: "s3:*" }, true],
    [{ NotAction: "sts:*" }, false],
    [{}, false],
  ])("%j is about sts:AssumeRole: %s", (statement, expected) => {
    expect(isAboutAction(only(allows(statement)), "sts:AssumeRole")).toBe(expected);
  });
});

describe("isEveryAction, isEveryResource and accountOf", () => {
  it.each([
    ["*", true],
    ["s3:*", true],
    ["s3:Get*", false],
  ])("action %s: %s", (action, expected) => {
    expect(isEveryAction(action)).toBe(expected);
  });

  it.each([
    ["*", true],
    ["arn:aws:s3:::*", true],
    ["arn:aws:sqs:*:*:queue", true],
    ["arn:aws:s3:::bucket/*", false],
    ["$\x7baws_cloudwatch_log_group.logs.arn}:*", false],
  ])("resource %s: %s", (resource, expected) => {
    expect(isEveryResource(resource)).toBe(expected);
  });

  it.each([
    [OWN, OWN],
    [`arn:aws:iam::${OWN}:role/a`, OWN],
    [`arn:aws-cn:sts::${OWN}:assumed-role/a/b`, OWN],
    ["lambda.amazonaws.com", undefined],
    ["*", undefined],
  ])("account of %s: %s", (principal, expected) => {
    expect(accountOf(principal)).toBe(expected);
  });
});
