/** Texts of violations as they were recorded on AWS. */
import { type ConstraintStyle, type Structure, violationText } from "../../../emulator/protocols/constraints";
import { loadModel } from "../../../emulator/protocols/model";

const APIGATEWAY: ConstraintStyle = { required: false, bodyInput: true };
const UNIT = "Member must satisfy enum value set: [add, remove, move, test, replace, copy]";
const patch = (index: number, operation = "updateRestApiInput") =>
  `Value 'wrong' at '${operation}.patchOperations.${index}.member.op' failed to satisfy constraint: ${UNIT}`;

const textOf = (room: string, operation: string, input: Structure, style?: ConstraintStyle) =>
  violationText(loadModel(room), operation, input, style);

describe("violationText, as API Gateway was recorded", () => {
  it.each([
    [
      "CreateRestApi",
      { endpointConfiguration: { types: ["wrong"], ipAddressType: "wrong" } },
      "2 validation errors detected: Value '[wrong]' at 'createRestApiInput.endpointConfiguration.types' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]; Value 'wrong' at 'createRestApiInput.endpointConfiguration.ipAddressType' failed to satisfy constraint: Member must satisfy enum value set: [ipv4, dualstack]",
    ],
    [
      "UpdateRestApi",
      { restApiId: "a", patchOperations: [{ op: "wrong" }, { op: "add" }, { op: "wrong" }] },
      `2 validation errors detected: ${patch(1)}; ${patch(3)}`,
    ],
    [
      "UpdateMethodResponse",
      { statusCode: "wrong", patchOperations: [{ op: "wrong" }] },
      `2 validation errors detected: ${patch(1, "updateMethodResponseInput")}; Value 'wrong' at 'statusCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [1-5]\\d\\d`,
    ],
    [
      "PutGatewayResponse",
      { responseType: "FAKE_RESPONSE_TYPE" },
      "1 validation error detected: Value 'FAKE_RESPONSE_TYPE' at 'responseType' failed to satisfy constraint: Member must satisfy enum value set: [REQUEST_TOO_LARGE, RESOURCE_NOT_FOUND, AUTHORIZER_CONFIGURATION_ERROR, MISSING_AUTHENTICATION_TOKEN, BAD_REQUEST_BODY, INVALID_SIGNATURE, INVALID_API_KEY, BAD_REQUEST_PARAMETERS, AUTHORIZER_FAILURE, UNAUTHORIZED, INTEGRATION_TIMEOUT, ACCESS_DENIED, DEFAULT_4XX, DEFAULT_5XX, WAF_FILTERED, QUOTA_EXCEEDED, THROTTLED, API_CONFIGURATION_ERROR, UNSUPPORTED_MEDIA_TYPE, INTEGRATION_FAILURE, EXPIRED_TOKEN]",
    ],
    [
      "PutIntegration",
      { type: "HTTPS_PROXY" },
      "1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' failed to satisfy constraint: Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]",
    ],
  ])("%s %j", (operation, input, text) => {
    expect(textOf("apigateway", operation, input, APIGATEWAY)).toBe(text);
  });
});

const FUNCTION =
  "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?";
const alias = { FunctionName: "f", Name: "live", FunctionVersion: "1" };
const created = { FunctionName: "f", Code: {}, Role: "arn:aws:iam::123456789012:role/r" };

describe("violationText, as Lambda was recorded", () => {
  it.each([
    [
      "CreateFunction",
      { ...created, Role: "r1" },
      "Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
    ],
    [
      "CreateFunction",
      { ...created, Architectures: ["X86_64"] },
      "Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
    ],
    [
      "CreateFunction",
      { ...created, Architectures: ["x86_64", "arm64"] },
      "Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member must have length less than or equal to 1",
    ],
    [
      "CreateFunction",
      { ...created, VpcConfig: { SubnetIds: ["x"] } },
      "Value '[x]' at 'vpcConfig.subnetIds' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: subnet-[0-9a-z]*]",
    ],
    [
      "CreateFunction",
      { ...created, SnapStart: { ApplyOn: "invalidOption" } },
      "Value 'invalidOption' at 'snapStart.applyOn' failed to satisfy constraint: Member must satisfy enum value set: [PublishedVersions, None]",
    ],
    [
      "GetFunctionUrlConfig",
      { FunctionName: "f", Qualifier: "$LATEST" },
      "Value '$LATEST' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: ((?!^\\d+$)^[0-9a-zA-Z-_]+$)",
    ],
    [
      "CreateAlias",
      { ...alias, Name: "2024" },
      "Value '2024' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
    ],
    [
      "CreateAlias",
      { ...alias, RoutingConfig: { AdditionalVersionWeights: { "2": 2 } } },
      "Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]",
    ],
    [
      "CreateAlias",
      { ...alias, RoutingConfig: { AdditionalVersionWeights: { $LATEST: 0.5 } } },
      "Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]",
    ],
    [
      "CreateFunction",
      { FunctionName: "invalid:function:name", Role: "arn:aws:iam::123456789012:role/r", Code: {} },
      `Value 'invalid:function:name' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${FUNCTION}`,
    ],
    [
      "PutProvisionedConcurrencyConfig",
      { FunctionName: "f", Qualifier: "1", ProvisionedConcurrentExecutions: 0 },
      "Value '0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      "PutFunctionRecursionConfig",
      { FunctionName: "f", RecursiveLoop: "InvalidValue" },
      "Value 'InvalidValue' at 'recursiveLoop' failed to satisfy constraint: Member must satisfy enum value set: [Terminate, Allow]",
    ],
    [
      "UntagResource",
      { Resource: "arn:aws:lambda:eu-west-1:123456789012:function:f" },
      "Value null at 'tagKeys' failed to satisfy constraint: Member must not be null",
    ],
    [
      "GetFunction",
      { FunctionName: "f", Qualifier: "invalid-qualifier-with-?-char" },
      "Value 'invalid-qualifier-with-?-char' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: \\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+",
    ],
    [
      "AddPermission",
      { FunctionName: "f", StatementId: "example.com", Action: "lambda:InvokeFunction", Principal: "*" },
      "Value 'example.com' at 'statementId' failed to satisfy constraint: Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)",
    ],
  ])("%s %j", (operation, input, text) => {
    expect(textOf("lambda", operation, input)).toBe(`1 validation error detected: ${text}`);
  });
});

