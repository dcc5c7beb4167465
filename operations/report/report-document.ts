/** A report as headings, lists and tables, which Markdown and HTML write alike. */
import { counted } from "../../platform/markdown";
import type { Since } from "./access-history";
import type { AccessReport, ChangedCall, ReportCall, ReportClient, ReportUse } from "./report";

/** A part of a text: words of this file, a name or value as code, a sentence from access.yaml, or an alert. */
export type Part = string | { readonly code: string } | { readonly prose: string } | { readonly alert: string };

export type Text = readonly Part[];

/** A block of the document. */
export type Block =
  | { readonly kind: "heading"; readonly level: 1 | 2 | 3; readonly text: Text }
  | { readonly kind: "paragraph"; readonly text: Text }
  | { readonly kind: "list"; readonly items: readonly Text[] }
  | { readonly kind: "table"; readonly head: readonly string[]; readonly rows: readonly (readonly Text[])[] };

const heading = (level: 1 | 2 | 3, ...text: Text): Block => ({ kind: "heading", level, text });
const paragraph = (...text: Text): Block => ({ kind: "paragraph", text });
const list = (items: readonly Text[]): readonly Block[] => (items.length === 0 ? [] : [{ kind: "list", items }]);
const table = (head: readonly string[], rows: readonly (readonly Text[])[]): readonly Block[] =>
  rows.length === 0 ? [] : [{ kind: "table", head, rows }];

/** The report's blocks, in order. */
export function reportBlocks(report: AccessReport): readonly Block[] {
  return [
    heading(1, "Access in ", { code: report.environment }),
    paragraph(...originOf(report)),
    ...list([...summaryOf(report), ...report.notes.map((note): Text => [{ alert: "Note:" }, " ", { prose: note }])]),
    ...changesOf(report),
    ...clientsOf(report),
    ...publicRoutesOf(report),
    ...sensitiveScopesOf(report),
    ...deployedOnlyOf(report),
    heading(2, "Protection of the environment"),
    ...table(
      ["setting", "value"],
      report.protections.map(({ name, value }) => [[name], [{ prose: value }]]),
    ),
  ];
}

/** Beginning of a commit's id, as far as it is printed. */
function shortCommit(commit: string): string {
  return commit.slice(0, 12);
}

/** The day; a calls that is older than the history that was read begins before. */
export function sinceText(since: Since | null, commit: string | null): string {
  if (since === null) return commit === null ? "unknown" : "not committed";
  return since.isAtLeast ? `${since.date} or earlier` : since.date;
}

/** The day of the last use or, without one, what is known. */
export function lastText(day: string | null, verdict: ReportUse["verdict"] | null, days: number | null): string {
  if (day !== null) return day;
  if (verdict === "unused") return `none in ${days} days`;
  // What is known may not go back far enough, or CloudTrail may not be readable.
  return verdict === null || verdict === "unknown" ? "unknown" : "none found";
}

function originOf({ date, commit, isDirty }: AccessReport): Text {
  const source: Text = commit === null ? ["access.yaml"] : ["access.yaml at commit ", { code: shortCommit(commit) }];
  return [`Made on ${date} from `, ...source, isDirty ? ", with changes that are not committed." : "."];
}

function summaryOf({ clients, publicRoutes, deployedOnly, usageDays }: AccessReport): readonly Text[] {
  const owners = new Set(clients.flatMap(({ owner }) => (owner === null ? [] : [owner])));
  const calls = clients.flatMap((client) => client.calls);
  const missing = calls.filter(({ isDeployed }) => isDeployed === false);
  const of = owners.size === 0 ? "" : ` of ${counted(owners.size, "owner")}`;
  const unused = clients.filter(({ use }) => use?.verdict === "unused");
  const overdue = clients.filter(({ use }) => use?.isSecretOverdue);
  const unowned = owners.size === 0 ? [] : clients.filter(({ owner }) => owner === null);
  return [
    [`${counted(clients.length, "client")}${of} may make ${counted(calls.length, "call")}.`],
    ...(publicRoutes.length === 0
      ? []
      : [[{ alert: `${counted(publicRoutes.length, "route")} can be called without a token.` }]]),
    ...(unowned.length === 0 ? [] : [[{ alert: `${counted(unowned.length, "client")} without an owner.` }]]),
    ...(unused.length === 0 ? [] : [[{ alert: `${counted(unused.length, "client")} unused for ${usageDays} days.` }]]),
    ...(overdue.length === 0 ? [] : [[{ alert: `${counted(overdue.length, "secret")} overdue for rotation.` }]]),
    ...(missing.length === 0 ? [] : [[{ alert: `${counted(missing.length, "call")} not deployed yet.` }]]),
    ...(deployedOnly.length === 0
      ? []
      : [[{ alert: `${counted(deployedOnly.length, "call")} deployed that access.yaml does not grant.` }]]),
  ];
}

function changesOf({ changes, environment }: AccessReport): readonly Block[] {
  if (changes === undefined) return [];
  const { commit, date, gained, lost, hadEnvironment } = changes;
  const rows = (calls: readonly ChangedCall[], what: Part) =>
    calls.map(({ client, route, scopes }) => [
      [what],
      client === null ? [{ alert: "without a token" }] : [{ code: client }],
      [{ code: route }],
      codes(scopes),
    ]);
  return [
    heading(2, "Changes since ", { code: shortCommit(commit) }),
    paragraph(
      `Compared with access.yaml of ${date}: ${counted(gained.length, "call")} gained, ${counted(lost.length, "call")} lost.`,
      ...(hadEnvironment ? [] : [" The environment ", { code: environment }, " did not exist."]),
    ),
    ...table(["change", "client", "route", "by scope"], [...rows(gained, "gained"), ...rows(lost, "lost")]),
  ];
}

