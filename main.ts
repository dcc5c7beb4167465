/**
 * The stack, readable as the architecture: who callers are, what they call, and the functions that answer.
 * One stack for each environment of `access.yaml`, with the environment's name.
 */
import { join } from "node:path";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import {
  type AccessModel,
  AccessModelError,
  type Environment,
  type Route,
  readAccessModel,
} from "./constructs/access-model";
import { ALLOWED_ORIGIN } from "./constructs/cors";
import { FunctionBundleError } from "./constructs/function-bundle";
import { MachineIdentity } from "./constructs/machine-identity";
import { NodeFunction } from "./constructs/node-function";
import { ProtectedApi } from "./constructs/protected-api";

/** Everything that one environment of the access model needs. */
export class MachineAccessStack extends TerraformStack {
  private readonly identity: MachineIdentity;
  private readonly api: ProtectedApi;

  constructor(
    scope: Construct,
    private readonly environment: Environment,
    private readonly model: AccessModel,
  ) {
    super(scope, environment.name);
    const { region, domainPrefix, name } = environment;
    new AwsProvider(this, "aws", { region });
    this.addOverride("terraform.required_version", ">= 1.10");
    // Beside the output folder, wherever that is: relative, so that the same bytes come out on every machine.
    new LocalBackend(this, { path: `../../../terraform.${name}.tfstate` });
    this.identity = new MachineIdentity(this, "identity", { ...environment, ...model });
    const functions = this.createFunctions();
    this.api = new ProtectedApi(this, "api", {
      name: domainPrefix,
      stageName: name,
      userPool: this.identity.pool,
      routes: model.routes.map((route) => ({ ...route, function: functionOf(route, functions) })),
    });
    this.addOutputs();
  }

  private createFunctions(): ReadonlyMap<string, LambdaFunction> {
    const names = [...new Set(this.model.routes.map((route) => route.lambda))];
    // A scope of their own, since a function may have any name that another construct has.
    const scope = new Construct(this, "functions");
    return new Map(names.map((name) => [name, this.createFunction(scope, name)]));
  }

  private createFunction(scope: Construct, name: string): LambdaFunction {
    const routes = this.model.routes.filter((route) => route.lambda === name);
    return new NodeFunction(scope, name, {
      entry: join(__dirname, "lambda", `${name}.ts`),
      name: [this.environment.domainPrefix, name],
      region: this.environment.region,
      environment: {
        ALLOWED_CLIENT_IDS: this.clientIdsThatMayCall(routes).join(","),
        ...(routes.some(({ cors }) => cors) ? { ALLOWED_ORIGIN } : {}),
      },
    }).resource;
  }

  private clientIdsThatMayCall(routes: readonly Route[]): readonly string[] {
    const demanded = new Set(routes.flatMap((route) => route.scopes));
    return (
      this.model.clients
        .filter((client) => client.scopes.some((scope) => demanded.has(scope)))
        .map((client) => client.name)
        // The order of the file is nobody's business: moving a line must not change the function.
        .sort()
        .map((name) => this.clientOf(name).id)
    );
  }

  private clientOf(name: string) {
    const client = this.identity.clients.get(name);
    if (client === undefined) throw new Error(`${this.node.path}: no app client "${name}"`);
    return client;
  }

  private addOutputs(): void {
    const { clients, routes } = this.model;
    const byClient = (value: (name: string) => string) =>
      Object.fromEntries(clients.map(({ name }) => [name, value(name)]));
    this.output("token_url", "Where clients get their tokens", this.identity.tokenUrl);
    this.output("issuer", "What the tokens carry as iss", this.identity.issuer);
    this.output(
      "route_urls",
      "URL of each route",
      Object.fromEntries(routes.map(({ method, path }) => [`${method} ${path}`, this.api.urlOf(path)])),
    );
    this.output(
      "client_ids",
      "Id of each client",
      byClient((name) => this.clientOf(name).id),
    );
    this.output(
      "client_secrets",
      "Secret of each client",
      byClient((name) => this.clientOf(name).clientSecret),
      true,
    );
  }

  private output(name: string, description: string, value: unknown, sensitive = false): void {
    new TerraformOutput(this, name, { value, description, sensitive, staticId: true });
  }
}

function functionOf(route: Route, functions: ReadonlyMap<string, LambdaFunction>): LambdaFunction {
  const fn = functions.get(route.lambda);
  if (fn === undefined) throw new Error(`route "${route.method} ${route.path}": no function "${route.lambda}"`);
  return fn;
}

/** Adds a stack for each environment to the app. */
export function addStacks(app: App, model: AccessModel): void {
  for (const environment of model.environments) new MachineAccessStack(app, environment, model);
}

/** Reads the file, synthesizes, and ends with the mistakes of that file or a function's instead of a stack trace when it has some. */
function main(): void {
  try {
    const app = new App();
    addStacks(app, readAccessModel(join(__dirname, "access.yaml")));
    app.synth();
  } catch (error) {
    if (!(error instanceof AccessModelError || error instanceof FunctionBundleError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

if (require.main === module) main();
