/**
 * `npm run bench`: how fast the project is, against what one would use instead, measured in turn in one run.
 * `npm run bench -- <row> …` measures some rows only, `--runs <n>` so often; without any, the table is written to
 * `bench/RESULTS.md`, after each row, so that a run that is interrupted loses one row at most.
 */
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cleanEnvironment } from "../__tests__/support/processes";
import { nearestName } from "../access/nearest-name";
import { table } from "../platform/markdown";
import { DEFAULT_RUNS, isReached, measure, type Result, type Row, type Spread } from "./row";
import { growthRows } from "./rows/growth";
import { installRows } from "./rows/install";
import { loopRows } from "./rows/loop";
import { requestRows } from "./rows/requests";
import { startRows } from "./rows/start";
import { terraformRows } from "./rows/terraform";

const rows: readonly Row[] = [
  ...startRows,
  ...terraformRows,
  ...requestRows,
  ...loopRows,
  ...growthRows,
  ...installRows,
];

const RESULTS = join(__dirname, "RESULTS.md");

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

async function main(args: readonly string[]): Promise<void> {
  const options = { help: { type: "boolean" }, runs: { type: "string" } } as const;
  const { values, positionals: names } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (values.help) return console.log(usage());
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  const unknown = names.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined) {
    const near = nearestName(
      unknown,
      rows.map(({ name }) => name),
    );
    console.error(`Unknown row "${unknown}".${near === undefined ? "" : ` Did you mean ${near}?`}\n\n${usage()}`);
    process.exitCode = 64;
    return;
  }
  if (!existsSync(join(__dirname, "node_modules"))) {
    execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: __dirname, stdio: ["ignore", 2, 2] });
  }
  const results: Result[] = [];
  const chosen = rows.filter(({ name }) => names.length === 0 || names.includes(name));
  const begin = names.length === 0 ? heading() : "";
  for (const [index, row] of chosen.entries()) {
    const often = runs ?? row.runs ?? DEFAULT_RUNS;
    console.error(`${index + 1} of ${chosen.length}: ${row.name}, ${often} runs …`);
    const startedAt = performance.now();
    try {
      const result = await measure(row, often);
      results.push(result);
      console.error(`  ${lineOf(result).slice(2).filter(Boolean).join("  ")}`);
    } catch (error) {
      // The other rows are measured all the same.
      console.error(`  ${row.name} failed:`, error);
      process.exitCode = 1;
    }
    console.error(`  took ${Math.round((performance.now() - startedAt) / 1000)} s`);
    if (names.length === 0) writeFileSync(RESULTS, `${begin}\n\n${textOf(results)}\n`);
  }
  console.log(names.length > 0 ? textOf(results) : `Written to ${RESULTS}`);
}

function textOf(results: readonly Result[]): string {
  return [...table(COLUMNS, results.map(lineOf)), "", ...results.flatMap(noteOf)].join("\n").trimEnd();
}

function usage(): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const list = rows.map(
    ({ name, ours, peer }) => `  ${name.padEnd(width)}  ${ours}${peer ? `; compared with ${peer}` : ""}`,
  );
  return `Usage: npm run bench [-- [--runs <n>] <row> …]\n\nRows:\n${list.join("\n")}`;
}

const COLUMNS = ["Row", "Measured", "Ours", "Compared with", "Theirs", "Ratio", "Target", "Reached"];

function lineOf(result: Result): readonly string[] {
  const { row, runs, ours, peer, ratio } = result;
  const { name, unit, target } = row;
  const bound = target && ("atMost" in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`);
  const reached = isReached(result);
  return [
    name,
    `${row.ours} (${runs} runs)`,
    figure(ours, unit),
    row.peer ?? "",
    peer === undefined ? "" : figure(peer, unit),
    ratio === undefined ? "" : figure(ratio, "×"),
    bound === undefined ? "" : `${bound} ${ratio === undefined ? unit : "×"}`,
    reached === undefined ? "" : reached ? "yes" : "no",
  ];
}

function noteOf({ row, note }: Result): readonly string[] {
  return note === undefined ? [] : [`- ${row.name}: ${note}`];
}

function figure({ least, median, most }: Spread, unit: string): string {
  return `${short(median)} ${unit} (${short(least)}–${short(most)})`;
}

function short(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}

function heading(): string {
  const processors = cpus();
  return [
    "# Results",
    "",
    "Made by `npm run bench`; NOTES.md says where the time goes. Each figure is the median, with minimum and maximum in parentheses. Both sides of a row are measured in turn, and the ratio is that of each pair: absolute times differ between machines by a factor of three.",
    "",
    `${new Date().toISOString().slice(0, 10)}, ${processors.length} processors (${processors[0]?.model.trim()}), Node ${process.version}, Terraform ${terraformVersion()}.`,
  ].join("\n");
}

function terraformVersion(): string {
  const { terraform_version } = JSON.parse(
    execFileSync("terraform", ["version", "-json"], { encoding: "utf8", env: cleanEnvironment() }),
  );
  return String(terraform_version);
}
