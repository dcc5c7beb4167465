/** Who still uses what: last tokens and calls of each client, routes that it does not call, and the age of its secret. */
import { z } from "zod";
import { type AccessModel, DAY_MS, type Environment, isEnabled, rotateAfterDaysOf } from "../../access/access-model";
import { type Aws, poolRegion, unlessMissing } from "../../platform/aws";
import { UserError } from "../../platform/user-error";
import type { AccessMatrix } from "../access-graph/access-matrix";
import { acceptedSecrets, oldestOf, rotationDueAt, storedSecret } from "../deployed/client-secret";
import type { ClientUse, RouteUse, SecretUse, UseVerdict } from "../deployed/client-use";
import { inParallel } from "../deployed/in-parallel";
import { logOfStack } from "../deployed/log-lines";
import { Pace } from "../deployed/pace";
import { managedResources, type StateValues } from "../plan-file/state-json";
import { type LastCalls, readLastCalls } from "./last-calls";
import { type LastTokens, readLastTokens } from "./last-tokens";
import { notAvailable, type Reading, type Source, unlessRefused } from "./source";

/** What access.yaml says of a client; of one that it does not have, nothing. */
export interface ClientNote {
  readonly owner: string | null;
  /** Age at which its secret is to be rotated; `null` means never. */
  readonly rotateAfterDays: number | null;
  /** Whether it is disabled or expired: then it is not expected to be used, and its secret gets no tokens. */
  readonly isDisabled: boolean;
}

/** What access.yaml says of its clients in an environment, by their names. */
export function clientNotes(model: AccessModel, environment: Environment): ReadonlyMap<string, ClientNote> {
  return new Map(
    model.clients.map((client) => {
      const rotateAfterDays = rotateAfterDaysOf(environment, client) ?? null;
      const isDisabled = !isEnabled(client, environment.name);
      return [client.name, { owner: client.owner ?? null, rotateAfterDays, isDisabled }] as const;
    }),
  );
}

/** What is looked at. */
export interface UsageRequest {
  readonly environment: string;
  /** What the environment's names begin with. */
  readonly prefix: string;
  readonly state: StateValues;
  /** Who can call what by that state. */
  readonly matrix: AccessMatrix;
  /** By the names of clients. */
  readonly notes: ReadonlyMap<string, ClientNote>;
  readonly clients: (region: string) => Aws;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly since: number;
  /** Days without use after which something is unused. */
  readonly unusedDays: number;
  readonly onProgress?: (progress: Partial<Progress>) => void;
  /** How calls of the two services are spaced; tests replace it. */
  readonly paces?: { readonly logs: Pace; readonly trail: Pace };
}

/** Lines and events that were read so far. */
export interface Progress {
  readonly lines: number;
  readonly events: number;
}

/** Who still uses what in one environment. */
export interface Usage {
  readonly environment: string;
  /** When it was read. */
  readonly at: string;
  /** Days without use after which something is unused. */
  readonly unusedDays: number;
  readonly sources: { readonly tokens: Source; readonly accessLog: Source; readonly secrets: Source };
  /** In the order of their names. */
  readonly clients: readonly ClientUse[];
}

/** FilterLogEvents and LookupEvents a second, below AWS's quotas of an account and region. */
const LOGS_PER_SECOND = 5;
const LOOKUPS_PER_SECOND = 2;

/** A client's id and names; its dates in AWS. */
interface AppClient {
  readonly name: string;
  readonly id: string;
  readonly userPoolId: string;
}

interface ClientDates {
  readonly createdAt: number | undefined;
  readonly secretAt: number | undefined;
}

const appClient = z.object({ id: z.string(), name: z.string(), user_pool_id: z.string() });

/**
 * Reads it. Changes nothing.
 * @throws {UserError} when the state has no clients, or AWS cannot be reached
 */
