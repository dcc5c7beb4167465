/** The pages of the console, by their paths: what each shows, and the two that send something, a token request and a call. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Emulator } from "../../emulator/index";
import type { DriftReport } from "../../operations/drift/drift-text";
import { withoutSecrets } from "../../platform/child";
import { type Html, html, type Part } from "../../platform/html";
import { copyable } from "../../platform/local-command";
import { isDeployedLocally, localFolder, packageFolder, projectFolder } from "../../platform/project";
import { UserError } from "../../platform/user-error";
import { emulatedEnvironments } from "../embedded-aws/emulated-environments";
import { callForm, fieldsOfRoute, sentCall } from "./call-page";
import { type DeployedEnvironment, DeployedReader } from "./deployed";
import { framed, type PagePath, problem } from "./layout";
import { matrixPage } from "./matrix-page";
import { picturePage } from "./picture-page";
import type { RequestLog } from "./request-log";
import { requestPage, requestsPage } from "./requests-page";
import { MaskedTexts } from "./secrets";
import type { ConsoleAnswer, ConsoleRequest } from "./server";
import { type Comparison, terraformPage } from "./terraform-page";
import { requestedToken, tokenForm } from "./token-page";

const MAX_RESULTS = 50;
const MAX_REPORT_BYTES = 64 << 20;

/** What was answered to a form, to be shown until it is too old. */
interface Result {
  readonly page: PagePath;
  readonly title: string;
  readonly environment: string;
  readonly content: Html;
}

export class Pages {
  private readonly reader = new DeployedReader();
  private readonly masks = new MaskedTexts();
  private readonly results = new Map<string, Result>();
  private readonly comparisons = new Map<string, Comparison>();
  private comparing: Promise<unknown> | undefined;

  constructor(
    private readonly emulator: Pick<Emulator, "clientNames" | "invocation">,
    private readonly log: RequestLog,
  ) {}

  /** Answers a request; `undefined` where there is no such page. */
  async answer(request: ConsoleRequest): Promise<ConsoleAnswer | undefined> {
    const { method, path, query, form } = request;
    if (method === "POST") return await this.post(path, form);
    const environments = chosenFirst(query.get("env"));
    const [first = "", id] = path.split("/");
    const page = (name: PagePath, title: string, lead: Part, content: Part, up = ""): ConsoleAnswer => ({
      page: framed({ up, page: name, title, lead, environments }, content),
    });
    const deployed = (write: (environment: DeployedEnvironment) => Part) => this.ofDeployed(environments[0], write);
    switch (id === undefined ? first : `${first}/`) {
      case "":
        return page(
          "",
          "Access",
          "Who can call what, as deployed, and why.",
          await deployed((found) => matrixPage(found, query.get("client") ?? undefined)),
        );
      case "picture":
        return page(
          "picture",
          "Picture",
          "How a call gets from the client to the function.",
          await deployed(picturePage),
        );
      case "requests":
        return page(
          "requests",
          "Requests",
          "What was decided about each request. A refusal has its reason here; its caller does not learn it.",
          requestsPage(this.log.after(0), this.emulator.clientNames()),
        );
      case "requests/":
        return this.request(Number(id), environments);
      case "token":
        return page(
          "token",
          "Token",
          "Request an access token as a client, and read every part of it.",
          await deployed((found) => tokenForm(found, query.get("client") ?? undefined)),
        );
      case "call": {
        const fields = (found: DeployedEnvironment) =>
          fieldsOfRoute(query.get("route") ?? found.matrix.routes[0]?.route ?? "GET /", query.get("client") ?? "");
        return page(
          "call",
          "Call",
          "Call a route as a client, or without a token.",
          await deployed((found) => callForm(found, fields(found))),
        );
      }
      case "terraform":
        return page(
          "terraform",
          "Terraform",
          "What Terraform manages, and what was changed out of band.",
          await deployed((found) => terraformPage(found, this.comparisons.get(found.deployment.environment))),
        );
      case "results/":
        return this.result(id ?? "");
      default:
        return undefined;
    }
  }

  private request(id: number, environments: readonly string[]): ConsoleAnswer | undefined {
    const found = this.log.find(id);
    if (found === undefined) return undefined;
    const invoked = found.trail.invocation && this.emulator.invocation(found.trail.invocation);
    const content = requestPage(found, invoked, this.emulator.clientNames());
    return {
      page: framed({ up: "../", page: "requests", title: `${found.method} ${found.path}`, environments }, content),
    };
  }

