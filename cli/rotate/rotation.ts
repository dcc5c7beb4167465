/**
 * A rotation by two secrets. Nothing is remembered between two runs: how far it has come is told by AWS, by the secrets
 * that the client has and by which of them is delivered. So each step may be the last one of a run, and the next run
 * goes on from there.
 */
import { UserError } from "../user-error";
import { AwsRefusal } from "./aws";
import type { ClientSecret } from "./client-secrets";
import { ManagerDelivery } from "./manager-delivery";
import { becomes, isTaken } from "./proof";
import { day, goingOn, isOlder, knownOld, type RotationContext, wasCutShort } from "./situation";

/** How far a run has come. */
export interface Outcome {
  /** `overlapping`: both secrets are taken. `unchanged`: there was nothing to do. */
  readonly kind: "overlapping" | "finished" | "aborted" | "delivered" | "unchanged";
  /** AWS's id of the secret that is delivered. */
  readonly secretId: string;
}

/** The longest overlap that is waited for. */
const LONGEST_WAIT_MS = 600_000;
const SHOW_EVERY_MS = 10_000;

/**
 * Rotates, or takes up a rotation that is going on.
 * @param overlapMs how long both secrets are to be taken; left out means until somebody finishes it
 * @throws {UserError} when a step fails; the same command goes on from there
 */
export async function rotate(context: RotationContext, overlapMs?: number): Promise<Outcome> {
  const { secrets, say } = context;
  const [older, newer] = await secrets.list();
  if (older === undefined) throw new UserError(`client "${context.client.name}" has no secret.`, 2);
  if (newer === undefined && (await wasCutShort(context))) {
    say("A rotation was interrupted after the old secret was deleted: Terraform's state is brought along.");
    return await settled(context, "finished", older);
  }
  const added = newer === undefined ? undefined : await goingOn(context, older, newer);
  const current = added ?? (await addAndDeliver(context));
  if (!(await becomes(context.client, await deliveredValue(context, current), "taken", context.wait))) {
    throw new UserError(
      `the new secret is delivered, but ${context.client.tokenUrl} refuses it. Run this again, or --abort.`,
    );
  }
  say("✓ a token was issued for the new secret");
  await proveOld(context);
  await followDelivered(context);
  if (!(await overlapIsOver(context, current, overlapMs))) {
    return { kind: "overlapping", secretId: current.id };
  }
  return await deleteOld(context, older, current);
}

/** Ends the overlap. @throws {UserError} when the secret that is delivered is not the new one, or is refused */
export async function finish(context: RotationContext): Promise<Outcome> {
  const [older, newer] = await context.secrets.list();
  if (older === undefined) throw new UserError(`client "${context.client.name}" has no secret.`, 2);
  if (newer === undefined) return await settled(context, "unchanged", older);
  const delivered = await context.delivery.current();
  if (delivered === undefined || !delivered.is(newer)) {
    const what = `the new secret of ${day(newer)} is not what is delivered by ${context.delivery.place}`;
    throw new UserError(`${what}, so the old one stays. Run the command without --finish first.`);
  }
  if (!(await becomes(context.client, delivered.value, "taken", context.wait))) {
    throw new UserError(`${context.client.tokenUrl} refuses the new secret, so the old one stays.`);
  }
  context.say("✓ a token was issued for the new secret");
  await followDelivered(context);
  return await deleteOld(context, older, newer);
}

/** Takes the new secret away again. @throws {UserError} when callers may use it, and the old one is not known */
export async function abort(context: RotationContext): Promise<Outcome> {
  const { client, secrets, delivery, say } = context;
  const [older, newer] = await secrets.list();
  if (older === undefined) throw new UserError(`client "${client.name}" has no secret.`, 2);
  if (newer === undefined) return await settled(context, "unchanged", older);
  const delivered = await delivery.current();
  if (delivered === undefined) throw new UserError(`there is no ${delivery.place}: name what was delivered to.`);
  const isOld = await isOlder(delivered, older, secrets);
  if (!isOld) {
    const old = await knownOld(context);
    if (old === undefined || !(await isTaken(client, old))) {
      const what = `services get the new secret from ${delivery.place}, and the old one is not known any more`;
      throw new UserError(`${what}. It cannot be taken back; go on with --finish.`);
    }
    await delivery.put(older, old);
    say(`✓ the old secret is delivered again: ${delivery.place}`);
  }
  await secrets.delete(newer);
  say(`✓ the new secret of ${day(newer)} is deleted`);
  if (!isOld) await requireRefused(context, delivered.value, "new");
  return await settled(context, "aborted", older);
}

