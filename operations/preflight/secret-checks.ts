/**
 * Secrets of Secrets Manager whose name is taken, so that a deployment would fail half-way. A secret that is deleted
 * keeps its name for its recovery window; a restored one that a deployment removed from Terraform's state exists already.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { DescribeSecretResponse } from "@aws-sdk/client-secrets-manager";
import { type Aws, unlessMissing } from "../../platform/aws";
import { userFolder } from "../../platform/project";
import { findMissingValues } from "../deployed/missing-values";
import {
  deleteCommand,
  importCommands,
  type PlannedSecret,
  plannedSecrets,
  restoreCommand,
} from "../deployed/secret-recovery";
import { managedResources, type StateValues } from "../plan-file/state-json";
import type { Finding } from "./finding";

/**
 * @param folder folder of the stack
 * @param state what is deployed
 * @throws {UserError} when AWS refuses a read
 */
export async function checkSecrets(sdk: Aws, folder: string, state: StateValues): Promise<readonly Finding[]> {
  const json: unknown = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));
  const managed = managedResources(state).filter(({ type }) => type === "aws_secretsmanager_secret");
  const arns = managed.map(({ values }) => values["arn"]);
  return await findTakenNames(sdk, plannedSecrets(json), { arns, folder: relative(userFolder, folder) || "." });
}

/** Checks that the secrets and parameters to which variables of functions refer have values; none without references. */
export async function checkValues(sdk: Aws, folder: string): Promise<readonly Finding[]> {
  const json: unknown = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));
  const { findings, notChecked } = await findMissingValues(json, sdk);
  const check = "value";
  return [
    ...findings.map(({ found, effect = found, undo = "" }): Finding => {
      return { check, isRight: false, found: effect, remedy: ["Before the deployment:", `  ${undo}`] };
    }),
    ...notChecked.map(({ attribute, operation }): Finding => {
      const found = `${attribute} of variables are not checked, as the credentials lack ${operation}`;
      return { check, isRight: true, found, remedy: [] };
    }),
  ];
}

/** What Terraform's state knows of secrets. */
export interface KnownState {
  readonly arns: readonly unknown[];
  /** Folder of the stack, as the user can type it. */
  readonly folder: string;
}

/** Finds the secrets that a deployment could not create. */
export async function findTakenNames(
  sdk: Aws,
  planned: readonly PlannedSecret[],
  state: KnownState,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const secret of planned) {
    const found = await unlessMissing((await sdk.secretsManager()).describeSecret({ SecretId: secret.name }));
    const finding = found && findingOf(sdk.region, secret, found, state);
    if (finding !== undefined) findings.push(finding);
  }
  return findings.length > 0 ? findings : [findingThat("no secret name is already in use")];
}

function findingThat(found: string, remedy: readonly string[] = []): Finding {
  return { check: "secret", isRight: remedy.length === 0, found, remedy };
}

function findingOf(
  region: string,
  secret: PlannedSecret,
  found: DescribeSecretResponse,
  { arns, folder }: KnownState,
): Finding | undefined {
  const { name } = secret;
  const imports = importCommands(secret, found, folder).map((line) => `  ${line}`);
  const isManaged = arns.includes(found.ARN);
  if (found.DeletedDate === undefined) {
    if (isManaged) return undefined;
    const what = `${name} exists and is not in Terraform's state: ${REFUSED} (ResourceExistsException)`;
    return findingThat(what, ["If it is this stack's, import it into the state:", ...imports]);
  }
  const restore = `  ${restoreCommand(region, name)}`;
  const what = `${name} is scheduled for deletion on ${found.DeletedDate.toISOString()}`;
  const refused = `${REFUSED} (InvalidRequestException)`;
  if (isManaged) {
    return findingThat(`${what}, although it is deployed: ${refused}`, ["Restore it before you deploy:", restore]);
  }
  return findingThat(`${what}, and keeps its name until then: ${refused}`, [
    "Restore it, and import it into the state:",
    restore,
    ...imports,
    "Or delete it without recovery:",
    `  ${deleteCommand(region, name)}`,
  ]);
}

const REFUSED = "AWS refuses to create it again";
