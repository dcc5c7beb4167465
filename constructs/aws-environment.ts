/** Where a stack is deployed, what limits its roles, and where Terraform keeps its state. */
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import {
  Aspects,
  CloudBackend,
  LocalBackend,
  NamedCloudWorkspace,
  S3Backend,
  type TerraformBackend,
  TerraformResource,
  type TerraformStack,
} from "cdktf";
import type { Backend, Environment } from "../access/access-model";
import { STATE_PREFIX } from "./contract/contract";
import { keepLocalStatesPrivate, localStatePath } from "./contract/local-state";
import { TerraformData } from "./terraform-data";

/**
 * Adds the provider. With an account id it refuses any other account's credentials when it is configured, thus before
 * anything is read or planned: `AWS account ID not allowed: <id>`.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs#allowed_account_ids-1
 */
export function createProvider(stack: TerraformStack, environment: Environment): AwsProvider {
  const { region, accountId, tags } = environment;
  return new AwsProvider(stack, "aws", {
    region,
    ...(accountId === undefined ? {} : { allowedAccountIds: [accountId] }),
    ...(Object.keys(tags).length === 0 ? {} : { defaultTags: [{ tags: { ...tags } }] }),
  });
}

/**
 * Gives every role of the stack the permissions boundary of the environment, whichever construct creates the role.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function limitRoles(stack: TerraformStack, { permissionsBoundary }: Environment): void {
  if (permissionsBoundary === undefined) return;
  Aspects.of(stack).add({
    visit(node) {
      if (!TerraformResource.isTerraformResource(node) || node.terraformResourceType !== "aws_iam_role") return;
      node.addOverride("permissions_boundary", permissionsBoundary);
    },
  });
}

/** Adds the backend of the environment. */
export function createBackend(stack: TerraformStack, environment: Environment): TerraformBackend {
  const { backend, name, accountId } = environment;
  switch (backend.kind) {
    case "local":
      return new LocalBackend(stack, { path: localStatePath(name) });
    case "s3":
      return createS3Backend(stack, backend, accountId);
    case "hcp":
      return new CloudBackend(stack, {
        organization: backend.organization,
        hostname: backend.hostname,
        workspaces: new NamedCloudWorkspace(backend.workspace),
      });
  }
}

/** Keeps the states on this machine to their owner. @param outputFolder folder of the synthesized stacks */
export function keepStatesPrivate(outputFolder: string, environments: readonly Environment[]): void {
  const local = environments.filter(({ backend }) => backend.kind === "local");
  const names = local.map(({ name }) => name);
  keepLocalStatesPrivate(outputFolder, names);
}

/**
 * Encrypted, and locked by a file beside the state, which needs Terraform 1.10 and no DynamoDB table.
 *
 * @param accountId the account to refuse all others for, as the provider does; `undefined` means any
 * @see https://developer.hashicorp.com/terraform/language/backend/s3
 */
function createS3Backend(
  stack: TerraformStack,
  { bucket, key, region, kmsKeyArn }: Extract<Backend, { readonly kind: "s3" }>,
  accountId: string | undefined,
): S3Backend {
  const backend = new S3Backend(stack, {
    bucket,
    key,
    region,
    encrypt: true,
    ...(kmsKeyArn === undefined ? {} : { kmsKeyId: kmsKeyArn }),
    ...(accountId === undefined ? {} : { allowedAccountIds: [accountId] }),
  });
  // CDKTF has no field for it.
  backend.addOverride("use_lockfile", true);
  return backend;
}

/**
 * Records the prefix in the state. A plan of another prefix on that state, which would destroy all that it holds, is
 * refused by Terraform; what is destroyed as a whole is not checked.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/custom-conditions#preconditions-and-postconditions
 */
export function recordPrefix(stack: TerraformStack, { name, prefix }: Environment): void {
  const found = "self.output.prefix";
  const condition = `\${${found} == ${JSON.stringify(prefix)}}`;
  const errorMessage = `The state of ${name} holds resources of \${${found}}, not of ${prefix}. Give the environment a state of its own (backend in access.yaml) or, if its prefix was changed, restore it and run npx access teardown ${name} first.`;
  const record = new TerraformData(stack, "state-prefix", {
    input: { prefix },
    lifecycle: { ignoreChanges: ["input"], postcondition: [{ condition, errorMessage }] },
  });
  record.overrideLogicalId(STATE_PREFIX);
}
