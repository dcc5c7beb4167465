/** access.yaml of an existing system, and what it cannot express. Pure. */

import type { Authorizer, Method, MethodSetting, Resource } from "@aws-sdk/client-api-gateway";
import { FUNCTION_NAME } from "../../access/access-model";
import { DEFAULT_HEADERS } from "../../access/cors";
import {
  DEFAULTS,
  defaults,
  environment as environmentSettings,
  MAX_RETENTION_DAYS,
  REGIONS,
} from "../../access/environment-schema";
import { OWN_VARIABLES } from "../../access/function-environment";
import { RESERVED_VARIABLES } from "../../access/function-rules";
import { functionSettings, runtime as runtimeSetting, timeoutSeconds } from "../../access/function-schema";
import { parametersOf, refusalOfMethod, refusalOfPath, refusalsOfUrl } from "../../access/route-rules";
import { CLIENT_NAME, cors as corsSettings, descriptionOf, SERVER_NAME } from "../../access/schema";
import { ADOPTED_FILE } from "../../constructs/contract/adopted";
import { CLIENT_TOKEN_FLOW } from "../../constructs/contract/contract";
import { quoted } from "../../platform/shell";
import { UserError } from "../../platform/user-error";
import { tokenLifetime } from "../deployed/token-lifetime";
import {
  type ExistingClient,
  type ExistingFunction,
  type ExistingLogGroup,
  type ExistingSystem,
  FUNCTION_ARN,
  functionArnIn,
} from "./existing-system";

/** Something of the system that is not in access.yaml. */
export interface LeftOut {
  /** Such as `GET /admin`. */
  readonly what: string;
  /** Why, as a clause. */
  readonly why: string;
}

/** Something to look at before the first deployment. */
export interface Remark {
  readonly text: string;
  /** Commands that resolve it, in their order. */
  readonly commands: readonly string[];
}

/** The content of access.yaml, as an object in the order in which it is written. */
export type AccessContent = Readonly<Record<string, unknown>>;

export interface AdoptedAccess {
  readonly content: AccessContent;
  /** Existing app clients by their names in access.yaml. */
  readonly clients: ReadonlyMap<string, ExistingClient>;
  /** Existing functions by their names in access.yaml. */
  readonly functions: ReadonlyMap<string, ExistingFunction>;
  /** The API's authorizer. */
  readonly authorizer: Authorizer;
  readonly leftOut: readonly LeftOut[];
  readonly remarks: readonly Remark[];
}

export interface AccessOptions {
  /** Prefix of the token endpoint's host, where the pool has none. */
  readonly domainPrefix: string | undefined;
  /** Why the code of functions cannot be adopted, by the names that AWS has for them. */
  readonly withoutCode: ReadonlyMap<string, string>;
}

/** Words of the names of variables that hold secrets. */
const SECRET_NAME =
  /secret|token|passw|pwd|credential|private|api_?key|_key$|^key$|auth|signature|salt|dsn$|connection/i;
/** Values that hold no secret, whatever the variable is called: numbers, words of configuration, ARNs, plain URLs. */
const PLAIN_VALUE = /^(?:|\d+|true|false|arn:[^?&=]+|https?:\/\/[^@?\s]*)$/;
/** Values that look like secrets, whatever the variable is called. */
const SECRET_VALUE =
  /-----BEGIN|\bAKIA[0-9A-Z]{12}|^eyJ[\w-]{10}|\/\/[^/@\s]+:[^/@\s]+@|\b(?:sk|ghp|gho|xox[abp])[-_]\w{10}/;

const IDENTITY_SOURCE = "method.request.header.Authorization";

const { requestsPerSecond, burst: burstSetting } = defaults.shape.throttling.unwrap().shape;
const OLDEST_RUNTIME = runtimeSetting.options.at(-1) ?? "";
const MAX_TIMEOUT = timeoutSeconds.maxValue ?? 0;
const NO_THROTTLING = `access.yaml has whole requests a second up to ${requestsPerSecond.maxValue?.toLocaleString("en")}, and a burst`;

