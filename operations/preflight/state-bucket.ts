/** The bucket of an environment's state: found, planned and created. */
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Backend, Environment } from "../../access/access-model";
import { AwsError, aws } from "../../platform/aws";
import { detachedTerraform } from "../../platform/detached-terraform";
import { stackFolder } from "../../platform/project";
import { runApp } from "../../platform/stack";
import { sayMeanwhile } from "../../platform/terminal";
import { terraform } from "../../platform/terraform";
import { UserError } from "../../platform/user-error";
import { actionOf, makePlan, type ResourceChange } from "../plan-file/plan-json";
import { managedResources, readState } from "../plan-file/state-json";

/** Address of the bucket in its stack. */
const BUCKET = "aws_s3_bucket.bucket";
const PLAN = "bucket.tfplan";

/** Where a state is, in S3. */
export type S3Backend = Extract<Backend, { readonly kind: "s3" }>;

export interface BucketPlan {
  /** Folder of the bucket's stack. */
  readonly folder: string;
  /** Whether the bucket is there already and only Terraform does not know of it. */
  readonly isAdopted: boolean;
  /** What changes; empty when all is as it should be. */
  readonly changes: readonly ResourceChange[];
}

/** The backend, when it is in S3. @throws {UserError} that says what to write when it is not */
export function requireS3({ name, backend }: Environment): S3Backend {
  if (backend.kind === "s3") return backend;
  const where = backend.kind === "hcp" ? "in HCP Terraform" : "on this machine";
  throw new UserError(
    `${name} keeps its state ${where}, so it needs no bucket. To store it in S3, add to access.yaml:\n  environments:\n    ${name}: { …, backend: { s3: { bucket: <name> } } }`,
  );
}

/**
 * Whether the bucket exists.
 * @throws {UserError} when it belongs to another account, or is in another region
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 */
export async function isBucketThere({ bucket, region }: S3Backend): Promise<boolean> {
  const elsewhere = `the bucket ${bucket} is in another region than ${region}. Name its region: s3: { bucket, region }`;
  try {
    const { BucketRegion } = await (await aws(region).s3()).headBucket({ Bucket: bucket });
    if (BucketRegion !== undefined && BucketRegion !== region) throw new UserError(elsewhere);
    return true;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.isNotFound) return false;
    if (error.status === 301 || error.status === 307) throw new UserError(elsewhere);
    if (error.status !== 403) throw error;
    throw new UserError(
      `the bucket ${bucket} exists, but these credentials have no access to it. If it belongs to another account, use another name, because bucket names are globally unique; otherwise grant s3:ListBucket.`,
    );
  }
}

/** Plans what is missing. Changes nothing. @throws {UserError} when AWS or Terraform refuses */
export async function planBucket(environment: Environment, backend: S3Backend): Promise<BucketPlan> {
  const output = join(dirname(dirname(dirname(stackFolder(environment.name)))), ".bootstrap", "cdktf.out");
  sayMeanwhile(await runApp(join("constructs", "state-bucket.ts"), output, [environment.name]));
  const folder = join(output, "stacks", backend.bucket);
  const imports = join(folder, "import.tf.json");
  rmSync(imports, { force: true });
  await terraform(folder, ["init", "-input=false"]);
  const isKnown = managedResources(await readState(folder)).some(({ address }) => address === BUCKET);
  const isAdopted = (await isBucketThere(backend)) && !isKnown;
  if (isAdopted) writeFileSync(imports, JSON.stringify({ import: [{ to: BUCKET, id: backend.bucket }] }));
  const { resource_changes } = await makePlan(folder, join(folder, PLAN));
  const changes = resource_changes.filter(({ change }) => !["nothing", "read"].includes(actionOf(change)));
  return { folder, isAdopted, changes };
}

/** Does what was planned. @throws {UserError} when Terraform refuses */
export async function applyBucket({ folder }: BucketPlan): Promise<void> {
  await detachedTerraform(folder, ["apply", "-input=false", PLAN]);
  rmSync(join(folder, PLAN));
}
