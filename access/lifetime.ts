/** When access ends: dates of clients and of single grants, clients that are disabled, and what is left of them today. */
import { advice, quote } from "./nearest-name";
import { type Content, DEFAULT_EXPIRY_WARNING_DAYS, type WrittenContent } from "./schema";
import { isDate } from "./setting";
import { AccessModelError, type YamlFile } from "./yaml-file";

type WrittenClient = WrittenContent["clients"][string];

export const DAY_MS = 86_400_000;

/**
 * The day by which access is judged, in UTC: `ACCESS_TODAY` or, without it, that of the clock.
 * @throws {AccessModelError} when `ACCESS_TODAY` is not a day
 */
export function todayOf(variables: Readonly<Record<string, string | undefined>>, now: () => Date = () => new Date()) {
  const given = variables["ACCESS_TODAY"];
  if (given === undefined || given === "") return now().toISOString().slice(0, 10);
  if (isDate(given)) return given;
  const wrong = `The environment variable ACCESS_TODAY must be a date such as 2027-03-31, but is ${quote(given)}.`;
  throw new AccessModelError(`${wrong} Without it, the date is that of the clock in UTC.`);
}

/** Days from one date to another; negative when the other is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** `in 12 days`, `in 1 day`, `today` */
export function inDays(days: number): string {
  return days === 0 ? "today" : `in ${days} ${days === 1 ? "day" : "days"}`;
}

/** A scope of a client. */
export interface Grant {
  /** Full name. */
  readonly scope: string;
  /** The last day on which it is granted; `undefined` means without an end. */
  readonly until: string | undefined;
}

/** The grants of a client as the file has them. */
export function grantsOf({ scopes }: Pick<WrittenClient, "scopes">): readonly Grant[] {
  return scopes.map((one) => {
    if (typeof one === "string") return { scope: one, until: undefined };
    // A wrong value is not text.
    const { scope, until } = Object(one) as { readonly scope?: string; readonly until?: string };
    return { scope: scope ?? "", until: until && isDate(until) ? until : undefined };
  });
}

/**
 * The grants that have not ended. Where all have, those that ended last: the client gets no tokens, and its other
 * settings stay as they were.
 */
export function grantsLeft(grants: readonly Grant[], today: string): readonly Grant[] {
  const left = grants.filter(({ until }) => !isPast(until, today));
  if (left.length > 0) return left;
  const last = grants
    .map(({ until = "" }) => until)
    .toSorted()
    .at(-1);
  return grants.filter(({ until }) => until === last);
}

/** Whether the client, or each of its grants, has ended. */
export function isExpired({ expires, scopes }: Pick<WrittenClient, "expires" | "scopes">, today: string): boolean {
  const grants = grantsOf({ scopes });
  return isPast(expires, today) || (grants.length > 0 && grants.every(({ until }) => isPast(until, today)));
}

/** Whether a day is over. */
function isPast(day: string | undefined, today: string): boolean {
  return day !== undefined && isDate(day) && day < today;
}

/** Whether `enabled` lets the client get tokens in the environment. */
export function isSwitchedOn({ enabled = true }: Pick<WrittenClient, "enabled">, environment: string): boolean {
  return typeof enabled === "boolean"
    ? enabled
    : !(Object.hasOwn(enabled, environment) && enabled[environment] === false);
}

/** Whether a client of the model gets tokens in the environment, if it belongs to it. */
export function isEnabled(
  { isExpired: isOver, disabledIn }: { readonly isExpired: boolean; readonly disabledIn: readonly string[] },
  environment: string,
): boolean {
  return !isOver && !disabledIn.includes(environment);
}

/** The content with the full names of all scopes of clients, or of those that are left of them. */
export function withScopeNames(content: WrittenContent, today?: string): Content {
  const clients = Object.entries(content.clients).map(([name, client]) => {
    const grants = grantsOf(client);
    const scopes = (today === undefined ? grants : grantsLeft(grants, today)).map(({ scope }) => scope);
    return [name, { ...client, scopes }] as const;
  });
  return { ...content, clients: Object.fromEntries(clients) };
}

/** Reports environments of `enabled` that do not exist, contradictory grants, and what has ended or is about to. */
export function checkLifetimes(content: WrittenContent, file: YamlFile, today: string): void {
  const environments = Object.keys(content.environments);
  for (const [name, client] of Object.entries(content.clients)) {
    checkEnabled(name, client, environments, file);
    checkRepeats(name, client, file);
    const isOff = environments.every((environment) => !isSwitchedOn(client, environment));
    if (!isOff) checkEnds(name, client, content, file, today);
  }
}

function checkEnabled(name: string, { enabled }: WrittenClient, known: readonly string[], file: YamlFile): void {
  if (typeof enabled !== "object" || known.length === 0) return;
  for (const environment of Object.keys(enabled)) {
    if (known.includes(environment)) continue;
    const sets = `enabled of client ${quote(name)} names environment ${quote(environment)}, which does not exist`;
    const at = file.keyAt(["clients", name, "enabled", environment]);
    file.report(at, `${sets}.${advice(environment, known, "Environments")}`);
  }
}

/** The same scope with two ends, or with and without one. */
function checkRepeats(name: string, client: WrittenClient, file: YamlFile): void {
  const ends = new Map<string, string | undefined>();
  for (const [index, { scope, until }] of grantsOf(client).entries()) {
    if (scope !== "" && ends.has(scope) && ends.get(scope) !== until) {
      const has = `client ${quote(name)} has scope ${quote(scope)} twice, with different ends`;
      file.report(file.at(["clients", name, "scopes", index]), `${has}. Keep one of them.`);
    }
    ends.set(scope, until);
  }
}

/** What is over is a mistake with `strict: true`; what will be is announced only. */
function checkEnds(name: string, client: WrittenClient, content: WrittenContent, file: YamlFile, today: string): void {
  const { strict = false, expiryWarningDays = DEFAULT_EXPIRY_WARNING_DAYS } = content;
  const over = (at: number, message: string) => (strict ? file.report(at, message) : file.warn(at, message));
  const soon = (day: string) => daysBetween(today, day) <= expiryWarningDays;
  const owner = `client ${quote(name)}`;
  const { expires } = client;
  const clientAt = file.at(["clients", name, "expires"]);
  if (expires !== undefined && isPast(expires, today)) {
    const effect = "it gets no tokens once this is deployed";
    over(
      clientAt,
      `${owner} expired on ${expires}: ${effect}. Set a later date or enabled: false, or remove the client.`,
    );
    return;
  }
  if (expires !== undefined && isDate(expires) && soon(expires)) {
    file.warn(
      clientAt,
      `${owner} expires ${inDays(daysBetween(today, expires))}, after ${expires}. Set a later date if it is still needed.`,
    );
  }
  for (const [index, { scope, until }] of grantsOf(client).entries()) {
    if (until === undefined) continue;
    const at = file.at(["clients", name, "scopes", index, "until"]);
    const grant = `scope ${quote(scope)} of ${owner}`;
    if (isPast(until, today)) {
      const effect = "the next deployment takes it away";
      over(at, `${grant} was granted until ${until}: ${effect}. Set a later date, or remove the scope.`);
    } else if (soon(until)) {
      file.warn(
        at,
        `${grant} ends ${inDays(daysBetween(today, until))}, after ${until}. Set a later date if it is still needed.`,
      );
    }
  }
}
