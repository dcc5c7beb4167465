/**
 * Answers that were recorded on AWS, with the requests that they answer.
 *
 * @see https://github.com/localstack/localstack/blob/main/tests/aws/services/lambda_/test_lambda_api.snapshot.json
 */
import { Buffer } from "node:buffer";
import { strToU8, zipSync } from "fflate";
import { text } from "../../../../emulator/terraform/attributes";
import { Examples } from "../../../support/examples";
import { Operations } from "../../../support/operations";
import { functionZip, NOW, openAccount, REGION, Workspace } from "../../../support/workspace";

const FunctionName = "orders";
const ARN = `arn:aws:lambda:${REGION}:123456789012:function:`;
const OTHER_ZIP = zipSync({ "index.js": strToU8("exports.handler = async () => 2") });
const NAMESPACED =
  "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";
const PLAIN =
  "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?";

let now: number;
let examples: Examples;
let role: string;
let lambda: Operations;
beforeEach(async () => {
  now = NOW;
  examples = new Examples(new Workspace(openAccount({ clock: () => now })));
  role = text(await examples.make("aws_iam_role"), "arn");
  lambda = new Operations(examples.workspace, "lambda");
});

const input = (changes: object = {}) => ({
  FunctionName,
  Role: role,
  Runtime: "nodejs22.x",
  Handler: "index.handler",
  Code: { ZipFile: functionZip },
  ...changes,
});
const create = (changes: object = {}) => lambda.call("CreateFunction", input(changes));
const pattern = (value: string, of: string) =>
  `Value '${value}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${of}`;
const tooLong = (member: string, value: string, length: number) =>
  `Value '${value}' at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${length}`;
const one = (violation: string) => `1 validation error detected: ${violation}`;
/** Count and violations of a text; the recordings do not keep their order. */
const violations = (message: string) => {
  const [count, ...texts] = message.split(/ validation errors? detected: |; (?=Value )/);
  return [count, ...texts.sort()];
};
const notFound = (path: string) => ["ResourceNotFoundException", `Function not found: ${ARN}${path}`];

