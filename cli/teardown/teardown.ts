/** A teardown, step by step. What was done in an earlier run is not in the state any more, so the next one goes on. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { callAws } from "../aws-call";
import { managedResources, readState } from "../state-json";
import { UserError } from "../user-error";
import { destroyAll, liftProtectionOf } from "./destruction";
import { describeInventory, inventoryOf } from "./inventory";
import { findLeftovers } from "./leftovers";
import type { Receipt } from "./receipt";
import { namesOf } from "./stack-names";

/** What a teardown works with. */
export interface TeardownContext {
  readonly environment: string;
  /** Folder of the stack, initialized. */
  readonly folder: string;
  readonly call: typeof callAws;
  /** Tells people what is going on. */
  readonly say: (text: string) => void;
  /** Resolves when it may be destroyed. @throws {UserError} when not */
  readonly confirm: () => Promise<void>;
  readonly now: () => Date;
}

/** Destroys the stack and looks for what is left. @throws {UserError} when a step fails, or nobody confirms */
export async function tearDown(context: TeardownContext): Promise<Receipt> {
  const { environment, folder, say, now } = context;
  const startedAt = now().toISOString();
  const state = await readState(folder);
  const names = namesOf(JSON.parse(await readFile(join(folder, "cdk.tf.json"), "utf8")), state);
  const inventory = inventoryOf(state);
  const isEmpty = managedResources(state).length === 0;
  if (isEmpty) say(`There is nothing in the state of ${environment}.`);
  else say(describeInventory(environment, inventory));
  const destroyed = isEmpty ? 0 : await destroy(context, inventory.protectedPools);
  say("Looking for what is left over …");
  const looked = await findLeftovers(context.call, names);
  return {
    environment,
    region: names.region,
    startedAt,
    finishedAt: now().toISOString(),
    isProtectionLifted: inventory.protectedPools.length > 0,
    destroyed,
    counts: inventory.counts,
    clients: inventory.clients,
    ...looked,
  };
}

async function destroy(context: TeardownContext, protectedPools: readonly string[]): Promise<number> {
  const { folder, say, confirm, environment } = context;
  await confirm();
  // Terraform is told of a Ctrl-C by the terminal, and ends in order; then this ends with what it said.
  const interrupted = () => say("Interrupted: waiting for Terraform to end what it has begun …");
  process.on("SIGINT", interrupted);
  try {
    if (protectedPools.length > 0) {
      say(`Lifting the deletion protection of ${protectedPools.join(", ")}, and changing nothing else …`);
      await liftProtectionOf(folder, protectedPools);
      say("✓ deletion protection is lifted");
    }
    say(`Destroying ${environment} …`);
    const destroyed = await destroyAll(folder);
    say(`✓ ${destroyed} resources are destroyed`);
    return destroyed;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${error.message}\nRun the same command again: it goes on with what is left.`, error.exitCode);
  } finally {
    process.off("SIGINT", interrupted);
  }
}
