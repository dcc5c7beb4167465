/** Who may call what, and where it is deployed: access.yaml as a validated model. Everything else is derived from it. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { checkClients } from "./client-rules";
import { type Cors, corsOf } from "./cors";
import { checkEnvironments } from "./environment-rules";
import { backendOf, DEFAULTS, partsOfArn, prefixOf, type Throttling } from "./environment-schema";
import { checkFunctions } from "./function-rules";
import { type FunctionInput, mergedSettings } from "./function-schema";
import {
  checkLifetimes,
  type Grant,
  grantsLeft,
  grantsOf,
  isEnabled,
  isExpired,
  isSwitchedOn,
  todayOf,
  withScopeNames,
} from "./lifetime";
import { checkLimits } from "./limits";
import { checkOwners } from "./owner-rules";
import { readContent } from "./reading";
import { checkRoutes } from "./route-rules";
import { routeKeyOf } from "./route-table";
import { accessSchema, CODE_OWNER, type Settings } from "./schema";
import { checkTeamFiles, includeTeamFile, type Prefixes, type TeamFile, teamFilesIn } from "./team-files";
import type { Load } from "./usage";
import { checkSense, warnOfAllowedDestruction, warnOfQuotas, warnOfUnknownRegions } from "./warnings";
import { AccessModelError, MAX_CHARACTERS, type Mistake, YamlFile } from "./yaml-file";

export * from "./caller-table";
export { isIn } from "./client-rules";
export type { Cors } from "./cors";
export { chainOf, MAX_WAVES, PREVIEW_NAME } from "./environment-rules";
export type { Alarms, Firewall, Throttling } from "./environment-schema";
export { FUNCTION_NAME, type FunctionStatement, type FunctionVpc, type VariableReference } from "./function-schema";
export { DAY_MS, daysBetween, type Grant, inDays, isEnabled, todayOf } from "./lifetime";
export { ownerTags } from "./owner-rules";
export * from "./route-table";
export { accessSchemaText, teamSchemaText } from "./schema";
export { mayName, TEAM_FOLDER, type TeamFile, teamFilesIn } from "./team-files";
export { AccessModelError, type Mistake } from "./yaml-file";

/** The access model: every default and every override is applied. Each list has an entry, but those of owners and warnings. */
export interface AccessModel {
  /** In the order of the file, as all lists of the model that are not sorted. */
  readonly environments: readonly Environment[];
  readonly resourceServers: readonly ResourceServer[];
  readonly clients: readonly Client[];
  readonly routes: readonly Route[];
  /** Who answers for clients; empty where the file has no owners. */
  readonly owners: readonly Owner[];

  /** Whether warnings are errors. */
  readonly isStrict: boolean;
  /** What is allowed but probably not meant. With `strict: true`, only unknown regions, `allowDestroy`, quotas, and what ends soon. */
  readonly warnings: readonly Mistake[];
  /** How many days before access ends a warning says so. */
  readonly expiryWarningDays: number;
}

/** A place to deploy to: one stack. */
export type Environment = ReturnType<typeof environmentOf>;

/** `https://<prefix>.auth.<region>.amazoncognito.com` */
export type PrefixDomain = Extract<Environment["tokenDomain"], { kind: "prefix" }>;

/** A custom domain with the ARN of its certificate in AWS Certificate Manager. */
export type CustomDomain = Extract<Environment["tokenDomain"], { kind: "custom" }>;

/** Where Terraform keeps the state. */
export type Backend = Environment["backend"];

/** Settings of a function in an environment; see {@link functionSettingsOf}. */
export type FunctionSettings = Environment["functions"] &
  Required<Pick<FunctionInput, "variables" | "statements">> &
  FunctionInput;

/** The settings of the function of that name: its own, and those of the environment for what it does not have. */
export function functionSettingsOf({ functions, ownFunctions }: Environment, name: string): FunctionSettings {
  const own = Object.hasOwn(ownFunctions, name) ? ownFunctions[name] : {};
  return { variables: {}, statements: [], ...functions, ...own };
}