export async function findUsage(request: UsageRequest): Promise<Usage> {
  const { environment, state, matrix, notes, now, unusedDays } = request;
  const apps = appClientsOf(state);
  const [first] = apps;
  if (first === undefined) throw new UserError(`the state of ${environment} has no clients.`);
  const granted = new Map(apps.map(({ id, name }) => [id, grantsOf(matrix, name)]));
  const region = poolRegion(first.userPoolId);
  const aws = request.clients(region);
  const [tokens, calls, dates] = await Promise.all([
    readTokens(request, apps, aws),
    readCalls(request, granted),
    readDates(apps, aws),
  ]);
  const resources = managedResources(state);
  const judge = new Judge({ now, unusedDays, tokens, calls });
  const clients = apps.map((app): ClientUse => {
    const note = notes.get(app.name) ?? { owner: null, rotateAfterDays: null, isDisabled: false };
    const { createdAt, secretAt } = dates.found.get(app.id) ?? { createdAt: undefined, secretAt: undefined };
    const isKnownByToken = matrix.withoutDomain?.includes(app.name) !== true;
    const use = judge.clientUse(app.id, granted.get(app.id) ?? [], createdAt, isKnownByToken);
    const createdIso = iso(createdAt);
    const disabled = note.isDisabled ? ({ verdict: "disabled" } as const) : {};
    const isStored = storedSecret(resources, app.name) !== undefined;
    const secret = secretUse(secretAt, note.isDisabled ? null : note.rotateAfterDays, now, isStored);
    return {
      client: app.name,
      clientId: app.id,
      owner: note.owner,
      createdAt: createdIso,
      ...use,
      ...disabled,
      secret,
    };
  });
  const sources = { tokens: tokens.source, accessLog: calls.source, secrets: dates.source };
  return { environment, at: new Date(now).toISOString(), unusedDays, sources, clients };
}

/** Whether anything was found that a person has to decide about. @param withUnused whether what is unused counts */
export function hasFindings({ clients }: Usage, withUnused: boolean): boolean {
  const isUnused = ({ verdict, routes }: ClientUse) =>
    verdict !== "disabled" && (verdict === "unused" || routes.some((route) => route.verdict === "unused"));
  return clients.some((client) => client.secret.isOverdue || (withUnused && isUnused(client)));
}

