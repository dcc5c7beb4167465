/** Buckets over S3's own protocol, and what their resources are refused. */

import { AwsError } from "../../../../emulator/errors";
import type { Structure } from "../../../../emulator/protocols/constraints";
import type { HttpResponse } from "../../../../emulator/protocols/http";
import { answerService, callOperation } from "../../../../emulator/protocols/service";
import { s3 } from "../../../../emulator/services/s3";
import { Examples } from "../../../support/examples";
import { requestOf, valuesOf } from "../../../support/requests";
import { REGION, Workspace } from "../../../support/workspace";

const SIGNED = ["Authorization", "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y"] as const;

let examples: Examples;
beforeEach(async () => {
  examples = new Examples(new Workspace());
  await examples.make("aws_s3_bucket");
});

type Headers = readonly (readonly [string, string])[];

const ask = (method: string, path: string, region = REGION, headers: Headers = [SIGNED], query = "") =>
  answerService(s3, { ...examples.workspace.place, region }, requestOf({ method, path, headers, query }));

const call = (operation: string, input: Structure, region = REGION) =>
  callOperation(s3, { ...examples.workspace.place, region, requestId: "x" }, operation, input);

const bodyOf = ({ body }: HttpResponse) => String(body);

describe("HeadBucket", () => {
  it("finds a bucket, and answers where it is", async () => {
    const answer = await ask("HEAD", "/our-states");

    expect(answer.status).toBe(200);
    expect(valuesOf(answer, "x-amz-bucket-region")).toEqual([REGION]);
  });

  it("finds it by the host as well", async () => {
    const request = requestOf({ method: "HEAD", host: `our-states.s3.${REGION}.amazonaws.com`, headers: [SIGNED] });

    expect((await answerService(s3, examples.workspace.place, request)).status).toBe(200);
  });

  it("does not find another name", async () => {
    expect(await ask("HEAD", "/their-states")).toMatchObject({ status: 404, body: "" });
  });

  it("leads to the bucket's region from another one", async () => {
    const answer = await ask("HEAD", "/our-states", "us-east-1");

    expect(answer).toMatchObject({ status: 301, body: "" });
    expect(valuesOf(answer, "x-amz-bucket-region")).toEqual([REGION]);
  });

  it("refuses a request without a signature", async () => {
    expect(await ask("HEAD", "/our-states", REGION, [])).toMatchObject({ status: 403, body: "" });
    expect(bodyOf(await ask("GET", "/our-states", REGION, []))).toContain("<Code>AccessDenied</Code>");
  });

  it.each([
    ["PUT", "/our-states/dev.tfstate"],
    ["GET", "/our-states/dev.tfstate"],
    ["HEAD", "/our-states/dev.tfstate"],
  ])("answers %s %s with what is emulated", async (method, path) => {
    expect((await ask(method, path)).status).toBe(501);
  });
});

/** As recorded on AWS, or as the real provider expects it. */
describe("a setting that a bucket does not have", () => {
  it.each([
    ["GetBucketCors", "NoSuchCORSConfiguration", "The CORS configuration does not exist"],
    ["GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"],
    ["GetBucketPolicy", "NoSuchBucketPolicy", "The bucket policy does not exist"],
    ["GetBucketPolicyStatus", "NoSuchBucketPolicy", "The bucket policy does not exist"],
    ["GetBucketReplication", "ReplicationConfigurationNotFoundError", "The replication configuration was not found"],
    ["GetBucketTagging", "NoSuchTagSet", "The TagSet does not exist"],
    ["GetBucketWebsite", "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"],
    [
      "GetObjectLockConfiguration",
      "ObjectLockConfigurationNotFoundError",
      "Object Lock configuration does not exist for this bucket",
    ],
  ])("is refused by %s with %s", async (operation, name, message) => {
    await expect(call(operation, { Bucket: "our-states" })).rejects.toEqual(
      new AwsError(name, message, 404, { BucketName: "our-states" }),
    );
  });

  it("names the bucket in XML", async () => {
    expect(bodyOf(await ask("GET", "/our-states", REGION, [SIGNED], "tagging"))).toMatch(
      /<Error><Code>NoSuchTagSet<\/Code><Message>The TagSet does not exist<\/Message><BucketName>our-states<\/BucketName>/,
    );
  });

  it.each<[string, object]>([
    ["GetBucketAccelerateConfiguration", {}],
    ["GetBucketLogging", {}],
    ["GetBucketNotificationConfiguration", {}],
    ["GetBucketRequestPayment", { Payer: "BucketOwner" }],
    ["GetBucketVersioning", {}],
    ["GetBucketLocation", { LocationConstraint: REGION }],
    [
      "GetBucketEncryption",
      {
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }],
        },
      },
    ],
    ["GetBucketOwnershipControls", { OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] } }],
  ])("has a value of its own for %s", async (operation, output) => {
    expect(await call(operation, { Bucket: "our-states" })).toEqual(output);
  });

  it.each([
    [
      "PublicAccessBlock",
      "NoSuchPublicAccessBlockConfiguration",
      "The public access block configuration was not found",
    ],
    ["BucketOwnershipControls", "OwnershipControlsNotFoundError", "The bucket ownership controls were not found"],
  ])("was there until Delete%s", async (name, code, message) => {
    await call(`Get${name}`, { Bucket: "our-states" });
    await call(`Delete${name}`, { Bucket: "our-states" });

    await expect(call(`Get${name}`, { Bucket: "our-states" })).rejects.toEqual(new AwsError(code, message, 404));
  });
});

