/** The one issue about an environment's drift: opened when drift is found, kept up to date, closed when it is gone. */
import { z } from "zod";
import { jsonIn } from "../../platform/json";
import { code, counted, head, MAX_GITHUB_CHARACTERS, prose, row } from "../../platform/markdown";
import { UserError } from "../../platform/user-error";
import { authoredShape, isOwn, type Mark, markerOf, requireShort } from "./comment";
import type { GitHub } from "./github";

const UNDO = "These commands undo it; a deployment does not:";

const issue = authoredShape.extend({ number: z.number(), pull_request: z.unknown().optional() });

const created = z.object({ number: z.number() });

/** What was done to which issue. */
export interface Kept {
  readonly done: "opened" | "updated" | "unchanged" | "closed" | "nothing";
  readonly number?: number;
}

/**
 * Brings the issue to what was found.
 *
 * @param report `undefined` when there is no drift
 * @param author login of the bot that writes
 * @throws {UserError} when GitHub refuses
 */
export async function keepIssue(
  github: GitHub,
  environment: string,
  report: DriftFindings | undefined,
  author: string,
): Promise<Kept> {
  const mark: Mark = { kind: "machine-access-drift", environment };
  const open = await github.all("/issues?state=open&sort=created&direction=asc", issue);
  const own = open.filter((one) => one.pull_request === undefined && isOwn(one, mark, author));
  const [first, ...others] = own;
  // Two runs at the same time could have opened more than one.
  for (const { number } of others) await close(github, number, `Duplicate of #${first?.number}.`);
  if (report !== undefined) return await tell(github, report, first);
  if (first === undefined) return { done: "nothing" };
  await close(github, first.number, "The drift was resolved.");
  return { done: "closed", number: first.number };
}

async function tell(github: GitHub, report: DriftFindings, open: z.infer<typeof issue> | undefined): Promise<Kept> {
  const body = driftBody(report);
  requireShort(body);
  if (open === undefined) {
    const title = driftTitle(report.environment);
    const { number } = await github.call("POST", "/issues", created, { body: { title, body } });
    return { done: "opened", number };
  }
  const { number } = open;
  if (open.body === body) return { done: "unchanged", number };
  await github.call("PATCH", `/issues/${number}`, z.unknown(), { body: { body } });
  // A change of the text alone notifies no one.
  await comment(github, number, "The drift changed. See the updated description.");
  return { done: "updated", number };
}

async function close(github: GitHub, number: number, why: string): Promise<void> {
  await comment(github, number, why);
  await github.call("PATCH", `/issues/${number}`, z.unknown(), {
    body: { state: "closed", state_reason: "completed" },
  });
}

async function comment(github: GitHub, number: number, body: string): Promise<void> {
  await github.call("POST", `/issues/${number}/comments`, z.unknown(), { body: { body } });
}

const reportShape = z.object({
  environment: z.string(),
  isClean: z.boolean(),
  findings: z.array(
    z.object({
      address: z.string(),
      attribute: z.string().nullable(),
      expected: z.string(),
      found: z.string(),
      verdict: z.string(),
      severity: z.string(),
      effect: z.string().optional(),
      undo: z.string().optional(),
    }),
  ),
  remedies: z.record(z.string(), z.string()).default({}),
});

/** A report, as far as an issue needs it. */
export type DriftFindings = z.infer<typeof reportShape>;

/** Room for what follows the table. */
const ROOM_BELOW = 4000;
const MAX_UNDOS = 8;

/** @throws {UserError} when it is not a report, or that of another environment */
export function parseReport(text: string, environment: string): DriftFindings {
  const parsed = reportShape.safeParse(jsonIn(text));
  if (parsed.success && parsed.data.environment === environment) return parsed.data;
  throw new UserError(`the file is not a report of ${environment}. Write one: npx access drift ${environment} --json`);
}

/** The issue's title: the same as long as there is drift. */
export function driftTitle(environment: string): string {
  return `Drift in ${environment}`;
}

/** The issue's text: the same for the same findings, whenever they are made. */
export function driftBody({ environment, findings, remedies }: DriftFindings): string {
  const mark: Mark = { kind: "machine-access-drift", environment };
  const reported = findings.filter(({ verdict }) => verdict !== "provider-noise");
  const critical = reported.filter(({ severity, effect }) => severity === "critical" || effect !== undefined);
  const alerts = [...new Set(critical.map(({ effect, address }) => `> [!CAUTION]\n> ${code(effect ?? address)}.\n`))];
  const top = [
    `${markerOf(mark)}-->`,
    `${code(environment)} differs from the code: ${counted(reported.length, "difference")}.`,
    "",
    ...alerts,
  ];
  const table = head("resource", "attribute", "expected", "found", "verdict");
  const rows = reported.map((one) =>
    row(
      code(one.address),
      one.attribute === null ? "whole resource" : code(one.attribute),
      code(one.expected),
      code(one.found),
      prose(one.verdict),
    ),
  );
  const kept = fitting(rows, MAX_GITHUB_CHARACTERS - ROOM_BELOW - [...top, ...table].join("\n").length);
  const cut = rows.length - kept.length;
  const note = cut === 0 ? [] : ["", `_Cut here: ${counted(cut, "more difference")}._`];
  const advice = Object.entries(remedies).map(([verdict, remedy]) => `- ${prose(verdict)}: ${code(remedy)}`);
  const end = `Full report: ${code(`npx access drift ${environment}`)}`;
  return [...top, ...table, ...kept, ...note, ...byHand(reported), "", ...advice, "", end].join("\n");
}

/** As many commands as there is room for. */
function byHand(reported: DriftFindings["findings"]): readonly string[] {
  const undos = [...new Set(reported.flatMap(({ undo }) => undo ?? []))];
  const more = undos.length > MAX_UNDOS ? [`- and ${undos.length - MAX_UNDOS} more`] : [];
  return undos.length === 0 ? [] : ["", UNDO, "", ...undos.slice(0, MAX_UNDOS).map((one) => `- ${code(one)}`), ...more];
}

function fitting(rows: readonly string[], room: number): readonly string[] {
  let left = room;
  const end = rows.findIndex((line) => {
    left -= line.length + 1;
    return left < 0;
  });
  return end === -1 ? rows : rows.slice(0, end);
}
