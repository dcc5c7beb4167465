/** Every codec against the clients of the AWS SDK: what they send is read, and what is answered they read back. */
import * as apigateway from "@aws-sdk/client-api-gateway";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as cognito from "@aws-sdk/client-cognito-identity-provider";
import * as iam from "@aws-sdk/client-iam";
import * as lambda from "@aws-sdk/client-lambda";
import * as s3 from "@aws-sdk/client-s3";
import * as secrets from "@aws-sdk/client-secrets-manager";
import * as sts from "@aws-sdk/client-sts";
import * as wafv2 from "@aws-sdk/client-wafv2";
import type { Structure } from "../../../emulator/protocols/constraints";
import { ProtocolProbe } from "../../support/protocol-probe";

process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

interface Sdk {
  readonly [name: string]: unknown;
}

interface Sender {
  send(command: unknown): Promise<Readonly<Record<string, unknown>>>;
  destroy(): void;
}

/** The client's command over the codec. */
async function roundTrip(room: string, sdk: Sdk, client: string, name: string, input: Structure, output: Structure) {
  const probe = new ProtocolProbe(room);
  probe.output = output;
  const Client = sdk[`${client}Client`] as new (options: object) => Sender;
  const Command = sdk[`${name}Command`] as new (input: Structure) => unknown;
  const sender = new Client({ ...probe.options(), ...(room === "s3" ? { forcePathStyle: true } : {}) });
  const { $metadata, ...answer } = await sender.send(new Command(input));
  sender.destroy();
  return { asked: probe.asked, answer, status: ($metadata as { httpStatusCode: number }).httpStatusCode, probe };
}

const NOW = new Date("2026-07-02T11:43:54.500Z");
const SECONDS = NOW.getTime() / 1000;
const bytes = (text: string) => new Uint8Array(Buffer.from(text));

type Case = readonly [
  client: string,
  name: string,
  input: Structure,
  status: number,
  output: Structure,
  answer?: Structure,
];

