/**
 * The one rule of a web ACL that is emulated: it limits how often an address may call.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
 */
import { z } from "zod";
import { AwsError, UnsupportedError } from "../../errors";

const WINDOWS = [60, 120, 300, 600];
const DEFAULT_WINDOW = 300;
const MIN_LIMIT = 10;
const MAX_LIMIT = 2_000_000_000;
/** What a rate-based rule for addresses costs of a web ACL's capacity. */
const CAPACITY = 2;

const EMULATED =
  'Emulated: at most one rule of {Name, Priority, Statement: {RateBasedStatement: {Limit, EvaluationWindowSec, AggregateKeyType: "IP"}}, Action: {Block: {}} or {Count: {}}, VisibilityConfig}';

const visibility = z.strictObject({
  CloudWatchMetricsEnabled: z.boolean(),
  MetricName: z.string(),
  SampledRequestsEnabled: z.boolean(),
});

const rules = z
  .array(
    z.strictObject({
      Name: z.string().regex(/^[\w-]{1,128}$/),
      Priority: z.int().min(0),
      Statement: z.strictObject({
        RateBasedStatement: z.strictObject({
          Limit: z.number(),
          EvaluationWindowSec: z.number().default(DEFAULT_WINDOW),
          AggregateKeyType: z.literal("IP"),
        }),
      }),
      Action: z.union([z.strictObject({ Block: z.strictObject({}) }), z.strictObject({ Count: z.strictObject({}) })]),
      VisibilityConfig: visibility,
    }),
  )
  .max(1);

export type Rules = z.infer<typeof rules>;

/** How often an address may call. */
export interface RateRule {
  /** Calls of one address within the window; more are refused. */
  readonly limit: number;
  readonly windowSeconds: number;
}

/**
 * The rules, with AWS's defaults.
 * @param what names them in the message
 * @throws {UnsupportedError} naming what is not emulated
 * @throws {AwsError} `WAFInvalidParameterException` for limits that AWS does not take
 */
export function checkRules(given: unknown, what: string): Rules {
  const { data, error } = rules.safeParse(Array.isArray(given) ? given.map(withoutEmpty) : given);
  if (error !== undefined) {
    const mistakes = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new UnsupportedError(`${what} ${mistakes.join("; ")}. ${EMULATED}.`);
  }
  for (const { Statement } of data) checkRate(Statement.RateBasedStatement);
  return data;
}

/** The real provider sends further settings of a rule empty, which changes nothing. */
function withoutEmpty(rule: unknown): unknown {
  const isEmpty = (value: unknown) => typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(rule ?? {}).filter(([, value]) => !isEmpty(value)));
}

function checkRate({ Limit, EvaluationWindowSec }: { readonly Limit: number; readonly EvaluationWindowSec: number }) {
  const refuse = (name: string, value: number, expected: string) =>
    new AwsError(
      "WAFInvalidParameterException",
      `Error reason: ${name} is ${value}, expected ${expected}., field: RATE_BASED_STATEMENT, parameter: ${value}`,
    );
  if (!WINDOWS.includes(EvaluationWindowSec)) {
    throw refuse("EvaluationWindowSec", EvaluationWindowSec, WINDOWS.join(", "));
  }
  if (Number.isInteger(Limit) && Limit >= MIN_LIMIT && Limit <= MAX_LIMIT) return;
  throw refuse("Limit", Limit, `a whole number from ${MIN_LIMIT} to ${MAX_LIMIT}`);
}

export function capacityOf(given: Rules): number {
  return given.length * CAPACITY;
}

/** The rule that refuses calls; `undefined` when there is none, or one that only counts them. */
export function blockingRule([rule]: Rules): RateRule | undefined {
  if (rule === undefined || !("Block" in rule.Action)) return undefined;
  const { Limit, EvaluationWindowSec } = rule.Statement.RateBasedStatement;
  return { limit: Limit, windowSeconds: EvaluationWindowSec };
}
