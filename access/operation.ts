/** The settings that a file says once in `defaults`, and that each environment can say otherwise. */
import { settings } from "./record";
import { numberOf, whole, wordOf } from "./scalar";
import { type Documented, documented, optional, type ValueOf } from "./shape";
import type { Environment } from "./types";

/** How long an access token lives. @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
export const tokenMinutes = whole("minutes", 5, 1440);

/**
 * How many requests there may be, up to the default quotas of an account.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export const throttling = settings({
  requestsPerSecond: documented("How many there may be in the long run.", whole("requests a second", 1, 10_000)),
  burst: documented("How many there may be at once.", whole("requests", 1, 5000)),
});

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentionDays = numberOf(
  "days",
  ...([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731] as const),
  ...([1096, 1827, 2192, 2557, 2922, 3288, 3653] as const),
);

const shapes = {
  tokenMinutes: documented("How long access tokens live, of clients that do not say so themselves.", tokenMinutes),
  retentionDays: documented("How long log lines are kept.", retentionDays),
  memoryMegabytes: documented("Memory of each function.", whole("megabytes", 128, 10_240)),
  timeoutSeconds: documented(
    "Longest run of each function; API Gateway waits no longer than 29 seconds.",
    whole("seconds", 1, 29),
  ),
  architecture: documented("What the functions run on.", wordOf("arm64", "x86_64")),
  logLevel: documented(
    "The least important lines that functions keep.",
    wordOf("trace", "debug", "info", "warn", "error", "fatal"),
  ),
  throttling: documented(
    "How many requests the stage takes altogether; without it as many as the account's quotas let through.",
    throttling,
  ),
};

/** What the settings are where neither environment nor file says so. */
const DEFAULTS = {
  tokenMinutes: 60,
  retentionDays: 30,
  memoryMegabytes: 256,
  timeoutSeconds: 10,
  architecture: "arm64",
  logLevel: "info",
} as const;

/** What is said of the settings in one place; `undefined` where nothing is. */
type Said = { readonly [K in keyof typeof shapes]: ValueOf<(typeof shapes)[K]> | undefined };

/** What `defaults` of the file can say. */
export const defaults = settings<Said>(saidIn("", DEFAULTS));

/** What an environment can say of the same. */
export const operation = saidIn(" Left out it is as in defaults.", {});

/** The settings as they are in an environment: as it says or, where it does not, as the file does. */
export function operationOf(environment: Said, file: Said | undefined): Pick<Environment, Operation> {
  const said = <K extends keyof Said>(name: K) => environment[name] ?? file?.[name];
  return {
    tokenMinutes: said("tokenMinutes") ?? DEFAULTS.tokenMinutes,
    functions: {
      memoryMegabytes: said("memoryMegabytes") ?? DEFAULTS.memoryMegabytes,
      timeoutSeconds: said("timeoutSeconds") ?? DEFAULTS.timeoutSeconds,
      architecture: said("architecture") ?? DEFAULTS.architecture,
      logLevel: said("logLevel") ?? DEFAULTS.logLevel,
    },
    throttling: said("throttling"),
    retentionDays: said("retentionDays") ?? DEFAULTS.retentionDays,
  };
}

type Operation = "tokenMinutes" | "functions" | "throttling" | "retentionDays";

function saidIn(remark: string, leftOut: Partial<Said>): { readonly [K in keyof Said]: Documented<Said[K]> } {
  const said = (name: keyof Said) => {
    const shape: Documented<unknown> = shapes[name];
    return documented(`${shape.doc}${remark}`, optional(shape, leftOut[name]));
  };
  const names = Object.keys(shapes) as (keyof Said)[];
  return Object.fromEntries(names.map((name) => [name, said(name)])) as ReturnType<typeof saidIn>;
}
