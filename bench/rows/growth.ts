/** How time and memory grow with the system. Each row compares a size with a smaller one. */
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment, copyOfProject, script } from "../../__tests__/support/processes";
import { ServedProject } from "../../__tests__/support/served-project";
import type { Row } from "../row";
import { commands, peakMemoryOf, secondsOf } from "../timed";
import { lifecycles } from "./terraform";

const ROUTES = 300;
/** What AWS lets a user pool have unless it is asked for more. */
const MAX_CLIENTS = 1000;

/** The policy of a function has room for the permissions of some 60 routes. */
const FUNCTIONS = 6;
/** An API has 300 resources at most, of which the root is one: each path has three methods. */
const METHODS = ["GET", "POST", "PUT"];

/** Routes share six functions; each client may call every route of its scope. */
function accessYaml(clients: number, routes = ROUTES): string {
  const scopes = Array.from({ length: 20 }, (_, scope) => `s${scope}`);
  const lines = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, i) => line(i));
  return [
    "environments:",
    "  dev: { region: eu-west-1, domainPrefix: growth-dev, ephemeral: true }",
    "resourceServers:",
    `  api: { scopes: { ${scopes.map((scope) => `${scope}: Scope ${scope}`).join(", ")} } }`,
    "clients:",
    ...lines(clients, (index) => `  client-${index}: { scopes: [api/s${index % 20}] }`),
    "routes:",
    ...lines(routes, (index) => {
      const route = `${METHODS[index % METHODS.length]} /r${Math.floor(index / METHODS.length)}`;
      return `  ${route}: { lambda: f${index % FUNCTIONS}, scopes: [api/s${index % 20}] }`;
    }),
  ].join("\n");
}

/** A copy of the project with so many clients and routes. */
function projectWith(clients: number, routes = ROUTES): string {
  const folder = copyOfProject();
  fill(folder, clients, routes);
  return folder;
}

/** A copy of the project as above, whose embedded AWS is served. */
async function servedProjectWith(clients: number, routes: number): Promise<ServedProject> {
  const project = new ServedProject();
  fill(project.folder, clients, routes);
  await project.serve();
  return project;
}

function fill(folder: string, clients: number, routes: number): void {
  writeFileSync(join(folder, "access.yaml"), accessYaml(clients, routes));
  const handlerFile = (name: string) => join(folder, "lambda", `${name}.ts`);
  for (let index = 0; index < FUNCTIONS; index++) copyFileSync(handlerFile("access"), handlerFile(`f${index}`));
}

function synthesisIn(folder: string) {
  return { command: script("main.ts"), cwd: folder, env: cleanEnvironment({ CDKTF_OUTDIR: join(folder, "out") }) };
}

/** Tenfold work may take 10^1.1 of the time. */
const TENFOLD = Number((10 ** 1.1).toFixed(1));

function synthesisRow(name: string, clients: number, smaller: number, atMost: number): Row {
  return {
    name,
    ours: `synthesize ${clients.toLocaleString("en")} clients and ${ROUTES} routes`,
    peer: smaller === 0 ? "the example" : `${smaller} clients and ${ROUTES} routes`,
    unit: "s",
    target: { atMost },
    prepare: async () => {
      const ours = projectWith(clients);
      const peer = smaller === 0 ? copyOfProject() : projectWith(smaller);
      const folders = [ours, peer];
      return commands(synthesisIn(ours), synthesisIn(peer), async () => {
        for (const folder of folders) rmSync(folder, { recursive: true });
      });
    },
  };
}

function lifecycleRow(name: string, clients: number, routes: number, runs: number): Row {
  return {
    name,
    ours: `validate, apply, empty plan and destroy of ${clients} clients and ${routes} routes`,
    peer: "as many terraform_data",
    unit: "s",
    runs,
    prepare: async () => {
      const project = await servedProjectWith(clients, routes);
      await project.synthesize();
      return await lifecycles(project);
    },
  };
}

/** A command on a deployed system with 1,000 clients, beside the same on the example. */
function commandRow(name: string, args: readonly string[]): Row {
  return {
    name,
    ours: `npx access ${args.join(" ")} with 1,000 clients`,
    peer: "the example",
    unit: "s",
    prepare: async () => {
      const example = new ServedProject();
      await example.serve();
      const projects = [await servedProjectWith(MAX_CLIENTS, 20), example] as const;
      for (const project of projects) await project.deploy();
      const [ours, peer] = projects.map((project) => () => {
        const [command = "", ...rest] = args;
        return secondsOf({
          command: script(`cli/${command}.ts`, ...rest),
          cwd: project.folder,
          env: project.environment(),
        });
      }) as [() => Promise<number>, () => Promise<number>];
      const end = async () => {
        for (const project of projects) await project.remove();
      };
      return { ours, peer, end };
    },
  };
}

export const growthRows: readonly Row[] = [
  synthesisRow("synth-1000", 1000, 0, 4),
  synthesisRow("synth-growth-100", 100, 10, TENFOLD),
  synthesisRow("synth-growth-1000", 1000, 100, TENFOLD),
  {
    name: "synth-memory",
    ours: `memory to synthesize 1,000 clients and ${ROUTES} routes`,
    unit: "MiB",
    target: { atMost: 300 },
    prepare: async () => {
      const folder = projectWith(1000);
      return {
        ours: () => peakMemoryOf(synthesisIn(folder)),
        end: async () => rmSync(folder, { recursive: true }),
      };
    },
  },
  lifecycleRow("lifecycle-250", 60, 30, 3),
  lifecycleRow("lifecycle-2500", 900, ROUTES, 1),
  commandRow("review-1000", ["review", "dev"]),
  commandRow("drift-1000", ["drift", "dev"]),
];
