/** `npm run verify -- <env>`: asks what is deployed who may call what, and compares it with the matrix. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { AccessModel } from "../access/access-model";
import { readDeployment, requireStack } from "../operations/deployed/deployment";
import { readState } from "../operations/plan-file/state-json";
import type { Names } from "../operations/verify/pending";
import { verifyStack } from "../operations/verify/verify-stack";
import { countsOf, verifyText } from "../operations/verify/verify-text";
import { findEnvironment, projectModel } from "../platform/project";
import { synthesizeInto } from "../platform/stack";
import { EXIT, runCommand, UserError } from "../platform/user-error";

const INTERRUPTED = 130;
const TERMINATED = 143;

const HELP = `
Asked are: for each client a token with all its scopes, one with a wrong secret and one with a scope that it does not
have, at the token endpoint or, where its flows are ALLOW_CLIENT_TOKEN_AUTH alone, by GetClientToken, by which the other
clients must get none, as that needs no domain; at each route each client with its token, and no token, garbage, a
changed payload, a changed signature; and the preflights of browsers. Each client costs one token. A refusal is 401 by API Gateway or 403 by the function, whichever
the matrix says; whatever else a function answers, it was let in, as 404 is too. What API Gateway should have refused
and reached the function is a wrong yes, whatever that answers.

Where a client is let in, its function RUNS, with a body of {} and, in the place of path parameters, "verify-" and
random hexadecimal digits, new for each run. In an environment where that does harm, use --refusals-only: nothing is asked then
that a function would answer; preflights still are, as API Gateway answers them itself.

Looked at as well, where the credentials may: routes that were removed and are still in the deployed snapshot, which
nobody may get past; and what services read in Secrets Manager, which must be what is deployed and get a token.

Where access.yaml was changed and not deployed yet, only that is asked of which code and state say the same.`;

interface Options {
  readonly json?: true;
  readonly refusalsOnly?: true;
  readonly concurrency: number;
  readonly rate: number;
  readonly timeout: number;
  readonly retryFor: number;
  readonly client?: readonly string[];
  readonly route?: readonly string[];
}

/** Meaning of exit code 2. */
export const findings = "a response is not as the access matrix says";

export const command = new Command("verify")
  .description("Calls what is deployed as each client and without a token, and compares the answers with the matrix.")
  .argument("[env]", "environment; needed when access.yaml has more than one")
  .option("--refusals-only", "ask only what must be refused, for production")
  .option("--client <name>", "only as this client; may be repeated", another)
  .option("--route <route>", 'only at this route, such as "POST /access"; may be repeated', another)
  .option("--concurrency <number>", "requests at the same time", number(1, 256), 8)
  .option("--rate <number>", "requests a second", number(0.1, 10_000), 50)
  .option("--timeout <seconds>", "how long an answer may take", number(0.001, 600), 30)
  .option("--retry-for <seconds>", "ask wrong answers again for so long, as after a deployment", number(0, 3600), 0)
  .option("--json", "print all checks as JSON")
  .addHelpText("after", HELP)
  .action((env: string | undefined, options: Options) => runCommand(() => verify(env, options)));

async function verify(env: string | undefined, options: Options): Promise<number> {
  const interruption = new AbortController();
  let signalled: number | undefined;
  const interrupt = (code: number) => () => {
    // Asked a second time, it does not wait for anything.
    if (signalled !== undefined) process.exit(code);
    signalled = code;
    interruption.abort();
  };
  process.on("SIGINT", interrupt(INTERRUPTED)).on("SIGTERM", interrupt(TERMINATED));
  try {
    const code = await verifyEnvironment(env, options, interruption.signal);
    return signalled ?? code;
  } catch (error) {
    // Terraform was interrupted along with it.
    if (signalled === undefined || !(error instanceof UserError)) throw error;
    throw new UserError("it was interrupted before anything was asked.", signalled);
  }
}

async function verifyEnvironment(
  env: string | undefined,
  options: Options,
  interruption: AbortSignal,
): Promise<number> {
  const model = projectModel();
  const { name } = findEnvironment(model, env);
  const deployment = await readDeployment(name);
  const folder = requireStack(name);
  // What was synthesized last may be of other code, or of a plan that nobody agreed to.
  process.stderr.write(await synthesizeInto(dirname(dirname(folder))));
  const json: unknown = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));
  const verification = await verifyStack(deployment, json, {
    ...options,
    refusalsOnly: options.refusalsOnly ?? false,
    clients: options.client,
    routes: options.route,
    written: writtenIn(model, name),
    state: await readState(folder),
    interruption,
    onProgress: (text) => process.stderr.write(`${text}\n`),
  });
  const counts = countsOf(verification.checks);
  const shown = options.json ? JSON.stringify({ ...verification, counts }, null, 2) : verifyText(verification);
  process.stdout.write(`${shown}\n`);
  if (verification.checks.length === 0 && !interruption.aborted) throw new UserError("there was nothing to ask.");
  return verification.isAsTheMatrixSays ? EXIT.done : EXIT.findings;
}

function writtenIn({ routes, clients }: AccessModel, environment: string): Names {
  return {
    routes: routes.map(({ method, path }) => `${method} ${path}`),
    clients: clients
      .filter(({ environments }) => environments?.includes(environment) ?? true)
      .map((client) => client.name),
  };
}

/** Adds what an option says to what it said before. */
function another(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Parses a number between two. */
function number(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a number from ${least} to ${most}.`);
  };
}