describe("names and qualifiers", () => {
  const a65 = "a".repeat(65);
  const a129 = "a".repeat(129);
  const mismatch = [
    "InvalidParameterValueException",
    "The derived qualifier from the function name does not match the specified qualifier.",
  ];

  it.each([
    "*",
    "my-function!",
    "invalid-account:function:my-function",
    "arn:aws:lambda:invalid-region:123456789012:function:my-function",
    "arn:aws:ec2:eu-west-1:123456789012:instance:i-1234567890abcdef0",
    `${ARN}my-function:1:2`,
    "function:my-function:$LATEST:extra",
    "arn:aws:lambda::123456789012:function:my-function",
    `arn:aws:lambda:${REGION}::function:my-function`,
    `${ARN}my-function:$LATES`,
    `arn:aws:lambda:invalid-region:123456789012:function:my-function${"a".repeat(170)}`,
  ])("%s is not a name", async (name) => {
    const refusal = ["ValidationException", one(pattern(name, NAMESPACED))];
    for (const operation of ["GetFunction", "DeleteFunction", "Invoke"]) {
      expect(await lambda.refusal(operation, { FunctionName: name })).toEqual(refusal);
    }
  });

  it("are refused with every constraint that a creation breaks", async () => {
    const name = `arn:aws:lambda:invalid-region:123456789012:function:my-function${"a".repeat(170)}`;

    const [error, message] = await lambda.refusal("CreateFunction", input({ FunctionName: name }));

    expect([error, ...violations(message)]).toEqual([
      "ValidationException",
      "2",
      tooLong("functionName", name, 140),
      pattern(name, PLAIN),
    ]);
    expect(await lambda.refusal("CreateFunction", input({ FunctionName: a65 }))).toEqual([
      "InvalidParameterValueException",
      one(tooLong("functionName", a65, 64)),
    ]);
  });

  it("are refused with the constraints of both", async () => {
    const name = `arn:aws:lambda:invalid-region:123456789012:function:my-function${"a".repeat(170)}`;

    expect(await lambda.refusal("GetFunction", { FunctionName: "my-function", Qualifier: a129 })).toEqual([
      "ValidationException",
      one(tooLong("qualifier", a129, 128)),
    ]);
    const [error, message] = await lambda.refusal("GetFunction", { FunctionName: name, Qualifier: a129 });
    expect([error, ...violations(message)]).toEqual([
      "ValidationException",
      "2",
      tooLong("qualifier", a129, 128),
      pattern(name, NAMESPACED),
    ]);
  });

  it.each([
    ["GetFunction", a65, undefined, notFound(a65)],
    ["DeleteFunction", a65, undefined, notFound(a65)],
    ["Invoke", a65, undefined, notFound(`${a65}:$LATEST`)],
    ["GetFunction", "my-function", a65, notFound(`my-function:${a65}`)],
    [
      "DeleteFunction",
      "my-function",
      a65,
      ["InvalidParameterValueException", "Deletion of aliases is not currently supported."],
    ],
    ["GetFunction", ARN.slice(0, -1), undefined, notFound("function")],
    ["Invoke", ARN.slice(0, -1), undefined, notFound("function:$LATEST")],
    ["GetFunction", "my-function", "$latest", notFound("my-function:$latest")],
    ["DeleteFunction", "my-function", "$latest", notFound("my-function")],
    ["Invoke", "my-function", "$latest", notFound("my-function:$latest")],
    ["GetFunction", "my-function:$LATEST", "1", mismatch],
    ["DeleteFunction", "my-function:$LATEST", "1", mismatch],
    ["Invoke", "my-function:$LATEST", "1", mismatch],
    [
      "DeleteFunction",
      "my-function:$LATEST",
      "$LATEST",
      ["InvalidParameterValueException", "$LATEST version cannot be deleted without deleting the function."],
    ],
  ])("%s of %s and %s", async (operation, name, Qualifier, refusal) => {
    const given = Qualifier === undefined ? {} : { Qualifier };

    expect(await lambda.refusal(operation, { FunctionName: name, ...given })).toEqual(refusal);
  });

  it.each([
    "GetFunction",
    "GetFunctionConfiguration",
    "GetFunctionUrlConfig",
    "GetFunctionCodeSigningConfig",
    "GetFunctionConcurrency",
    "DeleteFunction",
    "Invoke",
  ])("%s reaches no function of another region", async (operation) => {
    const name = `arn:aws:lambda:us-east-1:123456789012:function:${FunctionName}`;

    expect(await lambda.refusal(operation, { FunctionName: name })).toEqual([
      "ResourceNotFoundException",
      `Functions from 'us-east-1' are not reachable in this region ('${REGION}')`,
    ]);
  });

  it.each([
    ["GetFunction", `Function not found: ${ARN}gone`],
    ["GetFunctionCodeSigningConfig", `Function not found: ${ARN}gone`],
    ["GetFunctionConcurrency", `Function not found: ${ARN}gone`],
    ["GetFunctionUrlConfig", "The resource you requested does not exist."],
    ["GetPolicy", "The resource you requested does not exist."],
  ])("%s of a function that is not there", async (operation, message) => {
    expect(await lambda.refusal(operation, { FunctionName: "gone" })).toEqual(["ResourceNotFoundException", message]);
  });
});

