/** The story that `npm run demo` tells, step by step; each either is as expected or says what it expected. */
import type { Emulator } from "../emulator/index";
import {
  type ClientCredentials,
  credentialsOf,
  type Deployment,
  readDeployment,
  requireStack,
} from "../operations/deployed/deployment";
import { liftProtection } from "../operations/deployed/protection";
import { callAsService } from "../operations/deployed/service-call";
import { ACCESS_TOKEN_CLAIMS, checkToken } from "../operations/deployed/token-check";
import { askForToken, type TokenResponse } from "../operations/deployed/token-request";
import { findDrift } from "../operations/drift/find-drift";
import { plannedChanges } from "../operations/plan-file/planned-changes";
import { runCdktf } from "../platform/cdktf";
import { send } from "../platform/http";
import { terraform } from "../platform/terraform";
import type { Cast } from "./demo-cast";
import { expect, type Seen, type Step, Surprise } from "./demo-step";
import { RESET_ATTRIBUTES, resetClient } from "./tampering";

/** The steps, which share what was deployed and the token. */
export class Demo {
  private deployment: Deployment | undefined;
  private token: TokenResponse | undefined;
  /** How many resources Terraform manages. */
  private managed = 0;

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
      ...(environment.isProtected
        ? [{ title: "deletion protection is lifted", run: () => this.liftProtection() }]
        : []),
      { title: `cdktf destroy ${environment.name}`, run: () => this.destroy() },
      { title: "nothing is left in state and account", run: () => this.nothingLeft() },
    ];
  }

  private async deploy(): Promise<Seen> {
    await this.cdktf("deploy", "--auto-approve");
    const [deployment, addresses] = await Promise.all([
      readDeployment(this.cast.environment.name),
      terraform(this.folder, ["state", "list"]),
    ]);
    this.deployment = deployment;
    this.managed = addresses.split("\n").filter((address) => /^(?!data\.)./.test(address)).length;
    return [`${this.managed} resources`];
  }

  private async callRefused(): Promise<Seen> {
    const { status, body } = await send(this.url, { method: this.method, headers: {} });
    return [expect('401 {"message":"Unauthorized"}', `${status} ${body}`)];
  }

  private async getToken(): Promise<Seen> {
    const { tokenUrl } = this.deployed;
    const answer = await askForToken(tokenUrl, this.credentials, this.cast.client.scopes.join(" "));
    if ("error" in answer) throw new Surprise("a token", answer.error);
    this.token = answer;
    const { client, environment } = this.cast;
    const lifetime = (client.tokenMinutes ?? environment.tokenMinutes) * 60;
    const seen = expect(`Bearer, for ${lifetime} s`, `${answer.token_type}, for ${answer.expires_in} s`);
    return [`${seen}, from:`, tokenUrl];
  }

  private async decode(): Promise<Seen> {
    const { claims } = await checkToken(this.accessToken, this.deployed.issuer);
    expect(ACCESS_TOKEN_CLAIMS.join(" "), Object.keys(claims).join(" "));
    expect(this.credentials.id, String(claims["client_id"]));
    expect(this.cast.client.scopes.join(" "), String(claims["scope"]));
    return [
      "its claims:",
      ...Object.entries(claims).map(([name, value]) => `${name.padEnd(10)} ${JSON.stringify(value)}`),
    ];
  }

  private async callAnswered(): Promise<Seen> {
    const bare = await send(this.url, { method: this.method, headers: { Authorization: this.accessToken } });
    expect("2xx", classOf(bare.status));
    const status = await this.callAsService();
    expect("2xx", classOf(status));
    return [`${status}, bare and after "Bearer "`];
  }

  private callAsService(): Promise<number> {
    const service = {
      tokenUrl: this.deployed.tokenUrl,
      credentials: this.credentials,
      scopes: this.cast.client.scopes,
    };
    return callAsService(service, this.method, this.url);
  }

  private async planNothing(): Promise<Seen> {
    const changes = await plannedChanges(this.folder);
    return [expect("no changes", changes.join(", ") || "no changes")];
  }

  private async tamper(): Promise<Seen> {
    const poolId = this.deployed.issuer.split("/").at(-1) ?? "";
    const status = await resetClient(this.cast.environment.region, poolId, this.credentials.id);
    return [`UpdateUserPoolClient: ${expect("200", `${status}`)}`];
  }

  private async refusedToken(): Promise<Seen> {
    const answer = await askForToken(this.deployed.tokenUrl, this.credentials, this.cast.client.scopes.join(" "));
    return [expect("invalid_grant", "error" in answer ? answer.error : "a token")];
  }

  private async drift(): Promise<Seen> {
    const found = await findDrift(this.folder);
    const names = [...new Set(found.map(({ attribute }) => attribute?.split(".")[0] ?? "(gone)"))].sort();
    const addresses = new Set(found.map(({ address }) => address));
    expect("1 resource", `${addresses.size} resource${addresses.size === 1 ? "" : "s"}`);
    expect(RESET_ATTRIBUTES.join(", "), names.join(", "));
    return [
      `${found.length} differences:`,
      ...found.map(({ attribute, expected, found }) => `${attribute}: ${expected} → ${found}`),
    ];
  }

  private async repair(): Promise<Seen> {
    await this.cdktf("deploy", "--auto-approve", "--skip-synth");
    await this.getToken();
    const { length } = await findDrift(this.folder);
    expect("no drift", length === 0 ? "no drift" : `${length} differences`);
    const status = await this.callAsService();
    expect("2xx", classOf(status));
    return [`token and call: ${status}`];
  }

  private async liftProtection(): Promise<Seen> {
    liftProtection(this.folder);
    await this.cdktf("deploy", "--auto-approve", "--skip-synth");
    return ["the pool may be deleted"];
  }

  private async destroy(): Promise<Seen> {
    await this.cdktf("destroy", "--auto-approve", "--skip-synth");
    return [`${this.managed} resources`];
  }

  private async nothingLeft(): Promise<Seen> {
    const state = JSON.parse(await terraform(this.folder, ["show", "-json"])) as { readonly values?: object };
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

  private get url(): string {
    const { method, path } = this.cast.route;
    const url = this.deployed.routeUrls[`${method} ${path}`];
    if (url === undefined) throw new Surprise(`an output with the URL of ${method} ${path}`, "none");
    return url;
  }

  private get folder(): string {
    return requireStack(this.cast.environment.name);
  }

  private get method(): string {
    return this.cast.route.method === "ANY" ? "GET" : this.cast.route.method;
  }

  private async cdktf(command: string, ...flags: readonly string[]): Promise<void> {
    const { exitCode, lastLines } = await runCdktf([command, this.cast.environment.name, ...flags], this.signal);
    if (exitCode !== 0) throw new Surprise("exit code 0", `exit code ${exitCode}:\n${lastLines}`);
  }
}

/** `2xx` for every status that says that a call was answered as it was meant, any other as it is. */
function classOf(status: number): string {
  return status >= 200 && status < 300 ? "2xx" : String(status);
}