/** How long the client's access tokens are valid. */
export function tokenMinutesOf(environment: Environment, client: Client): number {
  return client.tokenMinutes ?? environment.tokenMinutes;
}

/** Age at which the client's secret is reported, in days; `undefined` means never. */
export function rotateAfterDaysOf(environment: Environment, client: Client): number | undefined {
  return client.rotateAfterDays ?? environment.rotateAfterDays;
}

/** Age at which secrets are reported, in days, by the names of the environment's clients that have one and get tokens. */
export function secretAgesOf({ clients }: AccessModel, environment: Environment): ReadonlyMap<string, number> {
  return new Map(
    clients.flatMap((client) => {
      const days = isEnabled(client, environment.name) ? rotateAfterDaysOf(environment, client) : undefined;
      return days === undefined ? [] : [[client.name, days] as const];
    }),
  );
}

/** An OAuth resource server: an API and its scopes. */
export type ResourceServer = ReturnType<typeof resourceServerOf>;

/** A scope of a resource server. */
export interface Scope {
  readonly name: string;
  readonly description: string;
  /** Who approves gains of it: owners, users and teams of GitHub, email addresses. Only sensitive scopes have the list. */
  readonly approvers?: readonly string[];
}

type ScopeSettings = Settings["resourceServers"][string]["scopes"][string];

/** A machine that calls: one confidential app client. */
export interface Client {
  readonly name: string;
  /**
   * Scopes that it may request as `<identifier>/<scope>`, sorted, without those whose grant has ended. One that gets no
   * tokens ({@link isEnabled}) has those that it had last: its id, secret and functions stay as they are.
   */
  readonly scopes: readonly string[];
  /** All that the file grants, ended or not, in its order. */
  readonly grants: readonly Grant[];
  /** The last day on which it gets tokens, such as `2027-03-31`; `undefined` means without an end. */
  readonly expires: string | undefined;
  /** Whether that day, or the last one of each of its grants, is over: it gets no tokens in any environment. */
  readonly isExpired: boolean;
  /** Names of the environments in which `enabled` is false: it gets no tokens there. */
  readonly disabledIn: readonly string[];
  /** How long its access tokens are valid, in minutes, 5 to 1440; `undefined` means as in its environment. */
  readonly tokenMinutes: number | undefined;
  /** Age at which its secret is reported, in days; `undefined` means as in its environment. */
  readonly rotateAfterDays?: number | undefined;
  /** Names of the environments that it is in; `undefined` means all. */
  readonly environments: readonly string[] | undefined;
  /** Where its credentials are put for the service to read; `undefined` means that they are only in Terraform's state. */
  readonly secret: ClientSecretSettings | undefined;
  /** Name of its owner; `undefined` only where the file has no owners. */
  readonly owner?: string | undefined;
  /** What it is for, one line. */
  readonly purpose?: string | undefined;
  /** How much it calls at its peak; `undefined` means that access.yaml does not have it. */
  readonly load?: Load | undefined;
}

/** A team or person that answers for clients. */
export interface Owner {
  readonly name: string;
  /** How to reach it, one line. */
  readonly contact: string;
  readonly url: string | undefined;
  /** ARN of the SNS topic for its notices. */
  readonly topicArn: string | undefined;
  /** Who reviews its file, as CODEOWNERS has them; `undefined` when neither `github` nor `contact` says it. */
  readonly github: string | undefined;
  readonly prefixes: Prefixes;
}

/** A secret of AWS Secrets Manager with a client's credentials. */
export interface ClientSecretSettings {
  /** ARNs of the IAM roles and users that may read it, sorted. */
  readonly readers: readonly string[];
  /** ARN of the KMS key that encrypts it; `undefined` means Secrets Manager's own. */
  readonly kmsKeyArn: string | undefined;
}

