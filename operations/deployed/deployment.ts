/** What is deployed, as the stack's outputs tell it. Works alike wherever the stack runs. */
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import { OUTPUT } from "../../constructs/contract/contract";
import { projectFolder, stackFolder } from "../../platform/project";
import { requireTerraform, terraform } from "../../platform/terraform";
import { UsageError, UserError } from "../../platform/user-error";

const byName = z.record(z.string(), z.string());
const output = <Shape extends z.ZodType>(shape: Shape) => z.object({ value: shape });

const outputs = z.object({
  [OUTPUT.tokenUrl]: output(z.string()),
  [OUTPUT.issuer]: output(z.string()),
  [OUTPUT.routeUrls]: output(byName),
  [OUTPUT.clientIds]: output(byName),
  // Of a client whose secret was rotated, Terraform may know none.
  [OUTPUT.clientSecrets]: output(z.record(z.string(), z.string().nullable())),
});

/** The outputs of one environment's stack. */
export interface Deployment {
  readonly environment: string;
  readonly tokenUrl: string;
  readonly issuer: string;
  /** URL by route, such as `POST /access`. */
  readonly routeUrls: Readonly<Record<string, string>>;
  /** App client id by client name. */
  readonly clientIds: Readonly<Record<string, string>>;
  /** By client name; empty where the secret was rotated and only who was given the new one knows it. */
  readonly clientSecrets: Readonly<Record<string, string>>;
}

/** An app client's credentials. */
export interface ClientCredentials {
  readonly id: string;
  readonly secret: string;
}

/** Reads the outputs. @throws {UserError} when nothing is deployed */
export async function readDeployment(environment: string): Promise<Deployment> {
  await requireTerraform();
  const folder = requireStack(environment);
  const read = outputs.safeParse(JSON.parse(await terraform(folder, ["output", "-json"])));
  if (!read.success) throw nothingDeployed(environment, folder);
  const values = read.data;
  return {
    environment,
    tokenUrl: values[OUTPUT.tokenUrl].value,
    issuer: values[OUTPUT.issuer].value,
    routeUrls: values[OUTPUT.routeUrls].value,
    clientIds: values[OUTPUT.clientIds].value,
    clientSecrets: Object.fromEntries(
      Object.entries(values[OUTPUT.clientSecrets].value).map(([name, secret]) => [name, secret ?? ""]),
    ),
  };
}

/** The folder of a stack that was synthesized and initialized. @throws {UserError} when it was not */
export function requireStack(environment: string): string {
  const folder = stackFolder(environment);
  const isReady = existsSync(join(folder, "cdk.tf.json")) && existsSync(join(folder, ".terraform"));
  if (!isReady) throw nothingDeployed(environment, folder);
  return folder;
}

function nothingDeployed(environment: string, folder: string): UserError {
  const place = relative(projectFolder, folder);
  return new UserError(
    [
      `nothing is deployed to ${environment}, as far as ${place} tells.`,
      `  On AWS:              npx cdktf deploy ${environment}`,
      `  On the embedded AWS: npm run local -- npx cdktf deploy ${environment} --auto-approve`,
      "                       and then this command inside it: npm run local -- <command>",
    ].join("\n"),
  );
}

/** The client's credentials. @throws {UserError} when there is no such client, or Terraform does not know its secret */
export function credentialsOf(deployment: Deployment, client: string): ClientCredentials {
  const id = deployment.clientIds[client];
  const secret = deployment.clientSecrets[client];
  if (id !== undefined && (secret ?? "") === "") {
    throw new UserError(
      `the secret of "${client}" was rotated, and the new one is not in Terraform's state. If no service has it either, deliver another one: npm run rotate -- ${client} --env ${deployment.environment}`,
    );
  }
  if (id !== undefined && secret !== undefined) return { id, secret };
  const known = Object.keys(deployment.clientIds).join(", ");
  throw new UsageError(`${deployment.environment} has no client "${client}". It has ${known}.`);
}