describe("violationText, as other services were recorded", () => {
  it.each([
    [
      "cloudwatch",
      "SetAlarmState",
      { AlarmName: "a", StateReason: "r", StateValue: "INVALID" },
      "1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
    ],
    [
      "sts",
      "AssumeRole",
      { RoleArn: "arn:aws:iam::123456789012:role/r", RoleSessionName: "Session1:2" },
      "1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      "logs",
      "FilterLogEvents",
      { limit: 10001 },
      "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ],
    [
      "cognito",
      "CreateUserPool",
      { PoolName: "p", MfaConfiguration: "false" },
      "1 validation error detected: Value 'false' at 'mfaConfiguration' failed to satisfy constraint: Member must satisfy enum value set: [OPTIONAL, OFF, ON]",
    ],
    [
      "cognito",
      "DescribeUserPool",
      { UserPoolId: "YOUR" },
      "1 validation error detected: Value 'YOUR' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+",
    ],
    [
      "cognito",
      "DescribeUserPool",
      { UserPoolId: "" },
      "2 validation errors detected: Value '' at 'userPoolId' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+",
    ],
    [
      "wafv2",
      "UpdateWebACL",
      {
        Name: "a",
        Scope: "REGIONAL",
        Id: "12345678-1234-1234-1234-123456789012",
        LockToken: "12345678-1234-1234-1234-123456789012",
        DefaultAction: {},
        VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: "m" },
        Description: "",
      },
      "2 validation errors detected: Value '' at 'description' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'description' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\\w+=:#@/\\-,\\.][\\w+=:#@/\\-,\\.\\s]+[\\w+=:#@/\\-,\\.]$",
    ],
  ])("%s %s %j", (room, operation, input, text) => {
    expect(textOf(room, operation, input)).toBe(text);
  });

  it("shows no values where the service shows none", () => {
    const input = { PathPrefix: "orders" };
    expect(textOf("iam", "ListRoles", input, { values: false })).toBe(
      "1 validation error detected: Value at 'pathPrefix' failed to satisfy constraint: Member must satisfy regular expression pattern: \\u002F[\\u0021-\\u007F]*",
    );
  });
});

describe("violationText", () => {
  it("says nothing of an input that breaks nothing", () => {
    expect(textOf("cognito", "DescribeUserPool", { UserPoolId: "eu-west-1_a" })).toBeUndefined();
  });

  it("counts code points, and bytes of blobs", () => {
    const named = (SecretString: string) => textOf("secretsmanager", "PutSecretValue", { SecretId: "s", SecretString });
    expect(named("😀".repeat(65_536))).toBeUndefined();
    expect(named("😀".repeat(65_537))).toMatch(/less than or equal to 65536$/);
    expect(textOf("secretsmanager", "PutSecretValue", { SecretId: "s", SecretBinary: new Uint8Array(65_537) })).toMatch(
      /^1 /,
    );
  });

  it("keeps sensitive values to itself", () => {
    const input = { UserPoolId: "eu-west-1_a", ClientId: "a", ClientSecret: "not allowed" };
    expect(textOf("cognito", "AddUserPoolClientSecret", input)).toMatch(
      /^1 validation error detected: Value at 'clientSecret' failed/,
    );
  });

  it("names items of lists that have members, and null in them", () => {
    const tags = { SecretId: "s", Tags: [{ Key: "" }, null] };
    expect(textOf("secretsmanager", "TagResource", tags)).toBe(
      "2 validation errors detected: Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1; Value null at 'tags.2.member' failed to satisfy constraint: Member must not be null",
    );
  });

  it("leaves required members to services that have texts of their own", () => {
    expect(textOf("apigateway", "CreateRestApi", {}, APIGATEWAY)).toBeUndefined();
    expect(textOf("cognito", "DescribeUserPool", {})).toMatch(/Value null at 'userPoolId'/);
  });

  it("takes no member from the prototype of an object", () => {
    expect(textOf("cognito", "DescribeUserPool", Object.create({ UserPoolId: "eu-west-1_a" }))).toMatch(/Value null/);
  });
});
