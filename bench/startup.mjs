/**
 * How long a person waits: for the synthesis, for the embedded AWS to be ready, and for the whole demo.
 * Run with `node bench/startup.mjs [runs]` after `npm ci`; prints each figure's minimum, median and maximum in seconds.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));
const runs = Number(process.argv[2] ?? 5);

/** Seconds until the process has written the text or, without one, has ended. */
function time(args, { until, env = {} }) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    const child = spawn(process.execPath, args, {
      cwd: project,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let ready;
    child.stdout.on("data", (chunk) => {
      if (until === undefined || ready !== undefined || !String(chunk).includes(until)) return;
      ready = seconds();
      child.kill("SIGINT");
    });
    child.once("close", (code) =>
      code === 0 ? resolve(ready ?? seconds()) : reject(new Error(`${args.join(" ")}: exit code ${code}`)),
    );
  });
}

async function measure(name, args, options = {}) {
  const figures = [];
  // The first run fills the system's caches and is not counted.
  for (let run = 0; run <= runs; run++) figures.push(await time(args, options));
  const sorted = figures.slice(1).sort((a, b) => a - b);
  const [least, median, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  console.log(`${name.padEnd(44)} ${least.toFixed(2)}  ${median.toFixed(2)}  ${most.toFixed(2)}`);
}

const scratch = mkdtempSync(join(tmpdir(), "bench-"));
console.log(`${"seconds".padEnd(44)} min   median  max   (${runs} runs, Node ${process.version})`);
await measure("synthesize: npm run synth", ["--require", "./cli/typescript.cjs", "main.ts"], {
  env: { CDKTF_OUTDIR: join(scratch, "out") },
});
await measure("embedded AWS until it is ready: npx access local", ["cli/access.cjs", "local"], {
  until: "The embedded AWS is ready",
});
await measure("whole demo: npx access demo", ["cli/access.cjs", "demo"]);
rmSync(scratch, { recursive: true, force: true });
