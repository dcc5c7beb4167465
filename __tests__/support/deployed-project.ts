/** A project's stack, synthesized by main.ts and deployed by the real Terraform to an embedded AWS in this very process. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAccessModel } from "../../access/access-model";
import { emulatedOf, keepStateLocally } from "../../cli/embedded-aws/emulated-environments";
import { emulatorOptions } from "../../cli/embedded-aws/local-aws";
import { localStatePath } from "../../constructs/contract/local-state";
import { type Emulator, startEmulator } from "../../emulator/index";
import { type AccessMatrix, accessMatrix } from "../../operations/access-graph/access-matrix";
import { callEveryPair, type Deployed, type Verdict } from "./every-pair";
import { cleanEnvironment, type Ended, requireDone, run, script } from "./processes";

const main = join(__dirname, "..", "..", "main.ts");

/** A change of a plan, as `terraform show -json` has it. */
export interface PlannedChange {
  readonly address: string;
  readonly actions: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
}

/** Deploys one environment of an access.yaml, and is asked about it. */
export class DeployedProject {
  /** Lines of access logs. */
  readonly accessLog: string[] = [];

  private readonly output = join(mkdtempSync(join(tmpdir(), "deployed-")), "cdktf.out");
  /** Folder with `cdk.tf.json`. */
  readonly stack: string;
  private emulator: Emulator | undefined;

  /**
   * @param folder folder of access.yaml
   * @param name name of the environment
   * @param backends stand-ins on loopback for its HTTP backends, by origin
   */
  constructor(
    private readonly folder: string,
    private readonly name: string,
    private readonly backends: ReadonlyMap<string, string> = new Map(),
  ) {
    this.stack = join(this.output, "stacks", name);
  }

  /**
   * Synthesizes and applies.
   * @param other project of the same folder, of which all environments were synthesized
   * @returns the output of `terraform apply` @throws {Error} when either fails
   */
  async deploy(other?: DeployedProject): Promise<string> {
    await this.synthesize(other);
    return await this.apply();
  }

  /** Writes what Terraform applies, and starts the embedded AWS when it does not run yet. */
  async synthesize(other?: DeployedProject): Promise<void> {
    const environments = readAccessModel(join(this.folder, "access.yaml")).environments.map(emulatedOf);
    if (other === undefined) {
      const env = cleanEnvironment({ CDKTF_OUTDIR: this.output });
      requireDone(await run(script(main), this.folder, env));
    } else cpSync(other.output, this.output, { recursive: true });
    keepStateLocally(this.output, environments);
    this.emulator ??= await startEmulator({
      folder: join(this.output, "..", ".local"),
      workingDirectories: () => [this.stack],
      backends: () => this.backends,
      onAccessLog: (_logGroup, line) => this.accessLog.push(line),
      ...emulatorOptions(environments),
    });
    // An initialized folder stays so: what is synthesized has the same backend.
    if (!existsSync(join(this.stack, ".terraform"))) requireDone(await this.terraform("init"));
  }

  /** @returns the output of `terraform apply` @throws {Error} when it fails */
  async apply(): Promise<string> {
    return requireDone(await this.terraform("apply", "-auto-approve")).stdout;
  }

  /** Exit code of a plan: 0 when nothing is to change. */
  async plan(): Promise<number | null> {
    return (await this.terraform("plan", "-detailed-exitcode")).code;
  }

  /** What a plan changes; empty when nothing is to change. */
  async changes(): Promise<readonly PlannedChange[]> {
    requireDone(await this.terraform("plan", "-out", "plan"));
    const plan = JSON.parse(requireDone(await this.terraform("show", "-json", "plan")).stdout) as {
      readonly resource_changes: readonly {
        readonly address: string;
        readonly change: Omit<PlannedChange, "address">;
      }[];
    };
    const changes = plan.resource_changes.map(({ address, change: { actions, before, after } }) => ({
      address,
      actions,
      before,
      after,
    }));
    return changes.filter(({ actions }) => actions.join() !== "no-op" && actions.join() !== "read");
  }

  /** Who can call what, from what was synthesized. */
  matrix(): AccessMatrix {
    return accessMatrix(this.name, JSON.parse(readFileSync(join(this.stack, "cdk.tf.json"), "utf8")));
  }

  /** The state, as `terraform show -json` prints it. */
  async state(): Promise<unknown> {
    return JSON.parse(requireDone(await this.terraform("show", "-json")).stdout);
  }

  /** The stack's outputs by name, secrets included: those of the state file, which needs no process. */
  async outputs(): Promise<Readonly<Record<string, { readonly value: unknown }>>> {
    return JSON.parse(readFileSync(join(this.stack, localStatePath(this.name)), "utf8")).outputs;
  }

  /** What is needed to call it. */
  async deployed(): Promise<Deployed> {
    const outputs = await this.outputs();
    const byName = (output: string) => outputs[output]?.value as Readonly<Record<string, string>>;
    const { proxyUrl, environment } = this.running;
    return {
      tokenUrl: String(outputs["token_url"]?.value),
      routeUrls: byName("route_urls"),
      clientIds: byName("client_ids"),
      clientSecrets: byName("client_secrets"),
      proxyUrl,
      ca: readFileSync(String(environment["NODE_EXTRA_CA_CERTS"]), "utf8"),
    };
  }

  /** Calls every route as every client. */
  async callEveryPair(): Promise<Verdict> {
    return await callEveryPair(await this.deployed(), this.matrix());
  }

  /** @returns what the account still holds */
  async destroy(): Promise<Readonly<Record<string, number>>> {
    requireDone(await this.terraform("destroy", "-auto-approve"));
    return this.running.resourceCount();
  }

  async remove(): Promise<void> {
    await this.emulator?.close();
    rmSync(join(this.output, ".."), { recursive: true, force: true });
  }

  private get running(): Emulator {
    if (this.emulator === undefined) throw new Error("nothing is deployed");
    return this.emulator;
  }

  /** Variables in which commands reach the embedded AWS. */
  environment(): Readonly<Record<string, string>> {
    const known = Object.entries(this.running.environment).filter(([, value]) => value !== undefined);
    return Object.fromEntries(known) as Readonly<Record<string, string>>;
  }

  private terraform(...args: readonly string[]): Promise<Ended> {
    const env = cleanEnvironment({ ...this.environment(), TF_IN_AUTOMATION: "1", TF_INPUT: "0" });
    return run(["terraform", ...args, "-no-color"], this.stack, env);
  }
}
