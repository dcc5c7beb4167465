/** A deployed project that is changed out of band, by the AWS SDK. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  DeleteMethodCommand,
  UpdateMethodCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-api-gateway";
import type { Deployment } from "../../operations/deployed/deployment";
import { sdkOptions } from "./aws-sdk";
import { runPrinted } from "./printed-command";
import type { Ended } from "./processes";
import { runTogether } from "./run-together";
import { ServedProject } from "./served-project";

/** Clients and routes that have something for every way to tamper with them. */
export const ACCESS = `environments:
  dev: { region: eu-west-1, domainPrefix: tampered-dev, ephemeral: true }
resourceServers:
  orders: { name: Orders, scopes: { read: Read orders, write: Write orders, audit: Audit orders } }
clients:
  auditor: { scopes: [orders/audit] }
  billing: { scopes: [orders/read] }
  reporting: { scopes: [orders/read] }
  shop: { scopes: [orders/read, orders/write] }
routes:
  ANY /access/{proxy+}: { lambda: access, scopes: [orders/audit] }
  GET /orders: { lambda: orders, scopes: [orders/read], cors: true }
  POST /orders: { lambda: orders, scopes: [orders/write] }
  GET /status: { lambda: status, public: true, reason: "Load balancers ask." }
`;

const REGION = "eu-west-1";

/** The access.yaml with a newcomer, another scope, and one route less. */
const changed = (access: string) =>
  access
    .replace("routes:", "  newcomer: { scopes: [orders/audit] }\nroutes:")
    .replace(
      "POST /orders: { lambda: orders, scopes: [orders/write]",
      "POST /orders: { lambda: orders, scopes: [orders/read]",
    )
    .replace(/ {2}GET \/status.*\n/, "");

interface Kept {
  readonly address: string;
  readonly attributes: Attributes;
}

type Attributes = Readonly<Record<string, unknown>>;
type Patch = "add" | "remove" | "replace";

export class TamperedProject {
  private readonly served: ServedProject;
  /** Folder of the stack. */
  readonly folder: string;
  private readonly before = { ...process.env };
  private readonly clients: { destroy(): void }[] = [];

  constructor(private readonly access = ACCESS) {
    this.served = new ServedProject("dev", access);
    this.folder = this.served.stack;
  }

  /** Deploys it, and lets this process use its AWS. */
  async open(): Promise<void> {
    const examples = join(__dirname, "..", "..", "examples");
    for (const [name, example] of [
      ["orders", "one-service"],
      ["status", "public-api"],
    ] as const) {
      const source = readFileSync(join(examples, example, "lambda", `${name}.ts`), "utf8");
      this.write(`lambda/${name}.ts`, source.replaceAll("../../../lambda/", "./"));
    }
    await this.served.serve();
    await this.served.deploy();
    Object.assign(process.env, this.served.environment());
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.destroy();
    process.env = this.before;
    await this.served.remove();
  }

  write(file: string, text: string): void {
    this.served.write(file, text);
  }

  /** A file of the project. */
  read(file: string): string {
    return readFileSync(join(this.served.folder, file), "utf8");
  }

  /** Of all that the state has. */
  addresses(): readonly string[] {
    return this.inState().map(({ address }) => address);
  }

  /** Runs a command in a process that is kept, as {@link ServedProject.ask}. */
  ask(command: string, ...args: readonly string[]): Promise<Ended> {
    return this.served.ask(command, ...args);
  }

  /** Runs commands one after the other in one process, where the process itself is not what is tested. */
  together(commands: readonly (readonly string[])[]): Promise<readonly Ended[]> {
    return runTogether(this.served, commands);
  }

  /** Runs a command as it is printed to users. */
  runPrinted(command: string): Promise<void> {
    return runPrinted(this.served, command);
  }

  /** Deploys what was synthesized. */
  async apply(...args: readonly string[]): Promise<void> {
    const { code, stderr } = await this.served.terraform("apply", "-auto-approve", ...args);
    if (code !== 0) throw new Error(stderr);
  }

  /** Applies the plan of the last review, as {@link ServedProject.applyReviewed}. */
  applyReviewed(): Promise<void> {
    return this.served.applyReviewed();
  }

  /** Replaces the deployment, as in docs/deploy.md. */
  deployAnew(): Promise<void> {
    return this.apply(`-replace=${this.find("aws_api_gateway_deployment", "").address}`);
  }

  /** Takes resources of a type and all outputs out of the state, as after a deployment that failed; without a type, all. */
  async forget(type?: string): Promise<void> {
    const file = join(".local", "terraform.dev.tfstate");
    const state = JSON.parse(this.read(file)) as { serial: number; resources: readonly { readonly type: string }[] };
    const resources = type === undefined ? [] : state.resources.filter((one) => one.type !== type);
    this.write(file, JSON.stringify({ ...state, serial: state.serial + 1, outputs: {}, resources }));
  }

  /** Writes another access.yaml than is deployed. */
  changeAccess(): void {
    this.write("access.yaml", changed(this.access));
  }

  /** Synthesizes other code than is deployed. */
  async changeCode(): Promise<void> {
    this.changeAccess();
    await this.served.synthesize();
  }

  /** The state as Terraform shows it. */
  state() {
    return this.served.state();
  }

  /** What a review of what was synthesized finds. */
  review() {
    return this.served.review();
  }

  /** What the stack's `cdk.tf.json` holds. */
  synthesized(): unknown {
    return JSON.parse(readFileSync(join(this.folder, "cdk.tf.json"), "utf8"));
  }

  async deployment(): Promise<Deployment> {
    return { environment: "dev", ...(await this.served.deployed()) };
  }

