/** Environments that the embedded AWS is to play: those of access.yaml or, without it, those that were synthesized. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { AccessModelError, type Environment } from "../../access/access-model";
import { projectModel } from "../../platform/project";

/** What has to be known of an environment to play it. */
export interface PlayedEnvironment extends Pick<Environment, "name" | "region" | "accountId"> {
  /** Hosts of its own, other than AWS's. */
  readonly customDomains: readonly string[];
  readonly isStateLocal: boolean;
}

const record = z.record(z.string(), z.unknown());
const bundle = z.object({
  provider: z.object({
    aws: z.array(z.object({ region: z.string(), allowed_account_ids: z.array(z.string()).default([]) })).min(1),
  }),
  resource: z.record(z.string(), z.record(z.string(), record)).default({}),
  terraform: z.object({ backend: record.optional(), cloud: record.optional() }).default({}),
});

/**
 * Reads them. What was deployed can be worked with, and taken down, while access.yaml is gone or has mistakes.
 *
 * @param outputFolder folder that cdktf synthesizes to
 * @param onNotice told when access.yaml was not what they are from
 * @throws {AccessModelError} when access.yaml cannot be read and nothing was synthesized
 */
export function playedEnvironments(
  outputFolder: string,
  onNotice: (text: string) => void = () => undefined,
): readonly PlayedEnvironment[] {
  try {
    return projectModel().environments.map(playedOf);
  } catch (error) {
    const synthesized = error instanceof AccessModelError ? synthesizedEnvironments(outputFolder) : [];
    if (!(error instanceof AccessModelError) || synthesized.length === 0) throw error;
    const names = synthesized.map(({ name }) => name).join(", ");
    onNotice(`access.yaml cannot be read; for the embedded AWS, what was synthesized last counts (${names}).`);
    return synthesized;
  }
}

/** What is played of an environment of access.yaml. */
export function playedOf({ name, region, accountId, tokenDomain, apiDomain, backend }: Environment): PlayedEnvironment {
  const customDomains = [tokenDomain, apiDomain].flatMap((domain) => (domain?.kind === "custom" ? [domain.name] : []));
  return { name, region, accountId, customDomains, isStateLocal: backend.kind === "local" };
}

/** What is played of the environments that were synthesized. @param outputFolder folder that cdktf synthesizes to */
export function synthesizedEnvironments(outputFolder: string): readonly PlayedEnvironment[] {
  const stacks = join(outputFolder, "stacks");
  const names = existsSync(stacks) ? readdirSync(stacks).toSorted() : [];
  return names.flatMap((name) => {
    const file = join(stacks, name, "cdk.tf.json");
    return existsSync(file) ? synthesizedOf(name, readFileSync(file, "utf8")) : [];
  });
}

/** None when it is no stack of this project. */
function synthesizedOf(name: string, text: string): readonly PlayedEnvironment[] {
  const parsed = bundle.safeParse(parsedJson(text));
  if (!parsed.success) return [];
  const { provider, resource, terraform } = parsed.data;
  const [aws] = provider.aws;
  const texts = (type: string, attribute: string) =>
    Object.values(resource[type] ?? {}).flatMap(({ [attribute]: value }) => (typeof value === "string" ? [value] : []));
  const hosts = [
    ...texts("aws_cognito_user_pool_domain", "domain"),
    ...texts("aws_api_gateway_domain_name", "domain_name"),
  ];
  return [
    {
      name,
      region: aws?.region ?? "",
      accountId: aws?.allowed_account_ids[0],
      // A prefix of Cognito's own hosts has no dot.
      customDomains: hosts.filter((host) => host.includes(".") && !host.includes("${")),
      isStateLocal:
        terraform.cloud === undefined && Object.keys(terraform.backend ?? {}).every((kind) => kind === "local"),
    },
  ];
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