const suites: readonly (readonly [room: string, sdk: Sdk, cases: readonly Case[]])[] = [
  [
    "cognito",
    cognito as unknown as Sdk,
    [
      [
        "CognitoIdentityProvider",
        "CreateUserPoolClient",
        {
          UserPoolId: "eu-west-1_a",
          ClientName: "é",
          AllowedOAuthScopes: ["a/b"],
          TokenValidityUnits: { AccessToken: "hours" },
          AccessTokenValidity: 5,
          GenerateSecret: true,
        },
        200,
        { UserPoolClient: { ClientId: "x", CreationDate: SECONDS, ExplicitAuthFlows: [] } },
        { UserPoolClient: { ClientId: "x", CreationDate: NOW, ExplicitAuthFlows: [] } },
      ],
      [
        "CognitoIdentityProvider",
        "CreateUserPool",
        {
          PoolName: "p",
          UserPoolTags: { a: "b" },
          IssuerConfiguration: { Type: "UPDATED" },
          LambdaConfig: { PreTokenGenerationConfig: { LambdaArn: "a", LambdaVersion: "V2_0" } },
        },
        200,
        {
          UserPool: {
            Id: "x",
            SchemaAttributes: [{ Name: "sub", Mutable: false, StringAttributeConstraints: { MinLength: "1" } }],
          },
        },
      ],
      ["CognitoIdentityProvider", "DeleteUserPool", { UserPoolId: "eu-west-1_a" }, 200, {}],
      [
        "CognitoIdentityProvider",
        "GetClientToken",
        { ClientId: "a", Secret: "b", Scopes: ["c"], ClientMetadata: { d: "e" } },
        200,
        { ClientAuthenticationResult: { AccessToken: "t", ExpiresIn: 60, TokenType: "Bearer" } },
      ],
      [
        "CognitoIdentityProvider",
        "ListUserPoolClientSecrets",
        { UserPoolId: "eu-west-1_a", ClientId: "a" },
        200,
        { ClientSecrets: [{ ClientSecretId: "1", ClientSecretCreateDate: SECONDS }] },
        { ClientSecrets: [{ ClientSecretId: "1", ClientSecretCreateDate: NOW }] },
      ],
    ],
  ],
  [
    "logs",
    logs as unknown as Sdk,
    [
      [
        "CloudWatchLogs",
        "PutLogEvents",
        { logGroupName: "g", logStreamName: "s", logEvents: [{ timestamp: 1, message: "m" }] },
        200,
        { nextSequenceToken: "1" },
      ],
      ["CloudWatchLogs", "CreateLogGroup", { logGroupName: "g", tags: { a: "b" } }, 200, {}],
    ],
  ],
  [
    "secretsmanager",
    secrets as unknown as Sdk,
    [
      [
        "SecretsManager",
        "PutSecretValue",
        { SecretId: "s", ClientRequestToken: "t".repeat(32), SecretBinary: bytes("\u0000ÿ") },
        200,
        { VersionStages: ["AWSCURRENT"] },
      ],
      [
        "SecretsManager",
        "GetSecretValue",
        { SecretId: "s" },
        200,
        { SecretBinary: bytes("x"), CreatedDate: SECONDS },
        { SecretBinary: bytes("x"), CreatedDate: NOW },
      ],
    ],
  ],
  [
    "wafv2",
    wafv2 as unknown as Sdk,
    [
      [
        "WAFV2",
        "CreateWebACL",
        {
          Name: "acl",
          Scope: "REGIONAL",
          DefaultAction: { Allow: {} },
          VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: "m" },
          Rules: [
            {
              Name: "r",
              Priority: 0,
              Statement: {
                NotStatement: {
                  Statement: {
                    ByteMatchStatement: {
                      SearchString: bytes("s"),
                      FieldToMatch: { UriPath: {} },
                      TextTransformations: [{ Priority: 0, Type: "NONE" }],
                      PositionalConstraint: "EXACTLY",
                    },
                  },
                },
              },
              VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: "m" },
            },
          ],
        },
        200,
        { Summary: { Name: "acl", LockToken: "l" } },
      ],
    ],
  ],
  [
    "apigateway",
    apigateway as unknown as Sdk,
    [
      [
        "APIGateway",
        "CreateRestApi",
        { name: "a", endpointConfiguration: { types: ["REGIONAL"] }, endpointAccessMode: "STRICT", tags: { a: "b" } },
        201,
        { id: "x", createdDate: 1_782_992_634 },
        { id: "x", createdDate: new Date(1_782_992_634_000) },
      ],
      [
        "APIGateway",
        "GetResources",
        { restApiId: "a", embed: ["methods", "x"], limit: 5 },
        200,
        { items: [{ id: "r", resourceMethods: { GET: {} } }], position: "p" },
      ],
      ["APIGateway", "DeleteRestApi", { restApiId: "a" }, 202, {}],
      [
        "APIGateway",
        "PutIntegrationResponse",
        {
          restApiId: "a",
          resourceId: "r",
          httpMethod: "GET",
          statusCode: "200",
          selectionPattern: "-",
          responseTemplates: { "application/json": "" },
        },
        201,
        { statusCode: "200" },
      ],
      [
        "APIGateway",
        "UpdateStage",
        {
          restApiId: "a",
          stageName: "s",
          patchOperations: [{ op: "replace", path: "/*/*/throttling/rateLimit", value: "1" }],
        },
        200,
        { stageName: "s", methodSettings: { "*/*": { throttlingRateLimit: 1.5, metricsEnabled: true } } },
      ],
      [
        "APIGateway",
        "GetExport",
        {
          restApiId: "a",
          stageName: "s",
          exportType: "oas30",
          accepts: "application/json",
          parameters: { extensions: "integrations" },
        },
        200,
        { body: bytes("{}"), contentType: "application/yaml" },
        { body: expect.objectContaining(bytes("{}")), contentType: "application/yaml" },
      ],
      [
        "APIGateway",
        "TagResource",
        { resourceArn: "arn:aws:apigateway:eu-west-1::/restapis/a", tags: { a: "b" } },
        204,
        {},
      ],
      [
        "APIGateway",
        "UntagResource",
        { resourceArn: "arn:aws:apigateway:eu-west-1::/restapis/a", tagKeys: ["a", "b"] },
        204,
        {},
      ],
      ["APIGateway", "ImportRestApi", { body: bytes("{}"), parameters: { ignore: "documentation" } }, 201, { id: "x" }],
    ],
  ],
  [
    "lambda",
    lambda as unknown as Sdk,
    [
      [
        "Lambda",
        "CreateFunction",
        {
          FunctionName: "f",
          Role: "r",
          Runtime: "nodejs22.x",
          Handler: "h",
          Code: { ZipFile: bytes("zip") },
          Environment: { Variables: { A: "1" } },
          Timeout: 3,
        },
        201,
        { FunctionName: "f", LastModified: "2026-07-02T11:43:54.000+0000", CodeSize: 3 },
      ],
      [
        "Lambda",
        "GetFunction",
        { FunctionName: "arn:aws:lambda:eu-west-1:123456789012:function:f", Qualifier: "$LATEST" },
        200,
        { Configuration: { Version: "$LATEST" }, Tags: { a: "b" } },
      ],
      [
        "Lambda",
        "Invoke",
        { FunctionName: "f", InvocationType: "RequestResponse", Payload: bytes('{"a":1}') },
        200,
        { StatusCode: 200, ExecutedVersion: "$LATEST", FunctionError: "Unhandled", Payload: bytes("{}") },
        {
          StatusCode: 200,
          ExecutedVersion: "$LATEST",
          FunctionError: "Unhandled",
          Payload: expect.objectContaining(bytes("{}")),
        },
      ],
      [
        "Lambda",
        "Invoke",
        { FunctionName: "f", InvocationType: "Event" },
        202,
        { StatusCode: 202 },
        { StatusCode: 202, Payload: null },
      ],
      ["Lambda", "RemovePermission", { FunctionName: "f", StatementId: "s", Qualifier: "live" }, 204, {}],
      ["Lambda", "ListFunctions", { MaxItems: 2 }, 200, { Functions: [], NextMarker: "m" }],
    ],
  ],
  [
    "iam",
    iam as unknown as Sdk,
    [
      [
        "IAM",
        "CreateRole",
        {
          RoleName: "r",
          AssumeRolePolicyDocument: '{"a":"<&>"}',
          Tags: [
            { Key: "a", Value: "b" },
            { Key: "c", Value: "" },
          ],
          MaxSessionDuration: 3600,
        },
        200,
        {
          Role: {
            Path: "/",
            RoleName: "r",
            RoleId: "i",
            Arn: "a",
            CreateDate: SECONDS,
            Description: 'a < & > " b\r\n',
            Tags: [{ Key: "a", Value: "b" }],
          },
        },
        {
          Role: {
            Path: "/",
            RoleName: "r",
            RoleId: "i",
            Arn: "a",
            CreateDate: NOW,
            Description: 'a < & > " b\r\n',
            Tags: [{ Key: "a", Value: "b" }],
          },
        },
      ],
      ["IAM", "ListRolePolicies", { RoleName: "r", MaxItems: 5 }, 200, { PolicyNames: ["p", "q"], IsTruncated: false }],
      ["IAM", "ListAttachedRolePolicies", { RoleName: "r" }, 200, { AttachedPolicies: [], IsTruncated: false }],
      ["IAM", "DeleteRole", { RoleName: "r" }, 200, {}],
      ["IAM", "TagRole", { RoleName: "r", Tags: [] }, 200, {}],
    ],
  ],
  [
    "sts",
    sts as unknown as Sdk,
    [["STS", "GetCallerIdentity", {}, 200, { Arn: "a", UserId: "u", Account: "123456789012" }]],
  ],
  [
    "cloudwatch",
    cloudwatch as unknown as Sdk,
    [
      [
        "CloudWatch",
        "PutMetricAlarm",
        {
          AlarmName: "a",
          Threshold: 1.5,
          EvaluationPeriods: 1,
          ActionsEnabled: true,
          Dimensions: [{ Name: "n", Value: "v" }],
          AlarmActions: [],
        },
        200,
        {},
      ],
      [
        "CloudWatch",
        "DescribeAlarms",
        { AlarmNames: ["a"], StateValue: "OK" },
        200,
        { MetricAlarms: [{ AlarmName: "a", Threshold: 0, StateUpdatedTimestamp: SECONDS }] },
        { MetricAlarms: [{ AlarmName: "a", Threshold: 0, StateUpdatedTimestamp: NOW }] },
      ],
    ],
  ],
  [
    "s3",
    s3 as unknown as Sdk,
    [
      [
        "S3",
        "CreateBucket",
        { Bucket: "b", CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } },
        200,
        { Location: "/b" },
      ],
      ["S3", "HeadBucket", { Bucket: "b" }, 200, { BucketRegion: "eu-west-1" }],
      ["S3", "GetBucketLocation", { Bucket: "b" }, 200, { LocationConstraint: "eu-west-1" }],
      ["S3", "PutBucketVersioning", { Bucket: "b", VersioningConfiguration: { Status: "Enabled" } }, 200, {}],
      ["S3", "GetBucketVersioning", { Bucket: "b" }, 200, { Status: "Enabled" }],
      [
        "S3",
        "PutBucketEncryption",
        {
          Bucket: "b",
          ServerSideEncryptionConfiguration: {
            Rules: [
              {
                ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "k" },
                BucketKeyEnabled: true,
              },
            ],
          },
        },
        200,
        {},
      ],
      [
        "S3",
        "GetBucketEncryption",
        { Bucket: "b" },
        200,
        { ServerSideEncryptionConfiguration: { Rules: [{ BucketKeyEnabled: false }] } },
      ],
      ["S3", "PutBucketPolicy", { Bucket: "b", Policy: '{"a":1}' }, 204, {}],
      ["S3", "GetBucketPolicy", { Bucket: "b" }, 200, { Policy: '{"a":1}' }],
      [
        "S3",
        "GetBucketAcl",
        { Bucket: "b" },
        200,
        { Owner: { ID: "o" }, Grants: [{ Grantee: { Type: "CanonicalUser", ID: "o" }, Permission: "FULL_CONTROL" }] },
      ],
      ["S3", "PutBucketTagging", { Bucket: "b", Tagging: { TagSet: [{ Key: "a", Value: "<b>" }] } }, 204, {}],
      ["S3", "GetBucketTagging", { Bucket: "b" }, 200, { TagSet: [{ Key: "a", Value: "<b>" }] }],
      [
        "S3",
        "GetBucketLifecycleConfiguration",
        { Bucket: "b" },
        200,
        {
          Rules: [
            { ID: "r", Status: "Enabled", Filter: { Prefix: "" }, Transitions: [{ Days: 1, StorageClass: "GLACIER" }] },
          ],
        },
      ],
      [
        "S3",
        "GetBucketCors",
        { Bucket: "b" },
        200,
        { CORSRules: [{ AllowedMethods: ["GET", "PUT"], AllowedOrigins: ["*"] }] },
      ],
      [
        "S3",
        "PutObject",
        {
          Bucket: "b",
          Key: "a/b c+d.tfstate",
          Body: bytes("state"),
          ContentType: "application/json",
          Metadata: { a: "b" },
        },
        200,
        { ETag: '"e"' },
      ],
      [
        "S3",
        "HeadObject",
        { Bucket: "b", Key: "k" },
        200,
        { ContentLength: 5, LastModified: 1_782_992_634, Metadata: { a: "b" } },
        { ContentLength: 5, LastModified: new Date(1_782_992_634_000), Metadata: { a: "b" } },
      ],
      ["S3", "DeleteObject", { Bucket: "b", Key: "k", VersionId: "v" }, 204, { DeleteMarker: true }],
      [
        "S3",
        "DeleteObjects",
        { Bucket: "b", Delete: { Objects: [{ Key: "a" }, { Key: "b", VersionId: "v" }], Quiet: true } },
        200,
        { Deleted: [{ Key: "a" }] },
      ],
      [
        "S3",
        "ListObjectsV2",
        { Bucket: "b", Prefix: "a/", MaxKeys: 5 },
        200,
        {
          Name: "b",
          Contents: [{ Key: "a/b", Size: 1, LastModified: SECONDS }],
          IsTruncated: false,
          CommonPrefixes: [],
        },
        { Name: "b", Contents: [{ Key: "a/b", Size: 1, LastModified: NOW }], IsTruncated: false },
      ],
      [
        "S3",
        "UploadPart",
        { Bucket: "b", Key: "k", UploadId: "u", PartNumber: 1, Body: bytes("x") },
        200,
        { ETag: "e" },
      ],
    ],
  ],
];

describe.each(suites)("%s", (room, sdk, cases) => {
  it.each(cases.map((one) => [one[1], one] as const))("reads and answers %s", async (_, one) => {
    const [client, name, input, status, output, answer = output] = one;
    const result = await roundTrip(room, sdk, client, name, input, output);
    expect(result.asked?.operation).toBe(name);
    expect(result.asked?.input).toMatchObject(input);
    expect(result.answer).toEqual(answer);
    expect(result.status).toBe(status);
  });
});
