/** Requests to a service, and calls of its operations without any wire. */
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { AwsError, UnsupportedError } from "../../../emulator/errors";
import { decodeCbor, encodeCbor } from "../../../emulator/protocols/cbor";
import type { ServiceDefinition } from "../../../emulator/protocols/service";
import { callOperation, isReading, type OperationContext, operationsIn } from "../../../emulator/protocols/service";
import { services } from "../../../emulator/services";
import { ProtocolProbe, SIGNED } from "../../support/protocol-probe";
import { jsonOf, requestOf, valuesOf } from "../../support/requests";

const COGNITO = ["X-Amz-Target", "AWSCognitoIdentityProviderService.DescribeUserPool"] as const;
const bodyOf = ({ answered }: ProtocolProbe) => Buffer.from(answered?.body ?? "").toString("utf8");

const ask = {
  cognito: (probe: ProtocolProbe, body: string, headers: readonly (readonly [string, string])[] = [COGNITO, SIGNED]) =>
    probe.answer(requestOf({ method: "POST", headers, body })),
  rest: (probe: ProtocolProbe, method: string, path: string, query = "", body = "") =>
    probe.answer(requestOf({ method, path, query, body, headers: [SIGNED] })),
  query: (probe: ProtocolProbe, body: string) => probe.answer(requestOf({ method: "POST", headers: [SIGNED], body })),
};

describe("answerService, awsJson1_1", () => {
  it("answers with type and request id", async () => {
    const probe = new ProtocolProbe("cognito");
    probe.output = { UserPool: { Id: "x", unknown: 1 } };
    const answer = await ask.cognito(probe, '{"UserPoolId":"eu-west-1_a","Other":1}');
    expect(probe.asked?.input).toEqual({ UserPoolId: "eu-west-1_a" });
    expect(answer).toMatchObject({ status: 200, body: '{"UserPool":{"Id":"x"}}' });
    expect(valuesOf(answer, "Content-Type")).toEqual(["application/x-amz-json-1.1"]);
    expect(valuesOf(answer, "x-amzn-RequestId")).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  });

  it.each([
    ["[1]", "Expected list or null", '{"Tags":1}'],
    [
      "a number",
      "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String",
      '{"PoolName":1}',
    ],
    ["a boolean", "class java.lang.Boolean can not be converted to an String", '{"PoolName":true}'],
    ["a list", "Start of list found where not expected", '{"PoolName":["a"]}'],
    ["a structure", "Start of structure or map found where not expected.", '{"PoolName":{"toString":1}}'],
    ["no map", "Expected map or null", '{"UserPoolTags":"a"}'],
    [
      "a text",
      "class java.lang.String can not be converted to an Boolean",
      '{"DeviceConfiguration":{"ChallengeRequiredOnNewDevice":"a"}}',
    ],
    ["nothing", "the request's body is not a JSON object", ""],
    ["no object", "the request's body is not a JSON object", "[]"],
  ])("refuses %s: %s", async (_, message, body) => {
    const probe = new ProtocolProbe("cognito");
    const target = ["X-Amz-Target", "AWSCognitoIdentityProviderService.CreateUserPool"] as const;
    const answer = await ask.cognito(probe, body.replace('"Tags":1', '"Schema":1'), [target, SIGNED]);
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toEqual({ __type: "SerializationException", Message: message });
    expect(probe.asked).toBeUndefined();
  });

  it("takes null for left out, and no member from a prototype", async () => {
    const probe = new ProtocolProbe("cognito");
    await ask.cognito(probe, '{"UserPoolId":null,"__proto__":{"UserPoolId":"a"}}');
    expect(probe.asked?.input).toEqual({});
  });

  it.each([
    ["no target", [], "This request"],
    ["another service", [["X-Amz-Target", "DynamoDB_20120810.DescribeTable"]], "DescribeTable"],
    ["a name of JavaScript's own", [["X-Amz-Target", "AWSCognitoIdentityProviderService.constructor"]], "constructor"],
  ] as const)("does not know %s", async (_, headers, asked) => {
    const probe = new ProtocolProbe("cognito", { operations: () => ({ DescribeUserPool: () => ({}) }) });
    const answer = await ask.cognito(probe, "{}", [...headers, SIGNED]);
    const message = `${asked} is not emulated. Emulated: DescribeUserPool.`;
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toEqual({ __type: "UnknownOperationException", message });
  });

  it("refuses a request that is not signed", async () => {
    const answer = await ask.cognito(new ProtocolProbe("cognito"), "{}", [COGNITO]);
    expect(jsonOf(answer)).toMatchObject({ __type: "MissingAuthenticationTokenException" });
  });

  it("puts a refusal's text where the model has it", async () => {
    const probe = new ProtocolProbe("secretsmanager");
    probe.output = new AwsError("ResourceNotFoundException", "not there");
    const target = ["X-Amz-Target", "secretsmanager.GetSecretValue"] as const;
    const answer = await ask.cognito(probe, '{"SecretId":"s"}', [target, SIGNED]);
    expect(jsonOf(answer)).toEqual({ __type: "ResourceNotFoundException", Message: "not there" });
    expect(valuesOf(answer, "x-amzn-ErrorType")).toEqual(["ResourceNotFoundException"]);
  });
});