/** @throws {UserError} when nothing is left that an access.yaml could be made of */
export function accessOf(system: ExistingSystem, options: AccessOptions): AdoptedAccess {
  return new AccessBuilder(system, options).build();
}

/** Names of the functions that methods of the API may be adopted with: their code is needed. */
export function functionNames(system: ExistingSystem): ReadonlyMap<string, ExistingFunction> {
  return named([...system.functions.values()], FUNCTION_NAME.maxLength, (one) =>
    functionName(one.name, prefixOf(system)),
  );
}

/** A method where it is. */
interface PlacedMethod {
  readonly path: string;
  readonly verb: string;
  readonly method: Method;
}

/** What answers a method, or why that cannot be adopted. */
interface Backend {
  readonly setting?: { readonly lambda: string | undefined } | { readonly url: string };
  /** Name of the function. */
  readonly function?: string;
  readonly why?: string;
}

class AccessBuilder {
  private readonly leftOut: LeftOut[] = [];
  private readonly remarks: Remark[] = [];
  private readonly scopes: ReadonlySet<string>;
  private readonly functions: ReadonlyMap<string, ExistingFunction>;
  private readonly authorizers: ReadonlyMap<string, Authorizer>;

  constructor(
    private readonly system: ExistingSystem,
    private readonly options: AccessOptions,
  ) {
    this.scopes = new Set(
      system.resourceServers.flatMap(({ Identifier, Scopes = [] }) =>
        Scopes.map(({ ScopeName }) => `${Identifier}/${ScopeName}`),
      ),
    );
    this.functions = functionNames(system);
    this.authorizers = new Map(system.authorizers.map((one) => [one.id ?? "", one]));
  }

  build(): AdoptedAccess {
    const { system } = this;
    const clients = this.clients();
    const { routes, used, authorizer } = this.routes();
    const functions = new Map([...this.functions].filter(([, { name }]) => used.has(name)));
    this.remarkOnSystem();
    const resourceServers = this.resourceServers();
    const missing = [
      ...(Object.keys(resourceServers).length === 0 ? ["resource server with a scope"] : []),
      ...(clients.size === 0 ? ["client of the client-credentials grant"] : []),
      ...(authorizer === undefined ? ["method that requires a scope of the user pool"] : []),
    ];
    if (authorizer === undefined || missing.length > 0) {
      const reasons = this.leftOut.map(({ what, why }) => `\n  ${what}: ${why}`).join("");
      throw new UserError(`there is nothing to adopt: no ${missing.join(", no ")}.${reasons}`);
    }
    this.remarkOnRoles([...functions]);
    const settings = this.functionSettings(functions);
    const content = {
      environments: { [system.stage.stageName]: this.environment(authorizer, functions) },
      resourceServers,
      clients: Object.fromEntries([...clients].map(([name, client]) => [name, this.clientOf(client)])),
      routes,
      ...(Object.keys(settings).length === 0 ? {} : { functions: settings }),
    };
    return { content, clients, functions, authorizer, leftOut: this.leftOut, remarks: this.remarks };
  }

  private leave(what: string, why: string): void {
    this.leftOut.push({ what, why });
  }

  private remark(text: string, ...commands: readonly string[]): void {
    this.remarks.push({ text, commands });
  }

  private environment(authorizer: Authorizer, functions: ReadonlyMap<string, ExistingFunction>) {
    const { region, account, stage } = this.system;
    const all = stage.methodSettings?.["*/*"] ?? {};
    const throttling = throttlingOf(all);
    if (throttling === "other") this.leave("stage throttling", NO_THROTTLING);
    const { name } = authorizer;
    const isExpressible = environmentSettings.shape.authorizerName.safeParse(name).success;
    const groups = [this.system.accessLogGroup, ...[...functions.values()].map(({ logGroup }) => logGroup)];
    return {
      region,
      ...this.tokenHost(),
      accountId: account,
      ...(isExpressible ? { authorizerName: name } : {}),
      ...(stage.accessLogSettings?.destinationArn ? {} : { accessLog: false }),
      ...(stage.tracingEnabled ? { tracing: true } : {}),
      ...(all.metricsEnabled ? { methodMetrics: true } : {}),
      ...(typeof throttling === "object" ? { throttling } : {}),
      ...this.retention(groups.filter((group) => group !== undefined)),
    };
  }

