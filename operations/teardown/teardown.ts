/** A teardown, step by step. What was done in an earlier run is not in the state any more, so the next one goes on. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { callAws } from "../../platform/aws-call";
import { callerAccount } from "../../platform/caller-account";
import { uninterrupted } from "../../platform/interruption";
import { statePlaceOf } from "../../platform/state-place";
import { UserError } from "../../platform/user-error";
import { LookRefused } from "../deployed/aws-look";
import { findLeftovers, findMainThings, type Looked } from "../deployed/leftovers";
import { namesOf, type StackNames } from "../deployed/stack-names";
import type { ResourceChange } from "../plan-file/plan-json";
import { managedResources, readState, type StateValues } from "../plan-file/state-json";
import { addedClients } from "./added-clients";
import { destroyAll, findDeployed, liftProtectionOf } from "./destruction";
import { describeInventory, destroyedIn, type Inventory, inventoryOf } from "./inventory";
import type { Receipt } from "./receipt";

/** What a teardown works with. */
export interface TeardownContext {
  readonly environment: string;
  /** The project's folder, as seen from the package. */
  readonly project: string;
  /** Folder of the stack, initialized. */
  readonly folder: string;
  readonly call: typeof callAws;
  /** Tells people what is going on. */
  readonly say: (text: string) => void;
  /** Resolves when it may be destroyed. @throws {UserError} when not */
  readonly confirm: (target: Target) => Promise<void>;
  readonly now: () => Date;
}

/** Where something is destroyed. */
export interface Target {
  /** The project's folder, as seen from the package. */
  readonly project: string;
  readonly region: string;
  readonly account: string;
}

/** Destroys the stack and looks for what is left. @throws {UserError} when a step fails, or nobody confirms */
export async function tearDown(context: TeardownContext): Promise<Receipt> {
  const { environment, folder, call, project, say, now } = context;
  const startedAt = now().toISOString();
  const state = await readState(folder);
  const names = namesOf(JSON.parse(await readFile(join(folder, "cdk.tf.json"), "utf8")), state);
  const account = await callerAccount(names.region, call);
  requireAccount(environment, account, names.accounts);
  const target = { project, region: names.region, account };
  say(`Project ${project}, environment ${environment}: ${names.region}, account ${target.account}.`);
  const isEmpty = managedResources(state).length === 0;
  if (isEmpty) await requireNothingLive(context, names, target.account);
  const inventory = isEmpty ? inventoryOf(state) : await takeStock(context, names.region, state);
  say(isEmpty ? `There is nothing in the state of ${environment}.` : describeInventory(environment, inventory));
  const destroyed = isEmpty ? [] : await destroy(context, target, inventory.protectedPools);
  say("Looking for what is left over …");
  const looked = await untilInterrupted(() => findLeftovers(call, names));
  const { counts, clients } = destroyedIn(destroyed);
  return {
    environment,
    project,
    region: names.region,
    account: target.account,
    startedAt,
    finishedAt: now().toISOString(),
    isProtectionLifted: inventory.protectedPools.length > 0,
    destroyed: destroyed.length,
    counts,
    clients: [...clients, ...inventory.strangers],
    gone: inventory.gone,
    ...looked,
  };
}

/** Another account has nothing of the stack, so that "nothing is left" would be no news. @throws {UserError} */
function requireAccount(environment: string, account: string, allowed: readonly string[]): void {
  if (allowed.length === 0 || allowed.includes(account)) return;
  throw new UserError(
    `these are credentials of account ${account}, but ${environment} is in ${allowed.join(", ")}. Nothing was changed.`,
  );
}

/** Whoever does not wait for it gets a receipt of what was destroyed, all the same. */
async function untilInterrupted(look: () => Promise<Looked>): Promise<Looked> {
  let stop: (looked: Looked) => void = () => undefined;
  const stopped = new Promise<Looked>((resolve) => {
    stop = resolve;
  });
  const nothing: Looked = { leftovers: [], notLookedAt: ["all of it: interrupted. Run the same command again"] };
  return await uninterrupted(
    () => Promise.race([look(), stopped]),
    () => stop(nothing),
  );
}

/** Of what is there: the state may be older than what somebody did. */
async function takeStock(
  { folder, call, say }: TeardownContext,
  region: string,
  state: StateValues,
): Promise<Inventory> {
  say("Looking at what there is …");
  const { values, gone, goneClients } = await findDeployed(folder, state);
  return inventoryOf(values, gone, [...(await addedClients(call, region, values, say)), ...goneClients]);
}

/** With an empty state, what lives was most likely deployed with another one. @throws {UserError} when something does */
async function requireNothingLive({ environment, folder, call }: TeardownContext, names: StackNames, account: string) {
  const live = await findMainThings(call, names).catch((error: unknown) => {
    // What may not be looked at is told with the leftovers.
    if (error instanceof LookRefused) return [];
    throw error;
  });
  if (live.length === 0) return;
  const things = live.map(({ kind, name, detail }) => `  ${kind} ${name} (${detail})`).join("\n");
  throw new UserError(
    `the state of ${environment} is empty, but in ${names.region} of account ${account} there are live things of its name:
${things}
Nothing was changed. Their state is probably elsewhere; it was looked for in
  ${statePlaceOf(folder)}
Put it back there, or run this where it is.`,
  );
}

async function destroy(
  context: TeardownContext,
  target: Target,
  protectedPools: readonly string[],
): Promise<readonly ResourceChange[]> {
  const { folder, say, confirm, environment } = context;
  await confirm(target);
  try {
    return await uninterrupted(
      async (interruption) => {
        let lifted = "";
        const check = () => interruption.check(`interrupted: nothing was destroyed.${lifted}`);
        if (protectedPools.length > 0) {
          say(`Lifting the deletion protection of ${protectedPools.join(", ")}, and changing nothing else …`);
          await liftProtectionOf(folder, protectedPools);
          say("✓ deletion protection is lifted");
          lifted = ` The deletion protection is lifted; a deployment puts it back: npx cdktf deploy ${environment}`;
        }
        check();
        say(`Destroying ${environment} …`);
        const destroyed = await destroyAll(folder, check).catch((error: unknown) => {
          // What Terraform says of it is that it was interrupted.
          interruption.check("interrupted: what is destroyed is out of the state.");
          throw error;
        });
        say(`✓ ${destroyed.length} resources are destroyed`);
        return destroyed;
      },
      () => say("Interrupted: waiting for Terraform to end what it has begun …"),
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${error.message}\nRun the same command again: it goes on with what is left.`, error.exitCode);
  }
}
