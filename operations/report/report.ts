/** The report for an auditor: what each client may call, since when and until when, and what protects it. */
import {
  type AccessModel,
  type Client,
  type Environment,
  isEnabled,
  isIn,
  sensitiveScopesOf,
  tokenMinutesOf,
} from "../../access/access-model";
import { callKey, type WrittenAccess, type WrittenCall } from "../../access/written-calls";
import type { AccessMatrix } from "../access-graph/access-matrix";
import type { ClientUse, UseVerdict } from "../deployed/client-use";
import type { AccessHistory, PastAccess, Since } from "./access-history";

/** `access report --json` */
export interface AccessReport {
  readonly environment: string;
  /** Day of the report, such as `2027-03-31`, by which ends are judged. */
  readonly date: string;
  /** The commit that is checked out; `null` where there is none. */
  readonly commit: string | null;
  /** Whether the folder has changes that are not in the commit. */
  readonly isDirty: boolean;
  /** What could not be read, and what that means for the report. */
  readonly notes: readonly string[];
  /** Sorted by owner, then by name; clients without an owner come last. */
  readonly clients: readonly ReportClient[];
  readonly publicRoutes: readonly PublicRoute[];
  readonly sensitiveScopes: readonly SensitiveScope[];
  readonly protections: readonly Protection[];
  /** Calls that are deployed and not in access.yaml. */
  readonly deployedOnly: readonly { readonly client: string; readonly route: string }[];
  /** How far back it was read when clients were last used, in days; `null` when that was not read. */
  readonly usageDays: number | null;
  /** Left out without `--since`. */
  readonly changes?: Changes;
}

export interface ReportClient {
  readonly client: string;
  readonly owner: string | null;
  /** How to reach the owner. */
  readonly contact: string | null;
  readonly purpose: string | null;
  /** Id of the app client; `null` when it is not deployed, or that is not known. */
  readonly clientId: string | null;
  /** Whether access.yaml lets it get tokens in this environment. */
  readonly isEnabled: boolean;
  /** The last day on which it gets tokens; `null` without an end. */
  readonly expires: string | null;
  readonly tokenMinutes: number;
  /** ARNs that may read its secret in Secrets Manager; `null` when only Terraform's state has the secret. */
  readonly secretReaders: readonly string[] | null;
  /** When it was last used, and the age of its secret; `null` when that was not read. */
  readonly use: ReportUse | null;
  readonly calls: readonly ReportCall[];
}

/** When a client was last used. Days are such as `2027-03-31`; `null` where there is none. */
export interface ReportUse {
  /** `new`: it is younger than the days that were read. `unknown`: what is known does not go back far enough. `disabled`: it gets no tokens. */
  readonly verdict: ClientUse["verdict"];
  readonly lastToken: string | null;
  readonly lastCall: string | null;
  readonly secretCreated: string | null;
  readonly secretAgeDays: number | null;
  readonly rotateAfterDays: number | null;
  readonly isSecretOverdue: boolean;
}

export interface ReportCall {
  readonly route: string;
  /** The client's scopes of which the route requires any. */
  readonly scopes: readonly string[];
  /** `null` when it is not committed, or there is no history. */
  readonly since: Since | null;
  /** The last day; `null` without an end. */
  readonly until: string | null;
  /** `null` when the deployment is not known. */
  readonly isDeployed: boolean | null;
  /** What the function behind the route checks; `null` when the deployment is not known. */
  readonly callerCheck: "client-id" | "scope" | "none" | null;
  /** Day of the last call; `null` when there was none, or that is not known. */
  readonly lastCall: string | null;
  /** Whether the client called it; `null` when that was not read. */
  readonly use: UseVerdict | null;
}

export interface PublicRoute {
  readonly route: string;
  readonly reason: string;
  readonly since: Since | null;
}

/** A scope that is marked as sensitive, and the clients that may request it. */
export interface SensitiveScope {
  readonly scope: string;
  /** Who approves gains of it. */
  readonly approvers: readonly string[];
  readonly clients: readonly string[];
}

export interface Protection {
  readonly name: string;
  readonly value: string;
}

/** Calls that differ from those of an earlier commit. */
export interface Changes {
  readonly commit: string;
  readonly date: string;
  /** Whether the environment existed. */
  readonly hadEnvironment: boolean;
  readonly gained: readonly ChangedCall[];
  readonly lost: readonly ChangedCall[];
}

export interface ChangedCall {
  /** `null` for a route that needs no token. */
  readonly client: string | null;
  readonly route: string;
  readonly scopes: readonly string[];
}

/** What was read of the use of clients. */
export interface KnownUsage {
  /** How far back. */
  readonly unusedDays: number;
  readonly clients: readonly ClientUse[];
}

/** What a report is made of. */
export interface ReportInput {
  readonly model: AccessModel;
  readonly environment: Environment;
  readonly date: string;
  readonly commit: string | null;
  readonly isDirty: boolean;
  /** What access.yaml grants now. */
  readonly present: WrittenAccess;
  readonly history: AccessHistory;
  /** `undefined` when nothing is deployed, or that cannot be read. */
  readonly deployed:
    | { readonly matrix: AccessMatrix; readonly clientIds: Readonly<Record<string, string>> }
    | undefined;
  readonly past: PastAccess | undefined;
  /** `undefined` when it was not read. */
  readonly usage: KnownUsage | undefined;
  /** In addition to those of the history. */
  readonly notes: readonly string[];
}

