/** What `npm run drift -- <env> --json` found, as the text of an issue. Pure. */
import { z } from "zod";
import { code, counted, head, row } from "../../platform/markdown";
import { UserError } from "../../platform/user-error";
import { sinceWhen, UNDO, undosOf } from "../drift/drift-text";
import { type Mark, MOST_CHARACTERS, markerOf } from "./own-text";

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
      route: z.string().optional(),
      isLoud: z.boolean().optional(),
      effect: z.string().optional(),
      undo: z.string().optional(),
    }),
  ),
  remedies: z.record(z.string(), z.string()).default({}),
});

/** A report, as far as an issue tells of it. */
export type DriftFindings = z.infer<typeof reportShape>;

/** Room for what follows the table. */
const ROOM_BELOW = 4000;
const MOST_UNDOS = 8;

/** @throws {UserError} when it is no report, or that of another environment */
export function parseReport(text: string, environment: string): DriftFindings {
  const parsed = reportShape.safeParse(jsonIn(text));
  if (parsed.success && parsed.data.environment === environment) return parsed.data;
  throw new UserError(`the file is no report of ${environment}. Write one: npm run -s drift -- ${environment} --json`);
}

/** The issue's title: the same as long as there is drift. */
export function driftTitle(environment: string): string {
  return `Drift in ${environment}`;
}

/** The issue's text: the same for the same findings, whenever they are made. */
export function driftBody({ environment, findings, remedies }: DriftFindings): string {
  const mark: Mark = { kind: "machine-access-drift", environment };
  const told = findings.filter(({ verdict }) => verdict !== "provider noise");
  const loud = told.filter(({ isLoud }) => isLoud).map(alarm);
  const top = [
    `${markerOf(mark)}-->`,
    `${code(environment)} is not what the code says: ${counted(told.length, "difference")}.`,
    "",
    ...loud,
  ];
  const table = head("resource", "attribute", "expected", "found", "verdict");
  const rows = told.map((one) =>
    row(
      code(one.address),
      one.attribute === null ? "all of it" : code(one.attribute),
      code(one.expected),
      code(one.found),
      one.verdict,
    ),
  );
  const kept = fitting(rows, MOST_CHARACTERS - ROOM_BELOW - [...top, ...table].join("\n").length);
  const cut = rows.length - kept.length;
  const note = cut === 0 ? [] : ["", `_Cut here: ${counted(cut, "more difference")}._`];
  const advice = Object.entries(remedies).map(([verdict, remedy]) => `- ${verdict}: ${code(remedy)}`);
  const end = `All of it: \`npm run drift -- ${environment}\``;
  return [...top, ...table, ...kept, ...note, ...byHand(told), "", ...advice, "", end].join("\n");
}

/** As many commands as there is room for. */
function byHand(told: DriftFindings["findings"]): readonly string[] {
  const undos = undosOf(told);
  const more = undos.length > MOST_UNDOS ? [`- and ${undos.length - MOST_UNDOS} more`] : [];
  return undos.length === 0
    ? []
    : ["", UNDO, "", ...undos.slice(0, MOST_UNDOS).map((one) => `- ${code(one)}`), ...more];
}

function alarm({ route, address, verdict, effect }: DriftFindings["findings"][number]): string {
  const past = `invoke ${code(address)}, past the API`;
  const what = route === undefined ? past : `call ${code(route)}${sinceWhen(verdict)}`;
  return `> [!CAUTION]\n> ${effect === undefined ? `Anybody can ${what}` : code(effect)}.\n`;
}

function fitting(rows: readonly string[], room: number): readonly string[] {
  let left = room;
  const end = rows.findIndex((line) => {
    left -= line.length + 1;
    return left < 0;
  });
  return end === -1 ? rows : rows.slice(0, end);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
