/** Terraform on the embedded AWS: everything that it does itself is the floor. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ServedProject } from "../../__tests__/support/served-project";
import type { Prepared, Row } from "../row";
import { scratchFolder, secondsOf } from "../timed";

const PHASES = [
  ["validate", "-no-color"],
  ["apply", "-auto-approve", "-no-color"],
  ["plan", "-detailed-exitcode", "-no-color"],
  ["destroy", "-auto-approve", "-no-color"],
] as const;

type Phase = (typeof PHASES)[number][0];

export const terraformRows: readonly Row[] = [
  {
    name: "lifecycle",
    ours: "validate, apply, empty plan and destroy of the example",
    peer: "as many terraform_data",
    unit: "s",
    target: { atMost: 2 },
    prepare: async () => {
      const project = new ServedProject();
      await project.serve();
      await project.synthesize();
      return await lifecycles(project);
    },
  },
];

/** The lifecycle of what the project has synthesized, beside that of as many resources without a provider. */
export async function lifecycles(project: ServedProject): Promise<Prepared> {
  const scratch = scratchFolder();
  const count = resourcesOfAws(JSON.parse(readFileSync(join(project.stack, "cdk.tf.json"), "utf8")));
  writeFileSync(join(scratch, "main.tf.json"), JSON.stringify(terraformData(count)));
  await secondsOf({ command: ["terraform", "init"], cwd: scratch });
  const ours = phasesIn(project.stack, project.environment());
  const peer = phasesIn(scratch, project.environment());
  return {
    ours: ours.once,
    peer: peer.once,
    note: () =>
      `${count} resources; ${PHASES.map(([phase]) => `${phase} ${ours.medianOf(phase)} s, ${peer.medianOf(phase)} s`).join("; ")}`,
    end: async () => {
      await project.remove();
      rmSync(scratch, { recursive: true });
    },
  };
}

/** How many resources of AWS a synthesized stack has. */
function resourcesOfAws({ resource }: { readonly resource: Readonly<Record<string, object>> }): number {
  const ofAws = Object.entries(resource).filter(([type]) => type.startsWith("aws_"));
  return ofAws.flatMap(([, byName]) => Object.keys(byName)).length;
}

function phasesIn(cwd: string, env: NodeJS.ProcessEnv) {
  const figures: Record<Phase, number[]> = { validate: [], apply: [], plan: [], destroy: [] };
  return {
    once: async () => {
      let sum = 0;
      for (const [phase, ...args] of PHASES) {
        const taken = await secondsOf({ command: ["terraform", phase, ...args], cwd, env });
        figures[phase].push(taken);
        sum += taken;
      }
      return sum;
    },
    medianOf: (phase: Phase) => {
      const [first, ...counted] = figures[phase];
      const sorted = (counted.length > 0 ? counted : [first ?? Number.NaN]).sort((a, b) => a - b);
      return (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(2);
    },
  };
}

function terraformData(count: number): object {
  const resources = Array.from({ length: count }, (_, index) => [`r${index}`, { input: `value ${index}` }]);
  return { resource: { terraform_data: Object.fromEntries(resources) } };
}