describe("a setting that AWS does not take", () => {
  const malformed = (message: string) => new AwsError("MalformedPolicy", message);
  const notJson = "Policies must be valid JSON and the first byte must be '{'";

  it.each<[string, string, Structure, AwsError]>([
    ["an empty policy", "PutBucketPolicy", { Policy: "" }, malformed(notJson)],
    ["a text for a policy", "PutBucketPolicy", { Policy: "text" }, malformed(notJson)],
    ["a policy of nothing", "PutBucketPolicy", { Policy: "{}" }, malformed("Missing required field Statement")],
    [
      "versioning without a status",
      "PutBucketVersioning",
      { VersioningConfiguration: {} },
      new AwsError("IllegalVersioningConfigurationException", "The Versioning element must be specified"),
    ],
  ])("is %s", async (_, operation, input, refusal) => {
    await expect(call(operation, { Bucket: "our-states", ...input })).rejects.toEqual(refusal);
  });
});

describe("CreateBucket", () => {
  const create = (region: string, LocationConstraint?: string, Bucket = "other-states") =>
    call(
      "CreateBucket",
      { Bucket, ...(LocationConstraint && { CreateBucketConfiguration: { LocationConstraint } }) },
      region,
    );

  it.each([
    ["us-east-1", "us-east-1", "InvalidLocationConstraint", "The specified location-constraint is not valid"],
    [
      "eu-west-1",
      undefined,
      "IllegalLocationConstraintException",
      "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.",
    ],
    [
      "eu-west-1",
      "us-east-1",
      "IllegalLocationConstraintException",
      "The us-east-1 location constraint is incompatible for the region specific endpoint this request was sent to.",
    ],
  ])("in %s refuses the location %s", async (region, location, name, message) => {
    await expect(create(region, location)).rejects.toEqual(new AwsError(name, message));
  });

  it("takes a second one by the owner for the first in us-east-1 only", async () => {
    expect(await create("us-east-1")).toEqual(await create("us-east-1"));
    await expect(create(REGION, REGION, "our-states")).rejects.toThrow("you already own it");
    expect(await call("ListBuckets", {})).toMatchObject({
      Buckets: [
        { Name: "other-states", BucketRegion: "us-east-1" },
        { Name: "our-states", BucketRegion: REGION },
      ],
    });
  });
});

