/** The end of a rotation that is kept: what is delivered and proved stays, the other secret is deleted. */
import { UserError } from "../../platform/user-error";
import type { ClientSecret } from "./client-secrets";
import type { Credentials } from "./credentials";
import type { Outcome } from "./outcome";
import { becomes, isTaken } from "./proof";
import { settled } from "./settled";
import { day, idOf, known, look, type RotationContext, requireDelivered } from "./situation";

/**
 * Ends the overlap.
 * @param keep id of the secret that is delivered, where nobody else knows it
 * @throws {UserError} when what is delivered is not proved, or not known; nothing is deleted then
 */
export async function finish(context: RotationContext, keep?: string): Promise<Outcome> {
  const { listed, staged, isUnsettled } = await look(context);
  if (staged !== undefined) {
    throw new UserError(
      `a new secret is kept, but not delivered yet, so nothing is deleted. ${known(listed)} Run the command without --finish first, or with --abort.`,
    );
  }
  const delivered = await requireDelivered(context, listed);
  const id = deliveredId(delivered, listed, [await context.delivery.previous()], keep);
  const others = listed.filter((secret) => secret.id !== id);
  await deleteOthers(context, others);
  return await settled(context, others.length > 0 || isUnsettled ? "finished" : "unchanged", id, delivered.value);
}

/**
 * Cognito's id of the secret that is delivered.
 * @param others what else is known of the client's secrets
 * @throws {UserError} when it is not known, or not the one that somebody wants to keep
 */
export function deliveredId(
  delivered: Credentials,
  listed: readonly ClientSecret[],
  others: readonly (Credentials | undefined)[],
  keep?: string,
): string {
  const found = idOf(delivered, listed, others) ?? listed.find(({ id }) => id === keep)?.id;
  if (found !== undefined && (keep === undefined || keep === found)) return found;
  const what =
    delivered.id === undefined ? "it is not noted which of them is delivered" : `delivered is ${delivered.id}`;
  throw new UserError(`${known(listed)} As ${what}, nothing is deleted. If you know it: --finish --keep <id>`);
}

/**
 * Deletes secrets. Should services have one of them afterwards, because somebody delivered it meanwhile, that is added
 * again: its value is known.
 */
export async function deleteOthers(context: RotationContext, others: readonly ClientSecret[]): Promise<void> {
  const { client, secrets, delivery, say } = context;
  for (const other of others) {
    await secrets.delete(other.id);
    say(`✓ the secret of ${day(other)} is deleted: ${other.id}`);
  }
  const delivered = await delivery.current();
  if (others.length === 0 || delivered === undefined || delivered.value === "") return;
  if (await isTaken(client, delivered.value)) return say("✓ a token was issued for the one that is left");
  await addAgain(context, delivered);
}

/** @throws {UserError} in any case: whoever ends a rotation must know that somebody else did, too */
async function addAgain({ client, secrets, delivery, wait }: RotationContext, delivered: Credentials): Promise<never> {
  const what =
    "the secret that was deleted is the delivered one: --keep named the other, or somebody delivered it meanwhile";
  const added = await secrets.add(delivered.value).catch((error: unknown) => {
    const why = error instanceof UserError ? error.message : String(error);
    throw new UserError(`${what}, and it cannot be added again: ${why}. Run the command without --finish or --abort.`);
  });
  const isBack = await becomes(client, delivered.value, "taken", wait);
  const replaced = (await secrets.list()).map(({ id }) => id).filter((id) => id !== added.id);
  await delivery.replace(delivered, { ...delivered, id: added.id, replaced });
  throw new UserError(
    `${what}; ${isBack ? "it is added again, and taken" : "it is refused now"}. Run the command again.`,
  );
}