describe("answerService, restJson1", () => {
  it("takes the status of a refusal from the error, else from the model", async () => {
    const probe = new ProtocolProbe("apigateway");
    probe.output = new AwsError("NotFoundException", "Invalid API identifier specified");
    expect(await ask.rest(probe, "GET", "/restapis/a")).toMatchObject({
      status: 404,
      body: '{"message":"Invalid API identifier specified"}',
    });
    probe.output = new AwsError("ConflictException", "text", 418);
    expect((await ask.rest(probe, "GET", "/restapis/a")).status).toBe(418);
  });

  it("adds a type where Lambda's errors have one", async () => {
    const probe = new ProtocolProbe("lambda");
    probe.output = new AwsError("ResourceNotFoundException", "Function not found");
    await ask.rest(probe, "GET", "/2015-03-31/functions/f");
    expect(bodyOf(probe)).toBe('{"Type":"User","Message":"Function not found"}');
    probe.output = new AwsError("ValidationException", "1 validation error detected");
    await ask.rest(probe, "GET", "/2015-03-31/functions/f");
    expect(bodyOf(probe)).toBe('{"message":"1 validation error detected"}');
  });

  it.each([
    ["GET", "/restapis/a%2Fb", "GetRestApi", { restApiId: "a/b" }],
    ["GET", "/restapis/", "GetRestApis", {}],
    ["POST", "/restapis", "CreateRestApi", {}],
    [
      "GET",
      "/tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Frestapis%2Fa",
      "GetTags",
      { resourceArn: "arn:aws:apigateway:eu-west-1::/restapis/a" },
    ],
  ])("%s %s is %s", async (method, path, operation, input) => {
    const probe = new ProtocolProbe("apigateway");
    await ask.rest(probe, method, path);
    expect(probe.asked).toEqual({ operation, input });
  });

  it("does not know another path, and tells a missing parameter from another operation", async () => {
    const probe = new ProtocolProbe("apigateway");
    const answer = await ask.rest(probe, "GET", "/nothing");
    expect(answer.status).toBe(404);
    expect(jsonOf(answer)).toMatchObject({
      message: expect.stringMatching(/^GET \/nothing is not emulated\. Emulated: /),
    });
    await ask.rest(probe, "DELETE", "/tags/a");
    expect(probe.asked).toEqual({ operation: "UntagResource", input: { resourceArn: "a" } });
  });

  it("refuses a number that is none", async () => {
    const answer = await ask.rest(new ProtocolProbe("apigateway"), "GET", "/restapis", "limit=x");
    expect(valuesOf(answer, "x-amzn-ErrorType")).toEqual(["SerializationException"]);
  });
});

