/** Constraints of AWS and Terraform on several settings of environments, and between environments. */
import { isIn, routesByFunction, writtenTokenMinutes } from "./client-rules";
import { backendOf, partsOfArn, prefixOf } from "./environment-schema";
import { advice, OF_OBJECTS, quote } from "./nearest-name";
import type { Content } from "./schema";
import type { Path, YamlFile } from "./yaml-file";

type Environment = Content["environments"][string];
type Entry = readonly [name: string, environment: Environment];

/** Names of the environments that are made for pull requests. */
export const PREVIEW_NAME = /^pr-[1-9]\d*$/;

/** Environments that can follow one another: .github/workflows/deploy.yml has a job for each. */
export const MAX_WAVES = 3;

const REMEDY = "Give one of them another domainPrefix or tokenDomain.";

/** Cognito serves custom hosts by CloudFront, which takes certificates from one region. */
const REGION_OF_TOKEN_CERTIFICATE = "us-east-1";

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
export const MAX_TAGS = 50;

/** Reports names that two environments share, ARNs of another region or account, too long caches, and tags. */
export function checkEnvironments(content: Content, file: YamlFile): void {
  const { environments, routes, tags = {} } = content;
  const hosts = new Map<string, string>();
  const states = new Map<string, string>();
  const lambdas = new Set(routesByFunction(routes).keys());
  checkNames(Object.entries(environments), file);
  checkTags({}, tags, ["tags"], "the file", file);
  for (const [index, entry] of Object.entries(environments).entries()) {
    const [name, environment] = entry;
    const others = Object.entries(environments).slice(0, index);
    const refusal = others.map((other) => refusalOfPair(other, entry, lambdas)).find(Boolean);
    if (refusal !== undefined) file.report(file.keyAt(["environments", name]), refusal);
    checkOrder(name, environments, file);
    checkHosts(name, environment, hosts, file);
    checkState(name, environment, states, file);
    checkHomes(name, environment, file);
    checkTokenCache(name, environment, content, file);
    checkTags(tags, environment.tags ?? {}, ["environments", name, "tags"], `environment ${quote(name)}`, file);
  }
}

/**
 * Names that GitHub takes for the same environment or variable (it ignores letter case, and variables have no hyphens), and
 * those of previews: GitHub's environment `preview`, and `pr-7` unless it is the copy that is deployed for pull request 7.
 */
function checkNames(environments: readonly Entry[], file: YamlFile): void {
  const known = new Map<string, string>();
  for (const [name, environment] of environments) {
    const key = name.toLowerCase().replaceAll("-", "_");
    const other = known.get(key);
    known.set(key, other ?? name);
    const refuse = (why: string) =>
      file.report(file.keyAt(["environments", name]), `environment ${quote(name)} ${why}. Use another name.`);
    if (other !== undefined) refuse(`differs from ${quote(other)} in letter case, "-" and "_" only, as GitHub ignores`);
    const isCopy = environment.ephemeral === true && prefixOf(environment).endsWith(`-${name}`);
    if (name in {}) refuse(OF_OBJECTS);
    else if (key === "preview") refuse("has the name of the GitHub environment of previews");
    else if (/^pr_\d+$/.test(key) && !(isCopy && PREVIEW_NAME.test(name))) {
      refuse("has the name of the preview of a pull request");
    }
  }
}

/**
 * Which environments come before one, the last one first, and it itself. Ends where one is unknown or comes a second time.
 */
export function chainOf(name: string, environments: Readonly<Record<string, { readonly after?: string }>>) {
  const chain = [name];
  for (let next = environments[name]?.after; next; next = environments[next]?.after) {
    const isCycle = chain.includes(next);
    chain.push(next);
    if (isCycle) return { chain, isCycle };
  }
  return { chain, isCycle: false };
}

