/**
 * What changed behind Terraform's back, read from the JSON of a refresh-only plan.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
 */
import { z } from "zod";
import { planAsJson } from "./planned-changes";
import { requireTerraform } from "./terraform";

/** One attribute that is not as Terraform left it. */
export interface Drift {
  /** Terraform's address of the resource. */
  readonly address: string;
  /** Dotted name of the attribute; `undefined` when the whole resource is gone. */
  readonly attribute: string | undefined;
  /** What Terraform left, as JSON; sensitive values and environment variables are not shown. */
  readonly expected: string;
  readonly found: string;
}

const record = z.record(z.string(), z.unknown());
const marks = z.union([z.boolean(), record]);

const plan = z.object({
  resource_drift: z
    .array(
      z.object({
        address: z.string(),
        change: z.object({
          before: record.nullable(),
          after: record.nullable(),
          before_sensitive: marks,
          after_sensitive: marks,
        }),
      }),
    )
    .default([]),
  configuration: z.object({
    root_module: z.object({
      resources: z.array(z.object({ address: z.string(), expressions: record.default({}) })).default([]),
    }),
  }),
});

/** A plan as `terraform show -json` prints it, as far as drift is concerned. */
export type DriftPlan = z.input<typeof plan>;

/**
 * Compares state and what is really there.
 * @param environment name of the stack
 * @throws {UserError} when nothing is deployed or Terraform fails
 */
export async function findDrift(environment: string): Promise<readonly Drift[]> {
  await requireTerraform();
  return driftOf(await planAsJson(environment, ["-refresh-only"]));
}

/** The drift that a refresh-only plan holds. */
export function driftOf(json: unknown): readonly Drift[] {
  const { resource_drift, configuration } = plan.parse(json);
  const written = new Map(
    configuration.root_module.resources.map(({ address, expressions }) => [address, Object.keys(expressions)]),
  );
  return resource_drift.flatMap(({ address, change }) => {
    const { before, after } = change;
    if (before === null || after === null) {
      return [
        { address, attribute: undefined, expected: before ? "exists" : "nothing", found: after ? "exists" : "gone" },
      ];
    }
    const isSensitive = (name: string) =>
      isMarked(change.before_sensitive, name) || isMarked(change.after_sensitive, name);
    return Object.keys({ ...before, ...after })
      .filter((name) => isOurs(written.get(address) ?? [], name, before[name]))
      .flatMap((name) => differences(name, before[name], after[name], isSensitive(name)))
      .map((difference) => ({ address, ...difference }));
  });
}

/** Computed by AWS or set by a resource of its own, though it is empty at first. */
const ONLY_READ = [
  "domain",
  "custom_domain",
  "last_modified",
  "last_modified_date",
  "policy",
  "web_acl_arn",
  "scope_identifiers",
];

/** What the code says something about, and what was empty: everything else is AWS's to change. */
function isOurs(written: readonly string[], name: string, before: unknown): boolean {
  if (written.includes(name)) return true;
  return !ONLY_READ.includes(name) && isEmpty(before);
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Marks have the shape of the value, with `true` where it is sensitive. */
function isMarked(sensitive: z.infer<typeof marks>, name: string): boolean {
  return sensitive === true || (typeof sensitive === "object" && hasTrue(sensitive[name]));
}

function hasTrue(mark: unknown): boolean {
  return mark === true || (typeof mark === "object" && mark !== null && Object.values(mark).some(hasTrue));
}

type Difference = Omit<Drift, "address">;

/** Single blocks and maps are looked into; lists and sets of plain values are shown whole. */
function differences(name: string, before: unknown, after: unknown, isHidden: boolean): readonly Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after) || (isEmpty(before) && isEmpty(after))) return [];
  const [left, right] = [unwrap(before, after), unwrap(after, before)];
  if (left !== undefined && right !== undefined && !isHidden) {
    return Object.keys({ ...left, ...right }).flatMap((inner) =>
      differences(`${name}.${inner}`, left[inner], right[inner], inner === "variables"),
    );
  }
  const show = (value: unknown) => (isHidden ? "(not shown)" : (JSON.stringify(value) ?? "null"));
  return [{ attribute: name, expected: show(before), found: isHidden ? "(changed, not shown)" : show(after) }];
}

/** The object of a single block or map; an empty one where there is nothing and the other side has one. */
function unwrap(value: unknown, other: unknown): Readonly<Record<string, unknown>> | undefined {
  return objectIn(value) ?? (isEmpty(value) && objectIn(other) !== undefined ? {} : undefined);
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const inner: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return undefined;
  return inner as Readonly<Record<string, unknown>>;
}
