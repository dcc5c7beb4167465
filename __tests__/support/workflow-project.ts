/**
 * A repository on a pretend GitHub, with a bucket for its states and an embedded AWS: a machine for workflows. Every job
 * finds the workspace as GitHub's runners have it, at the same path and with nothing of the job before.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sdkOptions } from "./aws-sdk";
import { PretendGitHub } from "./pretend-github";
import { PretendStateStore } from "./pretend-state-store";
import { run } from "./processes";
import { ServedProject } from "./served-project";
import type { Machine } from "./workflow-steps";

const ACCOUNT = "123456789012";
const LOCAL_OUTPUT = join(".local", "cdktf.out");

/** What no script has before it takes on a role. */
const OF_A_ROLE = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"];

interface State {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly attributes: Readonly<Record<string, unknown>> }[];
  }[];
}

export class WorkflowProject implements Machine {
  readonly github = new PretendGitHub();
  readonly temporary = mkdtempSync(join(tmpdir(), "workflows-"));
  readonly workspace: string;
  private readonly served: ServedProject;
  private readonly store = new PretendStateStore(ACCOUNT);
  private readonly clients: { destroy(): void }[] = [];
  /** The commit that starts the next workflow. */
  private head = "";

  /** @param roles ARNs of roles that may be taken on */
  constructor(
    accessYaml: string,
    private readonly roles: readonly string[],
  ) {
    this.served = new ServedProject("dev", accessYaml);
    this.workspace = this.served.folder;
  }

  async open(): Promise<void> {
    cpSync(join(__dirname, "..", "..", ".gitignore"), join(this.workspace, ".gitignore"));
    await this.git("init", "-q", "-b", "main");
    // It is a link here, and .gitignore names the folder.
    this.served.write(join(".git", "info", "exclude"), "node_modules\n");
    await this.commit("first");
    await Promise.all([this.github.start(), this.store.start(), this.served.serve()]);
    // Terraform runs where it runs on GitHub, and the embedded AWS looks for files there.
    rmSync(join(this.workspace, LOCAL_OUTPUT), { recursive: true, force: true });
    symlinkSync(join("..", "cdktf.out"), join(this.workspace, LOCAL_OUTPUT));
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await Promise.all([this.github.stop(), this.store.stop(), this.served.remove()]);
    rmSync(this.temporary, { recursive: true, force: true });
  }

  /** Commits all that was written. @returns the commit, which starts the next workflow */
  async commit(message: string): Promise<string> {
    await this.git("add", "-A");
    await this.git("commit", "-q", "--allow-empty", "-m", message);
    this.head = (await this.git("rev-parse", "HEAD")).trim();
    return this.head;
  }

  async change(accessYaml: string): Promise<string> {
    await this.git("checkout", "-q", "--force", this.head);
    this.served.write("access.yaml", accessYaml);
    return await this.commit("change");
  }

  async checkOut(ref = this.head): Promise<void> {
    await this.git("checkout", "-q", "--force", ref);
    await this.git("clean", "-q", "-ffdx", "-e", ".local", "-e", "node_modules");
    if (existsSync(join(this.workspace, "cdktf.out"))) throw new Error("the workspace is not that of a new runner");
  }

  environment(): NodeJS.ProcessEnv {
    const { AWS_ENDPOINT_URL_S3, HTTP_PROXY } = this.store.environment;
    const own = Object.entries(this.served.environment()).filter(
      ([name]) => !/^(GITHUB|RUNNER|npm)_/.test(name) && !["CDKTF_OUTPUT", ...OF_A_ROLE].includes(name),
    );
    const { GITHUB_API_URL, GITHUB_REPOSITORY } = this.github.environment;
    return {
      ...Object.fromEntries(own),
      AWS_ENDPOINT_URL_S3,
      HTTP_PROXY,
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL,
      GITHUB_REPOSITORY,
      GITHUB_SHA: this.head,
      GITHUB_WORKSPACE: this.workspace,
    };
  }

  takeOn(role: string, region: string): Readonly<Record<string, string>> {
    if (!this.roles.includes(role)) throw new Error(`nobody may take on the role "${role}"`);
    const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = this.served.environment();
    return { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION: region, AWS_DEFAULT_REGION: region };
  }

  /** Keys of the states in the bucket, and of locks that somebody holds. */
  stateKeys(): readonly string[] {
    return [...this.store.objects.keys()].toSorted();
  }

  /** Attributes of what the environment's state holds. */
  inState(key: string, type: string): readonly Readonly<Record<string, unknown>>[] {
    const state = JSON.parse(String(this.store.objects.get(key) ?? '{"resources":[]}')) as State;
    return state.resources
      .filter((resource) => resource.type === type)
      .flatMap(({ instances }) => instances.map(({ attributes }) => attributes));
  }

  /** Secrets of all clients that there are, as they are and as they are sent. */
  clientSecrets(): readonly string[] {
    const clients = this.stateKeys().flatMap((key) => this.inState(key, "aws_cognito_user_pool_client"));
    return clients.flatMap(({ id, client_secret }) => [
      String(client_secret),
      Buffer.from(`${id}:${client_secret}`).toString("base64"),
    ]);
  }

  /** All that the account holds. */
  inAccount(): readonly string[] {
    return this.served.inAccount();
  }

  /** A client of the AWS SDK, for whoever changes things behind Terraform's back. */
  client<Client extends { destroy(): void }>(
    kind: new (options: ReturnType<typeof sdkOptions>) => Client,
    region: string,
  ): Client {
    const environment = this.served.environment();
    const client = new kind(sdkOptions({ proxyUrl: environment["HTTPS_PROXY"] ?? "", environment }, region));
    this.clients.push(client);
    return client;
  }

  /** Contents of all files that jobs left: what was theirs, what they handed on, and the workspace. */
  filesLeft(): readonly (readonly [path: string, content: Buffer])[] {
    return [this.temporary, join(this.workspace, "cdktf.out")].flatMap(filesBelow);
  }

  private async git(...args: readonly string[]): Promise<string> {
    const who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
    const { code, stdout, stderr } = await run(["git", ...who, ...args], this.workspace);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  }
}

function filesBelow(folder: string): readonly (readonly [path: string, content: Buffer])[] {
  // Nothing is synthesized where nothing is planned.
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path)]);
}
