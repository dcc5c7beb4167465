/** `npx access deploy <env>`: review, question, apply and verify in one. */
import { Command, Option } from "commander";
import pc from "picocolors";
import type { AccessModel, Environment } from "../access/access-model";
import { oneLine } from "../access/visible";
import { applyBundle } from "../operations/apply/apply-bundle";
import type { Applied } from "../operations/apply/terraform-apply";
import { readDeployment } from "../operations/deployed/deployment";
import { DEFAULT_LIMITS } from "../operations/deployed/rate-limited-client";
import { requireNothingTakenAlong } from "../operations/deployed/taken-along";
import type { AccessChange } from "../operations/review/access-changes";
import { type MadePlan, makePlanUnlessInterrupted } from "../operations/review/made-plan";
import type { Review } from "../operations/review/review";
import { reviewText } from "../operations/review/review-text";
import { orphansOf } from "../operations/review/taken-names";
import { readVerifiedStack, writtenIn } from "../operations/verify/read-stack";
import { type Verification, verifyStack } from "../operations/verify/verify-stack";
import { summaryOf, verifyText } from "../operations/verify/verify-text";
import { aws, callerAccount } from "../platform/aws";
import { confirm } from "../platform/confirm";
import { type Interruption, uninterrupted } from "../platform/interruption";
import { copyable, isEmbeddedAws } from "../platform/local-command";
import { findEnvironment, projectModel } from "../platform/project";
import { print, say, step, stepDetail, terminalColumns } from "../platform/terminal";
import { paragraph, unbroken } from "../platform/terminal-table";
import { EXIT, runCommand, UserError } from "../platform/user-error";
import { exampleCall } from "./demo-fixture";
import { howToReachEmbedded } from "./embedded-aws/local-url";
import { isOnEmbeddedAws } from "./embedded-aws/running-aws";

type Calls = "all" | "refusals" | "none";

interface Options {
  readonly yes?: true;
  readonly acceptUnmanaged?: true;
  readonly verify?: Calls;
}

/** Seconds that AWS may take until a deployment answers everywhere. */
const RETRY_SECONDS = 120;

/** The embedded AWS answers at once. */
const LOCAL_RETRY_SECONDS = 2;

const NOTHING_DONE = "interrupted: nothing was deployed.";

/** Routes that are listed at the end. */
const MAX_ROUTES = 5;

/** Meaning of exit code 2. */
export const findings = "it is deployed, and a check failed";

export const command = new Command("deploy")
  .description(
    "Plans an environment, shows what changes, asks for confirmation, applies exactly that plan, and calls the routes to verify who has access.",
  )
  .argument("[env]", "environment; required if access.yaml has more than one")
  .option("-y, --yes", "deploy without confirmation")
  .option(
    "--accept-unmanaged",
    "with --yes: also publish critical methods, policies and gateway responses that were added to the API out of band",
  )
  .addOption(
    new Option(
      "--verify <calls>",
      "calls after the deployment: all runs the functions, refusals sends only what must be denied (default: all for ephemeral environments, else refusals)",
    ).choices(["all", "refusals", "none"]),
  )
  .addHelpText("after", "\nFor an approval between the two steps, use review and apply instead.")
  .action((env: string | undefined, options: Options) => runCommand(() => deploy(env, options)));

async function deploy(env: string | undefined, options: Options): Promise<number> {
  const model = projectModel();
  const environment = findEnvironment(model, env);
  const { name } = environment;
  const made = await uninterrupted((interruption) => makePlanUnlessInterrupted(name, interruption, NOTHING_DONE, step));
  print(`${reviewText(made.review, { width: terminalColumns() })}\n`);
  requireFreeNames(made.review);
  if (made.review.hasChanges) {
    if (options.yes && !options.acceptUnmanaged && !environment.isEphemeral) {
      requireNothingTakenAlong(name, made.review.resources, made.review.notInPlan.findings);
    }
    if (!options.yes && !(await confirm(`Deploy this to ${await placeOf(environment)}?`))) {
      say("Nothing was deployed.");
      return EXIT.error;
    }
    const { added, changed, destroyed } = await applied(made);
    print(`${pc.green("deployed:")} ${name}, ${added} added, ${changed} changed, ${destroyed} destroyed`);
  }
  const calls = options.verify ?? (environment.isEphemeral ? "all" : "refusals");
  const isAsExpected = calls === "none" || (await isVerified(model, environment, calls));
  if (isAsExpected) print(await nextSteps(model, environment, gainedIn(made.review)));
  return isAsExpected ? EXIT.done : EXIT.findings;
}

