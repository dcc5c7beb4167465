/** The report of drift as text: alerts, a table for each resource, and the commands for each verdict. Pure. */
import pc from "picocolors";
import { oneLine } from "../../access/visible";
import { copyable } from "../../platform/local-command";
import { counted } from "../../platform/markdown";
import { paragraph, tableOrList } from "../../platform/terminal-table";
import { type NotChecked, notCheckedLines, unsupportedLines } from "../deployed/unmanaged";
import { aroundDifference } from "../plan-file/differences";
import type { Finding, Verdict } from "../plan-file/finding";
import { IGNORE_FILE, type IgnoreEntry, type Sifted } from "./ignore-file";

/** Characters of a value in a table, and of those the ones before the first difference. */
const MAX_WIDTH = 60;
const LEAD = 20;

/** Title of the commands that undo what no deployment does. */
export const UNDO = "no deployment undoes this; these commands do:";

/** The report, as `--json` prints it. */
export interface DriftReport extends Sifted {
  readonly environment: string;
  /** Whether nothing was found but noise. */
  readonly isClean: boolean;
  /** Kinds of unmanaged resources that AWS did not list. */
  readonly notChecked: readonly NotChecked[];
  /** What to do, by the verdicts that there are. */
  readonly remedies: Readonly<Partial<Record<Verdict, string>>>;
}

/** @param folder folder of the stack, as it is typed in a command */
export function reportOf(
  environment: string,
  folder: string,
  sifted: Sifted,
  notChecked: readonly NotChecked[] = [],
): DriftReport {
  const { findings } = sifted;
  // What has a command of its own is not put back by a deployment.
  const deployable = new Set(findings.filter(({ undo }) => undo === undefined).map(({ verdict }) => verdict));
  const isClientGone = findings.some(
    ({ address, attribute, found }) =>
      address.startsWith("aws_cognito_user_pool_client.") && attribute === null && found === "gone",
  );
  const remedies = Object.entries(remediesFor(environment, folder, isClientGone)).filter(([verdict]) =>
    deployable.has(verdict as Verdict),
  );
  const isClean = findings.every(({ verdict }) => verdict === "provider-noise");
  return { environment, isClean, ...sifted, notChecked, remedies: Object.fromEntries(remedies) };
}

/** Commands that undo what a deployment does not, each once. */
export function undosOf(findings: readonly { readonly undo?: string | undefined }[]): readonly string[] {
  return [...new Set(findings.flatMap(({ undo }) => undo ?? []))];
}

/** The report for a terminal. @param width its columns; left out for a file or a program */
export function driftText(report: DriftReport, width?: number): string {
  const { environment, isClean, findings, notChecked, remedies } = report;
  const count = new Set(findings.map(({ address }) => address)).size;
  const whole = findings.filter(({ attribute }) => attribute === null);
  const others = findings.filter(({ attribute }) => attribute !== null);
  const critical = findings.filter(({ severity, effect }) => severity === "critical" || effect !== undefined);
  const alerts = critical.map(({ effect, address }) => pc.red(pc.bold(oneLine(effect ?? address))));
  const undos = undosOf(findings).map((undo) => `  ${copyable(undo)}`);
  const title = isClean
    ? `${pc.green("clean:")} ${environment} matches the code and the Terraform state.${noiseNote(findings)}`
    : `${pc.yellow("drift:")} ${counted(findings.length, "difference")} in ${counted(count, "resource")} of ${environment}.`;
  return [
    [title],
    [...new Set(alerts)],
    wholeTable(whole, width),
    ...[...new Set(others.map(({ address }) => address))].map((address) => tableOf(address, others, width)),
    // A deployment would take along what was added to the API, so that goes first.
    undos.length === 0 ? [] : [pc.bold(UNDO), ...undos],
    Object.entries(remedies).map(([verdict, remedy]) => `${pc.bold(verdict)}: ${remedy}`),
    notCheckedLines(notChecked).map((line) => paragraph(line, width)),
    ignoreNotes(report),
    unsupportedLines(notChecked).map((line) => paragraph(line, width)),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** One line for each verdict. */
function remediesFor(environment: string, folder: string, isClientGone: boolean): Readonly<Record<Verdict, string>> {
  const newId = isClientGone ? " A deleted client is recreated with a new id and a new secret." : "";
  const redeploy = `terraform -chdir=${folder} apply -replace="$(terraform -chdir=${folder} state list | grep aws_api_gateway_deployment)"`;
  const deploy = copyable(`npx access deploy ${environment}`);
  return {
    "out-of-band-change": `to revert it: ${deploy}. To keep it: add it to the code.${newId}`,
    "unmanaged-resource": `first ${deploy}, which restores the resources that use it, then ${copyable(`npx access drift ${environment}`)}`,
    "not-applied": `to apply it: ${deploy}.`,
    "not-live": `${deploy}; if it is still reported afterwards, replace the deployment: ${redeploy}`,
    "still-live": `replace the deployment: ${redeploy}`,
    "rotation-due": copyable(`npx access rotate <client> --env ${environment}`),
    "provider-noise": `nothing to do; it is listed in ${IGNORE_FILE}.`,
  };
}

/** Resources that are missing, or too many. */
function wholeTable(findings: readonly Finding[], width?: number): readonly string[] {
  const rows = findings.map(({ address, expected, found, verdict }) => [address, expected, found, verdict]);
  return rows.length === 0 ? [] : tableOrList(["resource", "expected", "found", "verdict"], rows, width);
}

function tableOf(address: string, all: readonly Finding[], width?: number): readonly string[] {
  const findings = all.filter((finding) => finding.address === address);
  const rows = findings.map(({ attribute, expected, found, verdict, reason }) => [
    attribute ?? "",
    ...shortened(orNone(expected), orNone(found)),
    reason === undefined ? verdict : `${verdict}: ${reason}`,
  ]);
  const route = findings.find(({ verdict }) => verdict !== "unmanaged-resource")?.route;
  const title = route === undefined ? address : `${address} (${route})`;
  return [pc.bold(oneLine(title)), ...tableOrList(["attribute", "expected", "found", "verdict"], rows, width)];
}

/** Nothing looks the same in all its forms. */
function orNone(value: string): string {
  return ["null", "[]", "{}", '""'].includes(value) ? "-" : value;
}

/** Long values from a little before the first difference; `--json` has all of them. */
function shortened(one: string, other: string): readonly [string, string] {
  if (Math.max(one.length, other.length) <= MAX_WIDTH) return [one, other];
  return aroundDifference(one, other, MAX_WIDTH, LEAD).parts;
}

/** Entries of the ignore file that ignore nothing. */
export function ignoreNotes({ expired, unused }: Sifted): readonly string[] {
  const about = ({ line, address, attribute }: IgnoreEntry) =>
    oneLine(`${IGNORE_FILE}:${line}: ${address} ${attribute}`);
  return [
    ...expired.map((entry) => `${about(entry)} expired on ${entry.expires} and is ignored.`),
    ...unused.map((entry) => `${about(entry)} matches nothing; remove it.`),
  ];
}

function noiseNote(findings: readonly Finding[]): string {
  return findings.length === 0 ? "" : ` ${counted(findings.length, "difference")} by the provider alone:`;
}
