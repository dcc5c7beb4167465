/**
 * A report as CSV, one row for each call; with `--since`, one for each call that was gained or lost.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
import { oneLine } from "../../access/visible";
import type { AccessReport, Changes, ReportCall, ReportClient } from "./report";
import { checkText, lastText, sinceText } from "./report-document";

type Value = string | number | boolean | null;

/** Columns by name, from a client and one of its calls; a client without calls has one row. */
const COLUMNS: Readonly<
  Record<string, (client: ReportClient, call: ReportCall | undefined, report: AccessReport) => Value>
> = {
  environment: (_, __, report) => report.environment,
  date: (_, __, report) => report.date,
  commit: (_, __, report) => report.commit,
  owner: ({ owner }) => owner,
  contact: ({ contact }) => contact,
  client: ({ client }) => client,
  purpose: ({ purpose }) => purpose,
  "client id": ({ clientId }) => clientId,
  enabled: ({ isEnabled }) => isEnabled,
  expires: ({ expires }) => expires,
  "token minutes": ({ tokenMinutes }) => tokenMinutes,
  "secret readers": ({ secretReaders }) => secretReaders?.join(" ") ?? null,
  "last token": ({ use }, _, { usageDays }) => use && lastText(use.lastToken, use.verdict, usageDays),
  "secret created": ({ use }) => use?.secretCreated ?? null,
  "secret age in days": ({ use }) => use?.secretAgeDays ?? null,
  "rotate after days": ({ use }) => use?.rotateAfterDays ?? null,
  route: (_, call) => call?.route ?? null,
  scopes: (_, call) => call?.scopes.join(" ") ?? null,
  since: (_, call, { commit }) => (call === undefined ? null : sinceText(call.since, commit)),
  "since commit": (_, call) => call?.since?.commit ?? null,
  until: (_, call) => call?.until ?? null,
  deployed: (_, call) => call?.isDeployed ?? null,
  "last call": (_, call, { usageDays }) =>
    call === undefined || call.use === null ? null : lastText(call.lastCall, call.use, usageDays),
  "function checks": (_, call) => (call === undefined ? null : checkText(call)),
};

/** The rows, with their head. Does not end with a line break. */
export function reportCsv(report: AccessReport): string {
  if (report.changes !== undefined) return changesCsv(report, report.changes);
  const rows = report.clients.flatMap((client) => {
    const calls = client.calls.length === 0 ? [undefined] : client.calls;
    return calls.map((call) => Object.values(COLUMNS).map((column) => column(client, call, report)));
  });
  const open = report.publicRoutes.map(({ route, since, reason }) => {
    const values: Readonly<Record<string, Value>> = {
      ...{ environment: report.environment, date: report.date, commit: report.commit, route },
      ...{ client: "without a token", purpose: reason, since: sinceText(since, report.commit) },
      "since commit": since?.commit ?? null,
    };
    return Object.keys(COLUMNS).map((column) => values[column] ?? null);
  });
  return csv([Object.keys(COLUMNS), ...rows, ...open]);
}

function changesCsv({ environment, clients, commit }: AccessReport, changes: Changes): string {
  const rows = (["gained", "lost"] as const).flatMap((change) =>
    changes[change].map(({ client, route, scopes }) => {
      const owner = clients.find((one) => one.client === client)?.owner ?? null;
      return [environment, changes.commit, commit, change, owner, client ?? "without a token", route, scopes.join(" ")];
    }),
  );
  return csv([["environment", "from commit", "to commit", "change", "owner", "client", "route", "scopes"], ...rows]);
}

function csv(rows: readonly (readonly Value[])[]): string {
  return rows.map((row) => row.map(field).join(",")).join("\n");
}

/** What a spreadsheet takes for the beginning of a formula, also in its full-width form. */
const FORMULA = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/;

function field(value: Value): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  const text = oneLine(String(value ?? ""));
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",';]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
