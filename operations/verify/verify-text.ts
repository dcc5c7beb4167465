/** What was verified, for people. Pure. */
import pc from "picocolors";
import type { Check, Outcome } from "../deployed/probe";
import { counted } from "./counted";
import { notesOn } from "./notes";
import type { Verification } from "./verification";

/** More checks than these are summed up by route; what failed is always listed. */
const LISTED_AT_MOST = 60;

/** How many checks came out how. */
export function countsOf(checks: readonly Check[]): Readonly<Partial<Record<Outcome, number>>> {
  const counts: Partial<Record<Outcome, number>> = {};
  for (const { outcome } of checks) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

/** A table of failures and passes, what to do, and a summary line. */
export function verifyText(verification: Verification): string {
  const { checks } = verification;
  const failed = checks.filter(({ outcome }) => outcome !== "as expected");
  const isListed = checks.length <= LISTED_AT_MOST;
  const body = isListed ? aligned(checks.map(rowOf)) : aligned([...failed.map(rowOf), ...summaryRows(checks)]);
  const loud = checks.filter(({ outcome }) => outcome === "WRONG YES").map(alarmOf);
  return [
    ...body,
    ...section(notesOn(verification)),
    ...section(remediesFor(failed, verification.environment)),
    ...section(loud),
    "",
    ...summaryOf(verification),
  ].join("\n");
}

function summaryOf(verification: Verification): readonly string[] {
  const { environment, checks, hasStopped, isPartial, isAsTheMatrixSays, unknownSecrets } = verification;
  const isRight = checks.every(({ outcome }) => outcome === "as expected");
  const isAll = isAsTheMatrixSays && unknownSecrets.length === 0;
  const right = isAll ? pc.green("as the matrix says:") : pc.yellow("as the matrix says, as far as it was asked:");
  const verdict = isRight ? right : pc.red("not as the matrix says:");
  const counts = Object.entries(countsOf(checks)).map(([outcome, count]) => `${count} ${outcome}`);
  const summary = `${verdict} ${environment}, ${[counted(checks.length, "check"), counts.join(", ")].filter(Boolean).join(": ")}.`;
  const without = `Nothing was asked with the token of ${unknownSecrets.join(", ")}.`;
  const partial = isPartial ? [pc.red("This is partial: it was interrupted, and the rest was not asked.")] : [];
  return [
    summary,
    ...(unknownSecrets.length > 0 ? [pc.yellow(without)] : []),
    ...(hasStopped ? [pc.red("The rest was not asked.")] : partial),
  ];
}

type Row = readonly string[];

function rowOf({ route, caller, method, expected, found, outcome }: Check): Row {
  const mark = outcome === "as expected" ? "✓" : "✗";
  const at = route.startsWith("ANY ") ? `${route} as ${method}` : route;
  return [mark, at, caller, expected, found, outcome === "as expected" ? "" : outcome];
}

/** One line for each route. */
function summaryRows(checks: readonly Check[]): readonly Row[] {
  const routes = [...new Set(checks.map(({ route }) => route))];
  return routes.map((route) => {
    const own = checks.filter((check) => check.route === route);
    const right = own.filter(({ outcome }) => outcome === "as expected");
    const letIn = right.filter(({ expected }) => expected === "let in").length;
    const refused = right.filter(({ expected }) => expected.startsWith("refused")).length;
    const mark = right.length === own.length ? "✓" : "✗";
    return [mark, route, `${right.length} of ${own.length} right`, `${letIn} let in`, `${refused} refused`, ""];
  });
}

function alarmOf({ route, caller, method, expected, found }: Check): string {
  const what = `WRONG YES: ${caller} at ${route} (${method}): expected "${expected}", answered ${found}`;
  return pc.red(pc.bold(what));
}

/** `<env>` stands for the environment. */
const REMEDIES: Readonly<Partial<Record<Outcome, string>>> = {
  "WRONG YES":
    "somebody gets in who must not: npm run drift -- <env> shows what changed; npx cdktf deploy <env> puts it back.",
  "wrong no":
    "somebody who may call is refused. Right after a deployment, use --retry-for; else see npm run drift -- <env>.",
  "another no": "refused, but not by whom or not for what it should be: see npm run drift -- <env>.",
  broken:
    "what is behind the route, or the gate itself, does not work: see the function's log, and npm run drift -- <env>.",
  throttled: "AWS was busy for longer than it was waited for: lower --rate or --concurrency.",
  "wrong credentials":
    "what services read in Secrets Manager is not what is deployed: npm run rotate -- <client> --env <env> --deliver.",
  "not asked": "the client gets no token, see its line above.",
};

function remediesFor(failed: readonly Check[], environment: string): readonly string[] {
  // Where something better is known, that is said instead.
  const usual = [...new Set(failed.filter(({ advice }) => advice === undefined).map(({ outcome }) => outcome))];
  const advised = new Set(failed.flatMap(({ outcome, advice }) => (advice ? [`${pc.bold(outcome)}: ${advice}.`] : [])));
  return [
    ...advised,
    ...usual.map((outcome) => `${pc.bold(outcome)}: ${(REMEDIES[outcome] ?? "").replaceAll("<env>", environment)}`),
  ];
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}

function aligned(rows: readonly Row[]): readonly string[] {
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) => {
    const line = row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
    return row[0] === "✓" ? line : pc.red(line);
  });
}
