/** The usage of an environment's clients as text: findings, a table, and what is not known and why. Pure. */

import pc from "picocolors";
import { oneLine } from "../../access/visible";
import { copyable } from "../../platform/local-command";
import { counted } from "../../platform/markdown";
import { paragraph, tableOrList } from "../../platform/terminal-table";
import { rotateCommand } from "../deployed/client-secret";
import type { ClientUse, RouteUse } from "../deployed/client-use";
import type { Source } from "./source";
import type { Usage } from "./usage";

/** The usage for a terminal. @param width its columns; left out for a file or a program */
export function usageText(usage: Usage, width?: number): string {
  const { environment, clients, unusedDays } = usage;
  const overdue = clients.filter(({ secret }) => secret.isOverdue);
  return [
    clients.flatMap((client) => unusedLines(client, unusedDays).map((line) => pc.yellow(paragraph(line, width)))),
    overdue.map(({ client, secret }) => {
      const age = `the secret of ${oneLine(client)} is ${counted(secret.ageDays ?? 0, "day")} old`;
      return pc.yellow(paragraph(`${age}, and rotateAfterDays is ${secret.rotateAfterDays}.`, width));
    }),
    overdue.map(({ client, secret }) => `  ${copyable(rotateCommand(client, environment, secret.isInSecretsManager))}`),
    tableOf(usage, width),
    unknownLines(usage).map((line) => paragraph(line, width)),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function unusedLines({ client, verdict, routes }: ClientUse, days: number): readonly string[] {
  const name = oneLine(client);
  if (verdict === "disabled") return [];
  if (verdict === "unused") return [`${name} is unused: no token and no call for ${counted(days, "day")}.`];
  const unused = routes.filter((route) => route.verdict === "unused").map(({ route }) => oneLine(route));
  if (unused.length === 0) return [];
  return [`${name} did not call for ${counted(days, "day")}: ${unused.join(", ")}`];
}

function tableOf({ clients, sources, unusedDays }: Usage, width?: number): readonly string[] {
  const hasOwners = clients.some(({ owner }) => owner !== null);
  const rows = clients.map((one) => [
    one.client,
    ...(hasOwners ? [one.owner ?? "-"] : []),
    timeOrUnknown(one.lastToken, sources.tokens),
    timeOrUnknown(one.lastCall, sources.accessLog),
    routesCell(one.routes),
    secretCell(one),
    one.verdict,
  ]);
  const owner = hasOwners ? ["owner"] : [];
  const head = [
    "client",
    ...owner,
    "last token",
    "last call",
    `not called for ${counted(unusedDays, "day")}`,
    "secret",
    "client is",
  ];
  return tableOrList(head, rows, width);
}

function timeOrUnknown(time: string | null, { status, completeSince }: Source): string {
  if (time !== null) return `${time.slice(0, 10)} ${time.slice(11, 16)}`;
  if (status === "not-available" || completeSince === null) return "not available";
  return `none since ${completeSince.slice(0, 10)}`;
}

function routesCell(routes: readonly RouteUse[]): string {
  const count = (verdict: RouteUse["verdict"]) => routes.filter((one) => one.verdict === verdict).length;
  if (routes.length === 0) return "no routes";
  const unknown = count("unknown") === 0 ? "" : `, ${count("unknown")} unknown`;
  return `${count("unused")} of ${counted(routes.length, "route")}${unknown}`;
}

function secretCell({ secret: { ageDays, isOverdue } }: ClientUse): string {
  if (ageDays === null) return "not available";
  return `${counted(ageDays, "day")}${isOverdue ? ", too old" : ""}`;
}

/** One line for each source that does not have all of the time. */
function unknownLines({ sources }: Usage): readonly string[] {
  const names = { tokens: "tokens", accessLog: "calls", secrets: "dates of clients and secrets" } as const;
  return Object.entries(names).flatMap(([source, what]) => {
    const { status, completeSince, reason } = sources[source as keyof typeof names];
    if (reason === null) return [];
    const known = status === "not-available" ? "not available" : `known since ${(completeSince ?? "").slice(0, 10)}`;
    return [oneLine(`${what}: ${known}. ${reason}`)];
  });
}