describe("a function", () => {
  it("is pending in the answer to its creation and active from then on, with another revision", async () => {
    const created = await create();
    const read = await lambda.call("GetFunctionConfiguration", { FunctionName });
    const { State, StateReason, StateReasonCode, RevisionId, ...rest } = created;

    expect([State, StateReason, StateReasonCode]).toEqual(["Pending", "The function is being created.", "Creating"]);
    expect(created).not.toHaveProperty("LastUpdateStatus");
    expect(created).not.toHaveProperty("Environment");
    expect(read).toEqual({
      ...rest,
      State: "Active",
      LastUpdateStatus: "Successful",
      RevisionId: expect.not.stringContaining(String(RevisionId)),
    });
  });

  it("keeps an empty environment, and tells of no tags that it does not have", async () => {
    await create({ Environment: { Variables: {} } });
    const found = await lambda.call("GetFunction", { FunctionName });

    expect(found["Configuration"]).toHaveProperty("Environment", { Variables: {} });
    expect(Object.keys(found).sort()).toEqual(["Code", "Configuration"]);
    expect(await lambda.call("ListTags", { Resource: `${ARN}orders` })).toEqual({ Tags: {} });
  });

  it("has the version in the answer when it is published at once", async () => {
    expect(await create({ Publish: true })).toMatchObject({ FunctionArn: `${ARN}orders`, Version: "1" });
    expect(await lambda.call("PublishVersion", { FunctionName })).toMatchObject({
      FunctionArn: `${ARN}orders:1`,
      Version: "1",
      State: "Active",
      LastUpdateStatus: "Successful",
    });
  });

  it.each([
    [{ Role: "r1" }, "ValidationException", /^1 validation error detected: Value 'r1' at 'role' failed/],
    [
      { Architectures: ["x86_64", "arm64"] },
      "ValidationException",
      "1 validation error detected: Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member must have length less than or equal to 1",
    ],
    [
      { Architectures: ["X86_64"] },
      "ValidationException",
      "1 validation error detected: Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
    ],
    [
      { Runtime: "PYTHON3.9" },
      "InvalidParameterValueException",
      "Value PYTHON3.9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, java25, python3.10, python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, java17, nodejs16.x, dotnet10, dotnet8, java11, dotnet6, nodejs18.x, provided.al2, java8.al2] or be a valid ARN",
    ],
    [
      { Code: { ZipFile: Buffer.from("this is not a zipfile") } },
      "InvalidParameterValueException",
      "Could not unzip uploaded file. Please check your file, then try to upload again.",
    ],
    [
      { SnapStart: { ApplyOn: "invalidOption" } },
      "ValidationException",
      "1 validation error detected: Value 'invalidOption' at 'snapStart.applyOn' failed to satisfy constraint: Member must satisfy enum value set: [PublishedVersions, None]",
    ],
    [
      { Tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`key-${index}`, ""])) },
      "InvalidParameterValueException",
      "Number of tags exceeds resource tag limit.",
    ],
  ])("is refused with %j", async (changes, name, message) => {
    const [error, said] = await lambda.refusal("CreateFunction", input(changes));

    expect(error).toBe(name);
    expect(said).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  });

  it("has the revision that an update demands, or is not updated", async () => {
    await create();
    const wrong = { FunctionName, RevisionId: "wrong" };
    const refusal = [
      "PreconditionFailedException",
      "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
    ];

    expect(await lambda.refusal("UpdateFunctionConfiguration", wrong)).toEqual(refusal);
    expect(await lambda.refusal("UpdateFunctionCode", { ...wrong, ZipFile: OTHER_ZIP })).toEqual(refusal);
    expect(await lambda.refusal("PublishVersion", wrong)).toEqual(refusal);
  });

  it("is tagged by its own ARN alone", async () => {
    await create({ Publish: true });
    const Tags = { team: "orders" };
    const refusal = [
      "InvalidParameterValueException",
      "Tags on function aliases and versions are not supported. Please specify a function ARN.",
    ];

    expect(await lambda.refusal("TagResource", { Resource: `${ARN}orders:1`, Tags })).toEqual(refusal);
    expect(await lambda.refusal("TagResource", { Resource: `${ARN}orders:$LATEST`, Tags })).toEqual(refusal);
    expect(await lambda.refusal("TagResource", { Resource: `${ARN}orders`, Tags: {} })).toEqual([
      "InvalidParameterValueException",
      "An error occurred and the request cannot be processed.",
    ]);
    expect(await lambda.refusal("ListTags", { Resource: `${ARN}gone` })).toEqual(notFound("gone"));
    await lambda.call("TagResource", { Resource: `${ARN}orders`, Tags });
    expect(await lambda.call("GetFunction", { FunctionName })).toHaveProperty("Tags", Tags);
    await lambda.call("UntagResource", { Resource: `${ARN}orders`, TagKeys: ["team", "none"] });
    expect(await lambda.call("GetFunction", { FunctionName })).not.toHaveProperty("Tags");
  });

  it("has levels of its logs only when they are in JSON", async () => {
    const logging = async (given?: object) => {
      if (given !== undefined) await lambda.call("UpdateFunctionConfiguration", { FunctionName, LoggingConfig: given });
      return (await lambda.call("GetFunctionConfiguration", { FunctionName }))["LoggingConfig"];
    };
    const group = { LogGroup: "/aws/lambda/orders" };
    await create();

    expect(await logging()).toEqual({ LogFormat: "Text", ...group });
    expect(await logging({ LogFormat: "JSON", ApplicationLogLevel: "DEBUG" })).toEqual({
      LogFormat: "JSON",
      ApplicationLogLevel: "DEBUG",
      SystemLogLevel: "INFO",
      ...group,
    });
    expect(await logging({ LogGroup: "cool_lambda" })).toMatchObject({ LogFormat: "JSON", LogGroup: "cool_lambda" });
    expect(await logging({ LogFormat: "Text" })).toEqual({ LogFormat: "Text", LogGroup: "cool_lambda" });
  });

  it("has reserved concurrency, which leaves 100 to all others", async () => {
    await create({ Publish: true });
    const put = (ReservedConcurrentExecutions: number, name: string = FunctionName) => ({
      FunctionName: name,
      ReservedConcurrentExecutions,
    });

    expect(await lambda.call("PutFunctionConcurrency", put(0))).toEqual({ ReservedConcurrentExecutions: 0 });
    expect(await lambda.call("GetFunction", { FunctionName })).toHaveProperty("Concurrency", {
      ReservedConcurrentExecutions: 0,
    });
    expect(await lambda.refusal("PutFunctionConcurrency", put(901))).toEqual([
      "InvalidParameterValueException",
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    ]);
    expect(await lambda.refusal("PutFunctionConcurrency", put(1, "gone"))).toEqual(notFound("gone:$LATEST"));
    expect(await lambda.refusal("PutFunctionConcurrency", put(1, `${ARN}orders:1`))).toEqual([
      "InvalidParameterValueException",
      "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.",
    ]);
    expect(await lambda.refusal("Invoke", { FunctionName })).toEqual(["TooManyRequestsException", "Rate Exceeded."]);
    await lambda.call("DeleteFunctionConcurrency", { FunctionName });
    expect(await lambda.call("GetFunctionConcurrency", { FunctionName })).toEqual({});
  });
});

