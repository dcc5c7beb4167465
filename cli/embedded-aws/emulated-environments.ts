/** Environments that run on the embedded AWS: those of access.yaml or, without it, those that were synthesized. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AccessModelError, type Environment } from "../../access/access-model";
import { localStatePath } from "../../constructs/contract/local-state";
import { listOf, StackJson } from "../../constructs/contract/stack-json";
import { jsonIn } from "../../platform/json";
import { writeWhole } from "../../platform/private-file";
import { projectModel } from "../../platform/project";
import { OVERRIDE } from "../../platform/state-place";

/** What the embedded AWS needs of an environment. */
export interface EmulatedEnvironment extends Pick<Environment, "name" | "region" | "accountId"> {
  /** Hosts of its own, other than AWS's. */
  readonly customDomains: readonly string[];
  readonly isStateLocal: boolean;
}

/**
 * Reads them. What was deployed can be worked with, and taken down, while access.yaml is gone or has mistakes.
 *
 * @param outputFolder folder that cdktf synthesizes to
 * @param onNotice called when they are not read from access.yaml
 * @throws {AccessModelError} when access.yaml cannot be read and nothing was synthesized
 */
export function emulatedEnvironments(
  outputFolder: string,
  onNotice: (text: string) => void = () => undefined,
): readonly EmulatedEnvironment[] {
  try {
    return projectModel().environments.map(emulatedOf);
  } catch (error) {
    const synthesized = error instanceof AccessModelError ? synthesizedEnvironments(outputFolder) : [];
    if (!(error instanceof AccessModelError) || synthesized.length === 0) throw error;
    const problem = error.mistakes.length > 0 ? "has mistakes" : "cannot be read";
    const names = synthesized.map(({ name }) => name).join(", ");
    onNotice(`access.yaml ${problem}. The embedded AWS uses the stacks that were synthesized last (${names}).`);
    return synthesized;
  }
}

/** An environment of access.yaml. */
export function emulatedOf({
  name,
  region,
  accountId,
  tokenDomain,
  apiDomain,
  backend,
}: Environment): EmulatedEnvironment {
  const customDomains = [tokenDomain, apiDomain].flatMap((domain) => (domain?.kind === "custom" ? [domain.name] : []));
  return { name, region, accountId, customDomains, isStateLocal: backend.kind === "local" };
}

/** The synthesized environments. @param outputFolder folder that cdktf synthesizes to */
export function synthesizedEnvironments(outputFolder: string): readonly EmulatedEnvironment[] {
  const stacks = join(outputFolder, "stacks");
  // Copies of stacks, which a killed process leaves, begin with a dot.
  const names = existsSync(stacks) ? readdirSync(stacks).filter((name) => !name.startsWith(".")) : [];
  return names.toSorted().flatMap((name) => {
    const file = join(stacks, name, "cdk.tf.json");
    return existsSync(file) ? synthesizedOf(name, readFileSync(file, "utf8")) : [];
  });
}

/** None when it is not a stack of this project. */
function synthesizedOf(name: string, text: string): readonly EmulatedEnvironment[] {
  const stack = new StackJson(jsonIn(text));
  const [aws] = stack.providers("aws");
  if (typeof aws?.["region"] !== "string") return [];
  const hosts = [
    ...stack.ofType("aws_cognito_user_pool_domain").map(({ attributes }) => attributes["domain"]),
    ...stack.ofType("aws_api_gateway_domain_name").map(({ attributes }) => attributes["domain_name"]),
  ];
  const [account] = listOf(aws["allowed_account_ids"]);
  return [
    {
      name,
      region: aws["region"],
      accountId: typeof account === "string" ? account : undefined,
      // A prefix of Cognito's own hosts has no dot.
      customDomains: hosts.filter((host): host is string => typeof host === "string" && /^[^$]*\.[^$]*$/.test(host)),
      isStateLocal: [undefined, "local"].includes(stack.backend?.[0]),
    },
  ];
}

/**
 * Keeps Terraform's state on this machine: writes an override file for each stack whose backend is elsewhere, and removes
 * those that are not needed. The synthesized stack stays as it is.
 * @see https://developer.hashicorp.com/terraform/language/files/override
 * @param outputFolder folder that cdktf synthesizes to; the state lies beside it
 */
export function keepStateLocally(outputFolder: string, environments: readonly EmulatedEnvironment[]): void {
  for (const { name, isStateLocal } of environments) {
    const folder = join(outputFolder, "stacks", name);
    if (isStateLocal) {
      rmSync(join(folder, OVERRIDE), { force: true });
      continue;
    }
    mkdirSync(folder, { recursive: true });
    const local = { path: localStatePath(name) };
    writeWhole(join(folder, OVERRIDE), JSON.stringify({ terraform: { backend: { local } } }));
  }
}

const state = z.object({
  resources: z
    .array(
      z.object({ type: z.string(), instances: z.array(z.object({ attributes: z.record(z.string(), z.unknown()) })) }),
    )
    .default([]),
});

/**
 * Whether one of the states beside the output folder has a resource.
 * @param folder folder of the states
 * @param key region and import id, such as `eu-west-1/abc/GET`
 */
export function isInLocalState(folder: string, type: string, key: string): boolean {
  const id = key.slice(key.indexOf("/") + 1);
  return readdirSync(folder)
    .filter((name) => /^terraform\..+\.tfstate$/.test(name))
    .flatMap((name) => state.safeParse(jsonIn(readFileSync(join(folder, name), "utf8"))).data?.resources ?? [])
    .filter((resource) => resource.type === type)
    .flatMap(({ instances }) => instances.map(({ attributes }) => Object.values(attributes)))
    .some((values) => values.includes(id) || id.split("/").every((part) => values.includes(part)));
}
