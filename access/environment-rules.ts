/** What AWS and Terraform demand of environments beyond their single settings, and between them. */
import { isIn, routesByFunction } from "./callers";
import { backendOf, type EnvironmentContent, prefixOf } from "./environment";
import type { AccessFile } from "./file";
import { checkHomes } from "./home-rules";
import { quote } from "./nearest-name";
import { operationOf } from "./operation";
import type { AccessContent } from "./settings";
import type { Located } from "./shape";

type Environment = AccessContent["environments"][number];

const REMEDY = "Give one of them another domainPrefix or tokenDomain.";

/** Reports names that two environments would share, ARNs of elsewhere, and a cache that outlives its tokens. */
export function checkEnvironments(content: AccessContent, file: AccessFile): void {
  checkHosts(content.environments, file);
  checkNames(content, file);
  checkStates(content.environments, file);
  for (const environment of content.environments) {
    checkHomes(environment, file);
    checkTokenCache(environment, content, file);
  }
}

/** A host belongs to one environment, and within that to the token endpoint or to the API. */
function checkHosts(environments: readonly Environment[], file: AccessFile): void {
  const taken = new Map<string, string>();
  for (const { name, value } of environments) {
    for (const setting of ["tokenDomain", "apiDomain"] as const) {
      const host = value[setting]?.name;
      if (host === undefined || host.text === "") continue;
      const owner = `${setting} of environment ${quote(name)}`;
      const other = taken.get(host.text);
      if (other === undefined) taken.set(host.text, owner);
      else file.report(host.at, `${owner} is ${quote(host.text)}, but so is ${other}. Give one of them another name.`);
    }
  }
}

/** Reports at an environment which of its names another one has. */
function checkNames({ environments, routes }: AccessContent, file: AccessFile): void {
  const lambdas = [...routesByFunction(routes).keys()];
  for (const [index, environment] of environments.entries()) {
    const others = environments.slice(0, index).filter((other) => isBesides(other.value, environment.value));
    const refusal = others.map((other) => refusalOfPair(other, environment, lambdas)).find(Boolean);
    if (refusal !== undefined) file.report(environment.at, refusal);
  }
}

function isBesides(one: EnvironmentContent, other: EnvironmentContent): boolean {
  return one.region.text !== "" && one.region.text === other.region.text;
}

function refusalOfPair(one: Environment, other: Environment, lambdas: readonly string[]): string | undefined {
  const both = `environments ${quote(one.name)} and ${quote(other.name)} both have`;
  const [prefix, otherPrefix] = [prefixOf(one.value), prefixOf(other.value)];
  const place = `in ${one.value.region.text}`;
  const arePrefixes = [one, other].every(({ value }) => value.domainPrefix !== undefined);
  if (prefix === "" || otherPrefix === "") return undefined;
  if (prefix === otherPrefix && arePrefixes) {
    return `${both} the domainPrefix ${prefix} ${place}, but it is unique in a region. Give one of them another.`;
  }
  if (!mayShareAccount(one.value, other.value) || isSameHost(one.value, other.value)) return undefined;
  if (prefix === otherPrefix) {
    return `${both} names that begin with ${prefix} ${place}. ${REMEDY}`;
  }
  for (const lambda of lambdas) {
    const name = `${prefix}-${lambda}`;
    const twin = lambdas.find((candidate) => `${otherPrefix}-${candidate}` === name);
    if (twin === undefined) continue;
    const ways = `one for lambda ${quote(lambda)}, the other for lambda ${quote(twin)}`;
    return `${both} a function ${name} ${place}, ${ways}. ${REMEDY}`;
  }
  return undefined;
}

function isSameHost({ tokenDomain: one }: EnvironmentContent, { tokenDomain: other }: EnvironmentContent): boolean {
  return one !== undefined && one.name.text === other?.name.text;
}

function mayShareAccount({ accountId: one }: EnvironmentContent, { accountId: other }: EnvironmentContent): boolean {
  return !isRight(one) || !isRight(other) || one.text === other.text;
}

function isRight(located: Located | undefined): located is Located {
  return located !== undefined && located.text !== "";
}

/** Two environments with one state would take each other down. */
function checkStates(environments: readonly Environment[], file: AccessFile): void {
  const taken = new Map<string, string>();
  for (const { name, at, value } of environments) {
    const state = stateOf(name, value);
    const other = taken.get(state ?? "");
    if (state === undefined) continue;
    if (other === undefined) taken.set(state, name);
    else {
      const both = `environments ${quote(other)} and ${quote(name)} both keep their state in ${state}`;
      file.report(at, `${both}, but each would remove what the other has. Give one of them another.`);
    }
  }
}

function stateOf(name: string, value: EnvironmentContent): string | undefined {
  const backend = backendOf(name, value);
  if (backend.kind === "local") return undefined;
  const isBucket = backend.kind === "s3";
  const parts = isBucket ? [backend.bucket, backend.key] : [backend.hostname, backend.organization, backend.workspace];
  return parts.includes("") ? undefined : `${isBucket ? "s3://" : ""}${parts.join("/")}`;
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-caching-tokens.html */
function checkTokenCache({ name, value }: Environment, { clients, defaults }: AccessContent, file: AccessFile): void {
  const { minutes } = value.tokenCache ?? {};
  if (minutes === undefined) return;
  const otherwise = operationOf(value, defaults).tokenMinutes;
  const lives = clients
    .filter((client) => isIn(client, name))
    .map((client) => ({ client: client.name, life: client.value.tokenMinutes ?? otherwise }));
  const shortest = lives.toSorted((a, b) => a.life - b.life)[0];
  if (shortest === undefined || !(minutes.value >= shortest.life)) return;
  const { client, life } = shortest;
  const is = `minutes of tokenCache of environment ${quote(name)} is ${minutes.value}`;
  const why = `tokens of client ${quote(client)} live ${life} minutes, and would be handed out when they have expired`;
  file.report(minutes.at, `${is}, but ${why}. Write at most ${life - 1}, or let them live longer.`);
}
