/** The story that `npm run demo` tells, step by step; each either is as expected or says what it expected. */
import { join } from "node:path";
import { AwsClient } from "aws4fetch";
import type { Emulator } from "../emulator/index";
import { runUnseen } from "./child";
import type { Cast } from "./demo-cast";
import { type ClientCredentials, credentialsOf, type Deployment, readDeployment, requireStack } from "./deployment";
import { findDrift } from "./drift-report";
import { send } from "./http";
import { projectFolder } from "./project";
import { terraform } from "./terraform";
import { checkToken } from "./token-check";
import { askForToken, type TokenResponse } from "./token-request";

/** One step. */
export interface Step {
  readonly title: string;
  /** @returns what was seen, in a few words @throws {Surprise} when it is not as expected */
  run(): Promise<string>;
}

/** Something was not as expected. */
export class Surprise extends Error {
  override readonly name = "Surprise";

  constructor(
    readonly expected: string,
    readonly found: string,
  ) {
    super(`expected ${expected}, found ${found}`);
  }
}

const CLAIMS = ["sub", "token_use", "scope", "auth_time", "iss", "exp", "iat", "version", "jti", "client_id"];

/** Attributes that the tampering in this demo changes: flows and scopes, and all else that a client has set. */
const TAMPERED = [
  "access_token_validity",
  "allowed_oauth_flows",
  "allowed_oauth_flows_user_pool_client",
  "allowed_oauth_scopes",
  "explicit_auth_flows",
  "id_token_validity",
  "prevent_user_existence_errors",
  "token_validity_units",
];

const LAST_LINES = 20;
const cdktfBinary = join(projectFolder, "node_modules", "cdktf-cli", "bundle", "bin", "cdktf");

/** The demo's steps, in order. They share what was deployed and the token. */
export class Demo {
  private deployment: Deployment | undefined;
  private token: TokenResponse | undefined;

  constructor(
    private readonly cast: Cast,
    private readonly emulator: Pick<Emulator, "resourceCount">,
    private readonly signal: AbortSignal,
  ) {}

  get steps(): readonly Step[] {
    const { environment, client, route } = this.cast;
    const call = `${route.method} ${route.path}`;
    return [
      { title: `cdktf deploy ${environment.name}`, run: () => this.deploy() },
      { title: `${call} without a token is refused`, run: () => this.callRefused() },
      { title: `${client.name} gets a token from ${this.tokenHost}`, run: () => this.getToken() },
      { title: "the token is signed by the pool and says who calls", run: () => this.decode() },
      { title: `${call} with the token is answered`, run: () => this.callAnswered() },
      { title: "a second plan changes nothing", run: () => this.planNothing() },
      { title: "somebody updates the client by hand and leaves out its flags", run: () => this.tamper() },
      { title: `${client.name} is refused a token`, run: () => this.refusedToken() },
      { title: "drift names exactly what changed", run: () => this.drift() },
      { title: `cdktf deploy ${environment.name} repairs it`, run: () => this.repair() },
      { title: `cdktf destroy ${environment.name}`, run: () => this.destroy() },
      { title: "nothing is left, in the state or in the account", run: () => this.nothingLeft() },
    ];
  }

  private get tokenHost(): string {
    const { domainPrefix, region } = this.cast.environment;
    return `${domainPrefix}.auth.${region}.amazoncognito.com`;
  }

  private async deploy(): Promise<string> {
    await this.cdktf("deploy", "--auto-approve");
    this.deployment = await readDeployment(this.cast.environment.name);
    return `${total(this.emulator.resourceCount())} resources`;
  }

  private async callRefused(): Promise<string> {
    const { status, body } = await this.call({});
    return expect('401 {"message":"Unauthorized"}', `${status} ${body}`);
  }

  private async getToken(): Promise<string> {
    const { tokenUrl } = this.deployed;
    const answer = await askForToken(tokenUrl, this.credentials, this.cast.client.scopes.join(" "));
    if ("error" in answer) throw new Surprise("a token", answer.error);
    this.token = answer;
    const lifetime = this.cast.client.tokenMinutes * 60;
    return expect(`Bearer, expires in ${lifetime} s`, `${answer.token_type}, expires in ${answer.expires_in} s`);
  }

  private async decode(): Promise<string> {
    const { claims } = await checkToken(this.accessToken, this.deployed.issuer);
    expect(CLAIMS.join(" "), Object.keys(claims).join(" "));
    expect(this.credentials.id, String(claims["client_id"]));
    return `scope ${expect(this.cast.client.scopes.join(" "), String(claims["scope"]))}`;
  }

  private async callAnswered(): Promise<string> {
    const bare = await this.call({ Authorization: this.accessToken });
    expect("200", `${bare.status}`);
    const { status } = await this.call({ Authorization: `Bearer ${this.accessToken}` });
    return `${expect("200", `${status}`)}, bare and after "Bearer "`;
  }