/** Reports an environment that is deployed after one that does not exist, after itself, or after too many. */
function checkOrder(name: string, environments: Content["environments"], file: YamlFile): void {
  const { after } = environments[name] ?? {};
  if (!after) return;
  const at = file.at(["environments", name, "after"]);
  const known = Object.keys(environments);
  const { chain, isCycle } = chainOf(name, environments);
  if (!known.includes(after)) {
    const is = `after of environment ${quote(name)} is ${quote(after)}, which does not exist`;
    const others = known.filter((other) => other !== name);
    file.report(at, `${is}.${advice(after, others, "Environments")}`);
  } else if (isCycle) {
    const order = chain.map(quote).join(" after ");
    file.report(at, `environment ${quote(name)} can never be deployed: ${order}. Remove one "after".`);
  } else if (chain.length > MAX_WAVES) {
    const order = chain.map(quote).join(" after ");
    file.report(at, `${order} are ${chain.length} environments, but at most ${MAX_WAVES} can follow one another.`);
  } else if (environments[after]?.backend === undefined) {
    const has = `environment ${quote(name)} is after ${quote(after)}, whose state is on one machine`;
    file.warn(at, `${has}: the workflows on GitHub cannot deploy them in order. Give ${quote(after)} a backend.`);
  }
}

/** A host belongs to one environment, and within that to the token endpoint or to the API. */
function checkHosts(name: string, environment: Environment, taken: Map<string, string>, file: YamlFile): void {
  for (const setting of ["tokenDomain", "apiDomain"] as const) {
    const host = environment[setting]?.name ?? "";
    const owner = `${setting} of environment ${quote(name)}`;
    const other = taken.get(host);
    if (host === "") continue;
    if (other === undefined) taken.set(host, owner);
    else {
      const at = file.at(["environments", name, setting, "name"]);
      file.report(at, `${owner} is ${quote(host)}, and ${other} is the same. Give one of them another name.`);
    }
  }
}

/** The names of their resources that two environments of one region share. */
function refusalOfPair(
  [name, one]: Entry,
  [otherName, other]: Entry,
  lambdas: ReadonlySet<string>,
): string | undefined {
  const both = `environments ${quote(name)} and ${quote(otherName)} both have`;
  const [prefix, otherPrefix] = [prefixOf(one), prefixOf(other)];
  const place = `in ${one.region}`;
  if (one.region === "" || one.region !== other.region || prefix === "" || otherPrefix === "") return undefined;
  if (prefix === otherPrefix && one.domainPrefix !== undefined && other.domainPrefix !== undefined) {
    return `${both} the domainPrefix ${prefix} ${place}, but it must be unique in a region. Give one of them another domainPrefix.`;
  }
  const isSameHost = one.tokenDomain !== undefined && one.tokenDomain.name === other.tokenDomain?.name;
  const isApart = one.accountId && other.accountId && one.accountId !== other.accountId;
  if (isSameHost || isApart) return undefined;
  if (prefix === otherPrefix) return `${both} names that begin with ${prefix} ${place}. ${REMEDY}`;
  for (const lambda of lambdas) {
    const functionName = `${prefix}-${lambda}`;
    const twin = functionName.slice(otherPrefix.length + 1);
    if (!functionName.startsWith(`${otherPrefix}-`) || !lambdas.has(twin)) continue;
    const ways = `one for lambda ${quote(lambda)}, the other for lambda ${quote(twin)}`;
    return `${both} a function ${functionName} ${place}, ${ways}. ${REMEDY}`;
  }
  return undefined;
}

/** Two environments with one state would destroy each other's resources. */
function checkState(name: string, environment: Environment, taken: Map<string, string>, file: YamlFile): void {
  const backend = backendOf(name, environment);
  if (backend.kind === "local") return;
  const isBucket = backend.kind === "s3";
  const parts = isBucket ? [backend.bucket, backend.key] : [backend.hostname, backend.organization, backend.workspace];
  if (parts.includes("")) return;
  const state = `${isBucket ? "s3://" : ""}${parts.join("/")}`;
  const other = taken.get(state);
  taken.set(state, other ?? name);
  if (other === undefined) return;
  const both = `environments ${quote(other)} and ${quote(name)} both keep their state in ${state}`;
  const message = `${both}, so each would destroy the other's resources. Give one of them another backend.`;
  file.report(file.keyAt(["environments", name]), message);
}

