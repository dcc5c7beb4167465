/** `npx access bootstrap <env>`: the bucket that an environment's state is kept in. */
import { Command } from "commander";
import pc from "picocolors";
import { actionOf } from "../operations/plan-file/plan-json";
import {
  applyBucket,
  type BucketPlan,
  planBucket,
  requireS3,
  type S3Backend,
} from "../operations/preflight/state-bucket";
import { confirm } from "../platform/confirm";
import { awsName, copyable, isEmbeddedAws } from "../platform/local-command";
import { findEnvironment, projectModel } from "../platform/project";
import { print, printJson, say, step, waitFor } from "../platform/terminal";
import { requireTerraform } from "../platform/terraform";
import { runCommand, UserError } from "../platform/user-error";
import type { BootstrapOutput } from "./json-output";

interface Options {
  readonly yes?: true;
  readonly plan?: true;
  readonly json?: true;
}

export const command = new Command("bootstrap")
  .description(
    "Creates the S3 bucket for an environment's state, in a separate stack: versioned, encrypted, private, TLS only. Run it before the first deployment. It can be run again: an existing bucket is imported and repaired.",
  )
  .argument("[env]", "environment; required if access.yaml has more than one")
  .option("--plan", "show the planned changes without applying them")
  .option("-y, --yes", "apply the changes without confirmation")
  .option("--json", "print the changes as JSON")
  .action((env: string | undefined, options: Options) => runCommand(() => bootstrap(env, options)));

async function bootstrap(env: string | undefined, options: Options): Promise<number> {
  const environment = findEnvironment(projectModel(), env);
  const backend = requireS3(environment);
  await requireTerraform();
  step(`Checking the bucket ${backend.bucket} in ${backend.region}`);
  const plan = await planBucket(environment, backend);
  const bucket = pc.bold(backend.bucket);
  const tell = options.json ? say : print;
  const isRight = plan.changes.length === 0;
  const right = `${pc.green("✓")} ${bucket} is configured correctly: versioned, encrypted, private, TLS only.`;
  tell(isRight ? right : described(backend.bucket, plan));
  const isDone = !isRight && options.plan !== true;
  if (isDone) {
    if (
      !options.yes &&
      !(await confirm(isEmbeddedAws() ? `Apply these changes to ${awsName()}?` : "Apply these changes?"))
    )
      throw new UserError("not confirmed; nothing was changed.");
    await waitFor(`Applying to ${backend.bucket}`, applyBucket(plan));
    tell(`${pc.green("✓")} ${bucket} is ready. Now: ${copyable(`npx access deploy ${environment.name}`)}`);
  }
  if (options.json) printJson(outcomeOf(backend, plan, isDone));
  return 0;
}

function outcomeOf(
  { bucket, region }: S3Backend,
  { changes, isAdopted }: BucketPlan,
  isDone: boolean,
): BootstrapOutput {
  const planned = changes.map(({ type, change }) => ({ type, action: actionOf(change) }));
  return { bucket, region, isAdopted, changes: planned, isDone };
}

/** What each resource is for. */
const MEANINGS: Readonly<Record<string, string>> = {
  aws_s3_bucket: "the bucket",
  aws_s3_bucket_ownership_controls: "ACLs disabled: the bucket owner owns all objects",
  aws_s3_bucket_policy: "TLS only",
  aws_s3_bucket_public_access_block: "never public",
  aws_s3_bucket_server_side_encryption_configuration: "encryption",
  aws_s3_bucket_versioning: "versioning, to restore earlier states",
};

function described(bucket: string, { changes, isAdopted }: BucketPlan): string {
  const title = isAdopted ? `${bucket} exists. It is imported, and these settings are applied:` : `${bucket}:`;
  const lines = changes.map(
    ({ type, change }) => `  ${actionOf(change).padEnd(7)}  ${(MEANINGS[type] ?? type).padEnd(48)}  ${pc.dim(type)}`,
  );
  return [title, ...lines].join("\n");
}
