/**
 * IAM policies: the statements of a policy document, what one grants beyond another, and to whom it is open. Pure.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */

/** A principal. `*` alone is `{ type: "AWS", id: "*" }`, as in IAM. */
export interface Principal {
  /** `AWS`, `Service`, `Federated` or `CanonicalUser`. */
  readonly type: string;
  readonly id: string;
}

/** What a statement names: who, what they do, what it is done to. An empty list means that the element is left out. */
export interface Named {
  readonly principals: readonly Principal[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** Values by operator and condition key. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** @example { effect: "Allow", principals: [], actions: ["s3:GetObject"], resources: ["arn:aws:s3:::b/*"], … } */
export interface Statement extends Named {
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  /** `NotPrincipal`, `NotAction` and `NotResource`: the statement is about all but these. */
  readonly except: Named;
  readonly conditions: Conditions;
}

const ACCOUNT = /^(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::|$)/;

/** Conditions that Lambda itself writes for a function URL without authorization; they exclude no caller. */
const OF_PUBLIC_URL: Readonly<Record<string, string>> = {
  "lambda:functionurlauthtype": "NONE",
  "lambda:invokedviafunctionurl": "true",
};

/**
 * The statements of a policy. Names of elements are read in any case, as IAM does.
 * @param policy JSON text or the object itself; unset or empty means a policy without statements
 * @returns `undefined` when it is not a policy that can be read
 */
export function readPolicy(policy: unknown): readonly Statement[] | undefined {
  if (policy === undefined || policy === null || policy === "") return [];
  try {
    const document: unknown = typeof policy === "string" ? JSON.parse(policy) : policy;
    return list(elementOf(record(document), "Statement")).map(readStatement);
  } catch {
    return undefined;
  }
}

function readStatement(value: unknown): Statement {
  const statement = record(value);
  const sid = elementOf(statement, "Sid");
  const effect = elementOf(statement, "Effect");
  if (effect !== "Allow" && effect !== "Deny") throw new Error("no effect");
  const named = (prefix: "" | "Not"): Named => ({
    principals: principalsIn(elementOf(statement, `${prefix}Principal`)),
    actions: texts(elementOf(statement, `${prefix}Action`)),
    resources: texts(elementOf(statement, `${prefix}Resource`)),
  });
  return {
    sid: sid === undefined ? undefined : String(sid),
    effect,
    ...named(""),
    except: named("Not"),
    conditions: conditionsIn(elementOf(statement, "Condition")),
  };
}

function principalsIn(value: unknown): readonly Principal[] {
  if (value === undefined) return [];
  if (typeof value === "string") return [{ type: "AWS", id: value }];
  return Object.entries(record(value)).flatMap(([type, ids]) => texts(ids).map((id) => ({ type, id })));
}

function conditionsIn(value: unknown): Conditions {
  const mapped = <To>(of: unknown, read: (inner: unknown) => To) =>
    Object.fromEntries(Object.entries(record(of)).map(([key, inner]) => [key, read(inner)]));
  return mapped(value ?? {}, (keys) => mapped(keys, (values) => list(values).map(String)));
}

/** @throws {Error} when it is written twice, in different cases */
function elementOf(object: Readonly<Record<string, unknown>>, name: string): unknown {
  const found = Object.entries(object).filter(([key]) => key.toLowerCase() === name.toLowerCase());
  if (found.length > 1) throw new Error(`${name} twice`);
  return found[0]?.[1] ?? undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("not an object");
  return value as Readonly<Record<string, unknown>>;
}

function texts(value: unknown): readonly string[] {
  const all = value === undefined ? [] : list(value);
  if (!all.every((one) => typeof one === "string")) throw new Error("not a text");
  return all;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** What a policy grants beyond another one; each list is sorted and without repetitions. */
export interface Grants {
  /** Empty in a policy of an identity. */
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Whether it allows to assume every role, or to pass every role to a service, and with it the rights of each. */
  readonly reachesEveryRole?: true;
}

/** The other policies of an identity. */
export interface OtherPolicies {
  readonly before: readonly unknown[];
  readonly after: readonly unknown[];
}

/** Actions by which an identity gets the rights of a role. */
const TO_A_ROLE: readonly string[] = ["iam:PassRole", "sts:AssumeRole"];

/**
 * What the second policy allows and the first does not, or what only the first one denies.
 * @param others what the identity was allowed already by its other policies is not added; a lost denial of what is no longer
 * allowed either adds nothing
 * @returns `undefined` when it is nothing; empty lists when one of the two cannot be read
 */
export function addedGrants(before: unknown, after: unknown, others?: OtherPolicies): Grants | undefined {
  const [old, now] = [readPolicy(before), readPolicy(after)];
  if (old === undefined || now === undefined) {
    const isSame = JSON.stringify(before) === JSON.stringify(after);
    return isSame ? undefined : { principals: [], actions: [], resources: [] };
  }
  const [all, left] = [withOthers(old, others?.before), withOthers(now, others?.after)];
  const [allowed, stillAllowed] = [rightsIn(all, "Allow"), rightsIn(left, "Allow")];
  const isMoot = (denied: Right) =>
    others !== undefined &&
    allowed.some((right) => mayOverlap(right, denied)) &&
    !stillAllowed.some((right) => mayOverlap(right, denied));
  const added = [
    ...uncovered(rightsIn(now, "Allow"), allowed),
    ...uncovered(rightsIn(old, "Deny"), rightsIn(left, "Deny")).filter((denied) => !isMoot(denied)),
  ];
  const reachesEveryRole = added.some(
    ({ action, resource }) =>
      isEveryResource(resource) && TO_A_ROLE.some((one) => matchesPattern(action.toLowerCase(), one.toLowerCase())),
  );
  const sorted = (values: readonly string[]) => [...new Set(values)].filter((value) => value !== "").toSorted();
  return added.length === 0
    ? undefined
    : {
        principals: sorted(added.map(({ principal }) => principal.id)),
        actions: sorted(added.map(({ action }) => action)),
        resources: sorted(added.map(({ resource }) => resource)),
        ...(reachesEveryRole && { reachesEveryRole }),
      };
}

/** Those that cannot be read count as empty. */
function withOthers(own: readonly Statement[], others: readonly unknown[] = []): readonly Statement[] {
  return [...own, ...others.flatMap((one) => readPolicy(one) ?? [])];
}

/** Whether the two may be about the same request. Two patterns are compared by what is before their wildcards. */
function mayOverlap(one: Right, other: Right): boolean {
  return [
    [one.action.toLowerCase(), other.action.toLowerCase()] as const,
    [one.resource, other.resource] as const,
  ].every(([a, b]) => {
    const [start, otherStart] = [a, b].map((text) => text.split(/[*?]/, 1)[0] ?? "") as [string, string];
    const areBoth = start !== a && otherStart !== b;
    if (areBoth) return start.startsWith(otherStart) || otherStart.startsWith(start);
    return matchesPattern(a, b) || matchesPattern(b, a);
  });
}

/** One principal, action and resource of a statement. */
interface Right {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  /** Conditions and exceptions as JSON; `[]` when there are none. */
  readonly limits: string;
}

function rightsIn(statements: readonly Statement[], effect: Statement["effect"]): readonly Right[] {
  const all = <Item>(named: readonly Item[], except: readonly unknown[], every: Item, none: Item) =>
    named.length > 0 ? named : [except.length > 0 ? every : none];
  return statements
    .filter((statement) => statement.effect === effect)
    .flatMap(({ principals, actions, resources, except, conditions }) => {
      const limits = JSON.stringify(leaves([except, conditions]));
      const everyone = { type: "AWS", id: "*" };
      return all(principals, except.principals, everyone, { type: "AWS", id: "" }).flatMap((principal) =>
        all(actions, except.actions, "*", "").flatMap((action) =>
          all(resources, except.resources, "*", "").map((resource) => ({ principal, action, resource, limits })),
        ),
      );
    });
}

/** Every text inside with its path, sorted: the order of keys and lists means nothing. */
function leaves(value: unknown, path = ""): readonly string[] {
  if (typeof value !== "object" || value === null) return [`${path}=${value}`];
  const name = (key: string) => (/^\d+$/.test(key) && path !== "" ? "" : key);
  return Object.entries(value)
    .flatMap(([key, inner]) => leaves(inner, `${path}/${name(key)}`))
    .toSorted();
}

function uncovered(some: readonly Right[], others: readonly Right[]): readonly Right[] {
  return some.filter((one) => !others.some((other) => covers(other, one)));
}

function covers(wide: Right, narrow: Right): boolean {
  return (
    (wide.limits === narrow.limits || wide.limits === "[]") &&
    coversPrincipal(wide.principal, narrow.principal) &&
    matchesPattern(wide.action.toLowerCase(), narrow.action.toLowerCase()) &&
    matchesPattern(wide.resource, narrow.resource)
  );
}

function coversPrincipal(wide: Principal, narrow: Principal): boolean {
  const isRoot = ({ id }: Principal) => /^\d{12}$|:root$/.test(id);
  const isSameRoot = isRoot(wide) && isRoot(narrow) && accountOf(wide.id) === accountOf(narrow.id);
  const isEveryone = wide.type === "AWS" && wide.id === "*";
  return isEveryone || (wide.type === narrow.type && (wide.id === narrow.id || isSameRoot));
}

/** Whether IAM's pattern, with `*` and `?`, takes the text, or everything that it takes as a pattern itself. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (pattern === text || pattern === "*") return true;
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|+()[\]{}]/g, "\\$&").replaceAll("?", "[^*]"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(text);
}

/** Whether the statement is about the action: it names it, by a pattern too, or all but others. */
export function isAboutAction({ actions, except }: Statement, action: string): boolean {
  const isNamed = (patterns: readonly string[]) =>
    patterns.some((pattern) => matchesPattern(pattern.toLowerCase(), action.toLowerCase()));
  return isNamed(actions) || (except.actions.length > 0 && !isNamed(except.actions));
}

/** Whether an action is every action, or every action of a service. */
export function isEveryAction(action: string): boolean {
  return action === "*" || action.endsWith(":*");
}

/** Whether it is a star, or an ARN that names no resource of its service, or any region's or account's. */
export function isEveryResource(resource: string): boolean {
  if (/^[*?]+$/.test(resource)) return true;
  const [arn, , service, region = "", account = "", ...rest] = resource.replace(/\$\{[^}]*\}/g, "$").split(":");
  if (arn !== "arn") return false;
  const name = rest.join(":");
  // Objects are named by their bucket; in other services a type alone is all resources of that type.
  const isOfType = service !== "s3" && /^[\w-]+[:/][*?]+$/.test(name);
  const isAnywhere = /[*?]/.test(region + account);
  return isAnywhere || isOfType || (rest.length === 0 ? /[*?]/.test(resource) : /^[*?]/.test(name));
}

/** Whether the statement allows every principal, or all but some; under conditions too. */
export function isPublic({ effect, principals, except }: Statement): boolean {
  return effect === "Allow" && (except.principals.length > 0 || principals.some(({ id }) => id === "*"));
}

/** Whether conditions exclude callers. Those that Lambda writes for a URL without authorization do not. */
export function isConditional({ conditions }: Statement): boolean {
  return Object.values(conditions)
    .flatMap((keys) => Object.entries(keys))
    .some(([key, values]) => values.join() !== OF_PUBLIC_URL[key.toLowerCase()]);
}

/** Account id of a principal; `undefined` when it names none, such as a service. */
export function accountOf(principal: string): string | undefined {
  return ACCOUNT.exec(principal)?.[1];
}