  /** The longest of all: a shorter one would delete lines. */
  private retention(groups: readonly ExistingLogGroup[]) {
    const endless = groups.filter(({ retentionDays }) => retentionDays === undefined);
    const days = groups.map(({ retentionDays = MAX_RETENTION_DAYS }) => retentionDays);
    const retentionDays = Math.max(DEFAULTS.retentionDays, ...days);
    if (endless.length > 0) {
      const names = endless.map(({ name }) => name).join(", ");
      this.remark(
        `Lines of ${names} are kept for ever. retentionDays is ${MAX_RETENTION_DAYS}, the longest that there is, so that the deployment deletes none of the last ten years. Choose a shorter one.`,
      );
    }
    return retentionDays === DEFAULTS.retentionDays ? {} : { retentionDays };
  }

  private tokenHost() {
    const { domains, pool } = this.system;
    const prefix = domains.find(({ certificateArn }) => certificateArn === undefined);
    const custom = domains.find(({ certificateArn }) => certificateArn !== undefined);
    if (prefix !== undefined) {
      if (custom !== undefined) this.leave(`domain ${custom.name}`, "access.yaml has one host of the token endpoint");
      return { domainPrefix: prefix.name };
    }
    if (custom !== undefined) return { tokenDomain: { name: custom.name, certificateArn: custom.certificateArn } };
    const { domainPrefix } = this.options;
    if (domainPrefix !== undefined) return { domainPrefix };
    throw new UserError(
      `the user pool ${pool.Id} has no domain, so that no client gets a token by OAuth. Name the prefix of the domain to create: --domain-prefix <prefix>`,
    );
  }

  private resourceServers() {
    const servers = this.system.resourceServers.toSorted((a, b) =>
      (a.Identifier ?? "") < (b.Identifier ?? "") ? -1 : 1,
    );
    return Object.fromEntries(
      servers.flatMap(({ Identifier = "", Name = "", Scopes = [] }) => {
        if (Scopes.length === 0) {
          this.leave(`resource server ${Identifier}`, "it has no scopes");
          return [];
        }
        const scopes = Scopes.map(({ ScopeName = "", ScopeDescription = "" }) => {
          const description = descriptionOf(ScopeDescription);
          if (description !== ScopeDescription) {
            const has = `The description of the scope ${Identifier}/${ScopeName} has characters that access.yaml cannot have`;
            this.remark(`${has}. The deployment changes it to: ${description}`);
          }
          return [ScopeName, description];
        });
        const names = [Name.replace(/\s+/g, " ").trim(), Identifier.replace(/[^\w+=,.@-]+/g, "-")];
        const name = names.find((one) => SERVER_NAME.pattern.test(one));
        return [[Identifier, { ...(name === Identifier ? {} : { name }), scopes: Object.fromEntries(scopes) }]];
      }),
    );
  }

  private clients(): ReadonlyMap<string, ExistingClient> {
    const adopted = this.system.clients.filter((client) => {
      const why = this.whyNotClient(client);
      if (why !== undefined) this.leave(`client ${client.ClientName} (${client.ClientId})`, why);
      return why === undefined;
    });
    const nameOf = ({ ClientName = "" }: ExistingClient) => ClientName.replace(/\s+/g, " ").trim() || "client";
    return named(adopted, CLIENT_NAME.maxLength, nameOf);
  }

