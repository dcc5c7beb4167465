/** `npx access verify <env>`: calls a deployed stack as every client, and compares the responses with the matrix. */
import { Command, InvalidArgumentError, Option } from "commander";
import { readForClients } from "../operations/deployed/deployment";
import { DEFAULT_LIMITS } from "../operations/deployed/rate-limited-client";
import { readVerifiedStack, writtenIn } from "../operations/verify/read-stack";
import { verifyStack } from "../operations/verify/verify-stack";
import { countsOf, verifyText } from "../operations/verify/verify-text";
import { findEnvironment, projectModel } from "../platform/project";
import { print, printJson, say, step, terminalColumns } from "../platform/terminal";
import { EXIT, runCommand, UserError } from "../platform/user-error";

const INTERRUPTED = 130;
const TERMINATED = 143;

const HELP = `
Checks for each client: a token with all its scopes, no token with a wrong
secret, no token with a scope of other clients, and no token by GetClientToken,
which needs no domain (clients whose only flow is ALLOW_CLIENT_TOKEN_AUTH get
their tokens by it). At each route: every client with its token, and requests
without a token, with an invalid token, with a changed payload and with a
changed signature; and the preflight requests of browsers. Each client costs one
token.

A denial is 401 by API Gateway or 403 by the function, as in the access matrix;
any other response of a function means that the request was allowed, 404 as
well. If API Gateway should have denied a request and it reached the function,
that is an unexpected-allow, whatever the function responds: verify stops at the
first one.

If a client is allowed, the function RUNS, with a body of {} and, as path
parameters, "verify-" and random hexadecimal digits. If that is harmful, use
--refusals-only: it sends nothing that a function or backend would answer;
preflights are sent, because API Gateway answers them itself.

With AWS credentials, it also checks routes that were removed and are left in
the deployed snapshot, and the credentials in Secrets Manager, which must be as
deployed and get a token.

If access.yaml has changes that are not deployed yet, only what code and state
agree on is checked.`;

interface Options {
  readonly json?: true;
  readonly all?: true;
  readonly refusalsOnly?: true;
  readonly concurrency: number;
  readonly rate: number;
  readonly timeout: number;
  readonly retryFor: number;
  readonly client?: readonly string[];
  readonly route?: readonly string[];
}

/** Meaning of exit code 2. */
export const findings = "a check failed";

export const command = new Command("verify")
  .description(
    "Calls every route as every client and without a token, and compares the responses with the access matrix.",
  )
  .argument("[env]", "environment; required if access.yaml has more than one")
  .option("--refusals-only", "send only requests that must be denied, for production")
  .option("--client <name>", "test only this client; may be repeated", another)
  .option("--route <route>", 'test only this route, such as "POST /access"; may be repeated', another)
  .option("--concurrency <number>", "number of concurrent requests", number(1, 256), DEFAULT_LIMITS.concurrency)
  .option("--rate <number>", "requests per second", number(0.1, 10_000), DEFAULT_LIMITS.rate)
  .option("--timeout <seconds>", "timeout of a request", number(0.001, 600), DEFAULT_LIMITS.timeout)
  .option(
    "--retry-for <seconds>",
    "retry unexpected responses for this long, as after a deployment; failures of functions for 10 s at most",
    number(0, 3600),
    0,
  )
  .addOption(new Option("--all", "list every check on a terminal, as in a file or a pipe").conflicts("json"))
  .option("--json", "print all checks as JSON")
  .addHelpText("after", HELP)
  .action((env: string | undefined, options: Options) => runCommand(() => verify(env, options)));

async function verify(env: string | undefined, options: Options): Promise<number> {
  const interruption = new AbortController();
  let signalled: number | undefined;
  const interrupt = (code: number) => () => {
    // The second signal ends it at once.
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
    throw new UserError("interrupted before any request was sent.", signalled);
  }
}

async function verifyEnvironment(
  env: string | undefined,
  options: Options,
  interruption: AbortSignal,
): Promise<number> {
  const model = projectModel();
  const { name, prefix } = findEnvironment(model, env);
  const named = { names: options.client ?? [], model };
  const stack = await readForClients(name, named, () => readVerifiedStack(name, say));
  const verification = await verifyStack(stack, {
    ...options,
    refusalsOnly: options.refusalsOnly ?? false,
    clients: options.client,
    routes: options.route,
    written: writtenIn(model, name),
    prefix,
    interruption,
    onProgress: step,
    onRetry: step,
  });
  const counts = countsOf(verification.checks);
  if (options.json) printJson({ ...verification, counts });
  else {
    const width = terminalColumns();
    print(verifyText(verification, { width, isComplete: options.all === true || width === undefined }));
  }
  if (verification.checks.length === 0 && !interruption.aborted) throw new UserError("nothing was tested.");
  return verification.isAsExpected ? EXIT.done : EXIT.findings;
}

/** Collects the values of a repeated option. */
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
