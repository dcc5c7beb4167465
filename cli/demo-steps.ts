/** The steps of `access demo`. Each fails with the expected and the found value. */

import { tokenMinutesOf } from "../access/access-model";
import type { Emulator } from "../emulator/index";
import {
  type ClientCredentials,
  credentialsOf,
  type Deployment,
  poolIdOf,
  readDeployment,
  requireStack,
} from "../operations/deployed/deployment";
import { liftProtection } from "../operations/deployed/protection";
import { callAsService } from "../operations/deployed/service-call";
import { ACCESS_TOKEN_CLAIMS, checkToken } from "../operations/deployed/token-check";
import { askForToken, type TokenResponse } from "../operations/deployed/token-request";
import { findDrift } from "../operations/drift/find-drift";
import { plannedChanges } from "../operations/plan-file/planned-changes";
import { aws } from "../platform/aws";
import { runCdktf } from "../platform/cdktf";
import { send } from "../platform/http";
import { terraform } from "../platform/terraform";
import type { Fixture } from "./demo-fixture";

/** One step. */
export interface Step {
  readonly title: string;
  /** @throws {StepFailure} */
  run(): Promise<Observation>;
}

/** What a step observed: a summary in a few words, and lines shown below it. */
export type Observation = readonly [summary: string, ...details: string[]];

/** An observation differs from the expected one. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";

  constructor(
    readonly expected: string,
    readonly found: string,
  ) {
    super(`expected ${expected}, found ${found}`);
  }
}

/** The found value. @throws {StepFailure} when it is not the expected one */
export function expect(expected: string, found: string): string {
  if (expected !== found) throw new StepFailure(expected, found);
  return found;
}

/** Attributes that an update with nothing but the ids resets. */
const RESET_ATTRIBUTES: readonly string[] = [
  "access_token_validity",
  "allowed_oauth_flows",
  "allowed_oauth_flows_user_pool_client",
  "allowed_oauth_scopes",
  "explicit_auth_flows",
  "id_token_validity",
  "prevent_user_existence_errors",
  "token_validity_units",
];

/** The steps, which share what was deployed and the token. */
export class Demo {
  private deployment: Deployment | undefined;
  private token: TokenResponse | undefined;
  /** How many resources Terraform manages. */
  private managed = 0;

  constructor(
    private readonly fixture: Fixture,
    private readonly emulator: Pick<Emulator, "resourceCount">,
    private readonly signal: AbortSignal,
  ) {}