function clientsOf(report: AccessReport): readonly Block[] {
  const owners = [...new Set(report.clients.map(({ owner }) => owner))];
  return owners.flatMap((owner) => {
    const clients = report.clients.filter((client) => client.owner === owner);
    const contact = clients[0]?.contact ?? null;
    const title: Text =
      owner === null ? [owners.length === 1 ? "Clients" : "Without an owner"] : ["Owner ", { prose: owner }];
    return [
      heading(2, ...title),
      ...(contact === null ? [] : [paragraph("Contact: ", { prose: contact })]),
      ...clients.flatMap((client) => clientBlocks(client, report)),
    ];
  });
}

function clientBlocks(client: ReportClient, { commit, usageDays }: AccessReport): readonly Block[] {
  const { clientId, isEnabled, expires, tokenMinutes, secretReaders, purpose, use, calls } = client;
  const readers: Text =
    secretReaders === null
      ? ["only in Terraform's state"]
      : ["Secrets Manager, may be read by ", ...codes(secretReaders)];
  const facts: readonly Text[] = [
    ...(purpose === null ? [] : [["purpose: ", { prose: purpose }]]),
    ...(isEnabled ? [] : [[{ alert: "gets no tokens: it is disabled or has expired" }]]),
    ...(clientId === null ? [] : [["client id: ", { code: clientId }]]),
    ["ends: ", expires === null ? "no date" : `after ${expires}`],
    ["secret: ", ...readers, ...ageOf(use)],
    ...(use === null ? [] : lastUses(use, usageDays)),
    [`a token is valid for ${counted(tokenMinutes, "minute")}`],
  ];
  const columns = ["route", "by scope", "since", "until", "deployed", "last call", "function checks"];
  return [
    heading(3, { code: client.client }),
    ...list(facts),
    ...(calls.length === 0 ? [paragraph("It cannot call any route.")] : []),
    ...table(
      columns,
      calls.map((call) => [
        [{ code: call.route }],
        codes(call.scopes),
        sinceCell(call.since, commit),
        [call.until ?? "no date"],
        deployedCell(call),
        [lastText(call.lastCall, call.use, usageDays)],
        [checkText(call)],
      ]),
    ),
  ];
}

/** Age of the secret, and whether it is too old. */
function ageOf(use: ReportUse | null): Text {
  if (use === null || use.secretAgeDays === null) return [];
  const { secretCreated, secretAgeDays, rotateAfterDays, isSecretOverdue } = use;
  const age = `; created on ${secretCreated}, ${counted(secretAgeDays, "day")} old`;
  if (rotateAfterDays === null) return [age];
  const limit = `to be rotated after ${counted(rotateAfterDays, "day")}`;
  return isSecretOverdue ? [`${age}, `, { alert: limit }] : [`${age}, ${limit}`];
}

function lastUses({ verdict, lastToken, lastCall }: ReportUse, days: number | null): readonly Text[] {
  const texts = [
    ["last token: ", lastText(lastToken, verdict, days)],
    ["last call: ", lastText(lastCall, verdict, days)],
  ] as const;
  return verdict === "unused" ? texts.map(([what, text]) => [what, { alert: text }]) : texts;
}

function deployedCell({ isDeployed }: ReportCall): Text {
  if (isDeployed === null) return ["unknown"];
  return isDeployed ? ["yes"] : [{ alert: "no" }];
}

/** What the function checks of the caller; API Gateway checks the scopes in any case. */
export function checkText({ callerCheck }: Pick<ReportCall, "callerCheck">): string {
  if (callerCheck === null) return "unknown";
  return callerCheck === "none" ? "nothing" : callerCheck.replace("-", " ");
}

function sinceCell(since: Since | null, commit: string | null): Text {
  const day = sinceText(since, commit);
  return since === null ? [day] : [`${day}, `, { code: shortCommit(since.commit) }];
}

function publicRoutesOf({ publicRoutes, commit }: AccessReport): readonly Block[] {
  if (publicRoutes.length === 0) return [];
  const rows = publicRoutes.map(({ route, reason, since }) => [
    [{ code: route }],
    [{ prose: reason }],
    sinceCell(since, commit),
  ]);
  return [heading(2, "Routes without a token"), ...table(["route", "reason", "since"], rows)];
}

function sensitiveScopesOf({ sensitiveScopes }: AccessReport): readonly Block[] {
  if (sensitiveScopes.length === 0) return [];
  const rows = sensitiveScopes.map(({ scope, approvers, clients }) => [
    [{ code: scope }],
    codes(approvers),
    clients.length === 0 ? ["no client"] : codes(clients),
  ]);
  return [heading(2, "Sensitive scopes"), ...table(["scope", "approved by", "clients that have it"], rows)];
}

function deployedOnlyOf({ deployedOnly }: AccessReport): readonly Block[] {
  if (deployedOnly.length === 0) return [];
  const rows = deployedOnly.map(({ client, route }) => [[{ code: client }], [{ code: route }]]);
  return [
    heading(2, "Deployed, and not in access.yaml"),
    paragraph("The next deployment removes these calls."),
    ...table(["client", "route"], rows),
  ];
}

function codes(names: readonly string[]): Text {
  return names.flatMap((name, index) => (index === 0 ? [{ code: name }] : [", ", { code: name }]));
}
