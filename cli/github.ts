/** `npx access github <command>`: what the workflows in .github/workflows say to GitHub, and ask of it. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { MAX_WAVES, readTeamFiles } from "../access/access-model";
import { codeownersLines, withCodeowners } from "../operations/github/codeowners";
import { failedReview, fingerprintIn, WORKFLOW_BOT, writeComment } from "../operations/github/comment";
import { keepIssue, parseReport } from "../operations/github/drift-issue";
import { GitHub, settingsIn } from "../operations/github/github";
import {
  closedPreviews,
  endPreview,
  localEnvironments,
  namedEnvironments,
  previewName,
  waveOf,
  withPreview,
  withPreviewClients,
  workflowEnvironments,
} from "../operations/github/preview";
import { checkProtection, lookUpReview, verdictText } from "../operations/github/reviewed";
import { git, isInRepository } from "../operations/plan-file/commit";
import { writeWhole } from "../platform/private-file";
import { findEnvironment, projectFolder, projectModel, userFolder } from "../platform/project";
import { print, printJson, say, warnInWorkflow } from "../platform/terminal";
import { EXIT, runCommand, UsageError, UserError } from "../platform/user-error";

const CODEOWNERS = ".github/CODEOWNERS";

interface TextOptions {
  readonly env: string;
  readonly file: string;
  readonly author: string;
}

/** Meaning of exit code 2. */
export const findings = `${CODEOWNERS} is stale, with codeowners --check`;

export const command = new Command("github").description(
  "Runs the GitHub steps of the workflows: comments, issues, labels; and prints the CODEOWNERS of access.yaml. GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_API_URL select the repository, as in GitHub Actions.",
);

command
  .command("environments")
  .description("Lists the environments that workflows can deploy: those with a remote state.")
  .option("--json", "print them as JSON")
  .option("--wave <number>", "only those that are deployed together, in the order that after in access.yaml sets", wave)
  .addOption(new Option("--only <names>", "only those that are named, separated by commas").conflicts("wave"))
  .action((options: EnvironmentsOptions) => run(async () => environments(options)));

command
  .command("codeowners")
  .description("Prints the lines of CODEOWNERS for access.yaml and the files in access.d.")
  .addOption(new Option("--write", `write them into ${CODEOWNERS}, whose other lines stay`).conflicts("check"))
  .option("--check", `end with 2 when ${CODEOWNERS} is stale`)
  .action((options: CodeownersOptions) => runCommand(() => codeowners(options)));

texts("comment", "Adds the review to the pull request as a comment, or updates the existing comment.")
  .option("--file <markdown>", "output of npx access review")
  .option("--failed <url>", "instead of --file: the URL of the run whose review failed")
  .requiredOption("--pr <number>", "the pull request", positive)
  .action((options: Partial<TextOptions> & CommentOptions) => run(() => comment(options)));

texts(
  "reviewed",
  "Checks whether this plan was reviewed in the pull request whose merge created the commit, and that the environment on GitHub has required reviewers, unless it is ephemeral.",
)
  .requiredOption("--file <markdown>", "output of npx access review")
  .requiredOption("--commit <sha>", "the commit that is deployed", sha)
  .action((options: TextOptions & { readonly commit: string }) => run(() => reviewed(options)));

texts("drift-issue", "Opens, updates or closes the issue about an environment's drift.")
  .requiredOption("--file <json>", "output of npx access drift <env> --json")
  .requiredOption("--exit-code <number>", "exit code of drift: 0 clean, 2 drift")
  .action((options: TextOptions & { readonly exitCode: string }) => run(() => driftIssue(options)));

command
  .command("preview")
  .description("Adds an environment for a pull request to access.yaml, a copy of an ephemeral one; prints its name.")
  .requiredOption("--from <env>", "the environment to copy")
  .requiredOption("--pr <number>", "the pull request", positive)
  .action((options: { readonly from: string; readonly pr: number }) => run(async () => preview(options)));

command
  .command("closed-previews")
  .description("Prints the numbers of closed pull requests that still have the preview label, as JSON.")
  .action(() => run(async () => printJson(await closedPreviews(github()), 0)));

command
  .command("end-preview")
  .description("Removes the label from a pull request whose preview was destroyed.")
  .requiredOption("--pr <number>", "the pull request", positive)
  .action(({ pr }: { readonly pr: number }) => run(() => endPreview(github(), pr)));

interface CommentOptions {
  readonly env: string;
  readonly author: string;
  readonly pr: number;
  readonly failed?: string;
}

function texts(name: string, description: string): Command {
  return command
    .command(name)
    .description(description)
    .requiredOption("--env <env>", "environment")
    .option("--author <login>", "bot that writes the comments and issues of the workflows", WORKFLOW_BOT);
}

interface EnvironmentsOptions {
  readonly json?: true;
  readonly wave?: number;
  readonly only?: string;
}

interface CodeownersOptions {
  readonly write?: true;
  readonly check?: true;
}

