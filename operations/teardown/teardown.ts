/** A teardown, step by step. Resources that an earlier run destroyed are no longer in the state, so the next run continues. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Aws, callerAccount } from "../../platform/aws";
import { uninterrupted } from "../../platform/interruption";
import { accountName, awsName, copyable } from "../../platform/local-command";
import { counted } from "../../platform/markdown";
import { UserError } from "../../platform/user-error";
import { emptyStateError } from "../deployed/empty-state";
import { findLeftovers, findOrphans, type Leftovers } from "../deployed/leftovers";
import { namesOf, type StackNames } from "../deployed/stack-names";
import { requireOwnState } from "../deployed/state-owner";
import { findUnmanaged, notCheckedLines, UNMANAGED_KINDS } from "../deployed/unmanaged";
import type { Finding } from "../plan-file/finding";
import type { ResourceChange } from "../plan-file/plan-json";
import { managedResources, readState, type StateValues } from "../plan-file/state-json";
import { destroyAll, findDeployed, liftProtectionOf } from "./destruction";
import { blockerLines, describeInventory, destroyedIn, type Inventory, inventoryOf } from "./inventory";
import type { Receipt } from "./receipt";

/** What a teardown works with. */
export interface TeardownContext {
  readonly environment: string;
  /** The project's folder, as seen from the package. */
  readonly project: string;
  /** Folder of the stack, initialized. */
  readonly folder: string;
  /** Clients of a region. */
  readonly clients: (region: string) => Aws;
  /** Prints a line of progress. */
  readonly say: (text: string) => void;
  /** Prints what begins now. */
  readonly step: (text: string) => void;
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

/** App clients that were added; with them, what AWS refuses to delete the stack for. */
const KINDS = UNMANAGED_KINDS.filter(({ attribute, isBlocking }) => attribute === "app_client" || isBlocking);

const addedClient = z.object({ name: z.string(), id: z.string() });

/** Destroys the stack and looks for leftovers. @throws {UserError} when a step fails or is not confirmed */
export async function tearDown(context: TeardownContext): Promise<Receipt> {
  const { environment, folder, clients, project, say, step, now } = context;
  const startedAt = now().toISOString();
  const state = await readState(folder);
  requireOwnState(environment, folder, state);
  const names = namesOf(JSON.parse(await readFile(join(folder, "cdk.tf.json"), "utf8")), managedResources(state));
  const { region } = names;
  const aws = clients(region);
  const account = await callerAccount(aws);
  requireAccount(environment, account, names.accounts);
  say(`Project ${project}, environment ${environment}: ${region}, ${accountName(account)}.`);
  const isEmpty = managedResources(state).length === 0;
  if (isEmpty) await requireNothingLive(context, names, account);
  const inventory = isEmpty ? inventoryOf(state) : await takeInventory(context, state);
  say(isEmpty ? `There is nothing in the state of ${environment}.` : describeInventory(environment, inventory));
  const target = { project, region, account };
  const destroyed = isEmpty ? [] : await destroy(context, target, inventory.protectedPools);
  step("Checking for remaining resources");
  const looked = await untilInterrupted(() => findLeftovers(aws, names));
  const { counts, clients: destroyedClients } = destroyedIn(destroyed);
  return {
    environment,
    project,
    region,
    account,
    startedAt,
    finishedAt: now().toISOString(),
    isProtectionLifted: inventory.protectedPools.length > 0,
    destroyed: destroyed.length,
    counts,
    clients: [...destroyedClients, ...inventory.otherClients],
    gone: inventory.gone,
    ...looked,
  };
}

/** Another account has nothing of the stack, so "nothing is left" would mean nothing. @throws {UserError} */
function requireAccount(environment: string, account: string, allowed: readonly string[]): void {
  if (allowed.length === 0 || allowed.includes(account)) return;
  throw new UserError(
    `the credentials belong to account ${account}, but ${environment} is in ${allowed.join(", ")}. Nothing was changed.`,
  );
}

/** An interruption ends the look, and not the receipt of what was destroyed. */
async function untilInterrupted(look: () => Promise<Leftovers>): Promise<Leftovers> {
  let stop: (looked: Leftovers) => void = () => undefined;
  const stopped = new Promise<Leftovers>((resolve) => {
    stop = resolve;
  });
  const nothing: Leftovers = { leftovers: [], notChecked: ["everything: interrupted. Run the same command again"] };
  return await uninterrupted(
    () => Promise.race([look(), stopped]),
    () => stop(nothing),
  );
}

/** The inventory by AWS: the state may be older than an out-of-band change. */
async function takeInventory(context: TeardownContext, state: StateValues): Promise<Inventory> {
  context.step(`Reading the resources from ${awsName()}`);
  const { values, gone, goneClients } = await findDeployed(context.folder, state);
  const unmanaged = await unmanagedIn(context, values);
  const added = unmanaged.filter(({ attribute }) => attribute === "app_client");
  const addedClients = added.map(({ found }) => ({
    ...addedClient.parse(JSON.parse(found)),
    note: "added outside Terraform",
  }));
  const blockers = unmanaged.filter((finding) => !added.includes(finding));
  return inventoryOf(values, { gone, otherClients: [...addedClients, ...goneClients], blockers });
}

async function unmanagedIn(
  { environment, clients, say }: TeardownContext,
  values: StateValues,
): Promise<readonly Finding[]> {
  const { findings, notChecked } = await findUnmanaged(managedResources(values), {
    environment,
    kinds: KINDS,
    isLenient: true,
    clients,
  });
  for (const line of notCheckedLines(notChecked)) say(line);
  return findings;
}

/** With an empty state, a pool or an API is live, or an interrupted deployment left it. @throws {UserError} when there is one */
async function requireNothingLive(
  { environment, folder, clients }: TeardownContext,
  names: StackNames,
  account: string,
) {
  const { region } = names;
  // What AWS refuses to list, the receipt names as not checked.
  const { found } = await findOrphans(clients(region), names);
  const isLive = found.some(({ type }) => ["aws_cognito_user_pool", "aws_api_gateway_rest_api"].includes(type));
  if (isLive) throw emptyStateError({ environment, folder, region, account }, found);
}

async function destroy(
  context: TeardownContext,
  target: Target,
  protectedPools: readonly string[],
): Promise<readonly ResourceChange[]> {
  const { folder, say, step, confirm, environment } = context;
  await confirm(target);
  let isInterrupted = false;
  try {
    return await uninterrupted(
      async (interruption) => {
        const nothingDestroyed = (protection: string) => `interrupted: nothing was destroyed.${protection}`;
        const again = `a deployment enables it again: ${copyable(`npx access deploy ${environment}`)}`;
        let lifted = "";
        if (protectedPools.length > 0) {
          step(`Lifting the deletion protection of ${protectedPools.join(", ")}, and changing nothing else`);
          await liftProtectionOf(folder, protectedPools, (hasBegun) =>
            interruption.check(nothingDestroyed(hasBegun ? ` The deletion protection may be lifted; ${again}` : "")),
          );
          say("✓ deletion protection is lifted");
          lifted = ` The deletion protection is lifted; ${again}`;
        }
        interruption.check(nothingDestroyed(lifted));
        step(`Destroying ${environment}`);
        const destroyed = await destroyAll(folder, (hasBegun) =>
          interruption.check(
            hasBegun
              ? "interrupted: Terraform removed the destroyed resources from the state."
              : nothingDestroyed(lifted),
          ),
        );
        say(`✓ ${counted(destroyed.length, "resource was", "resources were")} destroyed`);
        return destroyed;
      },
      () => {
        isInterrupted = true;
        step("Interrupted: waiting for Terraform to complete the operations in progress");
      },
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const advice = isInterrupted ? CONTINUE : await adviceAfterFailure(context);
    throw new UserError(`${error.message}\n${advice}`, error.exitCode);
  }
}

const CONTINUE = "Run the same command again: it continues with the remaining resources.";

/** The same command fails again as long as something outside the stack blocks it. */
export async function adviceAfterFailure(context: TeardownContext): Promise<string> {
  const blockers = await unmanagedIn(context, await readState(context.folder)).then(
    (found) => found.filter(({ attribute }) => attribute !== "app_client"),
    () => [],
  );
  if (blockers.length === 0) return `${CONTINUE} If AWS refuses it again, remove what AWS names first.`;
  const lines = blockerLines(blockers).map((line) => `  ${line}`);
  return ["AWS may refuse because of resources that Terraform does not manage. Remove them:", ...lines, CONTINUE].join(
    "\n",
  );
}
