/**
 * What a review is made of, as JSON: one job plans and saves it, and another one reviews it, which runs no code of the
 * project that was planned. Secrets are not in it. Pure, but for the key by which equal secrets stay equal.
 */
import { createHmac, randomBytes } from "node:crypto";
import { z } from "zod";
import { jsonIn } from "../../platform/json";
import { UserError } from "../../platform/user-error";
import type { UnmanagedResources } from "../deployed/unmanaged";
import { type PlanJson, parsePlan, type ResourceChange } from "../plan-file/plan-json";
import type { StateValues } from "../plan-file/state-json";
import { type Review, reviewOf } from "./review";
import { isShownVariable } from "./shown-attributes";

export interface ReviewData {
  readonly environment: string;
  readonly plan: PlanJson;
  /** Content of the stack's `cdk.tf.json`. */
  readonly stack: unknown;
  /** What AWS has that the plan does not show. */
  readonly notInPlan: UnmanagedResources;
  /** The day of the plan, such as `2027-03-31`; left out, it is that of the review. */
  readonly today?: string;
}

const FORMAT = 1;

const severity = z.enum(["critical", "warning", "info"]);

const finding = z.object({
  address: z.string(),
  attribute: z.string().nullable(),
  expected: z.string(),
  found: z.string(),
  verdict: z.enum(["out-of-band-change", "unmanaged-resource", "not-live", "still-live"]),
  severity,
  route: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  effect: z.string().exactOptional(),
  undo: z.string().exactOptional(),
});

const notChecked = z.object({ address: z.string(), attribute: z.string(), operation: z.string(), code: z.string() });

const shape = z.object({
  format: z.literal(FORMAT),
  /** It is printed in the hidden line by which the review is found again. */
  environment: z.string().regex(/^[A-Za-z][\w-]{0,63}$/),
  plan: z.record(z.string(), z.unknown()),
  stack: z.record(z.string(), z.unknown()),
  notInPlan: z.object({ findings: z.array(finding), notChecked: z.array(notChecked) }),
  today: z.iso.date().exactOptional(),
});

export function reviewOfData({ environment, plan, stack, notInPlan, today }: ReviewData): Review {
  return reviewOf(environment, plan, stack, notInPlan, today);
}

/** The data as JSON, with a different text in place of each secret. */
export function reviewDataText(data: ReviewData): string {
  const plan = withoutSecrets(data.plan, randomBytes(32));
  return JSON.stringify({ format: FORMAT, ...data, plan });
}

/** @throws {UserError} when the text is not what {@link reviewDataText} returns */
export function readReviewData(text: string): ReviewData {
  try {
    const { plan, ...others } = shape.parse(jsonIn(text));
    return { ...others, plan: parsePlan(plan) };
  } catch {
    throw new UserError(
      "the file is not the data of a review of this version. Save it with npx access review <env> --save-data <file>.",
    );
  }
}

function withoutSecrets(plan: PlanJson, key: Buffer): PlanJson {
  const hide = (value: unknown, marks: readonly unknown[]) =>
    marks.reduce<unknown>((one, mark) => hidden(one, mark, key), value);
  const changed = ({ change, ...others }: ResourceChange): ResourceChange => {
    const marks = [change.before_sensitive, change.after_sensitive];
    const side = (values: typeof change.before) => values && (hide(values, marks) as typeof values);
    return { ...others, change: { ...change, before: side(change.before), after: side(change.after) } };
  };
  const { values } = plan.prior_state;
  // Of expressions only the names count.
  const written = plan.configuration.root_module.resources.map(({ address, expressions }) => {
    return { address, expressions: Object.fromEntries(Object.keys(expressions).map((name) => [name, null])) };
  });
  return {
    ...plan,
    resource_changes: plan.resource_changes.map(changed),
    resource_drift: plan.resource_drift.map(changed),
    configuration: { root_module: { resources: written } },
    prior_state: values === undefined ? {} : { values: stateWithoutSecrets(values, hide) },
  };
}

type Hide = (value: unknown, marks: readonly unknown[]) => unknown;
type Module = StateValues["root_module"];

function stateWithoutSecrets({ outputs, root_module }: StateValues, hide: Hide): StateValues {
  const ofModule = ({ resources, child_modules }: Module): Module => ({
    resources: resources.map((one) => {
      return { ...one, values: hide(one.values, [one.sensitive_values]) as typeof one.values };
    }),
    child_modules: child_modules.map(ofModule),
  });
  const shown = Object.entries(outputs).map(([name, { value, sensitive }]) => {
    return [name, { value: hide(value, [sensitive]), sensitive }] as const;
  });
  return { outputs: Object.fromEntries(shown), root_module: ofModule(root_module) };
}

/** The value with a keyed hash in place of what is marked, and of environment variables that no review reads. */
function hidden(value: unknown, mark: unknown, key: Buffer, path: readonly string[] = []): unknown {
  if (value === null || value === undefined || value === "") return value;
  const isVariable = path.at(-2) === "variables" && !isShownVariable(path.at(-1) ?? "");
  if (mark === true || isVariable) {
    return `(secret ${createHmac("sha256", key).update(JSON.stringify(value)).digest("hex")})`;
  }
  if (typeof value !== "object") return value;
  const markOf = (inner: string) =>
    typeof mark === "object" && mark !== null ? (mark as Readonly<Record<string, unknown>>)[inner] : undefined;
  if (Array.isArray(value)) return value.map((item, index) => hidden(item, markOf(String(index)), key, path));
  return Object.fromEntries(
    Object.entries(value).map(([inner, one]) => [inner, hidden(one, markOf(inner), key, [...path, inner])]),
  );
}