  get steps(): readonly Step[] {
    const { environment, client, route } = this.fixture;
    const call = `${route.method} ${route.path}`;
    return [
      { title: `cdktf deploy ${environment.name}`, run: () => this.deploy() },
      { title: `${call} without a token is refused`, run: () => this.callRefused() },
      { title: `${client.name} gets a token`, run: () => this.getToken() },
      { title: "the token names the pool and the client", run: () => this.decode() },
      { title: `${call} with the token is answered`, run: () => this.callAnswered() },
      { title: "a second plan changes nothing", run: () => this.planNothing() },
      { title: "the client is changed outside Terraform", run: () => this.tamper() },
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

  private async deploy(): Promise<Observation> {
    await this.cdktf("deploy", "--auto-approve");
    const [deployment, addresses] = await Promise.all([
      readDeployment(this.fixture.environment.name),
      terraform(this.folder, ["state", "list"]),
    ]);
    this.deployment = deployment;
    this.managed = addresses.split("\n").filter((address) => /^(?!data\.)./.test(address)).length;
    return [`${this.managed} resources`];
  }

  private async callRefused(): Promise<Observation> {
    const { status, body } = await send(this.url, { method: this.method, headers: {} });
    expect('401 {"message":"Unauthorized"}', `${status} ${body}`);
    return ["401 Unauthorized"];
  }

  private async getToken(): Promise<Observation> {
    const { tokenUrl } = this.deployed;
    const answer = await askForToken(tokenUrl, this.credentials, this.fixture.client.scopes.join(" "));
    if ("error" in answer) throw new StepFailure("a token", answer.error);
    this.token = answer;
    const { client, environment } = this.fixture;
    const lifetime = tokenMinutesOf(environment, client) * 60;
    const seen = expect(`Bearer, for ${lifetime} s`, `${answer.token_type}, for ${answer.expires_in} s`);
    return [seen, tokenUrl];
  }

  private async decode(): Promise<Observation> {
    const { claims } = await checkToken(this.accessToken, this.deployed.issuer);
    expect(ACCESS_TOKEN_CLAIMS.join(" "), Object.keys(claims).join(" "));
    expect(this.credentials.id, String(claims["client_id"]));
    expect(this.fixture.client.scopes.join(" "), String(claims["scope"]));
    return [
      "its claims:",
      ...Object.entries(claims).map(([name, value]) => {
        const text = typeof value === "string" ? value : JSON.stringify(value);
        return `${name.padEnd(10)} ${text}`;
      }),
    ];
  }

  private async callAnswered(): Promise<Observation> {
    const bare = await send(this.url, { method: this.method, headers: { Authorization: this.accessToken } });
    expect("2xx", classOf(bare.status));
    const status = await this.callAsService();
    expect("2xx", classOf(status));
    return [`${status}`, 'with and without the word "Bearer" before the token'];
  }

  private callAsService(): Promise<number> {
    const service = {
      tokenUrl: this.deployed.tokenUrl,
      credentials: this.credentials,
      scopes: this.fixture.client.scopes,
    };
    return callAsService(service, this.method, this.url);
  }

  private async planNothing(): Promise<Observation> {
    const changes = await plannedChanges(this.folder);
    return [expect("no changes", changes.join(", ") || "no changes")];
  }

  private async tamper(): Promise<Observation> {
    const poolId = poolIdOf(this.deployed);
    const cognito = await aws(this.fixture.environment.region).cognito();
    // AWS resets every attribute that the call leaves out.
    await cognito.updateUserPoolClient({ UserPoolId: poolId, ClientId: this.credentials.id });
    return ["UpdateUserPoolClient", "AWS resets the settings that such a call leaves out"];
  }

  private async refusedToken(): Promise<Observation> {
    const answer = await askForToken(this.deployed.tokenUrl, this.credentials, this.fixture.client.scopes.join(" "));
    return [expect("invalid_grant", "error" in answer ? answer.error : "a token")];
  }

  private async drift(): Promise<Observation> {
    const { findings: found } = await findDrift(this.folder);
    const names = [...new Set(found.map(({ attribute }) => attribute?.split(".")[0] ?? "(gone)"))].sort();
    const addresses = new Set(found.map(({ address }) => address));
    expect("1 resource", `${addresses.size} resource${addresses.size === 1 ? "" : "s"}`);
    expect(RESET_ATTRIBUTES.join(", "), names.join(", "));
    return [
      `${found.length} differences:`,
      ...found.map(({ attribute, expected, found }) => `${attribute}: ${expected} → ${found}`),
    ];
  }

  private async repair(): Promise<Observation> {
    await this.cdktf("deploy", "--auto-approve", "--skip-synth");
    await this.getToken();
    const { length } = (await findDrift(this.folder)).findings;
    expect("no drift", length === 0 ? "no drift" : `${length} differences`);
    const status = await this.callAsService();
    expect("2xx", classOf(status));
    return [`token and call: ${status}`];
  }

  private async liftProtection(): Promise<Observation> {
    liftProtection(this.folder);
    await this.cdktf("deploy", "--auto-approve", "--skip-synth");
    return ["the pool may be deleted"];
  }

  private async destroy(): Promise<Observation> {
    await this.cdktf("destroy", "--auto-approve", "--skip-synth");
    return [`${this.managed} resources`];
  }

  private async nothingLeft(): Promise<Observation> {
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
    return credentialsOf(this.deployed, this.fixture.client.name);
  }

  private get accessToken(): string {
    if (this.token === undefined) throw new Error("there is no token yet");
    return this.token.access_token;
  }

  private get url(): string {
    const { method, path } = this.fixture.route;
    const url = this.deployed.routeUrls[`${method} ${path}`];
    if (url === undefined) throw new StepFailure(`an output with the URL of ${method} ${path}`, "none");
    return url;
  }

  private get folder(): string {
    return requireStack(this.fixture.environment.name);
  }

  private get method(): string {
    return this.fixture.route.method === "ANY" ? "GET" : this.fixture.route.method;
  }

  private async cdktf(command: string, ...flags: readonly string[]): Promise<void> {
    const { exitCode, lastLines } = await runCdktf([command, this.fixture.environment.name, ...flags], this.signal);
    if (exitCode !== 0) throw new StepFailure("exit code 0", `exit code ${exitCode}:\n${lastLines}`);
  }
}

/** `2xx` for every status that says that a call was answered as it was meant, any other as it is. */
function classOf(status: number): string {
  return status >= 200 && status < 300 ? "2xx" : String(status);
}