function environments({ json, wave: number, only }: EnvironmentsOptions): void {
  const model = projectModel();
  for (const name of localEnvironments(model)) {
    warnInWorkflow(
      `${name} stores its state on one machine, so workflows cannot deploy it. Give it a backend in access.yaml.`,
    );
  }
  const named = only === undefined ? workflowEnvironments(model) : namedEnvironments(model, only);
  const all = number === undefined ? named : waveOf(model, number);
  if (json) printJson(all, 0);
  else print(all.map(({ name }) => name).join("\n"));
}

async function comment({ env, pr, file, failed, author }: Partial<TextOptions> & CommentOptions): Promise<void> {
  if ((file === undefined) === (failed === undefined)) throw new UsageError("Name either --file or --failed.");
  const body = file === undefined ? failedReview(env, failed ?? "") : read(file);
  const mark = { kind: "machine-access-review", environment: env } as const;
  print(`${await writeComment(github(), pr, mark, body, author)}: the comment about ${env} in #${pr}`);
}

async function reviewed({ env, file, commit, author }: TextOptions & { readonly commit: string }): Promise<void> {
  const { isEphemeral } = findEnvironment(projectModel(), env);
  const fingerprint = fingerprintIn(read(file), env);
  if (fingerprint === undefined) throw new UserError(`${file} is not a review of ${env}.`);
  const verdict = await lookUpReview(github(), { environment: env, commit, fingerprint, author });
  const warning = await checkProtection(github(), env, isEphemeral);
  if (warning !== undefined) warnInWorkflow(warning);
  if (verdict.kind !== "same") warnInWorkflow(verdictText(verdict));
  print(`> [!${verdict.kind === "same" ? "NOTE" : "CAUTION"}]\n> ${verdictText(verdict)}`);
}

async function driftIssue({ env, file, exitCode, author }: TextOptions & { readonly exitCode: string }): Promise<void> {
  if (!["0", "2"].includes(exitCode)) {
    throw new UserError(`npx access drift ${env} ended with ${exitCode}, so it is unknown whether there is drift.`);
  }
  const report = parseReport(read(file), env);
  if (report.isClean !== (exitCode === "0")) throw new UserError(`${file} does not match the exit code ${exitCode}.`);
  const { done, number } = await keepIssue(github(), env, report.isClean ? undefined : report, author);
  print(`${done}${number === undefined ? "" : `: #${number}`}`);
}

function preview({ from, pr }: { readonly from: string; readonly pr: number }): void {
  const file = join(projectFolder, "access.yaml");
  const text = withPreview(readFileSync(file, "utf8"), projectModel(), from, pr);
  const teams = readTeamFiles(projectFolder).map((team) => ({
    path: join(projectFolder, team.name),
    text: withPreviewClients(team.text, from, pr),
  }));
  writeWhole(file, text);
  for (const team of teams) writeWhole(team.path, team.text);
  findEnvironment(projectModel(), previewName(pr));
  print(previewName(pr));
}

async function codeowners({ write, check }: CodeownersOptions): Promise<number> {
  const isRepository = isInRepository(projectFolder);
  const top = isRepository ? (await git(projectFolder, ["rev-parse", "--show-toplevel"])).trim() : projectFolder;
  const prefix = isRepository ? (await git(projectFolder, ["rev-parse", "--show-prefix"])).trim() : "";
  const lines = codeownersLines(projectModel(), readTeamFiles(projectFolder), prefix);
  if (!write && !check) {
    print(lines.join("\n"));
    return EXIT.done;
  }
  const file = join(top, CODEOWNERS);
  const others = ["CODEOWNERS", "docs/CODEOWNERS"].filter((name) => existsSync(join(top, name)));
  if (others.length > 0 && !existsSync(file)) {
    throw new UserError(`GitHub would no longer read ${others.join(" and ")}. Move the file to ${CODEOWNERS} first.`);
  }
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const text = withCodeowners(before, lines);
  if (check && text !== before) {
    say(`stale: ${CODEOWNERS}. Run: npx access github codeowners --write`);
    return EXIT.findings;
  }
  if (write && text !== before) {
    mkdirSync(dirname(file), { recursive: true });
    writeWhole(file, text);
  }
  print(check ? `up to date: ${CODEOWNERS}` : `${CODEOWNERS} is written.`);
  return EXIT.done;
}

function github(): GitHub {
  return new GitHub(settingsIn(process.env));
}

function read(file: string): string {
  try {
    return readFileSync(resolve(userFolder, file), "utf8").trimEnd();
  } catch {
    throw new UserError(`${file} cannot be read.`);
  }
}

function run(body: () => Promise<unknown>): Promise<void> {
  return runCommand(async () => {
    await body();
    return 0;
  });
}

function positive(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a number.");
}

function wave(text: string): number {
  if (positive(text) <= MAX_WAVES) return Number(text);
  throw new InvalidArgumentError(`Expected 1 to ${MAX_WAVES}.`);
}

function sha(text: string): string {
  if (/^[0-9a-f]{40}$/.test(text)) return text;
  throw new InvalidArgumentError("Expected 40 hexadecimal digits.");
}