describe("a function that takes a while", () => {
  const delayed = () => new Operations(examples.workspace, "lambda", { functionDelay: 1000 });

  it("is pending until it is active", async () => {
    const slow = delayed();
    await slow.call("CreateFunction", input());
    const refusal = [
      "ResourceConflictException",
      "The operation cannot be performed at this time. The function is currently in the following state: Pending",
    ];

    expect(await slow.call("GetFunctionConfiguration", { FunctionName })).toMatchObject({ State: "Pending" });
    expect(await slow.refusal("UpdateFunctionConfiguration", { FunctionName, Timeout: 4 })).toEqual(refusal);
    expect(await slow.refusal("Invoke", { FunctionName })).toEqual(refusal);
    now += 1000;
    expect(await slow.call("GetFunctionConfiguration", { FunctionName })).toMatchObject({ State: "Active" });
  });

  it("takes no update while another is under way", async () => {
    await create();
    const slow = delayed();
    const { RevisionId } = await slow.call("UpdateFunctionCode", { FunctionName, ZipFile: OTHER_ZIP });
    const refusal = [
      "ResourceConflictException",
      `The operation cannot be performed at this time. An update is in progress for resource: ${ARN}orders`,
    ];

    expect(await slow.refusal("UpdateFunctionCode", { FunctionName, ZipFile: functionZip })).toEqual(refusal);
    expect(await slow.refusal("UpdateFunctionConfiguration", { FunctionName, Timeout: 4 })).toEqual(refusal);
    expect(await slow.call("GetFunctionConfiguration", { FunctionName })).toMatchObject({
      State: "Active",
      LastUpdateStatus: "InProgress",
      LastUpdateStatusReason: "The function is being created.",
      LastUpdateStatusReasonCode: "Creating",
      RevisionId,
    });
    now += 1000;
    expect((await slow.call("GetFunctionConfiguration", { FunctionName }))["RevisionId"]).not.toBe(RevisionId);
    await slow.call("UpdateFunctionConfiguration", { FunctionName, Timeout: 4 });
  });
});

