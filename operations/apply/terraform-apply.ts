/**
 * Runs `terraform apply` over a saved plan and reads the JSON that it prints line by line.
 *
 * @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui
 */
import { createInterface } from "node:readline";
import { z } from "zod";
import { exitCodeOf } from "../../platform/child";
import { startTerraform } from "../../platform/detached-terraform";
import { jsonIn } from "../../platform/json";

/** Numbers of resources. */
export interface Applied {
  readonly added: number;
  readonly changed: number;
  readonly destroyed: number;
}

const hook = z.object({
  type: z.enum(["apply_complete", "apply_errored"]),
  hook: z.object({ resource: z.object({ addr: z.string() }), action: z.string() }),
});

const diagnostic = z.object({
  type: z.literal("diagnostic"),
  diagnostic: z.object({
    severity: z.string(),
    summary: z.string(),
    detail: z.string().default(""),
    address: z.string().optional(),
  }),
});

const changeSummary = z.object({
  type: z.literal("change_summary"),
  changes: z.object({ add: z.number(), change: z.number(), remove: z.number(), operation: z.literal("apply") }),
});

const message = z.union([hook, diagnostic, changeSummary]);

export class FailedApply extends Error {
  override readonly name = "FailedApply";

  /** @param hasDone whether a resource was changed */
  constructor(
    message: string,
    readonly hasDone: boolean,
  ) {
    super(message);
  }
}

/**
 * Applies exactly what was planned. After a signal, Terraform ends what it has begun and saves the state.
 *
 * @param folder folder of the stack, initialized
 * @param plan file with the plan
 * @param nameOf a resource's name for people, by its address
 * @param onDone receives a line for each resource that was done
 * @throws {FailedApply} with Terraform's errors; part of the plan may have been applied
 */
export async function applyPlan(
  folder: string,
  plan: string,
  nameOf: (address: string) => string,
  onDone: (line: string) => void,
): Promise<Applied> {
  const child = startTerraform(folder, ["apply", "-json", "-input=false", plan]);
  const exitCode = exitCodeOf(child);
  const errors: string[] = [];
  const counts = { added: 0, changed: 0, destroyed: 0 };
  let hasDone = false;
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString("utf8").trim()));
  for await (const line of createInterface({ input: child.stdout })) {
    const read = message.safeParse(jsonIn(line));
    if (!read.success) continue;
    if (read.data.type === "change_summary") {
      const { add, change, remove } = read.data.changes;
      Object.assign(counts, { added: add, changed: change, destroyed: remove });
    } else if (read.data.type === "diagnostic") errors.push(...errorIn(read.data.diagnostic));
    else {
      hasDone ||= read.data.type === "apply_complete";
      onDone(`${DONE[read.data.type]} ${read.data.hook.action} ${nameOf(read.data.hook.resource.addr)}`);
    }
  }
  const code = await exitCode;
  if (code === 0) return counts;
  const text = errors.filter((line) => line !== "").join("\n");
  throw new FailedApply(`terraform apply ended with ${code}:\n${text}`, hasDone);
}

const DONE = { apply_complete: "✓", apply_errored: "✗" } as const;

function errorIn({ severity, summary, detail, address }: z.infer<typeof diagnostic>["diagnostic"]): readonly string[] {
  if (severity !== "error") return [];
  return [`${address === undefined ? "" : `${address}: `}${summary}${detail === "" ? "" : `: ${detail}`}`];
}