  /** All client secrets there are, and the proxy's password. */
  secrets(): readonly string[] {
    const secrets = this.all("aws_cognito_user_pool_client").map(({ attributes }) =>
      String(attributes["client_secret"]),
    );
    return [...secrets, new URL(this.served.environment()["HTTPS_PROXY"] ?? "").password];
  }

  /** A client of the AWS SDK that goes to the embedded AWS. */
  client<Client extends { destroy(): void }>(
    kind: new (options: ReturnType<typeof sdkOptions>) => Client,
    region = REGION,
  ): Client {
    const environment = this.served.environment();
    const client = new kind(sdkOptions({ proxyUrl: environment["HTTPS_PROXY"] ?? "", environment }, region));
    this.clients.push(client);
    return client;
  }

  ids() {
    const clients = this.all("aws_cognito_user_pool_client");
    return {
      UserPoolId: String(this.find("aws_cognito_user_pool", "").attributes["id"]),
      clientIds: Object.fromEntries(
        clients.map(({ attributes }) => [String(attributes["name"]), String(attributes["id"])]),
      ),
      restApiId: String(this.find("aws_api_gateway_rest_api", "").attributes["id"]),
      rootId: String(this.find("aws_api_gateway_rest_api", "").attributes["root_resource_id"]),
      poolArn: String(this.find("aws_cognito_user_pool", "").attributes["arn"]),
      authorizerId: String(this.find("aws_api_gateway_authorizer", "").attributes["id"]),
    };
  }

  /** Input of UpdateUserPoolClient that leaves the client as the stack made it. */
  asMade(name: string) {
    return {
      ClientId: this.ids().clientIds[name],
      AccessTokenValidity: 60,
      IdTokenValidity: 60,
      RefreshTokenValidity: 30,
      TokenValidityUnits: { AccessToken: "minutes", IdToken: "minutes", RefreshToken: "days" } as const,
      AllowedOAuthFlows: ["client_credentials" as const],
      AllowedOAuthFlowsUserPoolClient: true,
      EnableTokenRevocation: true,
      ExplicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH" as const],
      PreventUserExistenceErrors: "ENABLED" as const,
    };
  }

  variablesOf(fn: string): Readonly<Record<string, string>> {
    const { environment } = this.find("aws_lambda_function", `functions_${fn}_`).attributes as {
      readonly environment: readonly { readonly variables: Readonly<Record<string, string>> }[];
    };
    return environment[0]?.variables ?? {};
  }

  /** A function's code: its file in the stack's folder, and the hash that Terraform gave. */
  codeOf(fn: string) {
    const { filename, source_code_hash } = this.find("aws_lambda_function", `functions_${fn}_`).attributes;
    return { file: String(filename), hash: String(source_code_hash) };
  }

  permission(route: string) {
    const { attributes } = this.find("aws_lambda_permission", `api_${route}_`);
    return { FunctionName: String(attributes["function_name"]), StatementId: String(attributes["statement_id"]) };
  }

  rolePolicy(fn: string) {
    const { attributes } = this.find("aws_iam_role_policy", `functions_${fn}_`);
    return { RoleName: String(attributes["role"]), PolicyName: String(attributes["name"]) };
  }

  async updateMethod(httpMethod: string, path: string, op: Patch, attribute: string, value: string): Promise<void> {
    const patchOperations = [{ op, path: attribute, value }];
    const at = this.placeOf(httpMethod, path);
    await this.client(APIGatewayClient).send(new UpdateMethodCommand({ ...at, patchOperations }));
  }

  async deleteMethod(httpMethod: string, path: string): Promise<void> {
    await this.client(APIGatewayClient).send(new DeleteMethodCommand(this.placeOf(httpMethod, path)));
  }

  /** The one that Terraform made. */
  deploymentId(): string {
    return String(this.find("aws_api_gateway_deployment", "").attributes["id"]);
  }

  /** @returns id of the new deployment, with which the stage answers */
  async deployByHand(): Promise<string> {
    const { restApiId } = this.ids();
    const made = await this.client(APIGatewayClient).send(new CreateDeploymentCommand({ restApiId, stageName: "dev" }));
    return String(made.id);
  }

  async moveStage(deploymentId: string): Promise<void> {
    const patchOperations = [{ op: "replace" as const, path: "/deploymentId", value: deploymentId }];
    const at = { restApiId: this.ids().restApiId, stageName: "dev" };
    await this.client(APIGatewayClient).send(new UpdateStageCommand({ ...at, patchOperations }));
  }

  /** A method of the API, for the AWS SDK; whether it is there or not. */
  placeOf(httpMethod: string, path: string) {
    const resource = this.all("aws_api_gateway_resource").find(({ attributes }) => attributes["path"] === path);
    return { restApiId: this.ids().restApiId, resourceId: String(resource?.attributes["id"]), httpMethod };
  }

  private find(type: string, beginning: string) {
    const found = this.all(type).find(({ address }) => address.startsWith(`${type}.${beginning}`));
    if (found === undefined) throw new Error(`there is no ${type} ${beginning}`);
    return found;
  }

  private all(type: string): readonly Kept[] {
    return this.inState().filter(({ address }) => address.startsWith(`${type}.`));
  }

  private inState(): readonly Kept[] {
    const { resources } = JSON.parse(this.read(join(".local", "terraform.dev.tfstate"))) as {
      readonly resources: readonly {
        readonly mode: string;
        readonly type: string;
        readonly name: string;
        readonly instances: readonly { readonly attributes: Attributes }[];
      }[];
    };
    return resources
      .filter(({ mode }) => mode === "managed")
      .flatMap(({ type, name, instances }) =>
        instances.map(({ attributes }) => ({ address: `${type}.${name}`, attributes })),
      );
  }
}