/** One method of one path. */
export interface Route {
  /** `GET`, `POST`, `PUT`, `PATCH`, `DELETE`, `HEAD`, `OPTIONS`, or `ANY` for all that the path does not have itself. */
  readonly method: string;
  /** Path below the stage, such as `/orders/{id}`. */
  readonly path: string;
  readonly backend: FunctionBackend | HttpBackend;
  /** Scopes as `<identifier>/<scope>`, sorted; a token with any of them may call. Empty only if public. */
  readonly scopes: readonly string[];
  /** Why it may be called without a token; `undefined` for every route that requires one. */
  readonly publicReason: string | undefined;
  readonly cors: Cors | undefined;
  /** How many requests the route takes; `undefined` means that only the stage's throttling applies. */
  readonly throttling: Throttling | undefined;
}

/** The function `lambda/<name>.ts`. */
export interface FunctionBackend {
  readonly kind: "lambda";
  readonly lambda: string;
}

/** A server that is called by HTTPS. */
export interface HttpBackend {
  readonly kind: "http";
  /** Such as `https://orders.example.com/v1/orders/{id}`; every parameter in braces is one of the route's path. */
  readonly url: string;
}

/**
 * Reads access.yaml. Its functions are the files `lambda/<name>.ts` beside it.
 *
 * @param texts what files would have instead: access.yaml and those of teams, by name
 * @throws {AccessModelError} the file cannot be read, or has mistakes
 */
export function readAccessModel(file: string, texts: Readonly<Record<string, string>> = {}): AccessModel {
  const folder = join(dirname(file), "lambda");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const functions = names.filter((name) => name.endsWith(".ts")).map((name) => basename(name, ".ts"));
  const teams = readTeamFiles(resolve(dirname(file)), texts);
  const text = texts[basename(file)] ?? readText(resolve(file));
  return parseAccessModel(text, { file: basename(file), functions, teams });
}

/**
 * The teams' files beside access.yaml.
 * @param folder of access.yaml
 * @param texts what files would have instead, by name
 * @throws {AccessModelError} a file cannot be read
 */
export function readTeamFiles(folder: string, texts: Readonly<Record<string, string>> = {}): readonly TeamFile[] {
  return teamFilesIn(folder).map((name) => {
    return { name, owner: basename(name, ".yaml"), text: texts[name] ?? readText(join(folder, name)) };
  });
}

/**
 * @param options the file's name in mistakes, the names of the functions that exist, the day by which access is judged,
 * that of {@link todayOf} when left out, and the teams' files
 * @throws {AccessModelError} the text has mistakes: all of them by position, a line each, `<file>:<line>:<column>: …`
 */
export function parseAccessModel(
  text: string,
  options: {
    readonly file: string;
    readonly functions: readonly string[];
    readonly today?: string;
    readonly teams?: readonly TeamFile[];
  },
): AccessModel {
  const { today = todayOf(process.env), teams = [] } = options;
  const file = new YamlFile(text, options.file);
  for (const team of teams) includeTeamFile(file, new YamlFile(team.text, team.name), team.owner);
  const isWhole = !file.hasMistakes;
  const written = readContent(accessSchema, file);
  const content = withScopeNames(written);
  checkEnvironments(content, file);
  checkClients(content, file);
  checkOwners(content, file);
  checkRoutes(content.routes, options.functions, file);
  checkFunctions(content, file);
  checkTeamFiles(content, teams, file);
  checkLimits(withScopeNames(written, today), file);
  checkLifetimes(written, file, today);
  warnOfUnknownRegions(content, file);
  warnOfAllowedDestruction(content, file);
  if (isWhole) checkSense(content, file);
  file.refuseMistakes();
  const model = modelOf(accessSchema.parse(written, { jitless: true }), file, today);
  warnOfQuotas(model, file);
  return { ...model, warnings: file.warnings };
}

const SPLIT = "Move some of it to a separate access.yaml.";

