/** What `access demo` prints: each step and what it observed, and what to try next. Lines fit the terminal. Pure. */
import pc from "picocolors";
import { quoted } from "../platform/shell";
import { hanging, paragraph, unbroken, widthOf, wrapped } from "../platform/terminal-table";
import type { Observation } from "./demo-steps";

/** Columns before the title, the summary and the details of a step. */
const INDENT = 7;

/** Columns of the time that a step took, and of the spaces before it. */
const TIME = 8;

/** A step that succeeded. */
export interface DoneStep {
  readonly number: string;
  readonly title: string;
  /** Of the longest title. */
  readonly width: number;
  /** Such as `2.1 s`. */
  readonly took: string;
  readonly observation: Observation;
}

/**
 * A step: one line with its summary, if that fits, and lines of details.
 * @param columns of the terminal; left out, nothing is wrapped
 */
export function stepText(
  { number, title, width, took, observation: [summary, ...details] }: DoneStep,
  columns: number = Number.POSITIVE_INFINITY,
): string {
  const titleWidth = Math.min(width, columns - INDENT - TIME);
  const lines = wrapped(title, titleWidth);
  const last = (lines.at(-1) ?? "").padEnd(titleWidth) + took.padStart(TIME);
  const begin = `${pc.green("✓")}  ${number}  `;
  const head = begin + [...lines.slice(0, -1), last].join(`\n${" ".repeat(INDENT)}`);
  const fits = INDENT + widthOf(last) + 2 + widthOf(summary) <= columns;
  return [
    fits ? `${head}  ${pc.dim(summary)}` : head,
    ...[...(fits ? [] : [summary]), ...details].map((text) => pc.dim(detailText(text, columns))),
  ].join("\n");
}

/** A detail below its step. A URL in it is on a line of its own before it is broken. */
function detailText(text: string, columns: number): string {
  const begin = " ".repeat(INDENT);
  if (widthOf(begin + text) <= columns) return begin + text;
  const [first = "", ...urls] = text.split(/\s+(?=https:)/);
  const lines = [
    paragraph(first, columns - INDENT).replace(/^/gm, begin),
    ...urls.map((url) =>
      widthOf(url) <= columns ? unbroken(begin, url, columns) : hanging(`${begin}  `, url, columns),
    ),
  ];
  return lines.join("\n");
}

/** What to try after the demo, whose account is gone. @param columns as in {@link stepText} */
export function nextStepsText(environment: string, columns: number = Number.POSITIVE_INFINITY): string {
  const steps = [
    [`npx access local npx access deploy ${quoted(environment)}`, "deploys to an embedded AWS that stays"],
    ["npx access local", "serves it, with a console for the browser"],
    ["npx access new --help", "adds a client, a scope or a route"],
  ] as const;
  const width = Math.max(...steps.map(([command]) => command.length));
  const lines = steps.map(([command, does]) => `  ${command.padEnd(width)}  ${does}`);
  const shown = lines.every((line) => widthOf(line) <= columns)
    ? lines
    : steps.flatMap(([command, does]) => [unbroken("  ", command, columns), hanging("      ", does, columns)]);
  return ["What to try next (docs/get-started.md):", ...shown].join("\n");
}