/** Sorted by name; the resource is added where two have the same name, as in the matrix. */
function appClientsOf(state: StateValues): readonly AppClient[] {
  const resources = managedResources(state).filter(({ type }) => type === "aws_cognito_user_pool_client");
  const all = resources.map(({ name: resource, values }) => ({ resource, ...appClient.parse(values) }));
  return all
    .map(({ resource, id, name, user_pool_id: userPoolId }) => {
      const isUnique = all.filter((one) => one.name === name).length === 1;
      return { id, userPoolId, name: isUnique ? name : `${name} (${resource})` };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function grantsOf({ routes }: AccessMatrix, client: string): readonly string[] {
  const callable = routes.filter(({ access, callers }) => access !== "public" && callers.includes(client));
  return [...new Set(callable.map(({ route }) => route))];
}

async function readTokens(
  { state, prefix, since, now, onProgress, paces }: UsageRequest,
  apps: readonly AppClient[],
  aws: Aws,
): Promise<Reading<LastTokens>> {
  const pools = [...new Set(apps.map(({ userPoolId }) => userPoolId))];
  const hasCache = logOfStack(state, prefix).sources.some(({ name }) => name === "token-cache");
  const trail = await aws.cloudTrail();
  const pace = paces?.trail ?? new Pace(LOOKUPS_PER_SECOND);
  const read = async (userPoolId: string) => {
    const clientIds = apps.filter((app) => app.userPoolId === userPoolId).map(({ id }) => id);
    const onEvents = (events: number) => onProgress?.({ events });
    return await readLastTokens(trail, {
      userPoolId,
      clientIds,
      from: since,
      until: now,
      countsVerify: hasCache,
      pace,
      onEvents,
    });
  };
  const readings = await Promise.all(pools.map((pool) => unlessRefused<LastTokens>(read(pool), new Map())));
  const found = new Map(readings.flatMap((one) => [...one.found]));
  return { found, source: leastKnown(readings) };
}

async function readCalls(
  { state, prefix, since, now, clients, onProgress, paces }: UsageRequest,
  granted: ReadonlyMap<string, readonly string[]>,
): Promise<Reading<LastCalls>> {
  const sources = logOfStack(state, prefix).sources.filter(({ name }) => name === "api");
  if (sources.length === 0) {
    const reason = "The API has no access log. To have one, set accessLog: true in access.yaml.";
    return { found: new Map(), source: notAvailable(reason) };
  }
  const pace = paces?.logs ?? new Pace(LOGS_PER_SECOND);
  const read = async ({ region, logGroup }: { readonly region: string; readonly logGroup: string }) => {
    const logs = await clients(region).logs();
    const onLines = (lines: number) => onProgress?.({ lines });
    return await readLastCalls(logs, { logGroup, from: since, until: now, granted, pace, onLines });
  };
  const readings = await Promise.all(sources.map((one) => unlessRefused<LastCalls>(read(one), new Map())));
  return { found: mergedCalls(readings.map((one) => one.found)), source: leastKnown(readings) };
}

function mergedCalls(all: readonly LastCalls[]): LastCalls {
  const merged = new Map<string, Map<string, number>>();
  for (const calls of all) {
    for (const [id, routes] of calls) {
      const known = merged.get(id) ?? new Map<string, number>();
      for (const [route, time] of routes) known.set(route, Math.max(known.get(route) ?? time, time));
      merged.set(id, known);
    }
  }
  return merged;
}

/** Of several readings, what is known by all. */
function leastKnown(readings: readonly Reading<unknown>[]): Source {
  const sources = readings.map(({ source }) => source);
  const bad = sources.find(({ status }) => status === "not-available");
  const sorted = sources.toSorted((a, b) => ((a.completeSince ?? "") < (b.completeSince ?? "") ? 1 : -1));
  return bad ?? sorted[0] ?? notAvailable("Nothing was read.");
}

async function readDates(apps: readonly AppClient[], aws: Aws): Promise<Reading<ReadonlyMap<string, ClientDates>>> {
  const cognito = await aws.cognito();
  const read = async ({ id, userPoolId }: AppClient) => {
    const of = { UserPoolId: userPoolId, ClientId: id };
    const described = unlessMissing(cognito.describeUserPoolClient(of)).then((found) => {
      return { found: found?.UserPoolClient?.CreationDate?.getTime(), source: READ };
    });
    const secret = acceptedSecrets(cognito, of).then((all) => ({ found: oldestOf(all)?.getTime(), source: READ }));
    return await Promise.all([unlessRefused(described, undefined), unlessRefused(secret, undefined)]);
  };
  const all = await inParallel(apps, read);
  const refused = all.flat().find(({ source }) => source.status === "not-available");
  const found = apps.map(({ id }, index) => {
    const [created, secret] = all[index] ?? [];
    return [id, { createdAt: created?.found, secretAt: secret?.found }] as const;
  });
  return { found: new Map(found), source: refused?.source ?? READ };
}

const READ: Source = { status: "read", completeSince: null, reason: null };

function secretUse(
  createdAt: number | undefined,
  rotateAfterDays: number | null,
  now: number,
  isInSecretsManager: boolean,
): SecretUse {
  const ageDays = createdAt === undefined ? null : Math.floor((now - createdAt) / DAY_MS);
  const isOverdue =
    createdAt !== undefined && rotateAfterDays !== null && now >= rotationDueAt(createdAt, rotateAfterDays);
  return { createdAt: iso(createdAt), ageDays, rotateAfterDays, isOverdue, isInSecretsManager };
}

/** Logs begin a little later than they could: the first line is that of the first call. */
const MAX_SLACK_DAYS = 3;

/** Decides what is unused: only where everything is known of the time. */
class Judge {
  private readonly cutoff: number;
  private readonly slack: number;

  constructor(
    private readonly known: {
      readonly now: number;
      readonly unusedDays: number;
      readonly tokens: Reading<LastTokens>;
      readonly calls: Reading<LastCalls>;
    },
  ) {
    const { now, unusedDays } = known;
    this.cutoff = now - unusedDays * DAY_MS;
    this.slack = Math.min(MAX_SLACK_DAYS, unusedDays / 10) * DAY_MS;
  }

  /** @param isKnownByToken whether every token of the client is an event of CloudTrail */
  clientUse(id: string, granted: readonly string[], createdAt: number | undefined, isKnownByToken: boolean) {
    const lastToken = this.known.tokens.found.get(id);
    const calls = this.known.calls.found.get(id);
    const lastCall = calls && calls.size > 0 ? Math.max(...calls.values()) : undefined;
    const byTokens = isKnownByToken && this.isKnown(this.known.tokens.source, 0);
    const verdict = this.verdictOf(Math.max(lastToken ?? 0, lastCall ?? 0), createdAt, byTokens);
    const byCalls = this.isKnown(this.known.calls.source, this.slack);
    const routes = granted.map((route): RouteUse => {
      const last = calls?.get(route);
      // A client without a token has called nothing, whether or not there is a log.
      const isKnown = byCalls || verdict === "unused";
      return { route, lastCall: iso(last), verdict: this.verdictOf(last ?? 0, createdAt, isKnown) };
    });
    return { lastToken: iso(lastToken), lastCall: iso(lastCall), verdict, routes };
  }

  private verdictOf(last: number, createdAt: number | undefined, isKnown: boolean): UseVerdict {
    if (last >= this.cutoff) return "used";
    if (createdAt !== undefined && createdAt > this.cutoff) return "new";
    return isKnown && createdAt !== undefined ? "unused" : "unknown";
  }

  private isKnown({ completeSince }: Source, slack: number): boolean {
    return completeSince !== null && Date.parse(completeSince) <= this.cutoff + slack;
  }
}

function iso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