  private whyNotClient(client: ExistingClient): string | undefined {
    const { AllowedOAuthFlows: flows = [], AllowedOAuthScopes: scopes = [], ExplicitAuthFlows = [] } = client;
    if (ExplicitAuthFlows.map(String).includes(CLIENT_TOKEN_FLOW)) return "it gets tokens without the token endpoint";
    if (client.AllowedOAuthFlowsUserPoolClient !== true || flows.length === 0) return "OAuth is off for it";
    if (flows.join() !== "client_credentials") return `it is for users: its OAuth flows are ${flows.join(", ")}`;
    if (!client.hasSecret) return "it has no secret";
    const unknown = scopes.filter((scope) => !this.scopes.has(scope));
    if (unknown.length > 0) return `its scopes ${unknown.join(", ")} are of no resource server`;
    return scopes.length === 0 ? "it has no scopes" : undefined;
  }

  private clientOf(client: ExistingClient) {
    const minutes = tokenMinutes(client);
    return {
      scopes: [...(client.AllowedOAuthScopes ?? [])].sort(),
      ...(minutes === DEFAULTS.tokenMinutes || !isTokenMinutes(minutes) ? {} : { tokenMinutes: minutes }),
    };
  }

  private routes() {
    const placed = this.system.resources.flatMap(({ path = "", resourceMethods = {} }: Resource) =>
      Object.entries(resourceMethods)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([verb, method]) => ({ path, verb, method })),
    );
    const authorizer = this.mostUsed(placed);
    const preflights = placed.filter(isPreflight);
    const used = new Set<string>();
    const found = placed
      .filter((one) => !isPreflight(one))
      .flatMap((one): readonly [PlacedMethod, Readonly<Record<string, unknown>>][] => {
        const route = this.routeOf(one, used);
        return route === undefined ? [] : [[one, route]];
      });
    const cors = new Map(
      preflights.flatMap((one) =>
        this.corsOf(
          one,
          found.map(([method]) => method),
        ),
      ),
    );
    const routes = found.map(([{ path, verb }, route]) => {
      const key = `${verb} ${path}`;
      return [key, { ...route, ...(cors.has(key) ? { cors: cors.get(key) } : {}), ...this.throttling(path, verb) }];
    });
    const isProtected = found.some(([, route]) => "scopes" in route);
    return { routes: Object.fromEntries(routes), used, authorizer: isProtected ? authorizer : undefined };
  }

  /** Of those that take tokens of this pool and of no other. */
  private mostUsed(placed: readonly PlacedMethod[]): Authorizer | undefined {
    const uses = (id: string | undefined) => placed.filter(({ method }) => method.authorizerId === id).length;
    const fitting = this.system.authorizers.filter((one) => this.whyNotAuthorizer(one) === undefined);
    const [first, ...others] = fitting.toSorted(
      (a, b) => uses(b.id) - uses(a.id) || ((a.id ?? "") < (b.id ?? "") ? -1 : 1),
    );
    for (const { name, id } of others.filter((one) => uses(one.id) > 0)) {
      this.remark(
        `Methods with the authorizer ${name} (${id}) will have ${first?.name}, which accepts the same tokens. ${name} remains, and can be deleted after the deployment.`,
      );
    }
    return first;
  }

  private whyNotAuthorizer({ name, type, providerARNs = [], identitySource }: Authorizer): string | undefined {
    const is = `its authorizer ${name}`;
    if (type !== "COGNITO_USER_POOLS") return `${is} is of the type ${type}`;
    if (providerARNs.join() !== this.system.pool.Arn) return `${is} accepts tokens of another user pool`;
    return identitySource === IDENTITY_SOURCE ? undefined : `${is} reads the token from ${identitySource}`;
  }

  private routeOf({ path, verb, method }: PlacedMethod, used: Set<string>) {
    const access = this.accessOf(method);
    const backend = this.backendOf(path, verb, method);
    const why = whyNotPath(path, verb) ?? whyNotMethod(method) ?? access.why ?? backend.why;
    if (why !== undefined) {
      this.leave(`${verb} ${path}`, why);
      return undefined;
    }
    if (backend.function !== undefined) used.add(backend.function);
    return { ...backend.setting, ...access.setting };
  }

  private accessOf({ authorizationType: type = "NONE", authorizerId = "", authorizationScopes = [] }: Method) {
    if (type === "NONE") {
      const reason = "It was open when it was adopted. Write down why.";
      return { setting: { public: true, reason } };
    }
    if (type !== "COGNITO_USER_POOLS") return { why: `its authorization is ${type}` };
    const authorizer = this.authorizers.get(authorizerId);
    const why = authorizer === undefined ? "its authorizer does not exist" : this.whyNotAuthorizer(authorizer);
    if (why !== undefined) return { why };
    const known = [...new Set(authorizationScopes)].filter((scope) => this.scopes.has(scope)).sort();
    if (authorizationScopes.length === 0) return { why: "it requires no scope, so that it accepts ID tokens of users" };
    if (known.length === 0) return { why: `its scopes ${authorizationScopes.join(", ")} are of no resource server` };
    return { setting: { scopes: known } };
  }

  private backendOf(path: string, verb: string, { methodIntegration }: Method): Backend {
    const { type, uri = "", httpMethod, connectionType } = methodIntegration ?? {};
    if (type === "AWS_PROXY") return this.functionOf(uri, httpMethod);
    if (type !== "HTTP_PROXY") return { why: `its integration is of the type ${type ?? "none"}` };
    if (connectionType === "VPC_LINK") return { why: "its integration uses a VPC link" };
    const [refusal] = refusalsOfUrl(uri, parametersOf(path));
    if (refusal !== undefined) return { why: `its backend ${refusal.replace(/\.( .*)?$/s, "")}` };
    if (httpMethod !== verb) return { why: `it calls its backend by ${httpMethod}` };
    const mapped = Object.entries(methodIntegration?.requestParameters ?? {});
    const other = mapped.find(
      ([to, from]) => from !== to.replace(/^integration\./, "method.") || !to.startsWith("integration.request.path."),
    );
    if (other !== undefined) return { why: `its integration maps ${other[1]} to ${other[0]}` };
    return { setting: { url: uri } };
  }

  private functionOf(uri: string, httpMethod: string | undefined): Backend {
    const { region, account } = this.system;
    const arn = functionArnIn(uri) ?? "";
    const [, ofRegion, ofAccount, functionName = "", qualifier] = FUNCTION_ARN.exec(arn) ?? [];
    const is = `its function ${functionName}`;
    if (ofRegion === undefined) return { why: `its integration calls ${uri || "nothing"}` };
    if (ofAccount !== account) return { why: `${is} belongs to the account ${ofAccount}` };
    if (ofRegion !== region) return { why: `${is} is in ${ofRegion}` };
    if (qualifier !== undefined) return { why: `it invokes the version or alias ${qualifier} of ${functionName}` };
    const existing = this.system.functions.get(arn);
    if (existing === undefined) return { why: `${is} does not exist` };
    if (httpMethod !== "POST") return { why: `it invokes ${functionName} by ${httpMethod}` };
    const why = whyNotFunction(existing) ?? this.options.withoutCode.get(functionName);
    if (why !== undefined) return { why: `${is} ${why}` };
    const [name] = [...this.functions].find(([, one]) => one === existing) ?? [];
    return { setting: { lambda: name }, function: functionName };
  }

  /** `cors` of the routes that a preflight names. */
  private corsOf({ path, method }: PlacedMethod, routes: readonly PlacedMethod[]): readonly [string, unknown][] {
    const responses = Object.values(method.methodIntegration?.integrationResponses ?? {});
    const [response] = responses;
    const headers = new Map(
      Object.entries(response?.responseParameters ?? {}).map(([key, value]) => [
        key.replace("method.response.header.", "").toLowerCase(),
        value.replace(/^'(.*)'$/, "$1"),
      ]),
    );
    const allowed = (name: string) =>
      headers
        .get(`access-control-allow-${name}`)
        ?.split(",")
        .map((one) => one.trim()) ?? [];
    const [origin = "", ...more] = allowed("origin");
    const listed = allowed("methods");
    const named = routes.filter(
      (one) => one.path === path && (listed.includes(one.verb) || listed.includes("*") || one.verb === "ANY"),
    );
    const usual = DEFAULT_HEADERS.map((name) => name.toLowerCase());
    const extra = allowed("headers").filter((name) => name !== "*" && !usual.includes(name.toLowerCase()));
    const settings = { origins: [origin], ...(extra.length === 0 ? {} : { headers: extra.sort() }) };
    const why = whyNotPreflight(method, headers, more.length + responses.length) ?? whyNotCors(settings);
    if (why !== undefined || named.length === 0) {
      this.leave(`OPTIONS ${path}`, why ?? "no method that it names is in access.yaml");
      return [];
    }
    const cors = origin === "*" && extra.length === 0 ? true : settings;
    return named.map(({ verb }) => [`${verb} ${path}`, cors]);
  }

  private throttling(path: string, verb: string) {
    const settings = this.system.stage.methodSettings ?? {};
    const found = Object.entries(settings).find(
      ([key]) => unescapedPath(key) === `${path}/${verb}`.replace(/^\/+/, "/"),
    );
    const throttling = throttlingOf(found?.[1] ?? {});
    if (throttling === "other") this.leave(`throttling of ${verb} ${path}`, NO_THROTTLING);
    return typeof throttling === "object" ? { throttling } : {};
  }

  private functionSettings(functions: ReadonlyMap<string, ExistingFunction>) {
    return Object.fromEntries(
      [...functions].flatMap(([name, one]) => {
        const settings = this.settingsOf(name, one);
        return Object.keys(settings).length === 0 ? [] : [[name, settings]];
      }),
    );
  }

  private settingsOf(name: string, { configuration, reservedConcurrency }: ExistingFunction) {
    const { Runtime = "", MemorySize: memory = 128, Timeout: timeout = 3, Architectures = ["x86_64"] } = configuration;
    const [architecture] = Architectures;
    const isCurrent = runtimeSetting.safeParse(Runtime).success;
    const runtime = isCurrent ? Runtime : OLDEST_RUNTIME;
    if (!isCurrent)
      this.remark(`${name} has the runtime ${Runtime}, which ends. The deployment changes it to ${runtime}.`);
    const seconds = Math.min(timeout, MAX_TIMEOUT);
    if (seconds < timeout) {
      this.remark(
        `${name} has a timeout of ${timeout} s. API Gateway waits for ${MAX_TIMEOUT} s; the deployment sets ${seconds} s.`,
      );
    }
    const level = configuration.LoggingConfig?.ApplicationLogLevel?.toLowerCase();
    const layers = (configuration.Layers ?? []).flatMap(({ Arn }) => Arn ?? []);
    const { SubnetIds: subnetIds = [], SecurityGroupIds: securityGroupIds = [] } = configuration.VpcConfig ?? {};
    const variables = this.variablesOf(
      name,
      configuration.FunctionName ?? "",
      configuration.Environment?.Variables ?? {},
    );
    return this.fitting(name, {
      ...(runtime === DEFAULTS.runtime ? {} : { runtime }),
      ...(memory === DEFAULTS.memoryMegabytes ? {} : { memoryMegabytes: memory }),
      ...(seconds === DEFAULTS.timeoutSeconds ? {} : { timeoutSeconds: seconds }),
      ...(architecture === DEFAULTS.architecture ? {} : { architecture }),
      ...(level === undefined || level === DEFAULTS.logLevel ? {} : { logLevel: level }),
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
      ...(layers.length === 0 ? {} : { layers }),
      ...(subnetIds.length === 0
        ? {}
        : { vpc: { subnetIds: subnetIds.toSorted(), securityGroupIds: securityGroupIds.toSorted() } }),
      ...(Object.keys(variables).length === 0 ? {} : { variables }),
    });
  }

  /** Those of a function's settings that access.yaml can have. */
  private fitting(name: string, settings: Readonly<Record<string, unknown>>) {
    const { issues = [] } = functionSettings.safeParse(settings).error ?? {};
    const wrong = new Set(issues.map(({ path: [setting] }) => String(setting)));
    for (const setting of wrong) this.leave(`${setting} of ${name}`, "access.yaml cannot have the value");
    return Object.fromEntries(Object.entries(settings).filter(([setting]) => !wrong.has(setting)));
  }

  /** Values that may be secret are not written: access.yaml is for everyone. The function reads them when it starts. */
  private variablesOf(name: string, functionName: string, variables: Readonly<Record<string, string>>) {
    const taken = (variable: string) => RESERVED_VARIABLES.includes(variable) || OWN_VARIABLES.includes(variable);
    return Object.fromEntries(
      Object.entries(variables)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([variable, value]): readonly [string, unknown][] => {
          if (taken(variable)) {
            this.leave(`variable ${variable} of ${name}`, "the stack sets it itself");
            return [];
          }
          const why = isSecret(variable, value) ? "may be a secret" : refusalOfValue(value);
          if (why === undefined) return [[variable, value]];
          const parameter = `/${prefixOf(this.system, this.options.domainPrefix)}/${name}/${variable}`;
          const { region } = this.system;
          const read = `aws lambda get-function-configuration --region ${region} --function-name ${quoted(functionName)} --query Environment.Variables.${variable} --output text`;
          this.remark(
            `The value of ${variable} of ${name} ${why}, and is not written. The function will read it from the parameter ${parameter}. Create the parameter before the deployment:`,
            `aws ssm put-parameter --region ${region} --type SecureString --name ${quoted(parameter)} --value "$(${read})"`,
          );
          return [[variable, { parameter }]];
        }),
    );
  }

  private remarkOnRoles(functions: readonly (readonly [string, ExistingFunction])[]): void {
    for (const arn of new Set(functions.map(([, { role }]) => role?.Arn ?? ""))) {
      const users = functions.filter(([, { role }]) => role?.Arn === arn);
      if (users.length < 2) continue;
      const names = users.map(([name]) => name).join(" and ");
      this.remark(
        `${names} share the role ${arn}, and keep it. Terraform creates a role for each, which is not used as long as ${ADOPTED_FILE} keeps "role": write what each function needs into its statements in access.yaml, then delete the line.`,
      );
    }
  }

  private remarkOnSystem(): void {
    const { pool, otherStages, stage, api, functions, region } = this.system;
    const users = pool.EstimatedNumberOfUsers ?? 0;
    if (users > 0)
      this.leave(`about ${users} users`, "access.yaml is about machines; users, and the settings for them, stay");
    for (const name of otherStages)
      this.leave(`stage ${name}`, "an environment has one stage; it keeps its deployment");
    if (stage.canarySettings !== undefined)
      this.leave(`canary of stage ${stage.stageName}`, "access.yaml has no canaries");
    if (!REGIONS.includes(region)) this.remark(`The region ${region} is not known to this version.`);
    const tags = [pool.UserPoolTags, api.tags, ...[...functions.values()].map((one) => one.tags)];
    const stacks = new Set(tags.flatMap((one) => one?.["aws:cloudformation:stack-name"] ?? []));
    for (const name of stacks) {
      this.remark(
        `The CloudFormation stack ${name} manages a part of this. Set its DeletionPolicy to Retain and remove the resources from it, or the two undo each other's changes.`,
      );
    }
  }
}

