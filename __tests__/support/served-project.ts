/** A copy of the project whose embedded AWS is a process of its own, which can be killed and looked into afterwards. */
import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { todayOf } from "../../access/access-model";
import type { Entries } from "../../emulator/account/file";
import { AccountStore } from "../../emulator/account/store";
import { makePlan } from "../../operations/plan-file/plan-json";
import { type StateValues, stateValues } from "../../operations/plan-file/state-json";
import { findForReview } from "../../operations/review/made-plan";
import type { Review } from "../../operations/review/review";
import { reviewOfData } from "../../operations/review/review-data";
import { thingsIn } from "./account-things";
import type { Deployed } from "./every-pair";
import { KeptCommands } from "./kept-commands";
import {
  cleanEnvironment,
  copyOfProject,
  type Ended,
  ended,
  kill,
  requireDone,
  run,
  script,
  start,
  untilWritten,
} from "./processes";

/** An embedded AWS that is ready. */
export interface Served {
  readonly server: ReturnType<typeof start>;
  /** What it did, when it has ended. */
  readonly result: Promise<Ended>;
  /** What it printed before it was ready. */
  readonly welcome: string;
}

/** As much of Terraform's state file as is read. */
interface StateFile {
  readonly outputs: Readonly<Record<string, { readonly value: unknown; readonly sensitive?: boolean }>>;
  readonly resources: readonly {
    readonly mode: "managed" | "data";
    readonly type: string;
    readonly name: string;
    readonly instances: readonly {
      /** Key of `for_each`. */
      readonly index_key?: string;
      readonly attributes: Readonly<Record<string, unknown>>;
    }[];
  }[];
}

const EMPTY: StateFile = { outputs: {}, resources: [] };

/** Things are told by type and id: `aws_iam_role access`. */
export class ServedProject {
  readonly folder = copyOfProject();
  /** Folder with `cdk.tf.json`. */
  readonly stack: string;
  private readonly local = join(this.folder, ".local");
  private readonly reviewed = join(this.local, "reviewed.tfplan");
  private last: ChildProcess | undefined;
  private kept: { readonly serving: ChildProcess | undefined; readonly commands: KeptCommands } | undefined;

  /**
   * @param name name of the environment that is worked with
   * @param accessYaml content of another access.yaml than the project's own
   */
  constructor(
    private readonly name = "dev",
    accessYaml?: string,
  ) {
    this.stack = join(this.local, "cdktf.out", "stacks", name);
    if (accessYaml !== undefined) this.write("access.yaml", accessYaml);
  }

  /** Writes a file of the project. */
  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** Starts to serve, and waits until it does. */
  async serve(...options: readonly string[]): Promise<Served> {
    const server = start(script("cli/local.ts", ...options), this.folder);
    this.last = server;
    const result = ended(server);
    const welcome = await untilWritten(server, "Press Ctrl-C to stop.");
    return { server, result, welcome };
  }

  /** Makes the stack ready for Terraform, while it is served. @throws {Error} when that fails */
  async synthesize(): Promise<void> {
    const variables = { ...this.environment(), CDKTF_OUTDIR: ".local/cdktf.out" };
    requireDone(await run(script("main.ts"), this.folder, variables));
    // An initialized folder stays so: what is synthesized has the same backend, and the provider is served.
    if (!existsSync(join(this.stack, ".terraform"))) requireDone(await this.terraform("init"));
  }

  /** Synthesizes and applies. @throws {Error} when either fails */
  async deploy(): Promise<void> {
    await this.synthesize();
    requireDone(await this.terraform("apply", "-auto-approve"));
  }

  /** Runs a command of the project, such as `drift`, with what is served. */
  cli(command: string, ...args: readonly string[]): Promise<Ended> {
    return run(script(`cli/${command}.ts`, ...args), this.folder, this.environment());
  }

  /**
   * Does the same as `cli` in a process that is kept while what is served is. Not for commands whose signals, terminal or
   * standard input is tested, and not for `local`.
   */
  async ask(command: string, ...args: readonly string[]): Promise<Ended> {
    const { kept } = this;
    if (kept !== undefined && kept.serving === this.last) return await kept.commands.ask(command, ...args);
    const commands = new KeptCommands(this.folder, this.environment());
    this.kept = { serving: this.last, commands };
    // It is the first of those that are asked at once.
    const [result] = await Promise.all([commands.ask(command, ...args), kept?.commands.end()]);
    return result;
  }

  /** Runs Terraform on the stack, with what is served. */
  terraform(...args: readonly string[]): Promise<Ended> {
    return run(["terraform", ...args, "-no-color"], this.stack, this.environment());
  }