/**
 * Delivers the secret that is delivered once more, with the scopes and the token URL as they are deployed now.
 * @throws {UserError} when it is not known which of the client's secrets that is
 */
export async function deliverAgain({ client, secrets, delivery, state, say }: RotationContext): Promise<Outcome> {
  const [older, newer] = await secrets.list();
  const delivered = await delivery.current();
  const known = [older, newer].find((secret) => secret !== undefined && delivered?.is(secret));
  const secret = known ?? (newer === undefined ? older : undefined);
  if (delivered === undefined || secret === undefined || !(await isTaken(client, delivered.value))) {
    throw new UserError(`${delivery.place} delivers no secret that the client has, so it is not delivered again.`);
  }
  await delivery.put(secret, delivered.value);
  say(`✓ the same secret is delivered with what is deployed now: ${delivery.place}`);
  await followDelivered({ delivery, state });
  return { kind: "delivered", secretId: secret.id };
}

async function addAndDeliver({ client, secrets, delivery, say }: RotationContext): Promise<ClientSecret> {
  const before = await delivery.current();
  // A client that gets no token whatever its secret is told of before anything is changed.
  if (before !== undefined && before.value !== "") await isTaken(client, before.value);
  await delivery.prepare();
  const added = await secrets.add();
  say(`✓ a second secret is added: ${day(added)}`);
  try {
    await delivery.put(added, added.value);
  } catch (error) {
    // Only when it is certain that nobody got it.
    if (error instanceof AwsRefusal) await secrets.delete(added);
    throw error instanceof AwsRefusal ? new UserError(`${error.message}. The second secret is deleted again.`) : error;
  }
  say(`✓ it is delivered: ${delivery.place}`);
  return { id: added.id, createdAt: added.createdAt };
}

async function deliveredValue({ delivery }: RotationContext, expected: ClientSecret): Promise<string> {
  const delivered = await delivery.current();
  if (delivered?.is(expected)) return delivered.value;
  throw new UserError(`${delivery.place} was changed by somebody else in the meantime. Run the command again.`);
}

async function proveOld(context: RotationContext): Promise<void> {
  const old = await knownOld(context);
  if (old === undefined) return context.say("- the old secret is not known any more, so it is not tried");
  const isStillTaken = await isTaken(context.client, old);
  context.say(isStillTaken ? "✓ a token was issued for the old secret, too" : "- the old secret is refused already");
}

async function overlapIsOver(
  { wait, now, say }: RotationContext,
  { createdAt }: ClientSecret,
  overlapMs: number | undefined,
): Promise<boolean> {
  if (overlapMs === undefined) return false;
  const left = () => createdAt.getTime() + overlapMs - now().getTime();
  if (left() > LONGEST_WAIT_MS) return false;
  while (left() > 0) {
    say(`Both secrets are taken for ${Math.ceil(left() / 1000)} s more …`);
    await wait(Math.min(left(), SHOW_EVERY_MS));
  }
  return true;
}

async function deleteOld(context: RotationContext, older: ClientSecret, current: ClientSecret): Promise<Outcome> {
  const old = await knownOld(context);
  await context.secrets.delete(older);
  context.say(`✓ the old secret of ${day(older)} is deleted`);
  if (old !== undefined) await requireRefused(context, old, "old");
  return await settled(context, "finished", current);
}

async function requireRefused({ client, say, wait }: RotationContext, value: string, which: string): Promise<void> {
  if (!(await becomes(client, value, "refused", wait))) {
    throw new UserError(`the ${which} secret is deleted, but ${client.tokenUrl} still gives tokens for it.`);
  }
  say(`✓ the ${which} secret is refused now`);
}

async function settled(context: RotationContext, kind: Outcome["kind"], current: ClientSecret): Promise<Outcome> {
  await followDelivered(context);
  await context.state.followClient();
  context.say("✓ Terraform's state is brought along");
  return { kind, secretId: current.id };
}

async function followDelivered({ delivery, state }: Pick<RotationContext, "delivery" | "state">): Promise<void> {
  const version = delivery instanceof ManagerDelivery ? await delivery.version("AWSCURRENT") : undefined;
  if (version !== undefined) await state.followVersion(version);
}
