/** What a policy allows after a change that it did not allow before. Pure. */
import { z } from "zod";

const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const principals = z.union([z.string().transform((text) => ({ AWS: [text] })), z.record(z.string(), texts)]);

const statement = z.object({
  Effect: z.enum(["Allow", "Deny"]),
  Principal: principals.optional(),
  NotPrincipal: z.unknown().optional(),
  Action: texts.optional(),
  NotAction: z.unknown().optional(),
  Resource: texts.optional(),
  NotResource: z.unknown().optional(),
  Condition: z.unknown().optional(),
});

const policy = z.object({
  Statement: z.union([statement.transform((one) => [one]), z.array(statement)]),
});

type Statement = z.infer<typeof statement>;

/** What a policy lets others do that it did not before. */
export interface Widening {
  /** Who may do it, as the policy calls them; empty in a policy of a role, which says it by being the role's. */
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  /** What it may be done to, as the policy calls it. */
  readonly resources: readonly string[];
}

const UNLIMITED = "{}";

const ACCOUNT = /^(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::|$)/;

/**
 * What the second policy allows beyond the first, or does not deny any more.
 * @param before JSON; `undefined` when there was none
 * @returns `undefined` when it allows no more; nothing in it when it cannot be told what
 */
export function widening(before: unknown, after: unknown): Widening | undefined {
  const [old, now] = [statementsOf(before), statementsOf(after)];
  if (old === undefined || now === undefined) {
    return JSON.stringify(before) === JSON.stringify(after)
      ? undefined
      : { principals: [], actions: [], resources: [] };
  }
  const gained = [
    ...uncovered(grants(now, "Allow"), grants(old, "Allow")),
    ...uncovered(grants(old, "Deny"), grants(now, "Deny")),
  ];
  if (gained.length === 0) return undefined;
  const sorted = (values: readonly string[]) => [...new Set(values)].filter((value) => value !== "").toSorted();
  return {
    principals: sorted(gained.map(({ principal }) => principal)),
    actions: sorted(gained.map(({ action }) => action)),
    resources: sorted(gained.map(({ resource }) => resource)),
  };
}

/** Whether an action is every one, or every one of a service. */
export function isEverything(action: string): boolean {
  return action === "*" || action.endsWith(":*");
}

/** Whether a principal is of an account, and not of this one. @param own `undefined` when nobody knows it */
export function isOfAnotherAccount(principal: string, own: string | undefined): boolean {
  const account = ACCOUNT.exec(principal)?.[1];
  return account !== undefined && own !== undefined && account !== own;
}

/** Whether a principal names an account at all. */
export function namesAccount(principal: string): boolean {
  return ACCOUNT.test(principal);
}

interface Grant {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Conditions and exceptions, as JSON; that of an empty object when there are none. */
  readonly limits: string;
}

/** Those of the first that none of the second says too, or says of more. */
function uncovered(some: readonly Grant[], others: readonly Grant[]): readonly Grant[] {
  return some.filter((one) => !others.some((other) => covers(other, one)));
}

function covers(wide: Grant, narrow: Grant): boolean {
  return (
    (wide.limits === narrow.limits || wide.limits === UNLIMITED) &&
    wide.principal === narrow.principal &&
    matches(wide.action.toLowerCase(), narrow.action.toLowerCase()) &&
    matches(wide.resource, narrow.resource)
  );
}

/** Whether a pattern takes all that another one takes; what the other one leaves open, only `*` takes. */
function matches(pattern: string, other: string): boolean {
  if (pattern === other || pattern === "*") return true;
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|+()[\]{}]/g, "\\$&").replaceAll("?", "[^*]"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(other);
}

/** One for each principal, action and resource; under other conditions it is another one. */
function grants(statements: readonly Statement[], effect: Statement["Effect"]): readonly Grant[] {
  return statements
    .filter(({ Effect }) => Effect === effect)
    .flatMap(({ Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition }) => {
      const limits = JSON.stringify({ NotPrincipal, NotAction, NotResource, Condition });
      // All but some are everybody and everything for who has to decide on it.
      const all = (exceptions: unknown) => [exceptions === undefined ? "" : "*"];
      const who = Principal === undefined ? all(NotPrincipal) : Object.values(Principal).flat();
      return who.flatMap((principal) =>
        (Action ?? all(NotAction)).flatMap((action) =>
          (Resource ?? all(NotResource)).map((resource) => ({
            principal,
            action,
            resource,
            limits,
          })),
        ),
      );
    });
}

/** @returns `undefined` when it is no policy that can be read */
function statementsOf(json: unknown): readonly Statement[] | undefined {
  if (json === undefined || json === null || json === "") return [];
  if (typeof json !== "string") return undefined;
  try {
    const read = policy.safeParse(JSON.parse(json));
    return read.success ? read.data.Statement : undefined;
  } catch {
    return undefined;
  }
}
