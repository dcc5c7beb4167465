/**
 * Secrets of Secrets Manager whose name is taken, so that a deployment would fail half-way. A secret that is deleted
 * keeps its name for its recovery window; a restored one that a deployment removed from Terraform's state exists already.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
 */
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import type { DescribeSecretResponse } from "@aws-sdk/client-secrets-manager";
import { z } from "zod";
import { type Aws, unlessMissing } from "../../platform/aws";
import { stackFolder, userFolder } from "../../platform/project";
import { synthesizedStacks } from "../../platform/synthesis";
import { managedResources, readState } from "../plan-file/state-json";
import type { Finding } from "./finding";

const SECRET = "aws_secretsmanager_secret";
const VERSION = "aws_secretsmanager_secret_version";

const stack = z.object({
  resource: z.object({
    [SECRET]: z.record(z.string(), z.object({ name: z.string() })).default({}),
    [VERSION]: z.record(z.string(), z.object({ secret_id: z.string() })).default({}),
  }),
});

/** A client's secret as it is synthesized. */
export interface PlannedSecret {
  readonly name: string;
  /** Terraform's addresses of the secret and of its value. */
  readonly address: string;
  readonly versionAddress: string | undefined;
}

/** @throws {UserError} when AWS or Terraform refuses a read, or the stack cannot be synthesized */
export async function checkSecrets(sdk: Aws, environment: string): Promise<readonly Finding[]> {
  const json = (await synthesizedStacks()).find((one) => one.environment === environment)?.json;
  const { [SECRET]: secrets, [VERSION]: versions } = stack.parse(json).resource;
  const planned = Object.entries(secrets).map(([id, { name }]) => {
    const address = `${SECRET}.${id}`;
    const [version] = Object.entries(versions).find(([, { secret_id }]) => secret_id === `\${${address}.id}`) ?? [];
    return { name, address, versionAddress: version && `${VERSION}.${version}` };
  });
  const folder = stackFolder(environment);
  return await findTakenNames(sdk, planned, await secretsInState(folder), relative(userFolder, folder) || ".");
}

/** ARNs of the secrets in the state; `undefined` where the stack was not initialized on this machine. */
async function secretsInState(folder: string): Promise<readonly unknown[] | undefined> {
  if (!existsSync(join(folder, ".terraform"))) return undefined;
  const resources = managedResources(await readState(folder));
  return resources.filter(({ type }) => type === SECRET).map(({ values }) => values["arn"]);
}

/**
 * @param managed ARNs of the secrets in the state; `undefined` when the state is not known
 * @param folder of the stack, as the user can type it
 */
export async function findTakenNames(
  sdk: Aws,
  planned: readonly PlannedSecret[],
  managed: readonly unknown[] | undefined,
  folder: string,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const secret of planned) {
    const found = await unlessMissing((await sdk.secretsManager()).describeSecret({ SecretId: secret.name }));
    if (found === undefined || (found.DeletedDate === undefined && managed?.includes(found.ARN))) continue;
    findings.push(
      found.DeletedDate
        ? deleted(sdk.region, secret, found, managed, folder)
        : existing(secret, found, managed, folder),
    );
  }
  if (findings.length > 0) return findings;
  return [{ check: "secret", isRight: true, found: "no name of a secret is taken", remedy: [] }];
}

function deleted(
  region: string,
  secret: PlannedSecret,
  found: DescribeSecretResponse,
  managed: readonly unknown[] | undefined,
  folder: string,
): Finding {
  const { name } = secret;
  const isManaged = managed?.includes(found.ARN) === true;
  const when = isManaged ? "although it is deployed" : `and keeps its name until ${found.DeletedDate?.toISOString()}`;
  const restore = `  aws secretsmanager restore-secret --region ${region} --secret-id ${name}`;
  return {
    check: "secret",
    isRight: false,
    found: `${name} is scheduled for deletion, ${when}: AWS refuses to create it again (InvalidRequestException)`,
    remedy: isManaged
      ? ["Restore it before you deploy:", restore]
      : [
          "Restore it, and import it into the state:",
          restore,
          ...imports(secret, found, folder),
          "Or delete it without recovery:",
          `  aws secretsmanager delete-secret --region ${region} --secret-id ${name} --force-delete-without-recovery`,
        ],
  };
}

function existing(
  secret: PlannedSecret,
  found: DescribeSecretResponse,
  managed: readonly unknown[] | undefined,
  folder: string,
): Finding {
  const what = `${secret.name} exists`;
  if (managed === undefined) {
    const unknown = `${what}; whether it is in Terraform's state is unknown, as the stack is not initialized here`;
    return { check: "secret", isRight: true, found: unknown, remedy: [] };
  }
  return {
    check: "secret",
    isRight: false,
    found: `${what} and is not in Terraform's state: AWS refuses to create it again (ResourceExistsException)`,
    remedy: ["If it is this stack's, import it into the state:", ...imports(secret, found, folder)],
  };
}

/** The value is imported too: Terraform would write over it what Cognito returns, which is not a rotated secret. */
function imports(
  { address, versionAddress }: PlannedSecret,
  { ARN, VersionIdsToStages = {} }: DescribeSecretResponse,
  folder: string,
): readonly string[] {
  const current = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes("AWSCURRENT"))?.[0];
  const terraform = `  terraform -chdir=${folder} import`;
  const version = current && versionAddress ? [`${terraform} ${versionAddress} '${ARN}|${current}'`] : [];
  return [`${terraform} ${address} ${ARN}`, ...version];
}
