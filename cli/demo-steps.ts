/** The story that `npm run demo` tells, step by step; each either is as expected or says what it expected. */
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Emulator } from "../emulator/index";
import { callCognito } from "./aws-call";
import { runUnseen } from "./child";
import type { Cast } from "./demo-cast";
import { expect, type Seen, type Step, Surprise } from "./demo-step";
import { type ClientCredentials, credentialsOf, type Deployment, readDeployment, requireStack } from "./deployment";
import { findDrift } from "./drift-report";
import { send } from "./http";
import { plannedChanges } from "./planned-changes";
import { projectFolder } from "./project";
import { terraform } from "./terraform";
import { checkToken } from "./token-check";
import { askForToken, type TokenResponse } from "./token-request";

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
      { title: `${client.name} gets a token`, run: () => this.getToken() },
      { title: "the token is the pool's and says who calls", run: () => this.decode() },
      { title: `${call} with the token is answered`, run: () => this.callAnswered() },
      { title: "a second plan changes nothing", run: () => this.planNothing() },
      { title: "somebody updates the client, leaving out its flags", run: () => this.tamper() },
      { title: `${client.name} is refused a token`, run: () => this.refusedToken() },
      { title: "drift names exactly what changed", run: () => this.drift() },
      { title: `cdktf deploy ${environment.name} repairs it`, run: () => this.repair() },
      { title: `cdktf destroy ${environment.name}`, run: () => this.destroy() },
      { title: "nothing is left in state and account", run: () => this.nothingLeft() },
    ];
  }

  private async deploy(): Promise<Seen> {
    await this.cdktf("deploy", "--auto-approve");
    this.deployment = await readDeployment(this.cast.environment.name);
    return [`${total(this.emulator.resourceCount())} resources`];
  }

  private async callRefused(): Promise<Seen> {
    const { status, body } = await this.call({});
    return [expect('401 {"message":"Unauthorized"}', `${status} ${body}`)];
  }

  private async getToken(): Promise<Seen> {
    const { tokenUrl } = this.deployed;
    const answer = await askForToken(tokenUrl, this.credentials, this.cast.client.scopes.join(" "));
    if ("error" in answer) throw new Surprise("a token", answer.error);
    this.token = answer;
    const lifetime = this.cast.client.tokenMinutes * 60;
    const seen = expect(`Bearer, for ${lifetime} s`, `${answer.token_type}, for ${answer.expires_in} s`);
    return [`${seen}, from:`, tokenUrl];
  }

  private async decode(): Promise<Seen> {
    const { claims } = await checkToken(this.accessToken, this.deployed.issuer);
    expect(CLAIMS.join(" "), Object.keys(claims).join(" "));
    expect(this.credentials.id, String(claims["client_id"]));
    expect(this.cast.client.scopes.join(" "), String(claims["scope"]));
    return [
      "its claims:",
      ...Object.entries(claims).map(([name, value]) => `${name.padEnd(10)} ${JSON.stringify(value)}`),
    ];
  }

  private async callAnswered(): Promise<Seen> {
    const bare = await this.call({ Authorization: this.accessToken });
    expect("200", `${bare.status}`);
    const { status } = await this.call({ Authorization: `Bearer ${this.accessToken}` });
    return [`${expect("200", `${status}`)}, bare and after "Bearer "`];
  }

  private async planNothing(): Promise<Seen> {
    const changes = await plannedChanges(this.cast.environment.name);
    return [expect("no changes", changes.join(", ") || "no changes")];
  }

  /** `aws cognito-idp update-user-pool-client` with nothing but the ids: AWS resets all that is left out. */
  private async tamper(): Promise<Seen> {
    const input = { UserPoolId: this.deployed.issuer.split("/").at(-1), ClientId: this.credentials.id };
    const { status } = await callCognito(this.cast.environment.region, "UpdateUserPoolClient", input);
    return [expect("UpdateUserPoolClient: 200", `UpdateUserPoolClient: ${status}`)];
  }

  private async refusedToken(): Promise<Seen> {
    const answer = await askForToken(this.deployed.tokenUrl, this.credentials, this.cast.client.scopes.join(" "));
    return [expect("invalid_grant", "error" in answer ? answer.error : "a token")];
  }

  private async drift(): Promise<Seen> {
    const found = await findDrift(this.cast.environment.name);
    const names = [...new Set(found.map(({ attribute = "(gone)" }) => attribute.split(".")[0] ?? attribute))].sort();
    const addresses = new Set(found.map(({ address }) => address));
    expect("1 resource", `${addresses.size} resource${addresses.size === 1 ? "" : "s"}`);
    expect(TAMPERED.join(", "), names.join(", "));
    return [
      `${found.length} differences:`,
      ...found.map(({ attribute = "", expected, found }) => `${attribute}: ${expected} → ${found}`),
    ];
  }

  private async repair(): Promise<Seen> {
    await this.cdktf("deploy", "--auto-approve", "--skip-synth");
    await this.getToken();
    const drift = await findDrift(this.cast.environment.name);
    expect("no drift", drift.length === 0 ? "no drift" : `${drift.length} differences`);
    const { status } = await this.call({ Authorization: this.accessToken });
    return [`token and call: ${expect("200", `${status}`)}`];
  }

  private async destroy(): Promise<Seen> {
    const before = total(this.emulator.resourceCount());
    await this.cdktf("destroy", "--auto-approve", "--skip-synth");
    return [`${before} resources`];
  }

  private async nothingLeft(): Promise<Seen> {
    const folder = requireStack(this.cast.environment.name);
    const state = JSON.parse(await terraform(folder, ["show", "-json"])) as { readonly values?: object };
    expect("an empty state", state.values === undefined ? "an empty state" : "resources in the state");
    const left = Object.entries(this.emulator.resourceCount()).map(([type, count]) => `${count} ${type}`);
    expect("an empty account", left.join(", ") || "an empty account");
    return ["both are empty"];
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
    const lastLines = saying(output).slice(-LAST_LINES).join("\n");
    throw new Surprise("exit code 0", `exit code ${exitCode}:\n${lastLines}`);
  }
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** The lines that say something: no colours, no empty lines, no spinner (which is of Unicode's Braille patterns). */
function saying(output: string): readonly string[] {
  const lines = stripVTControlCharacters(output).split("\n");
  return lines.map((line) => line.trimEnd()).filter((line) => line !== "" && !/^\s*[\u2800-\u28ff]/.test(line));
}
