import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { addGuards } from "../../constructs/guards/guards";
import { type S3BackendSettings, StateBucketStack } from "../../constructs/state-bucket";
import { environment } from "../support/environment";

const BACKEND = {
  kind: "s3",
  bucket: "our-states",
  region: "eu-central-1",
  key: "shop/dev.tfstate",
  kmsKeyArn: undefined,
} as const;

type Named = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
interface Stack {
  readonly provider: { readonly aws: readonly object[] };
  readonly terraform: object;
  readonly resource: Readonly<Record<string, Named>>;
}

/** What is synthesized, which no guard may refuse. */
function synthesize(backend: S3BackendSettings = BACKEND): Stack {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), "bucket-")) });
  const given = environment({ region: "eu-west-1", accountId: "123456789012", tags: { team: "platform" } });
  new StateBucketStack(app, backend.bucket, { environment: given, backend });
  addGuards(app);
  app.synth();
  return JSON.parse(readFileSync(join(app.outdir, "stacks", backend.bucket, "cdk.tf.json"), "utf8"));
}

const only = (stack: Stack, type: string) => Object.values(stack.resource[type] ?? {})[0];

describe("StateBucketStack", () => {
  it("makes the bucket in its own region, in the environment's account, with its tags", () => {
    expect(synthesize().provider.aws).toEqual([
      {
        region: "eu-central-1",
        allowed_account_ids: ["123456789012"],
        default_tags: [{ tags: { team: "platform" } }],
      },
    ]);
  });

  it("is not destroyed by mistake", () => {
    expect(only(synthesize(), "aws_s3_bucket")).toMatchObject({
      bucket: "our-states",
      lifecycle: { prevent_destroy: true },
    });
  });

  it("keeps versions", () => {
    expect(only(synthesize(), "aws_s3_bucket_versioning")).toMatchObject({
      versioning_configuration: { status: "Enabled" },
    });
  });

  it.each([
    [undefined, [{ apply_server_side_encryption_by_default: { sse_algorithm: "AES256" }, bucket_key_enabled: false }]],
    [
      "arn:aws:kms:eu-central-1:123456789012:key/1",
      [
        {
          apply_server_side_encryption_by_default: {
            sse_algorithm: "aws:kms",
            kms_master_key_id: "arn:aws:kms:eu-central-1:123456789012:key/1",
          },
          bucket_key_enabled: true,
        },
      ],
    ],
  ])("encrypts with the key %s", (kmsKeyArn, rule) => {
    const encryption = only(
      synthesize({ ...BACKEND, kmsKeyArn }),
      "aws_s3_bucket_server_side_encryption_configuration",
    );

    expect(encryption).toMatchObject({ rule });
  });

  it("is never public, whoever tries", () => {
    const stack = synthesize();

    expect(only(stack, "aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(only(stack, "aws_s3_bucket_ownership_controls")).toMatchObject({
      rule: { object_ownership: "BucketOwnerEnforced" },
    });
  });

  it("refuses everybody who does not come by TLS, to the bucket and to what is in it", () => {
    const { policy } = only(synthesize(), "aws_s3_bucket_policy") ?? {};
    const arn = ["${", "aws_s3_bucket.bucket.arn", "}"].join("");

    expect(JSON.parse(String(policy)).Statement).toEqual([
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("keeps its own state beside the output folder, as what is in the bucket cannot make it", () => {
    expect(synthesize().terraform).toMatchObject({ backend: { local: { path: "../../../our-states.tfstate" } } });
  });
});
