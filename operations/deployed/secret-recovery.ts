/**
 * Commands that make a secret the stack's again: one that is scheduled for deletion is restored, and one that is not in
 * Terraform's state is imported.
 */
import type { DescribeSecretResponse } from "@aws-sdk/client-secrets-manager";
import { StackJson } from "../../constructs/contract/stack-json";
import { quoted } from "../../platform/shell";

const SECRET = "aws_secretsmanager_secret";
const VERSION = "aws_secretsmanager_secret_version";

/** A client's secret as it is synthesized. */
export interface PlannedSecret {
  readonly name: string;
  /** Terraform's addresses of the secret and of its value. */
  readonly address: string;
  readonly versionAddress: string | undefined;
}

/** @param json content of the stack's `cdk.tf.json` */
export function plannedSecrets(json: unknown): readonly PlannedSecret[] {
  const stack = new StackJson(json);
  const versions = stack.ofType(VERSION);
  return stack.ofType(SECRET).map(({ name: id, attributes: { name } }) => {
    const address = `${SECRET}.${id}`;
    const version = versions.find(({ attributes }) => attributes["secret_id"] === `\${${address}.id}`);
    return { name: String(name), address, versionAddress: version && `${VERSION}.${version.name}` };
  });
}

export function restoreCommand(region: string, name: string): string {
  return `aws secretsmanager restore-secret --region ${region} --secret-id ${quoted(name)}`;
}

export function deleteCommand(region: string, name: string): string {
  return `aws secretsmanager delete-secret --region ${region} --secret-id ${quoted(name)} --force-delete-without-recovery`;
}

/**
 * The value is imported too: Terraform would write over it what Cognito returns, which is not a rotated secret.
 * @param folder folder of the stack, as it is typed in a command
 */
export function importCommands(
  { address, versionAddress }: PlannedSecret,
  { ARN, VersionIdsToStages = {} }: DescribeSecretResponse,
  folder: string,
): readonly string[] {
  const current = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes("AWSCURRENT"))?.[0];
  const terraform = `terraform -chdir=${quoted(folder)} import`;
  const version = current && versionAddress ? [`${terraform} ${versionAddress} '${ARN}|${current}'`] : [];
  return [`${terraform} ${address} ${ARN}`, ...version];
}