describe("versions", () => {
  it("are published when something changed, with a description of their own", async () => {
    await create({ Description: "No version :(" });
    const publish = (given: object = {}) => lambda.call("PublishVersion", { FunctionName, ...given });
    const first = await publish({ Description: "First version description :)" });
    await lambda.call("UpdateFunctionConfiguration", { FunctionName, Description: "Second version :))" });
    const second = await publish();
    const third = await publish();
    const { Versions } = await lambda.call("ListVersionsByFunction", { FunctionName });

    expect(first).toMatchObject({ Version: "1", Description: "First version description :)" });
    expect(second).toMatchObject({ Version: "2", Description: "Second version :))" });
    expect(third).toEqual(second);
    expect(Versions).toMatchObject([
      { FunctionArn: `${ARN}orders:$LATEST`, Version: "$LATEST" },
      { FunctionArn: `${ARN}orders:1`, Version: "1" },
      { FunctionArn: `${ARN}orders:2`, Version: "2" },
    ]);
    await lambda.call("DeleteFunction", { FunctionName, Qualifier: "1" });
    expect(await lambda.refusal("GetFunction", { FunctionName, Qualifier: "1" })).toEqual(notFound("orders:1"));
  });

  it("are of the very code", async () => {
    const { CodeSha256 } = await create();

    expect(await lambda.refusal("PublishVersion", { FunctionName, CodeSha256: "somenonexistentsha256" })).toEqual([
      "InvalidParameterValueException",
      `CodeSHA256 (somenonexistentsha256) is different from current CodeSHA256 in $LATEST (${CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    ]);
    expect(await lambda.call("PublishVersion", { FunctionName, CodeSha256 })).toMatchObject({ Version: "1" });
  });

  it("keep their code when another one is published with an update", async () => {
    const { CodeSha256 } = await create({ Publish: true });
    const published = await lambda.call("UpdateFunctionCode", { FunctionName, ZipFile: OTHER_ZIP, Publish: true });

    expect(published).toMatchObject({ Version: "2", State: "Pending", FunctionArn: `${ARN}orders:2` });
    expect(await lambda.call("GetFunctionConfiguration", { FunctionName, Qualifier: "1" })).toMatchObject({
      CodeSha256,
    });
    expect(await lambda.call("GetFunctionConfiguration", { FunctionName })).toMatchObject({
      CodeSha256: published["CodeSha256"],
    });
  });
});

describe("aliases", () => {
  beforeEach(async () => {
    await create({ Publish: true });
    await lambda.call("UpdateFunctionConfiguration", { FunctionName, Timeout: 4 });
    await lambda.call("PublishVersion", { FunctionName });
  });

  const alias = (changes: object = {}) => ({ FunctionName, Name: "custom", FunctionVersion: "1", ...changes });
  const routed = (weights: object) => ({ RoutingConfig: { AdditionalVersionWeights: weights } });
  const weightsRefused = (value: string, constraint: string) =>
    `1 validation error detected: Value '${value}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: ${constraint}`;

  it("live from creation to deletion", async () => {
    const created = await lambda.call("CreateAlias", alias(routed({ 2: 0.2 })));
    const updated = await lambda.call("UpdateAlias", { FunctionName, Name: "custom", RoutingConfig: {} });

    expect(created).toEqual({
      AliasArn: `${ARN}orders:custom`,
      Name: "custom",
      FunctionVersion: "1",
      Description: "",
      RoutingConfig: { AdditionalVersionWeights: { 2: 0.2 } },
      RevisionId: expect.any(String),
    });
    expect(updated).toEqual({
      AliasArn: `${ARN}orders:custom`,
      Name: "custom",
      FunctionVersion: "1",
      Description: "",
      RevisionId: expect.not.stringContaining(String(created["RevisionId"])),
    });
    expect(await lambda.call("GetAlias", { FunctionName, Name: "custom" })).toEqual(updated);
    expect(await lambda.call("ListAliases", { FunctionName, FunctionVersion: "2" })).toEqual({ Aliases: [] });
    expect(await lambda.call("GetFunction", { FunctionName, Qualifier: "custom" })).toHaveProperty(
      "Configuration.Version",
      "1",
    );
    expect(await lambda.refusal("DeleteFunction", { FunctionName, Qualifier: "1" })).toEqual([
      "ResourceConflictException",
      "Unable to delete version because the following aliases reference it: [custom]",
    ]);
    await lambda.call("DeleteAlias", { FunctionName, Name: "custom" });
    await lambda.call("DeleteAlias", { FunctionName, Name: "custom" });
    expect(await lambda.refusal("GetAlias", { FunctionName, Name: "custom" })).toEqual([
      "ResourceNotFoundException",
      `Cannot find alias arn: ${ARN}orders:custom`,
    ]);
    expect(await lambda.refusal("UpdateAlias", { FunctionName, Name: "custom" })).toEqual([
      "ResourceNotFoundException",
      `Alias not found: ${ARN}orders:custom`,
    ]);
  });

  it.each([
    [
      routed({ 1: 0.1, 2: 0.1 }),
      ["InvalidParameterValueException", "Number of items in AdditionalVersionWeights cannot be greater than 1"],
    ],
    [
      routed({ 2: 2 }),
      [
        "ValidationException",
        weightsRefused(
          "{2=2.0}",
          "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]",
        ),
      ],
    ],
    [
      routed({ 1: 0.5 }),
      [
        "InvalidParameterValueException",
        "Invalid function version 1. Function version 1 is already included in routing configuration.",
      ],
    ],
    [{ FunctionVersion: "10" }, notFound("orders:10")],
    [routed({ 10: 0.5 }), notFound("orders:10")],
    [
      { FunctionVersion: "$LATEST", ...routed({ 1: 0.5 }) },
      ["InvalidParameterValueException", "$LATEST is not supported for an alias pointing to more than 1 version"],
    ],
    [
      routed({ $LATEST: 0.5 }),
      [
        "ValidationException",
        weightsRefused(
          "{$LATEST=0.5}",
          "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]",
        ),
      ],
    ],
    [{ FunctionName: "unknown" }, notFound("unknown:1")],
    [
      { Name: "2024" },
      [
        "ValidationException",
        "1 validation error detected: Value '2024' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
      ],
    ],
  ])("are refused with %j", async (changes, refusal) => {
    expect(await lambda.refusal("CreateAlias", alias(changes))).toEqual(refusal);
  });

  it("are there once for each name", async () => {
    await lambda.call("CreateAlias", alias());

    expect(await lambda.refusal("CreateAlias", alias())).toEqual([
      "ResourceConflictException",
      `Alias already exists: ${ARN}orders:custom`,
    ]);
  });
});

describe("permissions", () => {
  const source = "arn:aws:s3:::test-bucket";
  const permission = (changes: object = {}) => ({
    FunctionName,
    StatementId: "s3",
    Action: "lambda:InvokeFunction",
    Principal: "s3.amazonaws.com",
    ...changes,
  });
  const statement = (changes: object = {}) => ({
    Sid: "s3",
    Effect: "Allow",
    Principal: { Service: "s3.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: `${ARN}orders`,
    ...changes,
  });
  beforeEach(() => create({ Publish: true }));

  it.each<[object, object]>([
    [{ SourceArn: source }, { Condition: { ArnLike: { "AWS:SourceArn": source } } }],
    [
      { Principal: "*", SourceAccount: "123456789012" },
      { Principal: "*", Condition: { StringEquals: { "AWS:SourceAccount": "123456789012" } } },
    ],
    [{ Principal: "123456789012" }, { Principal: { AWS: "arn:aws:iam::123456789012:root" } }],
    [
      { Principal: "*", EventSourceToken: "amzn1.ask.skill.1" },
      { Principal: "*", Condition: { StringEquals: { "lambda:EventSourceToken": "amzn1.ask.skill.1" } } },
    ],
    [
      {
        Principal: "*",
        Action: "lambda:InvokeFunctionUrl",
        SourceAccount: "123456789012",
        SourceArn: source,
        PrincipalOrgID: "o-1234567890",
        FunctionUrlAuthType: "NONE",
      },
      {
        Principal: "*",
        Action: "lambda:InvokeFunctionUrl",
        Condition: {
          StringEquals: {
            "AWS:SourceAccount": "123456789012",
            "lambda:FunctionUrlAuthType": "NONE",
            "aws:PrincipalOrgID": "o-1234567890",
          },
          ArnLike: { "AWS:SourceArn": source },
        },
      },
    ],
  ])("are statements: %j", async (given, expected) => {
    const { Statement } = await lambda.call("AddPermission", permission(given));
    const { Policy } = await lambda.call("GetPolicy", { FunctionName });

    expect(Statement).toBe(JSON.stringify(statement(expected)));
    expect(Policy).toBe(JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: [statement(expected)] }));
  });

  const invalid = (message: string) => ["InvalidParameterValueException", message];
  const gone = (message: string) => ["ResourceNotFoundException", message];
  it.each<[string, object, readonly string[]]>([
    [
      "AddPermission",
      { StatementId: "example.com" },
      [
        "ValidationException",
        "1 validation error detected: Value 'example.com' at 'statementId' failed to satisfy constraint: Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)",
      ],
    ],
    [
      "AddPermission",
      { FunctionName: "orders:1", Qualifier: "2" },
      invalid("The derived qualifier from the function name does not match the specified qualifier."),
    ],
    ["AddPermission", { Qualifier: "$LATEST" }, invalid("We currently do not support adding policies for $LATEST.")],
    [
      "AddPermission",
      { Principal: "invalid.nonaws.com" },
      invalid("The provided principal was invalid. Please check the principal and try again."),
    ],
    ["AddPermission", { FunctionName: "doesnotexist" }, gone(`Function not found: ${ARN}doesnotexist`)],
    ["AddPermission", { Qualifier: "alias-gone" }, gone(`Cannot find alias arn: ${ARN}orders:alias-gone`)],
    ["AddPermission", { Qualifier: "42" }, gone(`Function not found: ${ARN}orders:42`)],
    [
      "AddPermission",
      { Qualifier: "invalid-qualifier-with-?-char" },
      [
        "ValidationException",
        "1 validation error detected: Value 'invalid-qualifier-with-?-char' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: \\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+",
      ],
    ],
    [
      "AddPermission",
      { Qualifier: "valid-with-$-but-doesnotexist" },
      gone(`Function not found: ${ARN}orders:valid-with-$-but-doesnotexist`),
    ],
    ["GetPolicy", {}, gone("The resource you requested does not exist.")],
    ["GetPolicy", { Qualifier: "999" }, gone("The resource you requested does not exist.")],
    ["RemovePermission", {}, gone("No policy is associated with the given resource.")],
    ["RemovePermission", { FunctionName: "doesnotexist" }, gone(`No policy found for: ${ARN}doesnotexist`)],
    ["RemovePermission", { Qualifier: "alias-gone" }, gone(`Cannot find alias arn: ${ARN}orders:alias-gone`)],
  ])("%s is refused with %j", async (operation, changes, refusal) => {
    expect(await lambda.refusal(operation, permission(changes))).toEqual(refusal);
  });

  it("are removed one by one, and are of one qualifier", async () => {
    await lambda.call("AddPermission", permission());
    await lambda.call("AddPermission", permission({ StatementId: "s3_2" }));
    const { RevisionId } = await lambda.call("GetPolicy", { FunctionName });

    expect(await lambda.refusal("AddPermission", permission())).toEqual([
      "ResourceConflictException",
      "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.",
    ]);
    expect(await lambda.refusal("RemovePermission", { FunctionName, StatementId: "non-existent" })).toEqual(
      gone("Statement non-existent is not found in resource policy."),
    );
    expect(await lambda.refusal("AddPermission", permission({ StatementId: "x", RevisionId: "wrong" }))).toEqual([
      "PreconditionFailedException",
      "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the latest Revision Id",
    ]);
    await lambda.call("RemovePermission", { FunctionName, StatementId: "s3", RevisionId });
    expect(await lambda.refusal("GetPolicy", { FunctionName, Qualifier: "1" })).toEqual(
      gone("The resource you requested does not exist."),
    );
    await lambda.call("RemovePermission", { FunctionName, StatementId: "s3_2" });
    expect(await lambda.refusal("GetPolicy", { FunctionName })).toEqual(
      gone("The resource you requested does not exist."),
    );
  });

  it("are first added by the revision of what they are for", async () => {
    await lambda.call("PublishVersion", { FunctionName });
    const alias = await lambda.call("CreateAlias", { FunctionName, Name: "live", FunctionVersion: "1" });
    const { RevisionId } = alias;

    const [error] = await lambda.refusal("AddPermission", permission({ Qualifier: "live", RevisionId: "wrong" }));
    await lambda.call("AddPermission", permission({ Qualifier: "live", RevisionId }));

    expect(error).toBe("PreconditionFailedException");
    expect(await lambda.call("GetAlias", { FunctionName, Name: "live" })).toEqual(alias);
  });
});

it.each([
  ["event-source-mapping:36cb77da-44be-475a-a5bc-d0d82bab8272", "Event source mapping"],
  ["capacity-provider:orders", "Capacity provider"],
])("tags of %s are those of something that is not there", async (path, what) => {
  const Resource = `arn:aws:lambda:${REGION}:123456789012:${path}`;
  expect(await lambda.refusal("ListTags", { Resource })).toEqual([
    "ResourceNotFoundException",
    `${what} not found: ${Resource}`,
  ]);
});

it("a package of more than 50 MB is too large", async () => {
  expect(await lambda.refusal("CreateFunction", input({ Code: { ZipFile: new Uint8Array(52_428_801) } }))).toEqual([
    "RequestEntityTooLargeException",
    "Zipped size must be smaller than 52428800 bytes",
  ]);
});
