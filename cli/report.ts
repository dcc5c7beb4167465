/** `npx access report <env>`: the report for an auditor. */
import { Command, Option } from "commander";
import { type AccessModel, DAY_MS, type Environment, todayOf } from "../access/access-model";
import { type AccessMatrix, accessMatrix } from "../operations/access-graph/access-matrix";
import { readDeployedState } from "../operations/deployed/deployment";
import { stackOfState } from "../operations/deployed/stack-of-state";
import { clientsOf } from "../operations/deployed/unmanaged";
import type { StateValues } from "../operations/plan-file/state-json";
import { accessAt, accessHistory, checkedOut, presentAccess } from "../operations/report/access-history";
import { type AccessReport, accessReport, type ReportInput } from "../operations/report/report";
import { reportCsv } from "../operations/report/report-csv";
import { reportHtml } from "../operations/report/report-html";
import { reportMarkdown } from "../operations/report/report-markdown";
import { clientNotes, findUsage } from "../operations/usage/usage";
import { findEnvironment, projectFolder, projectModel } from "../platform/project";
import { print, printJson, waitFor, warn } from "../platform/terminal";
import { runCommand, UserError } from "../platform/user-error";

interface Options {
  readonly since?: string;
  /** Whether to read when clients were last used. */
  readonly usage: boolean;
  readonly csv?: true;
  readonly html?: true;
  readonly json?: true;
}

export const command = new Command("report")
  .description(
    "Prints what an auditor asks for, as Markdown: by owner and client what it may call, since when (from the git history of access.yaml), until when, and what protects it.",
  )
  .argument("[env]", "environment; required if access.yaml has more than one")
  .option("--since <commit>", "also print who gained and lost which call since that commit; with --csv, only that")
  .option("--no-usage", "do not read when clients were last used, which takes long where the access log is large")
  .addOption(new Option("--csv", "print it as CSV, one row for each call").conflicts(["html", "json"]))
  .addOption(new Option("--html", "print it as one HTML file, without scripts or requests").conflicts("json"))
  .option("--json", "print it as JSON")
  .action((env: string | undefined, options: Options) => runCommand(() => report(env, options)));

async function report(env: string | undefined, options: Options): Promise<number> {
  const model = projectModel();
  const environment = findEnvironment(model, env);
  const date = todayOf(process.env);
  const present = presentAccess(projectFolder, environment.name, date);
  const past = options.since === undefined ? undefined : await accessAt(projectFolder, environment.name, options.since);
  const [source, history, { deployed, usage, notes }] = await waitFor(
    "Reading the git history, and what is deployed and used",
    Promise.all([
      checkedOut(projectFolder),
      accessHistory(projectFolder, environment.name, [...present.calls.keys()]),
      readDeployed(model, environment, options.usage),
    ]),
  );
  const found = accessReport({
    ...{ model, environment, date, present, past, history, deployed, usage, notes, ...source },
  });
  if (options.json) printJson(found);
  else print(write(found, options));
  return 0;
}

function write(found: AccessReport, { csv, html }: Options): string {
  if (csv) return reportCsv(found);
  return html ? reportHtml(found) : reportMarkdown(found);
}

/** What is deployed and used, or why that is not known: a report needs no deployment. */
type Deployed = Pick<ReportInput, "deployed" | "usage" | "notes">;

async function readDeployed(model: AccessModel, environment: Environment, withUsage: boolean): Promise<Deployed> {
  const { name } = environment;
  try {
    const { deployment, state } = await readDeployedState(name);
    const matrix = accessMatrix(name, stackOfState(state));
    const read = withUsage ? await readUsage(model, environment, state, matrix) : { usage: undefined, notes: [] };
    return { deployed: { matrix, clientIds: deployment.clientIds }, ...read };
  } catch (error) {
    const note = `The report is of access.yaml alone, not compared with a deployment: ${firstLine(error)}`;
    // The report is for an auditor; the commands are for the user.
    if (error instanceof UserError) warn(`the report is of access.yaml alone: ${error.message}`);
    return { deployed: undefined, usage: undefined, notes: [note] };
  }
}

/** How far back it is read when clients were last used: as far as CloudTrail's event history goes. */
const USAGE_DAYS = 90;

async function readUsage(
  model: AccessModel,
  environment: Environment,
  state: StateValues,
  matrix: AccessMatrix,
): Promise<Pick<Deployed, "usage" | "notes">> {
  const { name, prefix } = environment;
  const now = Date.now();
  try {
    const usage = await findUsage({
      ...{ environment: name, prefix, state, matrix, notes: clientNotes(model, environment), clients: clientsOf() },
      ...{ now, since: now - USAGE_DAYS * DAY_MS, unusedDays: USAGE_DAYS },
    });
    const reasons = [
      ["Last tokens", usage.sources.tokens.reason],
      ["Last calls", usage.sources.accessLog.reason],
      ["Ages of secrets", usage.sources.secrets.reason],
    ] as const;
    return { usage, notes: reasons.flatMap(([what, reason]) => (reason === null ? [] : [`${what}: ${reason}`])) };
  } catch (error) {
    return { usage: undefined, notes: [`It is not known when clients were last used: ${firstLine(error)}`] };
  }
}

/** What went wrong. @throws the error when it is not written for users */
function firstLine(error: unknown): string {
  if (!(error instanceof UserError)) throw error;
  return error.message.split("\n")[0] ?? "";
}