function readText(path: string): string {
  try {
    const found = statSync(path);
    // A link can lead to a device without an end.
    if (found.isFile() && found.size <= 4 * MAX_CHARACTERS) return readFileSync(path, "utf8");
    if (found.isFile()) throw new AccessModelError(`${path} has ${found.size} bytes, which is too much. ${SPLIT}`);
    throw new AccessModelError(`${path} is not a file. Write the access model into a file of that name.`);
  } catch (cause) {
    if (cause instanceof AccessModelError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    const what =
      code === "ENOENT"
        ? `${path} was not found. Create access.yaml, for example as a copy of examples/one-service/access.yaml.`
        : `${path} cannot be read (${code}).`;
    throw new AccessModelError(what, [], { cause });
  }
}

function modelOf(settings: Settings, file: YamlFile, today: string): Omit<AccessModel, "warnings"> {
  /** JavaScript itself puts names that are numbers first. */
  const inOrder = <T, R>(name: string, map: Readonly<Record<string, T>>, toModel: (key: string, value: T) => R) =>
    file.keys([name]).flatMap((key) => (map[key] === undefined ? [] : [toModel(key, map[key])]));
  return {
    environments: inOrder("environments", settings.environments, (name, one) => environmentOf(name, one, settings)),
    resourceServers: inOrder("resourceServers", settings.resourceServers, resourceServerOf),
    clients: inOrder("clients", settings.clients, (name, one) => clientOf(name, one, settings, today)),
    routes: inOrder("routes", settings.routes, routeOf),
    owners: inOrder("owners", settings.owners ?? {}, ownerOf),
    isStrict: settings.strict,
    expiryWarningDays: settings.expiryWarningDays,
  };
}

function environmentOf(
  name: string,
  settings: Settings["environments"][string],
  { defaults, functions = {}, tags }: Settings,
) {
  const { region, tokenDomain, apiDomain, ephemeral, accountId, permissionsBoundary } = settings;
  const operation = { ...(defaults ?? DEFAULTS), ...settings };
  const { runtime, memoryMegabytes, timeoutSeconds, architecture, logLevel } = operation;
  const ownNames = new Set([...Object.keys(functions), ...Object.keys(settings.functions ?? {})]);
  const prefix = prefixOf(settings);
  return {
    /** Name of the stack and of the API's stage: 1 to 64 letters, digits, `_` or `-`, beginning with a letter. */
    name,
    region,
    /**
     * What the names of its resources begin with; unique within region and account. The domain prefix or, where the
     * token endpoint has only a custom domain, that domain with hyphens in place of dots.
     */
    prefix,
    tokenDomain:
      tokenDomain === undefined ? ({ kind: "prefix", prefix } as const) : ({ kind: "custom", ...tokenDomain } as const),
    /** Host of the API; `undefined` means API Gateway's own. */
    apiDomain: apiDomain && ({ kind: "custom", ...apiDomain } as const),
    /** Whether AWS refuses to delete the user pool, and Terraform to destroy what callers depend on. */
    isProtected: settings.protected ?? !ephemeral,
    /** Names of what may be destroyed or replaced although it is protected, such as `client/billing`. */
    allowDestroy: unique(settings.allowDestroy ?? []),
    /** Whether it may be taken down at any time, as that of a pull request: nothing is kept for recovery. */
    isEphemeral: ephemeral,
    /** The AWS account that it may be deployed to, 12 digits; `undefined` means any. */
    accountId: accountId ?? (permissionsBoundary && partsOfArn(permissionsBoundary).account),
    /** ARN of the permissions boundary of every role of the stack; `undefined` means none. */
    permissionsBoundary,
    backend: backendOf(name, settings),
    /** Name of the environment that the workflow deploys and verifies before; `undefined` means none. */
    after: settings.after,
    /** Tags of every resource that can have some. */
    tags: { ...tags, ...settings.tags } as Readonly<Record<string, string>>,
    /** How long access tokens of clients are valid that do not override it, in minutes, 5 to 1440. */
    tokenMinutes: operation.tokenMinutes,
    /** Age at which the secrets of clients are reported that do not override it, in days; `undefined` means never. */
    rotateAfterDays: operation.rotateAfterDays,
    /** Settings of functions that do not override them: memory in MB, run time in seconds. */
    functions: { runtime, memoryMegabytes, timeoutSeconds, architecture, logLevel },
    /** What functions override and add, by their names. */
    ownFunctions: Object.fromEntries(
      [...ownNames].map((one) => [one, mergedSettings(functions[one], settings.functions?.[one])]),
    ) as Readonly<Record<string, FunctionInput>>,
    /** How many requests the stage takes altogether; `undefined` means the account's limits. */
    throttling: operation.throttling,
    /** Quotas of its account in its region that are not AWS's defaults. */
    quotas: operation.quotas,
    /** How long log lines are kept, in days; one of the values of CloudWatch Logs. */
    retentionDays: operation.retentionDays,
    /** Whether the stage logs every call: who, what, how long, and why not; never a token. */
    accessLog: settings.accessLog,
    /** Whether there are CloudWatch metrics for each method; those of the stage are always there. */
    methodMetrics: settings.methodMetrics,
    /** Whether X-Ray traces calls through stage and functions. */
    tracing: settings.tracing,
    firewall: settings.firewall,
    /** Name of the API's authorizer; `undefined` means a default name, and that a deployed one keeps its own. */
    authorizerName: settings.authorizerName,
    alarms: settings.alarms,
    /** Whether there is a CloudWatch dashboard. */
    dashboard: settings.dashboard,
    /** Keeps tokens in front of the token endpoint; `undefined` means that each request is paid for. */
    tokenCache: settings.tokenCache,
  };
}

function resourceServerOf(identifier: string, { name = identifier, scopes }: Settings["resourceServers"][string]) {
  return {
    /** What its scopes' full names begin with, such as `orders` or `https://api.example.com/orders`. */
    identifier,
    /** Name for people. */
    name,
    /** Sorted by name. */
    scopes: Object.entries(scopes)
      .map(([scope, its]) => scopeOf(scope, its))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function scopeOf(name: string, settings: ScopeSettings): Scope {
  if (typeof settings === "string") return { name, description: settings };
  const { description, sensitive, approvers = [] } = settings;
  return { name, description, ...(sensitive ? { approvers: unique(approvers) } : {}) };
}

function ownerOf(name: string, settings: NonNullable<Settings["owners"]>[string]): Owner {
  const { contact, url, topicArn, github = CODE_OWNER.test(contact) ? contact : undefined, prefixes = {} } = settings;
  return { name, contact, url, topicArn, github, prefixes };
}

function clientOf(
  name: string,
  client: Settings["clients"][string],
  { environments: all }: Settings,
  today: string,
): Client {
  const { tokenMinutes, rotateAfterDays, environments, secret, owner, purpose, expires, load } = client;
  const grants = grantsOf(client);
  return {
    name,
    scopes: sorted(grantsLeft(grants, today).map(({ scope }) => scope)),
    grants,
    expires,
    isExpired: isExpired(client, today),
    disabledIn: Object.keys(all).filter((environment) => !isSwitchedOn(client, environment)),
    tokenMinutes,
    rotateAfterDays,
    environments: environments && unique(environments),
    secret: secret && { readers: sorted(secret.readers), kmsKeyArn: secret.kmsKeyArn },
    owner,
    purpose,
    load,
  };
}

function routeOf(key: string, settings: Settings["routes"][string]): Route {
  const { lambda = "", url, scopes = [], reason, throttling } = settings;
  return {
    ...routeKeyOf(key),
    backend: url === undefined ? { kind: "lambda", lambda } : { kind: "http", url },
    scopes: sorted(scopes),
    publicReason: reason,
    cors: corsOf(settings.cors),
    throttling,
  };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

function sorted(texts: readonly string[]): readonly string[] {
  return unique(texts).toSorted();
}

/** Full names of sensitive scopes, each with its approvers. */
export function sensitiveScopesOf(servers: readonly ResourceServer[]) {
  return servers.flatMap(({ identifier, scopes }) =>
    scopes.flatMap(({ name, approvers }) => (approvers ? [[`${identifier}/${name}`, approvers] as const] : [])),
  );
}
