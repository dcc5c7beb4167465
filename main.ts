/**
 * The stack, readable as the architecture: who callers are, what they call, and the functions that answer.
 * One stack for each environment of `access.yaml`, with the environment's name.
 */
import { join } from "node:path";
import type { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { App, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import {
  type AccessModel,
  AccessModelError,
  type Client,
  type Environment,
  isIn,
  ownerTags,
  type ResourceServer,
  type Route,
  readAccessModel,
  tokenMinutesOf,
} from "./access/access-model";
import { visible, visibleLines } from "./access/visible";
import { adoptResources } from "./constructs/adopted-resources";
import type { ProtectedRoute } from "./constructs/api/api-route";
import {
  createBackend,
  createProvider,
  keepStatesPrivate,
  limitRoles,
  recordPrefix,
} from "./constructs/aws-environment";
import { ClientSecret } from "./constructs/client-secret";
import { type Adopted, AdoptedFileError, type AdoptedStack, readAdopted } from "./constructs/contract/adopted";
import { protectFromDestruction } from "./constructs/destroy-protection";
import { FunctionBundleError } from "./constructs/functions/function-bundle";
import { createRouteFunctions } from "./constructs/functions/route-functions";
import { addGuards, GuardError } from "./constructs/guards/guards";
import { MachineIdentity } from "./constructs/machine-identity";
import { Monitoring } from "./constructs/monitoring/monitoring";
import { ProtectedApi } from "./constructs/protected-api";
import { addOutputs } from "./constructs/stack-outputs";
import { TokenCache } from "./constructs/token-cache";

/** Settings of a {@link MachineAccessStack}. */
export interface MachineAccessStackProps {
  readonly environment: Environment;
  readonly model: AccessModel;
  /** Folder of the functions, `<name>.ts` each. */
  readonly functions: string;
  /** What of it exists at AWS already; left out means nothing. */
  readonly adopted?: AdoptedStack | undefined;
}

/** Everything that one environment of the access model needs. */
export class MachineAccessStack extends TerraformStack {
  private readonly environment: Environment;
  private readonly routes: readonly Route[];
  private readonly resourceServers: readonly ResourceServer[];
  /** Those of this environment. */
  private readonly clients: readonly Client[];
  private readonly identity: MachineIdentity;
  private readonly functions: ReadonlyMap<string, LambdaFunction>;
  private readonly api: ProtectedApi;
  private readonly tokenCache: TokenCache | undefined;
  private readonly secrets: ReadonlyMap<string, ClientSecret>;
  private readonly expiryWarningDays: number;

  constructor(scope: Construct, { environment, model, functions, adopted }: MachineAccessStackProps) {
    super(scope, environment.name);
    this.environment = environment;
    this.expiryWarningDays = model.expiryWarningDays;
    this.routes = model.routes;
    this.clients = model.clients.filter((client) => isIn(client, environment.name));
    this.addOverride("terraform.required_version", ">= 1.10");
    createProvider(this, environment);
    createBackend(this, environment);
    recordPrefix(this, environment);
    limitRoles(this, environment);
    this.resourceServers = model.resourceServers;
    const { resourceServers, clients } = this;
    this.identity = new MachineIdentity(this, "identity", { environment, resourceServers, clients });
    this.functions = this.createFunctions(functions);
    this.api = this.createApi();
    if (adopted !== undefined) adoptResources(this, adopted);
    this.tokenCache = this.createTokenCache();
    this.secrets = this.createSecrets();
    this.watch();
    this.addOutputs();
    this.protect();
  }

  /** CDKTF resolves everything once more, to find references to other stacks. */
  override prepareStack(): void {
    const isAlone = App.of(this).node.findAll().filter(TerraformStack.isStack).length === 1;
    if (isAlone) this.ensureBackendExists();
    else super.prepareStack();
  }

  private createFunctions(folder: string): ReadonlyMap<string, LambdaFunction> {
    const { environment, routes, clients } = this;
    // A scope of their own, since a function may have any name that another construct has.
    const scope = new Construct(this, "functions");
    const clientIdOf = (name: string) => this.clientOf(name).id;
    return createRouteFunctions(scope, { environment, routes, clients, clientIdOf, folder });
  }

  private createApi(): ProtectedApi {
    const {
      name,
      prefix,
      accessLog,
      retentionDays,
      throttling,
      methodMetrics,
      tracing,
      firewall,
      apiDomain,
      authorizerName,
    } = this.environment;
    return new ProtectedApi(this, "api", {
      name: prefix,
      stageName: name,
      userPool: this.identity.pool,
      routes: this.routes.map((route) => ({ ...route, backend: this.backendOf(route) })),
      accessLog: accessLog ? { retentionDays } : undefined,
      throttling,
      methodMetrics,
      tracing,
      firewall,
      domain: apiDomain,
      authorizerName,
    });
  }

  private backendOf({ backend }: Route): ProtectedRoute["backend"] {
    if (backend.kind === "http") return backend;
    const fn = this.functions.get(backend.lambda);
    if (fn === undefined) throw new Error(`${this.node.path}: no function "${backend.lambda}"`);
    return { kind: "lambda", function: fn };
  }

  private createTokenCache(): TokenCache | undefined {
    const { name, prefix, tokenCache, accessLog, retentionDays } = this.environment;
    if (tokenCache === undefined) return undefined;
    return new TokenCache(this, "token-cache", {
      name: `${prefix}-tokens`,
      stageName: name,
      tokenUrl: this.identity.tokenUrl,
      minutes: tokenCache.minutes,
      shortestTokenMinutes: Math.min(...this.clients.map((client) => tokenMinutesOf(this.environment, client))),
      ...(accessLog ? { accessLogRetention: retentionDays } : {}),
    });
  }

  /** By the name of the client. */
  private createSecrets(): ReadonlyMap<string, ClientSecret> {
    const scope = new Construct(this, "secrets");
    const { prefix, isEphemeral, tags: others } = this.environment;
    const created = this.clients.flatMap(({ name, scopes, secret, owner, purpose }) => {
      if (secret === undefined) return [];
      const { tokenUrl } = this.identity;
      const tags = ownerTags({ owner, purpose }, others);
      const client = { clientName: name, scopes, appClient: this.clientOf(name), tokenUrl, tags };
      return [[name, new ClientSecret(scope, ownId(name), { prefix, isEphemeral, ...client, ...secret })] as const];
    });
    return new Map(created);
  }

  private watch(): void {
    const { name: stageName, prefix } = this.environment;
    new Monitoring(this, "monitoring", {
      environment: this.environment,
      stage: { apiName: this.api.name, stageName },
      tokenStage: this.tokenCache && { apiName: `${prefix}-tokens`, stageName },
      functions: [...this.functions].map(([label, { functionNameInput }]) => ({
        label,
        functionName: functionNameInput ?? label,
      })),
    });
  }

  private protect(): void {
    const secrets = [...this.secrets].map(([client, { secret }]) => [secret, `secret/${client}`] as const);
    protectFromDestruction(this, this.environment, new Map([...this.identity.names, ...secrets]));
  }

  private clientOf(name: string): CognitoUserPoolClient {
    const client = this.identity.clients.get(name);
    if (client === undefined) throw new Error(`${this.node.path}: no app client "${name}"`);
    return client;
  }

  private addOutputs(): void {
    const { environment, clients, routes, identity, tokenCache } = this;
    addOutputs(this, {
      tokenUrl: identity.tokenUrl,
      tokenCacheUrl: tokenCache?.tokenUrl,
      issuer: identity.issuer,
      routes: routes.map((route) => ({ ...route, url: this.api.urlOf(route.path) })),
      clients: new Map(clients.map(({ name }) => [name, this.clientOf(name)])),
      secrets: this.secrets,
      owners: clients,
      ends: { clients, warningDays: this.expiryWarningDays },
      resourceServers: this.resourceServers,
      after: environment.after,
      domains: [
        { domain: environment.apiDomain, target: this.api.domainTarget },
        { domain: environment.tokenDomain, target: identity.domainTarget },
      ],
    });
  }
}

/**
 * Adds a stack for each environment to the app, and refuses to synthesize what must not be deployed.
 * @param functions folder of the functions, `<name>.ts` each
 * @param adopted what of the stacks exists at AWS already
 */
export function addStacks(
  app: App,
  model: AccessModel,
  functions = join(__dirname, "lambda"),
  adopted: Adopted = {},
): void {
  for (const environment of model.environments) {
    new MachineAccessStack(app, { environment, model, functions, adopted: adopted[environment.name] });
  }
  const onWarning = (text: string) => process.stderr.write(`warning: ${visible(text)}\n`);
  addGuards(app, { isStrict: model.isStrict, onWarning });
}

/** Construct id of a client; the names that every object has are taken, and no client's name ends in a space. */
function ownId(name: string): string {
  return name in {} ? `${name} ` : name;
}

/** Errors that say all there is to say. */
const FOR_USERS = [AccessModelError, AdoptedFileError, FunctionBundleError, GuardError];

/** Synthesizes the access.yaml of the folder that it is run in, with the functions and adopted.json beside it. */
function main(folder: string): void {
  try {
    const model = readAccessModel(join(folder, "access.yaml"));
    for (const { file = "access.yaml", line, column, message } of model.warnings) {
      process.stderr.write(`${file}:${line}:${column}: warning: ${message}\n`);
    }
    const app = new App();
    addStacks(app, model, join(folder, "lambda"), readAdopted(folder));
    app.synth();
    keepStatesPrivate(app.outdir, model.environments);
  } catch (error) {
    // What the system refuses has no name of its own, and its message names the file.
    const isOfSystem = error instanceof Error && "syscall" in error;
    if (!isOfSystem && !FOR_USERS.some((kind) => error instanceof kind)) throw error;
    process.stderr.write(`${visibleLines(error instanceof Error ? error.message : String(error))}\n`);
    process.exitCode = 1;
  }
}

if (require.main === module) main(process.cwd());
