/** Findings for people: a table for each resource, and what to do about each verdict. Pure. */
import pc from "picocolors";
import type { Finding, Verdict } from "../plan-file/finding";
import { IGNORE_FILE, type IgnoreEntry } from "./ignore-file";
import type { Sifted } from "./noise";

/** How much of a value is shown in a table, and how much of that before the first difference. */
const WIDEST = 60;
const BEFORE = 20;

/** Said above the commands that undo what Terraform cannot see. */
export const UNDO = "no deployment undoes this; these commands do:";

/** What is told of a stack. */
export interface DriftReport extends Sifted {
  readonly environment: string;
  /** Whether nothing was found but noise. */
  readonly isClean: boolean;
  /** What to do, by the verdicts that there are. */
  readonly remedies: Readonly<Partial<Record<Verdict, string>>>;
}

/** @param folder folder of the stack, as it is typed in a command */
export function reportOf(environment: string, folder: string, sifted: Sifted): DriftReport {
  const verdicts = new Set(sifted.findings.map(({ verdict }) => verdict));
  // What has a command of its own is not put back by a deployment.
  const deployable = new Set(sifted.findings.filter(({ undo }) => undo === undefined).map(({ verdict }) => verdict));
  const isClientGone = sifted.findings.some(({ address, attribute, found }) => {
    return address.startsWith("aws_cognito_user_pool_client.") && attribute === null && found === "gone";
  });
  const remedies = Object.entries(remediesFor(environment, folder, isClientGone)).filter(([verdict]) =>
    deployable.has(verdict as Verdict),
  );
  const isClean = [...verdicts].every((verdict) => verdict === "provider noise");
  return { environment, isClean, ...sifted, remedies: Object.fromEntries(remedies) };
}

/** Commands that undo what a deployment does not, each once. */
export function undosOf(findings: readonly { readonly undo?: string | undefined }[]): readonly string[] {
  return [...new Set(findings.flatMap(({ undo }) => (undo === undefined ? [] : [undo])))];
}

/** Said of a route that is open: only what the snapshot tells of is answered with by now. */
export function sinceWhen(verdict: string): string {
  return verdict === "changed outside" ? " from the next deployment on" : ", without a token";
}

/** The report as it is shown in a terminal. */
export function driftText({ environment, isClean, findings, expired, unused, remedies }: DriftReport): string {
  const count = new Set(findings.map(({ address }) => address)).size;
  const whole = findings.filter(({ attribute }) => attribute === null);
  const others = findings.filter(({ attribute }) => attribute !== null);
  const tables = [...new Set(others.map(({ address }) => address))].map((address) =>
    tableOf(
      address,
      others.filter((finding) => finding.address === address),
    ),
  );
  const alarms = findings.filter(({ isLoud }) => isLoud).map((finding) => pc.red(pc.bold(alarmOf(finding))));
  const advice = Object.entries(remedies).map(([verdict, remedy]) => `${pc.bold(verdict)}: ${remedy}`);
  const undos = undosOf(findings).map((undo) => `  ${undo}`);
  const byHand = undos.length === 0 ? [] : [pc.bold(UNDO), ...undos];
  const title = isClean
    ? `${pc.green("clean:")} ${environment} is as the code says and as Terraform left it.${noiseNote(findings)}`
    : `${pc.yellow("drift:")} ${counted(findings.length, "difference")} in ${counted(count, "resource")} of ${environment}.`;
  return [
    title,
    // A deployment would take along what was added by hand, so that goes first.
    ...[alarms, wholeTable(whole), ...tables, byHand, advice, listNotes(expired, unused)].flatMap(joined),
  ].join("\n\n");
}

/** One line for each verdict. */
function remediesFor(environment: string, folder: string, isClientGone: boolean): Readonly<Record<Verdict, string>> {
  const newId = isClientGone ? " A client that is gone comes back with another id and another secret." : "";
  const anew = `terraform -chdir=${folder} apply -replace="$(terraform -chdir=${folder} state list | grep aws_api_gateway_deployment)"`;
  return {
    "changed outside": `to put it back: npx cdktf deploy ${environment}. To keep it: write it into the code.${newId}`,
    "code not applied yet": `to apply it: npx cdktf deploy ${environment}.`,
    "not live": `npx cdktf deploy ${environment}; if it is still told then, make the deployment anew: ${anew}`,
    "still live": `make the deployment anew: ${anew}`,
    "provider noise": `nothing to do; it is listed in ${IGNORE_FILE}.`,
  };
}

/** Resources that are missing, or too many. */
function wholeTable(findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return [];
  const rows = findings.map(({ address, expected, found, verdict }) => [address, expected, found, verdict]);
  return aligned([["resource", "expected", "found", "verdict"], ...rows]);
}

function tableOf(address: string, findings: readonly Finding[]): readonly string[] {
  const rows = findings.map(({ attribute, expected, found, verdict, reason }) => [
    attribute ?? "",
    ...shortened(expected, found),
    reason === undefined ? verdict : `${verdict}: ${reason}`,
  ]);
  const route = findings.find((finding) => finding.verdict !== "changed outside")?.route;
  const title = route === undefined ? address : `${address} (${route})`;
  return [pc.bold(title), ...aligned([["attribute", "expected", "found", "verdict"], ...rows])];
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}

/** Long values from a little before where they begin to differ; `--json` has all of them. */
function shortened(one: string, other: string): readonly [string, string] {
  if (Math.max(one.length, other.length) <= WIDEST) return [one, other];
  let same = 0;
  while (same < one.length && one[same] === other[same]) same++;
  const from = Math.max(0, same - BEFORE);
  const cut = (text: string) => {
    const rest = text.slice(from, from + WIDEST);
    return `${from > 0 ? "…" : ""}${rest}${from + WIDEST < text.length ? "…" : ""}`;
  };
  return [cut(one), cut(other)];
}

function listNotes(expired: readonly IgnoreEntry[], unused: readonly IgnoreEntry[]): readonly string[] {
  const about = ({ line, address, attribute }: IgnoreEntry) => `${IGNORE_FILE}:${line}: ${address} ${attribute}`;
  return [
    ...expired.map((entry) => `${about(entry)} expired on ${entry.expires} and no longer counts.`),
    ...unused.map((entry) => `${about(entry)} matches nothing; it can go.`),
  ];
}

function noiseNote(findings: readonly Finding[]): string {
  return findings.length === 0 ? "" : ` ${counted(findings.length, "difference")} by the provider alone:`;
}

function alarmOf({ route, address, verdict, effect }: Finding): string {
  if (effect !== undefined) return effect;
  if (route === undefined) return `PUBLIC: anybody can invoke ${address}, past the API`;
  return `PUBLIC: anybody can call ${route}${sinceWhen(verdict)}`;
}

function joined(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [lines.join("\n")];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