describe("answerService, awsQuery", () => {
  it("answers with a result, even an empty one, unless nothing is answered", async () => {
    const probe = new ProtocolProbe("iam");
    await ask.query(probe, "Action=ListRoles");
    expect(bodyOf(probe)).toMatch(
      /^<ListRolesResponse xmlns="https:\/\/iam\.amazonaws\.com\/doc\/2010-05-08\/"><ListRolesResult><\/ListRolesResult><ResponseMetadata><RequestId>[0-9a-f-]{36}</,
    );
    await ask.query(probe, "Action=DeleteRole&RoleName=r");
    expect(bodyOf(probe)).not.toContain("Result");
  });

  it("reads items by their numbers", async () => {
    const probe = new ProtocolProbe("iam");
    const tags = [10, 9, 1].map((number) => `Tags.member.${number}.Key=k${number}&Tags.member.${number}.Value=v`);
    await ask.query(probe, `Action=TagRole&RoleName=r&${tags.join("&")}`);
    expect(probe.asked?.input["Tags"]).toEqual([1, 9, 10].map((number) => ({ Key: `k${number}`, Value: "v" })));
  });

  it("names errors as the protocol does, with their status", async () => {
    const probe = new ProtocolProbe("iam");
    probe.output = new AwsError("NoSuchEntity", "The role with name <r> cannot be found.");
    const answer = await ask.query(probe, "Action=GetRole&RoleName=r");
    expect(answer.status).toBe(404);
    expect(bodyOf(probe)).toContain(
      "<Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>The role with name &lt;r&gt; cannot be found.</Message></Error>",
    );
  });

  it.each(["", "Action=CreateUser", "Action=GetRole&Action=GetRole"])("does not know %j", async (body) => {
    const probe = new ProtocolProbe("iam");
    expect((await ask.query(probe, body)).status).toBe(400);
    expect(bodyOf(probe)).toMatch(/<Code>InvalidAction<\/Code><Message>.* is not emulated\. Emulated: /);
  });
});

describe("answerService, CloudWatch in each of its protocols", () => {
  const answered = { MetricAlarms: [{ AlarmName: "a", Threshold: -1.5, StateUpdatedTimestamp: 1.5 }] };

  it.each([
    ["awsQuery", [], "Action=DescribeAlarms&AlarmNames.member.1=a&MaxRecords=5"],
    [
      "awsJson1_0",
      [["X-Amz-Target", "GraniteServiceVersion20100801.DescribeAlarms"]],
      '{"AlarmNames":["a"],"MaxRecords":5}',
    ],
    ["rpcv2Cbor", [["smithy-protocol", "rpc-v2-cbor"]], encodeCbor({ AlarmNames: ["a"], MaxRecords: 5 })],
  ] as const)("reads %s", async (_, headers, body) => {
    const probe = new ProtocolProbe("cloudwatch");
    probe.output = answered;
    const path = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";
    const answer = await probe.answer(requestOf({ method: "POST", path, headers: [...headers, SIGNED], body }));
    expect(answer.status).toBe(200);
    expect(probe.asked).toEqual({ operation: "DescribeAlarms", input: { AlarmNames: ["a"], MaxRecords: 5 } });
  });

  it("writes CBOR", async () => {
    const probe = new ProtocolProbe("cloudwatch");
    probe.output = answered;
    const path = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";
    const headers = [["smithy-protocol", "rpc-v2-cbor"], SIGNED] as const;
    const answer = await probe.answer(requestOf({ method: "POST", path, headers, body: encodeCbor({}) }));
    expect(decodeCbor(answer.body as Uint8Array)).toEqual(answered);
    expect(valuesOf(answer, "Content-Type")).toEqual(["application/cbor"]);
  });

  it("tells the SDK the name that an error has in the query protocol", async () => {
    const probe = new ProtocolProbe("cloudwatch");
    probe.output = new AwsError("InvalidNextToken", "text");
    const sdk = new CloudWatchClient(probe.options());
    await expect(sdk.send(new DescribeAlarmsCommand({}))).rejects.toThrow("text");
    expect(probe.answered && valuesOf(probe.answered, "x-amzn-query-error")).toEqual(["InvalidNextToken;Sender"]);
  });
});

it("an error of CloudWatch has the name of its shape and its own status outside the query protocol", async () => {
  const probe = new ProtocolProbe("cloudwatch");
  const headers = [["X-Amz-Target", "GraniteServiceVersion20100801.DescribeAlarms"], SIGNED] as const;
  const answer = async (...refusal: ConstructorParameters<typeof AwsError>) => {
    probe.output = new AwsError(...refusal);
    const { status, body } = await probe.answer(requestOf({ method: "POST", headers, body: "{}" }));
    return [status, JSON.parse(String(body))];
  };

  expect(await answer("InvalidParameterValue", "text")).toEqual([
    400,
    { __type: "InvalidParameterValueException", message: "text" },
  ]);
  expect(await answer("ValidationError", "text")).toEqual([400, { __type: "ValidationException", message: "text" }]);
  expect(await answer("ResourceNotFound", "", 404)).toEqual([404, { __type: "ResourceNotFound" }]);
});

