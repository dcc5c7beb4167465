/** The bucket that Terraform's state is kept in: private, encrypted, versioned, by TLS only. */
import { join } from "node:path";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { App, LocalBackend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { AccessModelError, type Backend, type Environment, readAccessModel } from "../access/access-model";
import { visibleLines } from "../access/visible";
import { createProvider } from "./aws-environment";
import { addGuards } from "./guards/guards";

/** Where a stack's state is, in S3. */
export type S3BackendSettings = Extract<Backend, { readonly kind: "s3" }>;

/** Settings of a {@link StateBucketStack}. */
export interface StateBucketStackProps {
  /** Whose state it is for: account and tags. */
  readonly environment: Environment;
  readonly backend: S3BackendSettings;
}

/**
 * A stack of its own, as a bucket cannot be made by what is kept in it, and lives longer. Its own state lies beside the
 * output folder and holds no secret; a bucket whose state was lost is imported.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend/s3
 */
export class StateBucketStack extends TerraformStack {
  private readonly bucket: S3Bucket;

  constructor(scope: Construct, id: string, { environment, backend }: StateBucketStackProps) {
    super(scope, id);
    this.addOverride("terraform.required_version", ">= 1.10");
    createProvider(this, { ...environment, region: backend.region });
    new LocalBackend(this, { path: `../../../${id}.tfstate` });
    // Without it, Terraform loses track of everything that is deployed.
    this.bucket = new S3Bucket(this, "bucket", { bucket: backend.bucket, lifecycle: { preventDestroy: true } });
    this.keepPrivate();
    this.keepVersions(backend);
  }

  private keepPrivate(): void {
    const { id: bucket, arn } = this.bucket;
    new S3BucketOwnershipControls(this, "owner", { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } });
    const blocked = new S3BucketPublicAccessBlock(this, "private", {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    // S3 refuses two changes of a bucket's access at the same time.
    new S3BucketPolicy(this, "tls-only", { bucket, policy: tlsOnly(arn), dependsOn: [blocked] });
  }

  private keepVersions({ kmsKeyArn }: S3BackendSettings): void {
    const { id: bucket } = this.bucket;
    const key =
      kmsKeyArn === undefined ? { sseAlgorithm: "AES256" } : { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn };
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket,
      rule: [{ applyServerSideEncryptionByDefault: key, bucketKeyEnabled: kmsKeyArn !== undefined }],
    });
    new S3BucketVersioningA(this, "versions", { bucket, versioningConfiguration: { status: "Enabled" } });
  }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html */
function tlsOnly(bucketArn: string): string {
  const Statement = {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [Statement] });
}

/**
 * Synthesizes the stack of the bucket.
 * @param folder folder of access.yaml
 * @param name of an environment whose state is in S3
 */
function main(folder: string, name: string): void {
  try {
    const { environments } = readAccessModel(join(folder, "access.yaml"));
    const environment = environments.find((one) => one.name === name);
    if (environment?.backend.kind !== "s3") throw new Error(`${name} keeps no state in S3`);
    const app = new App();
    new StateBucketStack(app, environment.backend.bucket, { environment, backend: environment.backend });
    addGuards(app);
    app.synth();
  } catch (error) {
    if (!(error instanceof AccessModelError)) throw error;
    process.stderr.write(`${visibleLines(error.message)}\n`);
    process.exitCode = 1;
  }
}

if (require.main === module) main(process.cwd(), process.argv[2] ?? "");
