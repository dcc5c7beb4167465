/** Where Terraform keeps a stack's state, which holds every client's secret. */
import {
  CloudBackend,
  LocalBackend,
  NamedCloudWorkspace,
  S3Backend,
  type TerraformBackend,
  type TerraformStack,
} from "cdktf";
import type { Backend, Environment } from "../../access/access-model";

/** Adds the backend of the environment. */
export function createBackend(stack: TerraformStack, environment: Environment): TerraformBackend {
  const { backend, name, accountId } = environment;
  switch (backend.kind) {
    case "local":
      // Beside the output folder, wherever that is: relative, so that the same bytes come out on every machine.
      return new LocalBackend(stack, { path: `../../../terraform.${name}.tfstate` });
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
