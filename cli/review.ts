/** `npx access review <env>`: what a deploy would do, for people to decide on; the plan is saved for `npx access apply`. */
import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { packBundle } from "../operations/plan-file/bundle";
import { PASSPHRASE, passphraseIn } from "../operations/plan-file/encryption";
import { critical } from "../operations/review/alert";
import { type MadePlan, makePlanUnlessInterrupted } from "../operations/review/made-plan";
import type { Review } from "../operations/review/review";
import { readReviewData, reviewDataText, reviewOfData } from "../operations/review/review-data";
import { MIN_CHARACTERS, reviewMarkdown } from "../operations/review/review-markdown";
import { reviewText } from "../operations/review/review-text";
import { uninterrupted } from "../platform/interruption";
import { copyable } from "../platform/local-command";
import { code, MAX_GITHUB_CHARACTERS } from "../platform/markdown";
import { locatePlanFile, readPlanFile, requirePlace, writePrivately } from "../platform/private-file";
import { findEnvironment, projectFolder, projectModel, shownPath, userFolder } from "../platform/project";
import { quoted } from "../platform/shell";
import { print, printJson, say, step, terminalColumns, warn } from "../platform/terminal";
import { EXIT, runCommand, UserError } from "../platform/user-error";

interface Options {
  readonly json?: true;
  readonly markdown?: true;
  readonly out?: string;
  readonly maxLength: number;
  readonly detailedExitcode?: true;
  readonly expect?: string;
  readonly saveData?: string;
  readonly fromData?: string;
}

/** Options that need a plan. */
const ONLY_OF_PLANS = ["out", "expect", "saveData"];

const NOTHING_DONE = "interrupted: no plan was saved, and nothing changed.";

/** Meaning of exit code 2. */
export const findings = "the plan has changes, with --detailed-exitcode";

export const command = new Command("review")
  .description(
    "Plans an environment, saves the plan, and prints a review of it: alerts, gained and lost access, changed resources, and monthly costs. Changes nothing. The review is Markdown unless it is printed to a terminal.",
  )
  .argument("[env]", "environment; required if access.yaml has more than one")
  .option("--json", "print the review as JSON")
  .addOption(new Option("--markdown", "print the review as Markdown, also to a terminal").conflicts("json"))
  .option("--out <file>", "where to save the plan (default: <env>.plan in the project's folder)")
  .addOption(
    new Option(
      "--max-length <characters>",
      "maximum length of the Markdown; the least important part is cut, and the cut is reported",
    )
      .default(MAX_GITHUB_CHARACTERS)
      .argParser(lengthIn),
  )
  .option("--detailed-exitcode", "exit with 2 if the plan has changes")
  .option("--expect <fingerprint>", "fingerprint of the reviewed plan; a different plan is an error and is not saved")
  .option("--save-data <file>", "also save what the review is made of, without secrets, for --from-data")
  .addOption(
    new Option("--from-data <file>", "instead of planning: review what --save-data saved").conflicts(ONLY_OF_PLANS),
  )
  .addHelpText(
    "after",
    `
The plan holds secrets. ${PASSPHRASE} in the environment encrypts it; apply
needs the same. Spaces and line breaks around the passphrase are ignored.`,
  )
  .action((env: string | undefined, options: Options) => runCommand(() => review(env, options)));

async function review(env: string | undefined, options: Options): Promise<number> {
  if (options.fromData !== undefined) return ended(reviewFrom(options.fromData, env), options);
  const { name } = findEnvironment(projectModel(), env);
  const passphrase = passphraseIn(process.env);
  const file = options.out === undefined ? resolve(projectFolder, `${name}.plan`) : resolve(userFolder, options.out);
  requirePlace(file);
  return await uninterrupted(async (interruption) => {
    const made = await makePlanUnlessInterrupted(name, interruption, NOTHING_DONE, step);
    const isOther = options.expect !== undefined && options.expect !== made.review.fingerprint;
    if (!isOther) writePrivately(file, packBundle(made.manifest, made.parts, passphrase));
    if (!isOther && options.saveData !== undefined) {
      writePrivately(resolve(userFolder, options.saveData), Buffer.from(reviewDataText(made.data)));
    }
    if (!isOther) {
      const exitCode = ended(made.review, options);
      // Last, where it can be seen: the review is long.
      describeSaved(made, file, passphrase);
      return exitCode;
    }
    show(withOtherPlan(made.review, options.expect), options);
    return EXIT.error;
  });
}

function ended(found: Review, options: Options): number {
  show(found, options);
  return options.detailedExitcode && found.hasChanges ? EXIT.findings : EXIT.done;
}

/** Needs neither access.yaml nor the code of the project. */
function reviewFrom(file: string, env: string | undefined): Review {
  const data = readReviewData(Buffer.from(readPlanFile(locatePlanFile(resolve(userFolder, file)))).toString("utf8"));
  if (env === undefined || env === data.environment) return reviewOfData(data);
  throw new UserError(`${file} is the data of a review of ${code(data.environment)}, not of ${code(env)}.`);
}

function describeSaved({ commit, review: found }: MadePlan, file: string, passphrase: string | undefined): void {
  const name = shownPath(file);
  if (passphrase === undefined && process.env["CI"]) {
    warn(`the saved plan is not encrypted and holds secrets. Set ${PASSPHRASE} before it leaves this machine.`);
  }
  if (commit === undefined) warn("this folder is not in git: apply cannot check that the code is the same.");
  if (commit?.isDirty) warn("the plan includes uncommitted changes: apply refuses it if CI is set.");
  const apply = `After approval: ${copyable(`npx access apply ${quoted(name)}`)}`;
  say(`Saved in ${name}. ${found.hasChanges ? apply : "There is nothing to apply."}`);
}

function withOtherPlan(found: Review, expected = ""): Review {
  const { fingerprint } = found;
  const line = `This is not the reviewed plan: its fingerprint is ${code(fingerprint)}, expected ${code(expected)}. It was not saved; review it again.`;
  return { ...found, alerts: [critical(line), ...found.alerts] };
}

function show(found: Review, { json, markdown, maxLength }: Options): void {
  const width = terminalColumns();
  if (json) printJson(found);
  else if (width !== undefined && !markdown) print(reviewText(found, { width, isComplete: true }));
  else print(reviewMarkdown(found, maxLength).trimEnd());
}

function lengthIn(text: string): number {
  const length = Number(text);
  if (Number.isInteger(length) && length >= MIN_CHARACTERS) return length;
  throw new InvalidArgumentError(`Expected a whole number of at least ${MIN_CHARACTERS}.`);
}