/** The names of resources begin with it. */
export function prefixOf({ domains }: ExistingSystem, otherwise = ""): string {
  const prefix = domains.find(({ certificateArn }) => certificateArn === undefined);
  return prefix?.name ?? domains[0]?.name.replaceAll(".", "-") ?? otherwise;
}

/** Minutes that access tokens of a client are valid. */
export function tokenMinutes({ AccessTokenValidity = 0, TokenValidityUnits }: ExistingClient): number {
  return tokenLifetime(AccessTokenValidity, TokenValidityUnits?.AccessToken) / 60;
}

/** Whether access.yaml can have it. */
export function isTokenMinutes(minutes: number): boolean {
  return defaults.shape.tokenMinutes.safeParse(minutes).success;
}

/** A stage's key of method settings as a path: AWS writes `~1orders/GET` or `orders/GET`. */
export function unescapedPath(key: string): string {
  return `/${key.replaceAll("~1", "/")}`.replace(/^\/+/, "/");
}

/** By names that are all different: those that are taken get a number. */
function named<Item>(
  items: readonly Item[],
  maxLength: number,
  nameOf: (item: Item) => string,
): ReadonlyMap<string, Item> {
  const found = new Map<string, Item>();
  for (const item of items) {
    const name = nameOf(item);
    let free = name;
    for (let number = 2; found.has(free) || free in {}; number++) {
      const end = `-${number}`;
      free = `${name.slice(0, maxLength - end.length)}${end}`;
    }
    found.set(free, item);
  }
  return found;
}