describe("answerService, restXml", () => {
  const s3 = (
    probe: ProtocolProbe,
    method: string,
    path: string,
    given: Partial<Parameters<typeof requestOf>[0]> = {},
  ) => probe.answer(requestOf({ method, path, host: "s3.eu-west-1.amazonaws.com", headers: [SIGNED], ...given }));

  it("finds the bucket in the host, too", async () => {
    const probe = new ProtocolProbe("s3");
    const hosts = ["a.b.s3.eu-west-1.amazonaws.com", "a.b.s3.amazonaws.com"];
    for (const host of hosts) {
      await s3(probe, "GET", "/k/l", { host });
      expect(probe.asked).toMatchObject({ operation: "GetObject", input: { Bucket: "a.b", Key: "k/l" } });
      await s3(probe, "GET", "/", { host });
      expect(probe.asked).toMatchObject({ operation: "ListObjects", input: { Bucket: "a.b" } });
    }
  });

  it.each([
    ["GET", "/b", "versioning", "GetBucketVersioning"],
    ["GET", "/b/", "versioning=", "GetBucketVersioning"],
    ["GET", "/b", "list-type=2&prefix=a", "ListObjectsV2"],
    ["GET", "/b/k", "tagging", "GetObjectTagging"],
    ["PUT", "/b/k", "x-id=PutObject", "PutObject"],
    ["PUT", "/b/k", "partNumber=1&uploadId=u", "UploadPart"],
    ["POST", "/b/k", "uploads", "CreateMultipartUpload"],
    ["GET", "/", "", "ListBuckets"],
  ])("%s %s?%s is %s", async (method, path, query, operation) => {
    const probe = new ProtocolProbe("s3");
    await s3(probe, method, path, { query });
    expect(probe.asked?.operation).toBe(operation);
  });

  it.each([
    ["GET", "/b", { query: "inventory&id=1" }],
    ["GET", "/b/k", { query: "torrent" }],
    ["PUT", "/b/k", { headers: [SIGNED, ["x-amz-copy-source", "/a/b"]] as const }],
    ["PATCH", "/b", {}],
  ])("does not take %s %s %j for another operation", async (method, path, given) => {
    const probe = new ProtocolProbe("s3");
    expect((await s3(probe, method, path, given)).status).toBe(501);
    expect(bodyOf(probe)).toContain("<Code>NotImplemented</Code>");
  });

  it("puts chunks together", async () => {
    const probe = new ProtocolProbe("s3");
    const headers = [SIGNED, ["x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"]] as const;
    const chunked = "3;chunk-signature=0\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:sOO8/Q==\r\n\r\n";
    await s3(probe, "PUT", "/b/k", { headers, body: chunked });
    expect(Buffer.from(probe.asked?.input["Body"] as Uint8Array).toString()).toBe("abcde");
    expect((await s3(probe, "PUT", "/b/k", { headers, body: "9\r\nabc\r\n" })).status).toBe(400);
  });

  it("answers HEAD without a body, and others with one", async () => {
    const probe = new ProtocolProbe("s3");
    probe.output = new AwsError("NoSuchBucket", "The specified bucket does not exist", 404);
    expect(await s3(probe, "HEAD", "/b")).toMatchObject({ status: 404, body: "" });
    expect(await s3(probe, "GET", "/b")).toMatchObject({ status: 404 });
    expect(bodyOf(probe)).toContain("<Error><Code>NoSuchBucket</Code>");
    expect((await s3(probe, "GET", "/b", { headers: [] })).status).toBe(403);
  });

  it.each(["<a>", "<a></b>", "x", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a/><b/>"])(
    "refuses the XML %s",
    async (body) => {
      const probe = new ProtocolProbe("s3");
      expect((await s3(probe, "PUT", "/b", { query: "tagging", body })).status).toBe(400);
      expect(bodyOf(probe)).toContain("<Code>MalformedXML</Code>");
    },
  );
});

describe("answerService", () => {
  it("changes the account as a whole or not at all", async () => {
    let isRefused = false;
    const deleteUserPool = ({ account }: OperationContext) => {
      account.put("pool", "a", { attributes: {}, internal: {} } as never);
      if (isRefused) throw new AwsError("InvalidParameterException", "no");
    };
    const target = ["X-Amz-Target", "AWSCognitoIdentityProviderService.DeleteUserPool"] as const;
    const poolsAfter = async () => {
      const probe = new ProtocolProbe("cognito", { operations: () => ({ DeleteUserPool: deleteUserPool }) });
      await ask.cognito(probe, '{"UserPoolId":"a"}', [target, SIGNED]);
      return probe.context.account.list("pool").length;
    };
    expect(await poolsAfter()).toBe(1);
    isRefused = true;
    expect(await poolsAfter()).toBe(0);
  });

  it("throws what is neither AWS's refusal nor one of what is not emulated", async () => {
    const probe = new ProtocolProbe("cognito");
    probe.output = new TypeError("a fault");
    await expect(ask.cognito(probe, "{}")).rejects.toThrow("a fault");
    probe.output = new UnsupportedError("not here");
    expect(await ask.cognito(probe, "{}")).toMatchObject({
      status: 501,
      body: '{"__type":"NotEmulated","message":"not here"}',
    });
  });
});

describe("callOperation", () => {
  const definition: Partial<ServiceDefinition> = {
    constraintError: "InvalidParameterException",
    notEmulated: { CreateUserPool: ["SmsConfiguration", "DeviceConfiguration", "LambdaConfig.PreSignUp"] },
  };
  const call = (name: string, input: object) => {
    const probe = new ProtocolProbe("cognito", definition);
    return callOperation(probe.service, probe.context, name, { ...input });
  };

  it("checks the constraints under the service's name for them", async () => {
    await expect(call("DescribeUserPool", {})).rejects.toMatchObject({
      name: "InvalidParameterException",
      status: 400,
      message:
        "1 validation error detected: Value null at 'userPoolId' failed to satisfy constraint: Member must not be null",
    });
  });

  it.each([
    [
      { SmsConfiguration: { SnsCallerArn: "arn:aws:iam::123456789012:role/r" } },
      /^SmsConfiguration is not emulated here\. Emulated: /,
    ],
    [
      { LambdaConfig: { PreSignUp: "arn:aws:lambda:eu-west-1:123456789012:function:f" } },
      /^LambdaConfig\.PreSignUp is not emulated here/,
    ],
  ])("refuses what is not emulated: %j", async (members, message) => {
    await expect(call("CreateUserPool", { PoolName: "p", ...members })).rejects.toMatchObject({
      name: "NotEmulated",
      status: 501,
      message: expect.stringMatching(message),
    });
  });

  it("takes an empty structure for what is not emulated as left out", async () => {
    await expect(call("CreateUserPool", { PoolName: "p", DeviceConfiguration: {} })).resolves.toBeDefined();
  });

  it("answers an output, an empty one for an operation that answers nothing", async () => {
    expect(await call("DeleteUserPool", { UserPoolId: "eu-west-1_a" })).toEqual({});
    expect(await call("CreateUserPool", { PoolName: "p", LambdaConfig: {} })).toEqual({});
  });

  it("names an operation that is not emulated", async () => {
    await expect(call("ListUsers", {})).rejects.toThrow(/^ListUsers is not emulated\. Emulated: /);
  });
});

describe("operationsIn", () => {
  const listTagsForResource = () => ({});
  const pools = { listTagsForResource, requirePool: () => ({}), findPool: undefined };

  it("are the model's operations that modules export, under their names or as functions are named", () => {
    const GetUICustomization = () => ({});
    const operations = operationsIn("cognito", pools, { TagResource: GetUICustomization, tagPool: GetUICustomization });

    expect(operations()).toEqual({ ListTagsForResource: listTagsForResource, TagResource: GetUICustomization });
    expect(operations()).toBe(operations());
  });

  it("are found by their names alone, not by JavaScript's own", () => {
    expect(Object.hasOwn(operationsIn("cognito", pools)(), "constructor")).toBe(false);
  });
});

describe("services", () => {
  it.each([...services])("%s names nothing of operations that it does not emulate", (_, service) => {
    const { writes = [], unsigned = [], notEmulated = {} } = service;
    const named = [...writes, ...unsigned, ...Object.keys(notEmulated)];

    expect(named.filter((name) => !Object.hasOwn(service.operations(), name))).toEqual([]);
  });
});

describe("isReading", () => {
  const { service } = new ProtocolProbe("cognito", { writes: ["GetSecretValue"] });

  it.each(["GetRole", "ListRoles", "DescribeAlarms", "HeadBucket", "FilterLogEvents", "Invoke", "TestInvokeMethod"])(
    "%s reads",
    (name) => {
      expect(isReading(service, name)).toBe(true);
    },
  );

  it.each(["CreateRole", "PutMethod", "DeleteRole", "UpdateStage", "TagResource", "GetSecretValue"])(
    "%s writes",
    (name) => {
      expect(isReading(service, name)).toBe(false);
    },
  );
});
