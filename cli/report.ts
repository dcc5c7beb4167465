/** `npx access report <env>`: the report for an auditor. */
import { Command, Option } from "commander";
import { todayOf } from "../access/access-model";
import { accessMatrix } from "../operations/access-graph/access-matrix";
import { readDeployment, requireStack } from "../operations/deployed/deployment";
import { stackOfState } from "../operations/deployed/stack-of-state";
import { readState } from "../operations/plan-file/state-json";
import { accessAt, accessHistory, checkedOut, presentAccess } from "../operations/report/access-history";
import { type AccessReport, accessReport, type ReportInput } from "../operations/report/report";
import { reportCsv } from "../operations/report/report-csv";
import { reportHtml } from "../operations/report/report-html";
import { reportMarkdown } from "../operations/report/report-markdown";
import { findEnvironment, projectFolder, projectModel } from "../platform/project";
import { print, printJson } from "../platform/terminal";
import { runCommand, UserError } from "../platform/user-error";

interface Options {
  readonly since?: string;
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
  const [source, history, { deployed, note }] = await Promise.all([
    checkedOut(projectFolder),
    accessHistory(projectFolder, environment.name, [...present.calls.keys()]),
    readDeployed(environment.name),
  ]);
  const found = accessReport({
    ...{ model, environment, date, present, past, history, deployed, ...source },
    notes: note === undefined ? [] : [note],
  });
  if (options.json) printJson(found);
  else print(write(found, options));
  return 0;
}

function write(found: AccessReport, { csv, html }: Options): string {
  if (csv) return reportCsv(found);
  return html ? reportHtml(found) : reportMarkdown(found);
}

/** What is deployed, or why that is not known: a report needs no deployment. */
async function readDeployed(
  environment: string,
): Promise<{ readonly deployed: ReportInput["deployed"]; readonly note?: string }> {
  try {
    const { clientIds } = await readDeployment(environment);
    const matrix = accessMatrix(environment, stackOfState(await readState(requireStack(environment))));
    return { deployed: { matrix, clientIds } };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [reason = ""] = error.message.split("\n");
    return {
      deployed: undefined,
      note: `The report is of access.yaml alone, not compared with a deployment: ${reason}`,
    };
  }
}