/** The environment with its region and the account of the credentials, or the embedded AWS, for the confirmation. */
async function placeOf({ name, region }: Environment): Promise<string> {
  return `${name} (${region}, ${isEmbeddedAws() ? "embedded AWS" : `account ${await callerAccount(aws(region))}`})`;
}

/** @throws {UserError} when AWS would refuse to create something, after the deployment has created the rest */
function requireFreeNames({ environment, resources, notInPlan }: Review): void {
  const created = resources.filter(({ action }) => action === "create").map(({ address }) => address);
  const { taken, isStateLost } = orphansOf(notInPlan.findings, created);
  if (taken.length === 0) return;
  const names = taken.map(({ address }) => oneLine(address)).join(", ");
  // Nothing is to be removed before the state is found.
  if (isStateLost) {
    throw new UserError(
      `nothing was deployed, because AWS would refuse to create ${names}, whose names are taken. Find the state of these resources first: ${copyable(`npx access drift ${environment}`)}`,
    );
  }
  const commands = taken.flatMap(({ undo = "" }) => `\n  ${copyable(undo)}`);
  throw new UserError(
    `nothing was deployed, because AWS would refuse to create ${names}, whose names are taken. Run these commands first, unless the resources are another stack's:${commands.join("")}`,
  );
}

async function applied({ manifest, parts, review }: MadePlan): Promise<Applied> {
  const { create, update, destroy, replace } = review.counts;
  // What is replaced is destroyed and created.
  const total = create + update + destroy + 2 * replace;
  const done: string[] = [];
  const options = (interruption: Interruption) => ({
    isCi: false,
    onStep: step,
    onDone: (line: string) => stepDetail(`${done.push(line)} of ${total}`),
    // The review has just been made of the code that is here.
    onWarning: () => undefined,
    interruption,
  });
  try {
    return await uninterrupted(
      (interruption) => applyBundle({ manifest, parts }, options(interruption)),
      () => step("Interrupted: Terraform completes the operations in progress and saves the state"),
    );
  } catch (error) {
    for (const line of done) say(line);
    throw error;
  }
}

async function isVerified(
  model: AccessModel,
  { name, prefix }: Environment,
  calls: Exclude<Calls, "none">,
): Promise<boolean> {
  const notVerified = `interrupted: ${name} is deployed, but not verified: ${copyable(`npx access verify ${name}`)}`;
  const stop = new AbortController();
  const verify = async () =>
    verifyStack(await readVerifiedStack(name), {
      ...DEFAULT_LIMITS,
      retryFor: isOnEmbeddedAws() ? LOCAL_RETRY_SECONDS : RETRY_SECONDS,
      refusalsOnly: calls === "refusals",
      written: writtenIn(model, name),
      prefix,
      interruption: stop.signal,
      onRetry: step,
    });
  return await uninterrupted(
    async ({ check }) => {
      step(`Verifying ${name}`);
      const verification = await verify().catch((error: unknown) => {
        // Terraform was interrupted along with it.
        check(notVerified);
        throw error;
      });
      // What a request has proven is shown, whatever comes after it.
      if (verification.isPartial) check(notVerified);
      print(shown(verification));
      return verification.isAsExpected;
    },
    () => stop.abort(),
  );
}

function shown(verification: Verification): string {
  return verification.isAsExpected
    ? summaryOf(verification).join("\n")
    : verifyText(verification, { width: terminalColumns(), isComplete: false });
}

/** The calls that a plan makes possible. */
function gainedIn({ access }: Review): readonly AccessChange[] {
  return access.filter(({ before, after }) => before === "no" && after === "yes");
}

/** The routes, and the command that calls one, preferably in a way that is new. */
async function nextSteps(
  model: AccessModel,
  environment: Environment,
  gained: readonly AccessChange[],
): Promise<string> {
  const { routeUrls } = await readDeployment(environment.name);
  const routes = Object.entries(routeUrls).slice(0, MAX_ROUTES);
  const width = terminalColumns();
  const lines = routes.map(([key, url]) => unbroken(`  ${key.split(" ")[0]} `, url, width));
  const reach = isEmbeddedAws() && lines.length > 0 ? howToReachEmbedded().split("\n") : [];
  const call = exampleCall(model, environment, gained);
  const tries = call === undefined ? [] : [unbroken("Try: ", copyable(call), width)];
  return `\n${[...lines, ...reach.map((line) => paragraph(line, width)), ...tries].join("\n")}`;
}