  private result(id: string): ConsoleAnswer | undefined {
    const found = this.results.get(id);
    if (found === undefined) return undefined;
    const { page, title, environment, content } = found;
    return { page: framed({ up: "../", page, title, environments: chosenFirst(environment) }, content) };
  }

  private async post(path: string, form: URLSearchParams): Promise<ConsoleAnswer | undefined> {
    const field = (name: string) => form.get(name) ?? "";
    const { clientNames, invocation } = this.emulator;
    const known = { ofAws: (id: string | undefined) => this.log.ofAws(id), invocation, names: clientNames() };
    const [environment] = chosenFirst(field("env"));
    if (path === "show") {
      const text = this.masks.textOf(field("handle"));
      return text === undefined ? undefined : { text };
    }
    if (path === "token") {
      return await this.keep("token", `Token of ${field("client")}`, environment, (found) =>
        requestedToken(found, { client: field("client"), scope: field("scope").trim() }, known, this.masks),
      );
    }
    if (path === "call") {
      const fields = { method: field("method"), path: field("path"), client: field("client"), body: field("body") };
      return await this.keep("call", `${fields.method} ${fields.path}`, environment, (found) =>
        sentCall(found, fields, known, this.masks),
      );
    }
    if (path === "drift" && environment !== undefined) return await this.compare(environment);
    return undefined;
  }

  /** Keeps what is shown, under a name of its own: reloading the page does not send anything again. */
  private async keep(
    page: PagePath,
    title: string,
    environment: string | undefined,
    write: (found: DeployedEnvironment) => Promise<Html>,
  ): Promise<ConsoleAnswer> {
    const content = html`${await this.ofDeployed(environment, write)}`;
    const id = randomBytes(9).toString("base64url");
    this.results.set(id, { page, title, environment: environment ?? "", content });
    const [oldest = ""] = this.results.keys();
    if (this.results.size > MAX_RESULTS) this.results.delete(oldest);
    return { goTo: `results/${id}` };
  }

  private async compare(environment: string): Promise<ConsoleAnswer> {
    // One at a time: each of them synthesizes and plans.
    const before = this.comparing ?? Promise.resolve();
    const compared = before.catch(() => undefined).then(() => driftOf(environment));
    this.comparing = compared;
    try {
      this.comparisons.set(environment, { time: Date.now(), report: await compared });
      return { goTo: `terraform?env=${encodeURIComponent(environment)}` };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return await this.keep("terraform", "Terraform", environment, async () => problem(error.message));
    }
  }

  /** What is written of an environment, or why it cannot be read. */
  private async ofDeployed(
    environment: string | undefined,
    write: (found: DeployedEnvironment) => Part | Promise<Part>,
  ): Promise<Part> {
    if (environment === undefined) return problem("access.yaml has no environment.");
    try {
      if (!isDeployedLocally(environment)) throw new UserError(notDeployed(environment));
      return await write(await this.reader.read(environment));
    } catch (error) {
      if (error instanceof UserError) return problem(error.message);
      throw error;
    }
  }
}

function notDeployed(environment: string): string {
  return `${environment} is not deployed on the embedded AWS. Deploy it, and load this page again:\n${copyable(`npx access deploy ${environment}`)}`;
}

/** Names of the environments: the wanted one first, else the first that is deployed. */
function chosenFirst(wanted: string | null): readonly string[] {
  const names = emulatedEnvironments(join(localFolder, "cdktf.out")).map(({ name }) => name);
  const chosen = names.find((name) => name === wanted) ?? names.find(isDeployedLocally) ?? names[0];
  return chosen === undefined ? [] : [chosen, ...names.filter((name) => name !== chosen)];
}

/** The report of `access drift`, in a process of its own: it synthesizes and plans. */
async function driftOf(environment: string): Promise<DriftReport> {
  const command = [join(packageFolder, "cli", "access.cjs"), "drift", environment, "--json"];
  const options = { cwd: projectFolder, env: withoutSecrets(process.env), maxBuffer: MAX_REPORT_BYTES };
  // It ends with 2 when there is drift.
  const { stdout, stderr } = await promisify(execFile)(process.execPath, command, options).catch(
    (error: { readonly code?: unknown; readonly stdout: string; readonly stderr: string }) => {
      if (error.code === 2) return error;
      throw new UserError(error.stderr.trim() || `access drift ended with ${error.code}`);
    },
  );
  if (stdout === "") throw new UserError(stderr);
  return JSON.parse(stdout) as DriftReport;
}