  private async planNothing(): Promise<string> {
    const folder = requireStack(this.cast.environment.name);
    const file = join(folder, "second.tfplan");
    await terraform(folder, ["plan", `-out=${file}`]);
    const { resource_changes = [] } = JSON.parse(await terraform(folder, ["show", "-json", file])) as {
      readonly resource_changes?: readonly {
        readonly address: string;
        readonly change: { readonly actions: readonly string[] };
      }[];
    };
    const changes = resource_changes.filter(({ change }) => change.actions.join() !== "no-op");
    return expect("no changes", changes.map(({ address }) => address).join(", ") || "no changes");
  }

  /** `aws cognito-idp update-user-pool-client` with nothing but the ids: AWS resets all that is left out. */
  private async tamper(): Promise<string> {
    const poolId = this.deployed.issuer.split("/").at(-1);
    const aws = new AwsClient({ accessKeyId: "embedded-aws", secretAccessKey: "embedded-aws", service: "cognito-idp" });
    const signed = await aws.sign(`https://cognito-idp.${this.cast.environment.region}.amazonaws.com/`, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AWSCognitoIdentityProviderService.UpdateUserPoolClient",
      },
      body: JSON.stringify({ UserPoolId: poolId, ClientId: this.credentials.id }),
      aws: { region: this.cast.environment.region },
    });
    const outgoing = { method: "POST", headers: Object.fromEntries(signed.headers), body: await signed.text() };
    const { status } = await send(signed.url, outgoing);
    return expect("UpdateUserPoolClient answers 200", `UpdateUserPoolClient answers ${status}`);
  }

  private async refusedToken(): Promise<string> {
    const answer = await askForToken(this.deployed.tokenUrl, this.credentials, this.cast.client.scopes.join(" "));
    return expect("invalid_grant", "error" in answer ? answer.error : "a token");
  }

  private async drift(): Promise<string> {
    const found = await findDrift(this.cast.environment.name);
    const names = [...new Set(found.map(({ attribute = "(gone)" }) => attribute.split(".")[0] ?? attribute))].sort();
    const addresses = new Set(found.map(({ address }) => address));
    expect("1 resource", `${addresses.size} resource${addresses.size === 1 ? "" : "s"}`);
    expect(TAMPERED.join(", "), names.join(", "));
    return `${found.length} differences in the client`;
  }

  private async repair(): Promise<string> {
    await this.cdktf("deploy", "--auto-approve", "--skip-synth");
    await this.getToken();
    const drift = await findDrift(this.cast.environment.name);
    expect("no drift", drift.length === 0 ? "no drift" : `${drift.length} differences`);
    const { status } = await this.call({ Authorization: this.accessToken });
    return `token and call: ${expect("200", `${status}`)}`;
  }

  private async destroy(): Promise<string> {
    const before = total(this.emulator.resourceCount());
    await this.cdktf("destroy", "--auto-approve", "--skip-synth");
    return `${before} resources`;
  }

  private async nothingLeft(): Promise<string> {
    const folder = requireStack(this.cast.environment.name);
    const state = JSON.parse(await terraform(folder, ["show", "-json"])) as { readonly values?: object };
    expect("an empty state", state.values === undefined ? "an empty state" : "resources in the state");
    const left = Object.entries(this.emulator.resourceCount()).map(([type, count]) => `${count} ${type}`);
    expect("an empty account", left.join(", ") || "an empty account");
    return "both are empty";
  }

  private get deployed(): Deployment {
    if (this.deployment === undefined) throw new Error("nothing was deployed yet");
    return this.deployment;
  }

  private get credentials(): ClientCredentials {
    return credentialsOf(this.deployed, this.cast.client.name);
  }

  private get accessToken(): string {
    if (this.token === undefined) throw new Error("there is no token yet");
    return this.token.access_token;
  }

  private call(headers: Readonly<Record<string, string>>) {
    const { method, path } = this.cast.route;
    const url = this.deployed.routeUrls[`${method} ${path}`];
    if (url === undefined) throw new Surprise(`an output with the URL of ${method} ${path}`, "none");
    return send(url, { method, headers });
  }

  private async cdktf(command: string, ...flags: readonly string[]): Promise<void> {
    const { name } = this.cast.environment;
    const line = [process.execPath, cdktfBinary, command, name, ...flags];
    const { exitCode, output } = await runUnseen(line, projectFolder, this.signal);
    if (exitCode === 0) return;
    const lastLines = output.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
    throw new Surprise("exit code 0", `exit code ${exitCode}:\n${lastLines}`);
  }
}

/** The value, if it is the one expected. */
function expect(expected: string, found: string): string {
  if (expected !== found) throw new Surprise(expected, found);
  return found;
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