  /** What the running one tells those who join it. */
  environment(): NodeJS.ProcessEnv {
    const { variables } = this.read("environment.json", { variables: [] }) as {
      readonly variables: readonly (readonly [string, string | null])[];
    };
    return cleanEnvironment(Object.fromEntries(variables.filter((pair): pair is [string, string] => pair[1] !== null)));
  }

  /** What is needed to call what was applied. */
  async deployed(): Promise<Deployed & { readonly issuer: string }> {
    const { outputs } = this.stateFile();
    const byName = (output: string) => outputs[output]?.value as Readonly<Record<string, string>>;
    const { HTTPS_PROXY = "", NODE_EXTRA_CA_CERTS = "" } = this.environment();
    return {
      tokenUrl: String(outputs["token_url"]?.value),
      issuer: String(outputs["issuer"]?.value),
      routeUrls: byName("route_urls"),
      clientIds: byName("client_ids"),
      clientSecrets: byName("client_secrets"),
      proxyUrl: HTTPS_PROXY,
      ca: readFileSync(NODE_EXTRA_CA_CERTS, "utf8"),
    };
  }

  /** All that the account holds. */
  inAccount(): readonly string[] {
    return thingsIn(this.accountEntries());
  }

  /** The account's records by their types, without those of logs. */
  accountRecords(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([...this.accountEntries()].filter(([type]) => !type.startsWith("logs/")));
  }

  /** All of AWS that Terraform knows of. */
  inState(): readonly string[] {
    const ofAws = this.stateFile().resources.filter(({ type }) => type.startsWith("aws_"));
    return ofAws.flatMap(({ type, instances }) => instances.map(({ attributes }) => `${type} ${attributes.id}`));
  }

  /** The state as `terraform show -json` has it, without a process: stacks have no modules. */
  async state(): Promise<StateValues> {
    const { outputs, resources } = this.stateFile();
    const shown = resources.flatMap(({ mode, type, name, instances }) => {
      const address = `${mode === "data" ? "data." : ""}${type}.${name}`;
      return instances.map(({ index_key, attributes: values }) => {
        const key = index_key === undefined ? "" : `[${JSON.stringify(index_key)}]`;
        return { address: `${address}${key}`, mode, type, name, values };
      });
    });
    return stateValues.parse({ outputs, root_module: { resources: shown } });
  }

  /**
   * What `npx access review` finds of what was synthesized, without its process: this process plans and looks into the
   * account, and so needs the variables of what is served.
   */
  async review(): Promise<Review> {
    const { name: environment, stack: folder } = this;
    const plan = await makePlan(folder, this.reviewed);
    const json: unknown = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));
    const notInPlan = await findForReview({ environment, folder, plan, json });
    return reviewOfData({ environment, plan, stack: json, notInPlan, today: todayOf(process.env) });
  }

  /** Applies the plan of the last {@link review}. @throws {Error} when that fails */
  async applyReviewed(): Promise<void> {
    requireDone(await run(["terraform", "apply", "-no-color", this.reviewed], this.stack, this.environment()));
  }

  private stateFile(): StateFile {
    return this.read(`terraform.${this.name}.tfstate`, EMPTY) as StateFile;
  }

  /** Resolves as soon as that is true of the number of things in the account, or when the other promise is settled. */
  async untilAccount(isReached: (count: number) => boolean, atTheLatest?: Promise<unknown>): Promise<void> {
    const folder = watch(this.local);
    const reached = new Promise<void>((resolve) => {
      const look = () => isReached(this.inAccount().length) && resolve();
      folder.on("change", look);
      look();
    });
    await Promise.race([reached, ...(atTheLatest === undefined ? [] : [atTheLatest])]);
    folder.close();
  }

  /** Ends what is still served, and starts over with an empty account and state. What was synthesized stays. */
  async forget(): Promise<void> {
    if (this.last !== undefined) await kill(this.last, "SIGKILL");
    const names = [
      "account.json",
      "account.journal",
      ...["", ".backup"].map((end) => `terraform.${this.name}.tfstate${end}`),
    ];
    for (const name of names) rmSync(join(this.local, name), { force: true });
  }

  async remove(): Promise<void> {
    await this.kept?.commands.end();
    if (this.last !== undefined) await kill(this.last, "SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private accountEntries(): Entries {
    return new AccountStore(join(this.local, "account.json"), () => true).read()?.entries ?? new Map();
  }

  private read(name: string, without: object): unknown {
    const file = join(this.local, name);
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : without;
  }
}

/** What is left over by the words of the one that starts, by type. */
export function namedLeftovers({ stderr }: Ended): readonly string[] {
  const [, listed = ""] = /^left over, .*:\n((?: {2}aws_.*\n)+)/m.exec(stderr) ?? [];
  return Array.from(listed.matchAll(/^ {2}(\w+)/gm), ([, type = ""]) => type);
}