/** The name that the stack would make of it is the function's own, if that is possible. */
function functionName(name: string, prefix: string): string {
  const own = name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : name;
  return own.slice(0, FUNCTION_NAME.maxLength) || "function";
}

function isPreflight({ verb, method }: PlacedMethod): boolean {
  return verb === "OPTIONS" && method.methodIntegration?.type === "MOCK" && method.authorizationType === "NONE";
}

function whyNotPath(path: string, verb: string): string | undefined {
  const refusal = refusalOfMethod(verb) ?? refusalOfPath(path);
  return refusal === undefined ? undefined : "access.yaml has no such path";
}

function whyNotMethod({ apiKeyRequired, requestValidatorId }: Method): string | undefined {
  if (apiKeyRequired === true) return "it requires an API key";
  return requestValidatorId ? "it has a request validator" : undefined;
}

function whyNotFunction({ configuration, role }: ExistingFunction): string | undefined {
  if (role === undefined) return "has a role that does not exist";
  if ((configuration.FileSystemConfigs ?? []).length > 0) return "has a file system";
  return configuration.SnapStart?.ApplyOn === "PublishedVersions" ? "has SnapStart" : undefined;
}

const CORS_HEADERS = ["headers", "methods", "origin"].map((name) => `access-control-allow-${name}`);