/** Makes the report. */
export function accessReport(input: ReportInput): AccessReport {
  const { model, environment, date, commit, isDirty, present, history, past } = input;
  const calls = [...present.calls.values()];
  const clients = model.clients.filter((client) => isIn(client, environment.name));
  return {
    environment: environment.name,
    date,
    commit,
    isDirty,
    notes: [...input.notes, ...history.notes],
    clients: clients.map((client) => clientOf(client, input)).toSorted(byOwner),
    publicRoutes: calls
      .filter(({ client }) => client === null)
      .map((call) => ({
        route: call.route,
        reason: model.routes.find(({ method, path }) => `${method} ${path}` === call.route)?.publicReason ?? "",
        since: history.since.get(callKey(call)) ?? null,
      })),
    sensitiveScopes: withHolders(model, clients),
    protections: protectionsOf(environment),
    deployedOnly: deployedOnly(input),
    usageDays: input.usage?.unusedDays ?? null,
    ...(past === undefined ? {} : { changes: changesSince(past, present) }),
  };
}

function clientOf(client: Client, input: ReportInput): ReportClient {
  const { model, environment, present, history, deployed, usage } = input;
  const { name, owner, purpose, secret } = client;
  const used = usage?.clients.find((one) => one.client === name);
  const own = [...present.calls.values()].filter((call) => call.client === name);
  return {
    client: name,
    owner: owner ?? null,
    contact: model.owners.find((one) => one.name === owner)?.contact ?? null,
    purpose: purpose ?? null,
    clientId: deployed?.clientIds[name] ?? null,
    isEnabled: isEnabled(client, environment.name),
    expires: client.expires ?? null,
    tokenMinutes: tokenMinutesOf(environment, client),
    secretReaders: secret?.readers ?? null,
    use: used === undefined ? null : useOf(used),
    calls: own.map((call) => {
      const route = deployed?.matrix.routes.find((one) => one.route === call.route);
      const ofRoute = used?.routes.find((one) => one.route === call.route);
      return {
        route: call.route,
        scopes: call.scopes,
        since: history.since.get(callKey(call)) ?? null,
        until: call.until,
        isDeployed: deployed === undefined ? null : (route?.callers.includes(name) ?? false),
        callerCheck: route?.callerCheck ?? null,
        lastCall: dayOf(ofRoute?.lastCall),
        use: ofRoute?.verdict ?? null,
      };
    }),
  };
}

function useOf({ verdict, lastToken, lastCall, secret }: ClientUse): ReportUse {
  const { createdAt, ageDays, rotateAfterDays, isOverdue } = secret;
  return {
    verdict,
    lastToken: dayOf(lastToken),
    lastCall: dayOf(lastCall),
    secretCreated: dayOf(createdAt),
    secretAgeDays: ageDays,
    rotateAfterDays,
    isSecretOverdue: isOverdue,
  };
}

function dayOf(time: string | null | undefined): string | null {
  return time?.slice(0, 10) ?? null;
}

/** Names without an owner come last. */
function byOwner(a: ReportClient, b: ReportClient): number {
  const key = ({ owner, client }: ReportClient) => `${owner === null ? 1 : 0}${owner ?? ""}\n${client}`;
  return key(a) < key(b) ? -1 : 1;
}

function deployedOnly({ deployed, present }: ReportInput): AccessReport["deployedOnly"] {
  return (deployed?.matrix.routes ?? [])
    .flatMap(({ route, access, callers }) => (access === "clients" ? callers.map((client) => ({ client, route })) : []))
    .filter((call) => !present.calls.has(callKey(call)) && !present.calls.has(callKey({ ...call, client: null })));
}

function changesSince(past: PastAccess, present: WrittenAccess): Changes {
  const missingIn = (other: WrittenAccess, { calls }: WrittenAccess) =>
    [...calls].filter(([key]) => !other.calls.has(key)).map(([, call]) => changed(call));
  return {
    commit: past.commit,
    date: past.date,
    hadEnvironment: past.hasEnvironment,
    gained: missingIn(past, present),
    lost: missingIn(present, past),
  };
}

function changed({ client, route, scopes }: WrittenCall): ChangedCall {
  return { client, route, scopes };
}

function withHolders({ resourceServers }: AccessModel, clients: readonly Client[]): readonly SensitiveScope[] {
  return sensitiveScopesOf(resourceServers).map(([scope, approvers]) => {
    const holders = clients.filter(({ scopes }) => scopes.includes(scope)).map(({ name }) => name);
    return { scope, approvers, clients: holders };
  });
}

/** Settings of the environment that limit what can go wrong. */
function protectionsOf(environment: Environment): readonly Protection[] {
  const { isProtected, allowDestroy, accountId, permissionsBoundary, tokenMinutes, backend } = environment;
  const { throttling, firewall, accessLog, retentionDays, alarms } = environment;
  const rate = throttling && `${throttling.requestsPerSecond} requests a second, burst ${throttling.burst}`;
  const settings: Readonly<Record<string, string | undefined>> = {
    "deletion protection": isProtected ? "on" : "off",
    "exceptions from it": allowDestroy.length === 0 ? undefined : allowDestroy.join(", "),
    "AWS account": accountId ?? "any",
    "permissions boundary": permissionsBoundary ?? "none",
    "lifetime of tokens": `${tokenMinutes} minutes, unless a client has its own`,
    throttling: rate ?? "limits of the account",
    firewall:
      firewall === undefined ? "none" : `${firewall.requestsPerFiveMinutes} requests in five minutes for each address`,
    "access log": accessLog ? `kept for ${retentionDays} days` : "off",
    alarms: alarms === undefined ? "none" : `to ${alarms.topicArn}`,
    state: backend.kind,
  };
  return Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}
