/**
 * Tokens and calls of every sort at full speed over 64 connections: every answer is right, and the memory of the
 * embedded AWS and its functions stops growing.
 *
 * `SOAK_SECONDS` says for how long (default 60), `SOAK_SEED` in which order (default 20260702).
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dispatcherFor } from "../support/every-pair";
import { seededRandom } from "../support/seeded-random";
import { type Served, ServedProject } from "../support/served-project";
import { call, callsTo, type Traffic, trafficYaml } from "../support/traffic";

const SECONDS = Number(process.env["SOAK_SECONDS"] ?? 60);
const SEED = Number(process.env["SOAK_SEED"] ?? 20_260_702);
const CONNECTIONS = 64;
/** The hosts of tokens and of the API. */
const HOSTS = 2;
/** The emulator's own limit for one function; the stack has one. */
const MOST_PROCESSES = 10;
const SAMPLE_EVERY = 500;

jest.setTimeout(SECONDS * 1000 + 120_000);

/** Memory at one moment, in kilobytes: the emulator and its functions together. */
interface Sample {
  readonly kilobytes: number;
  readonly functions: number;
}

const project = new ServedProject();
let served: Served;

beforeAll(async () => {
  writeFileSync(join(project.folder, "access.yaml"), trafficYaml);
  served = await project.serve();
  await project.synthesize();
  const { code } = await project.terraform("apply", "-auto-approve");
  expect(code).toBe(0);
});
afterAll(() => project.remove());

/** What the emulator and its functions take. What else it started, such as a compiler, is left out. */
function measure(emulator: number | undefined): Sample {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,rss=,args="], { encoding: "utf8" }).split("\n");
  let functions = 0;
  let kilobytes = 0;
  for (const row of rows) {
    const [pid, parent, size = 0] = row.trim().split(/\s+/, 3).map(Number);
    const isFunction = parent === emulator && row.includes("function-runtime.cjs");
    if (isFunction) functions++;
    if (isFunction || pid === emulator) kilobytes += size;
  }
  return { kilobytes, functions };
}

/** Calls for as long as it should, and measures meanwhile. */
async function load(): Promise<{ readonly traffic: Traffic; readonly samples: readonly Sample[] }> {
  const deployed = await project.deployed();
  const calls = await callsTo(deployed);
  const dispatcher = dispatcherFor(deployed, CONNECTIONS / HOSTS);
  const samples: Sample[] = [];
  const sampler = setInterval(() => samples.push(measure(served.server.pid)), SAMPLE_EVERY);
  const endsAt = performance.now() + SECONDS * 1000;
  try {
    const isOver = () => performance.now() >= endsAt;
    return { traffic: await call(calls, dispatcher, CONNECTIONS, seededRandom(SEED), isOver), samples };
  } finally {
    clearInterval(sampler);
    await dispatcher.close();
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

describe(`${SECONDS} s of traffic over ${CONNECTIONS} connections, with seed ${SEED}`, () => {
  it("is answered without a mistake, within memory and processes that do not grow", async () => {
    const { traffic, samples } = await load();
    const sizes = samples.map(({ kilobytes }) => kilobytes);
    const third = Math.floor(sizes.length / 3);
    const middle = median(sizes.slice(third, 2 * third));
    const last = median(sizes.slice(2 * third));
    const total = Object.values(traffic.right).reduce((sum, count) => sum + count, 0);
    const functions = Math.max(...samples.map((sample) => sample.functions));
    process.stdout.write(
      `${total} right answers, ${Math.round(total / SECONDS)} a second; ${JSON.stringify(traffic.right)}\n` +
        `memory ${middle} kB, then ${last} kB; ${functions} processes of functions\n`,
    );

    expect(traffic.wrong).toEqual([]);
    expect(Math.min(...Object.values(traffic.right))).toBeGreaterThan(0);
    expect(last).toBeLessThan(1.1 * middle);
    expect(functions).toBeGreaterThan(0);
    expect(functions).toBeLessThanOrEqual(MOST_PROCESSES);
  });
});
