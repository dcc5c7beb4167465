/** A verification as text for a terminal: a table, notes, advice, alerts and a summary. */
import pc from "picocolors";
import { oneLine } from "../../access/visible";
import { CLIENT_TOKEN_FLOW } from "../../constructs/contract/contract";
import { copyable } from "../../platform/local-command";
import { counted } from "../../platform/markdown";
import { aligned } from "../../platform/terminal-table";
import { UPDATED_ISSUER } from "../access-graph/pool-issuer";
import type { Check, Verdict } from "./check";
import { DEFECTS } from "./client-credentials";
import type { Names } from "./deployed-stack";
import type { Verification } from "./verify-stack";

/** How much is printed, and where. */
export interface VerifyStyle {
  /** Columns of the terminal; left out for a file or a program. */
  readonly width?: number | undefined;
  /** Whether every check is listed; otherwise those that failed or, without one, counts by route. */
  readonly isComplete: boolean;
}

export function countsOf(checks: readonly Check[]): Readonly<Partial<Record<Verdict, number>>> {
  const counts: Partial<Record<Verdict, number>> = {};
  for (const { verdict } of checks) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

export function verifyText(verification: Verification, { width, isComplete }: VerifyStyle): string {
  const { checks } = verification;
  const failed = checks.filter(({ verdict }) => verdict !== "as-expected");
  const rows = isComplete ? checks.map(rowOf) : failed.length > 0 ? failed.map(rowOf) : rowsByRoute(checks);
  const alerts = checks.filter(({ verdict }) => verdict === "unexpected-allow").map(alertOf);
  return [table(rows, width), notesOn(verification), adviceLines(failed), alerts, summaryOf(verification)]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

type Row = readonly string[];

function rowOf({ route, caller, method, expected, found, verdict }: Check): Row {
  const isExpected = verdict === "as-expected";
  const at = route.startsWith("ANY ") ? `${route} as ${method}` : route;
  return [isExpected ? "✓" : "✗", at, caller, expected, found, isExpected ? "" : verdict];
}

/** Rows of checks that are all as expected. */
function rowsByRoute(checks: readonly Check[]): readonly Row[] {
  return [...new Set(checks.map(({ route }) => route))].map((route) => {
    const own = checks.filter((check) => check.route === route);
    const allowed = own.filter(({ expected }) => expected === "allow").length;
    const denied = own.filter(({ expected }) => expected.startsWith("deny-by")).length;
    return ["✓", route, `${own.length} as expected`, `${allowed} allowed`, `${denied} denied`];
  });
}

function table(rows: readonly Row[], width?: number): readonly string[] {
  return aligned(rows, width).map((line) => (line.startsWith("  ✓") ? line : pc.red(line)));
}

function notesOn(verification: Verification): readonly string[] {
  const { environment, notDeployed, notInCode, notApplied, withoutDomain, hasUpdatedIssuer, routesWithoutIdCheck } =
    verification;
  const { unknownSecrets, untestedRoutes, staleRoutes, unmanagedRoutes, missingPermissions } = verification;
  const pending = (kind: string, names: Names, text: string) => {
    const all = [...names.routes, ...names.clients];
    if (all.length === 0) return [];
    const counts = [
      ...(names.routes.length > 0 ? [counted(names.routes.length, "route")] : []),
      ...(names.clients.length > 0 ? [counted(names.clients.length, "client")] : []),
    ];
    return [
      [kind, `${counts.join(" and ")} ${text} (${all.join(", ")}). See ${copyable("npx access review")}`] as const,
    ];
  };
  const issuer = `tokens have ${UPDATED_ISSUER}. ${copyable(`npx access drift ${environment}`)} prints the command that restores it`;
  const notes: readonly (readonly [kind: string, text: string])[] = [
    ...pending("not deployed", notDeployed, "of access.yaml not deployed yet and not tested"),
    ...pending("not in code", notInCode, "deployed and no longer in access.yaml"),
    ...pending(
      "not applied",
      notApplied,
      "in access.yaml differ from the deployment; only what both agree on was tested",
    ),
    ...routesWithoutIdCheck.map((route) => ["scope only", `${route}: ${SCOPE_ONLY}`] as const),
    ...withoutDomain.map((client) => ["without domain", `${client} can get tokens by ${CLIENT_TOKEN_FLOW}`] as const),
    ...(hasUpdatedIssuer ? [["issuer", issuer] as const] : []),
    ...unknownSecrets.map((client) => ["not tested", `${client}: ${UNKNOWN_SECRET}`] as const),
    ...untestedRoutes.map(({ route, reason }) => ["not tested", `${route}: ${reason}`] as const),
    ...staleRoutes.map(
      (route) => ["removed", `${route} is in the deployed snapshot until the next deployment`] as const,
    ),
    ...unmanagedRoutes.map((route) => ["added out of band", `${route} is in the deployed snapshot`] as const),
    ...missingPermissions.map((permission) => ["missing permission", permission] as const),
  ];
  return notes.map(([kind, text]) => `${pc.yellow(`${kind}:`)} ${oneLine(text)}.`);
}

const UNKNOWN_SECRET =
  "its secret is unknown here, because it was rotated to a file or to a secret that cannot be read. No request was sent with its token";

const SCOPE_ONLY = "no function checks the client's id, so tokens of a removed client work until they expire";

/**
 * Each advice once, commands on lines of their own. What is scheduled for deletion is restored first: until then every
 * other command that deploys fails.
 */
function adviceLines(failed: readonly Check[]): readonly string[] {
  const isDeleted = ({ found }: Check) => found === DEFECTS.deleted;
  const ordered = failed.toSorted((one, other) => Number(isDeleted(other)) - Number(isDeleted(one)));
  const lines = ordered.flatMap(({ verdict, advice }) =>
    advice === undefined
      ? []
      : [
          [
            `${pc.bold(verdict)}: ${oneLine(advice.text)}.`,
            ...advice.commands.map((command) => `  ${copyable(command)}`),
          ].join("\n"),
        ],
  );
  return [...new Set(lines)];
}

function alertOf({ route, caller, method, expected, found }: Check): string {
  const text = `UNEXPECTED ALLOW: ${caller} at ${route} (${method}): expected ${expected}, found ${found}`;
  return pc.red(pc.bold(oneLine(text)));
}

/** The last lines: whether all is as expected, and what was not tested. */
export function summaryOf(verification: Verification): readonly string[] {
  const { environment, checks, isStopped, isPartial, isAsExpected, unknownSecrets } = verification;
  const isRight = checks.every(({ verdict }) => verdict === "as-expected");
  const isComplete = isAsExpected && unknownSecrets.length === 0;
  const right = isComplete ? pc.green("verified:") : pc.yellow("partially verified:");
  return [
    `${isRight ? right : pc.red("failed:")} ${environment}, ${totalOf(checks, isRight)}.`,
    ...(unknownSecrets.length > 0
      ? [pc.yellow(`Not tested with the token of ${oneLine(unknownSecrets.join(", "))}.`)]
      : []),
    ...(isStopped ? [pc.red("The remaining checks were not run.")] : []),
    ...(isPartial ? [pc.red("Interrupted: the remaining checks were not run.")] : []),
  ];
}

/** How many checks had which verdict, such as `all 10 checks as expected`. */
function totalOf(checks: readonly Check[], isRight: boolean): string {
  const total = counted(checks.length, "check");
  if (checks.length === 0) return total;
  if (isRight) return `${checks.length === 1 ? "" : "all "}${total} as expected`;
  const counts = Object.entries(countsOf(checks)).map(
    ([verdict, count]) => `${count} ${verdict === "as-expected" ? "as expected" : verdict}`,
  );
  return `${total}: ${counts.join(", ")}`;
}