function whyNotPreflight(method: Method, headers: ReadonlyMap<string, string>, count: number): string | undefined {
  const known = [...CORS_HEADERS, "access-control-max-age", "vary"];
  const other = [...headers.keys()].find((name) => !known.includes(name));
  const [response] = Object.values(method.methodIntegration?.integrationResponses ?? {});
  if (method.apiKeyRequired === true) return "it requires an API key";
  if (other !== undefined) return `it sends the header ${other}`;
  if (count !== 1) return "it has more than one response or origin";
  return Object.values(response?.responseTemplates ?? {}).some(Boolean) ? "its response has a template" : undefined;
}

function whyNotCors(settings: { readonly origins: readonly string[]; readonly headers?: readonly string[] }) {
  const { issues: [issue] = [] } = corsSettings.safeParse(settings).error ?? {};
  if (issue === undefined) return undefined;
  if (issue.path[0] === "origins") return `it allows the origin ${settings.origins.join() || "of none"}`;
  return `it allows the headers ${settings.headers?.join(", ")}`;
}

/** @returns `other` for what access.yaml cannot say */
function throttlingOf({ throttlingRateLimit: rate, throttlingBurstLimit: burst }: MethodSetting) {
  if (rate === undefined || burst === undefined || (rate === -1 && burst === -1)) return undefined;
  // AWS's quotas of an account, which it returns where nothing is set.
  if (rate === requestsPerSecond.maxValue && burst === burstSetting.maxValue) return undefined;
  const throttling = { requestsPerSecond: rate, burst };
  return defaults.shape.throttling.safeParse(throttling).success ? throttling : "other";
}

function isSecret(variable: string, value: string): boolean {
  return SECRET_VALUE.test(value) || (SECRET_NAME.test(variable) && !PLAIN_VALUE.test(value));
}

/** Why a variable cannot have the value in access.yaml. */
function refusalOfValue(value: string): string | undefined {
  const variables = functionSettings.shape.variables.unwrap();
  return variables.safeParse({ NAME: value }).success ? undefined : "has ${ or %{, which Terraform evaluates";
}
