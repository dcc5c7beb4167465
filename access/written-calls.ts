/**
 * Who may call what in one environment, as access.yaml has it written. Unlike the model, it reads files that today's rules
 * refuse, such as those of earlier commits. Pure.
 */
import { parse } from "yaml";
import { z } from "zod";
import { isIn } from "./client-rules";
import { type Grant, grantsLeft, grantsOf, isExpired, isSwitchedOn } from "./lifetime";
import { AccessModelError, MAX_CHARACTERS } from "./yaml-file";

/** A route that a client may call, or that is public. */
export interface WrittenCall {
  /** Name of the client; `null` for a public route, which needs no token. */
  readonly client: string | null;
  /** Such as `POST /orders`. */
  readonly route: string;
  /** The client's scopes of which the route requires any, sorted; empty for a public route. */
  readonly scopes: readonly string[];
  /** The last day on which it may be called, such as `2027-03-31`; `null` without an end. */
  readonly until: string | null;
}

/** What files grant in one environment. */
export interface WrittenAccess {
  /** Whether the files have the environment. */
  readonly hasEnvironment: boolean;
  /** By {@link callKey}, in the order of the files. */
  readonly calls: ReadonlyMap<string, WrittenCall>;
}

const texts = z.array(z.string()).catch([]);

const client = z.object({
  scopes: z.array(z.union([z.string(), z.object({ scope: z.string(), until: z.string().exactOptional() })])).catch([]),
  environments: z.array(z.string()).optional().catch(undefined),
  expires: z.string().exactOptional().catch(""),
  enabled: z
    .union([z.boolean(), z.record(z.string(), z.boolean())])
    .exactOptional()
    .catch(true),
});

const route = z.object({ scopes: texts, public: z.boolean().catch(false) });

type WrittenClient = z.infer<typeof client>;

/** Key of a call; a name of a client has no line break. */
export function callKey({ client, route }: Pick<WrittenCall, "client" | "route">): string {
  return `${route}\n${client ?? ""}`;
}

/**
 * @param files texts of access.yaml and of the files that belong to it
 * @param today the day by which access is judged
 * @throws {AccessModelError} a text is not YAML, or too long
 */
export function writtenAccess(files: readonly string[], environment: string, today: string): WrittenAccess {
  const contents = files.map(contentOf);
  const entries = (setting: string) => contents.flatMap((content) => Object.entries(Object(Object(content)[setting])));
  const clients = entries("clients").flatMap(([name, value]) => {
    const read = client.safeParse(value).data;
    return read !== undefined && getsTokens(read, environment, today) ? [{ name, ...endsOf(read, today) }] : [];
  });
  const calls = new Map<string, WrittenCall>();
  const add = (call: WrittenCall) => calls.set(callKey(call), call);
  const hasEnvironment = entries("environments").some(([name]) => name === environment);
  for (const [name, value] of hasEnvironment ? entries("routes") : []) {
    const read = route.safeParse(value).data;
    if (read?.public) add({ client: null, route: name, scopes: [], until: null });
    for (const { name: caller, expires, grants } of read === undefined || read.public ? [] : clients) {
      const used = grants.filter(({ scope }) => read?.scopes.includes(scope));
      if (used.length === 0) continue;
      const scopes = [...new Set(used.map(({ scope }) => scope))].toSorted();
      add({ client: caller, route: name, scopes, until: earlier(expires, latest(used)) });
    }
  }
  return { hasEnvironment, calls };
}

function contentOf(text: string): unknown {
  if (text.length > MAX_CHARACTERS) throw new AccessModelError(`it has more than ${MAX_CHARACTERS} characters`);
  try {
    return parse(text, { logLevel: "error" });
  } catch (error) {
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new AccessModelError(`it is not valid YAML: ${reason}`);
  }
}

function getsTokens(given: WrittenClient, environment: string, today: string): boolean {
  return isIn(given, environment) && isSwitchedOn(given, environment) && !isExpired(given, today);
}

function endsOf(given: WrittenClient, today: string) {
  return { expires: given.expires ?? null, grants: grantsLeft(grantsOf(given), today) };
}

/** The last day on which any of the grants is left. */
function latest(grants: readonly Grant[]): string | null {
  const days = grants.map(({ until }) => until);
  return days.includes(undefined) ? null : (days.toSorted().at(-1) ?? null);
}

function earlier(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}