/** Reports ARNs of another region or account than the environment can use. */
function checkHomes(name: string, environment: Environment, file: YamlFile): void {
  const { region, accountId = "", backend } = environment;
  const own = `environment ${quote(name)} is in ${region}`;
  const bucketRegion = backend?.s3?.region ?? region;
  const cognito = `Cognito accepts certificates from ${REGION_OF_TOKEN_CERTIFICATE} only`;
  const check = (path: Path, arn: string | undefined, home: string, why: string, account = accountId) => {
    if (arn === undefined || arn === "") return;
    const at = file.at(["environments", name, ...path]);
    const subject = `${path.toReversed().join(" of ")} of environment ${quote(name)}`;
    const is = partsOfArn(arn);
    if (home !== "" && is.region !== home) {
      file.report(at, `${subject} is in ${is.region}, but ${why}. Name one in ${home}.`);
    }
    if (account !== "" && is.account !== account) {
      const but = `but accountId of the environment is ${account}. Name one of that account.`;
      file.report(at, `${subject} belongs to account ${is.account}, ${but}`);
    }
  };
  const { tokenDomain, apiDomain, alarms, permissionsBoundary } = environment;
  check(["tokenDomain", "certificateArn"], tokenDomain?.certificateArn, REGION_OF_TOKEN_CERTIFICATE, cognito);
  check(["apiDomain", "certificateArn"], apiDomain?.certificateArn, region, own);
  check(["alarms", "topicArn"], alarms?.topicArn, region, own);
  check(["permissionsBoundary"], permissionsBoundary, "", "");
  const key = backend?.s3?.kmsKeyArn; // which may be of another account
  check(["backend", "s3", "kmsKeyArn"], key, bucketRegion, `the bucket is in ${bucketRegion}`, "");
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-caching-tokens.html */
function checkTokenCache(name: string, { tokenCache }: Environment, content: Content, file: YamlFile): void {
  const lives = Object.entries(content.clients)
    .filter(([, client]) => isIn(client, name))
    .map(([client, its]) => ({ client, life: writtenTokenMinutes(content, name, its) }));
  const shortest = lives.toSorted((a, b) => a.life - b.life)[0];
  if (tokenCache === undefined || shortest === undefined || !(tokenCache.minutes >= shortest.life)) return;
  const { client, life } = shortest;
  const is = `minutes of tokenCache of environment ${quote(name)} is ${tokenCache.minutes}`;
  const why = `tokens of client ${quote(client)} are valid for ${life} minutes, and would be returned after they expired`;
  const at = file.at(["environments", name, "tokenCache", "minutes"]);
  file.report(at, `${is}, but ${why}. Write at most ${life - 1}, or increase tokenMinutes.`);
}

/** Reports too many tags of a resource, and keys that IAM takes for the same: it ignores letter case. */
function checkTags(inherited: object, own: object, path: Path, owner: string, file: YamlFile): void {
  const keys = new Set(Object.keys(inherited));
  const isTooManyAlready = keys.size > MAX_TAGS;
  let first: string | undefined;
  const known = new Map(
    Object.keys(inherited)
      .toReversed()
      .map((name) => [name.toLowerCase(), name]),
  ); // the first counts
  for (const name of Object.keys(own)) {
    keys.add(name);
    if (keys.size > MAX_TAGS) first ??= name;
    const other = known.get(name.toLowerCase()) ?? name;
    known.set(name.toLowerCase(), other);
    if (other === name) continue;
    const both = `tag ${quote(name)} of ${owner} differs from ${quote(other)} in letter case only`;
    file.report(file.keyAt([...path, name]), `${both}, but IAM treats them as the same tag. Write ${quote(other)}.`);
  }
  if (first === undefined || isTooManyAlready) return;
  const has = `${owner} has${path.length === 1 ? "" : ", with those of the file,"} ${keys.size} tags`;
  file.report(file.keyAt([...path, first]), `${has}, but AWS allows ${MAX_TAGS} a resource. Remove some.`);
}