describe("what was recorded of buckets", () => {
  const Bucket = "our-states";
  const malformed = /^The XML you provided was not well-formed/;
  const rule = (changes: object) => ({ Rules: [{ ApplyServerSideEncryptionByDefault: changes }] });
  const refusal = (operation: string, input: Structure, region = REGION) =>
    call(operation, input, region).then(
      () => undefined,
      ({ name, message, status }: AwsError) => [name, message, status],
    );

  it.each<[string, Structure, string, unknown, number?]>([
    ["PutBucketVersioning", { VersioningConfiguration: { Status: "enabled" } }, "MalformedXML", malformed],
    ["PutBucketOwnershipControls", { OwnershipControls: { Rules: [] } }, "MalformedXML", malformed],
    [
      "PutBucketOwnershipControls",
      { OwnershipControls: { Rules: [{ ObjectOwnership: "x" }] } },
      "MalformedXML",
      malformed,
    ],
    ["PutBucketEncryption", { ServerSideEncryptionConfiguration: { Rules: [] } }, "MalformedXML", malformed],
    [
      "PutBucketEncryption",
      { ServerSideEncryptionConfiguration: rule({ SSEAlgorithm: "AES256", KMSMasterKeyID: "x" }) },
      "InvalidArgument",
      "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
    ],
    ["PutBucketTagging", { Tagging: { TagSet: [{ Value: "x" }] } }, "MalformedXML", malformed],
    [
      "PutBucketTagging",
      { Tagging: { TagSet: [{ Key: "a", Value: "b,c" }] } },
      "InvalidTag",
      "The TagValue you have provided is invalid",
    ],
    [
      "GetBucketPolicy",
      { ExpectedBucketOwner: "0000" },
      "InvalidBucketOwnerAWSAccountID",
      "The value of the expected bucket owner parameter must be an AWS Account ID... [0000]",
    ],
    ["DeleteBucketPolicy", { ExpectedBucketOwner: "000000000002" }, "AccessDenied", "Access Denied", 403],
  ])("%s is refused with %j", async (operation, input, name, message, status = 400) => {
    const text = message instanceof RegExp ? expect.stringMatching(message) : message;
    expect(await refusal(operation, { Bucket, ...input })).toEqual([name, text, status]);
  });

  it("a creation in us-east-1 may name another region, and Ireland has two names", async () => {
    const create = (name: string, LocationConstraint: string, region: string) =>
      call("CreateBucket", { Bucket: name, CreateBucketConfiguration: { LocationConstraint } }, region);

    expect(await create("there", "us-west-1", "us-east-1")).toEqual({
      Location: "http://there.s3.amazonaws.com/",
      BucketArn: "arn:aws:s3:::there",
    });
    await create("ireland", "EU", "eu-west-1");

    expect(await call("GetBucketLocation", { Bucket: "there" }, "us-east-1")).toEqual({
      LocationConstraint: "us-west-1",
    });
    expect(await call("GetBucketLocation", { Bucket: "ireland" })).toEqual({ LocationConstraint: "EU" });
  });

  it("a creation sets ownership and locks objects, which keeps their versions", async () => {
    const CreateBucketConfiguration = { LocationConstraint: REGION };
    const given = { ObjectOwnership: "BucketOwnerPreferred", ObjectLockEnabledForBucket: true };
    await call("CreateBucket", { Bucket: "locked", CreateBucketConfiguration, ...given });

    expect(await call("GetBucketOwnershipControls", { Bucket: "locked" })).toEqual({
      OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerPreferred" }] },
    });
    const suspended = { Bucket: "locked", VersioningConfiguration: { Status: "Suspended" } };
    expect((await refusal("PutBucketVersioning", suspended))?.[0]).toBe("InvalidBucketState");
    expect(
      (await refusal("CreateBucket", { Bucket: "other", CreateBucketConfiguration, ObjectOwnership: "x" }))?.[1],
    ).toBe("Invalid x-amz-object-ownership header: x");
  });

  it("settings of public access that are left out are off, and no tags are none", async () => {
    await call("PutPublicAccessBlock", { Bucket, PublicAccessBlockConfiguration: { BlockPublicAcls: true } });
    await call("PutBucketTagging", { Bucket, Tagging: {} });

    expect(await call("GetPublicAccessBlock", { Bucket })).toEqual({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: false,
        BlockPublicPolicy: false,
        RestrictPublicBuckets: false,
      },
    });
    expect((await refusal("GetBucketTagging", { Bucket }))?.[0]).toBe("NoSuchTagSet");
  });

  it("an answer without content is an element without content", async () => {
    const answer = await ask("GET", "/our-states", REGION, [SIGNED], "accelerate");
    expect(bodyOf(answer)).toMatch(/<AccelerateConfiguration xmlns="[^"]+"\/>$/);
  });
});

describe("aws_s3_bucket", () => {
  it.each(["Upper", "ab", "-states", "states-", "a..b", "192.168.0.1", "a".repeat(64)])(
    "is not called %s",
    async (bucket) => {
      await expect(examples.another("aws_s3_bucket", { bucket })).rejects.toThrow("The specified bucket is not valid.");
    },
  );

  it("has no settings before it is there", async () => {
    const config = { bucket: "gone", versioning_configuration: [{ status: "Enabled" }] };

    await expect(examples.workspace.create("aws_s3_bucket_versioning", config)).rejects.toThrow(
      "The specified bucket does not exist",
    );
  });

  it("has tags, which change in place and go", async () => {
    const made = await examples.another("aws_s3_bucket", { bucket: "tagged", tags: { a: "1" } });
    const config = { bucket: "tagged", tags: { b: "2" } };
    const changed = await examples.workspace.update("aws_s3_bucket", made, config);
    const bare = await examples.workspace.update("aws_s3_bucket", changed, { bucket: "tagged" });

    expect([made, changed, bare].map(({ tags_all }) => tags_all)).toEqual([{ a: "1" }, { b: "2" }, {}]);
  });

  it("shows the settings that its own resources set", async () => {
    const made = await examples.make("aws_s3_bucket");
    await examples.make("aws_s3_bucket_versioning");
    const { policy } = await examples.make("aws_s3_bucket_policy");

    expect(await examples.workspace.refresh("aws_s3_bucket", made)).toMatchObject({
      policy,
      versioning: [{ enabled: true, mfa_delete: false }],
    });
  });
});
