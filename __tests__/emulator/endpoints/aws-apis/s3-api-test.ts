/** Whether a bucket is there, over S3's own protocol; and the bucket's own rules. */

import { answerS3 } from "../../../../emulator/endpoints/aws-apis/s3-api";
import type { HttpResponse } from "../../../../emulator/endpoints/http";
import { Examples } from "../../../support/examples";
import { requestOf, valuesOf } from "../../../support/requests";
import { REGION, Workspace } from "../../../support/workspace";

const SIGNED = ["Authorization", "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y"] as const;
const examples = new Examples(new Workspace());
const ask = (
  method: string,
  path: string,
  region = REGION,
  headers: readonly (readonly [string, string])[] = [SIGNED],
) => answerS3({ account: examples.workspace.account, region }, requestOf({ method, path, headers }));

const bodyOf = ({ body }: HttpResponse) => String(body);

beforeAll(() => examples.make("aws_s3_bucket"));

describe("answerS3, HeadBucket", () => {
  it("finds a bucket, and says where it is", () => {
    const answer = ask("HEAD", "/our-states");

    expect(answer.status).toBe(200);
    expect(valuesOf(answer, "x-amz-bucket-region")).toEqual([REGION]);
  });

  it.each([
    ["another name", "/their-states", REGION, 404],
    ["another region", "/our-states", "us-east-1", 301],
  ])("does not find it under %s", (_what, path, region, status) => {
    expect(ask("HEAD", path, region)).toMatchObject({ status, body: "" });
  });

  it("refuses who does not sign", () => {
    expect(ask("HEAD", "/our-states", REGION, [])).toMatchObject({ status: 403, body: "" });
    expect(bodyOf(ask("GET", "/our-states", REGION, []))).toContain("<Code>AccessDenied</Code>");
  });

  it.each([
    ["PUT", "/our-states"],
    ["GET", "/our-states/dev.tfstate"],
    ["HEAD", "/our-states/dev.tfstate"],
  ])("says of %s %s that it is not emulated", (method, path) => {
    expect(ask(method, path).status).toBe(501);
  });

  it("names what is not emulated, as XML", () => {
    expect(bodyOf(ask("GET", "/<a>&b"))).toContain("<Message>GET /&lt;a>&amp;b is not emulated.");
  });
});

describe("aws_s3_bucket", () => {
  it.each([
    "Upper",
    "ab",
    "-states",
    "states-",
    "a..b",
    "192.168.0.1",
    "a".repeat(64),
  ])("is not called %s", async (bucket) => {
    await expect(examples.another("aws_s3_bucket", { bucket })).rejects.toThrow("The specified bucket is not valid.");
  });

  it("is there once, whatever the region", async () => {
    await expect(examples.another("aws_s3_bucket", {})).rejects.toThrow("you already own it");
  });

  it("has no settings before it is there", async () => {
    const config = { bucket: "gone", versioning_configuration: [{ status: "Enabled" }] };

    await expect(examples.workspace.create("aws_s3_bucket_versioning", config)).rejects.toThrow(
      "The specified bucket does not exist",
    );
  });
});
