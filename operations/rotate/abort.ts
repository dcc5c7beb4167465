/**
 * The end of a rotation that is given up: services get the older secret again, or go on with it, and the younger one is
 * deleted. Before that, no run that is under way can deliver the younger one any more.
 */
import { UserError } from "../../platform/user-error";
import type { ClientSecret } from "./client-secrets";
import type { Credentials } from "./credentials";
import { deleteOthers, deliveredId } from "./ending";
import type { Outcome } from "./outcome";
import { isTaken } from "./proof";
import { settled } from "./settled";
import { idOf, known, look, type RotationContext, requireDelivered, type Situation } from "./situation";

/** Takes the new secret away again. @throws {UserError} when what services would get then is not proved */
export async function abort(context: RotationContext): Promise<Outcome> {
  const situation = await look(context);
  const { listed, current, staged, isOpen } = situation;
  if (staged !== undefined) return await giveUpStaged(context, situation, staged);
  const [older, younger] = listed;
  if (older === undefined || younger === undefined || current === undefined) return await nothingToAbort(context);
  if (isOpen && current.id === older.id) return await deleteYounger(context, older, younger);
  const delivered = await requireDelivered(context, listed);
  const id = deliveredId(delivered, listed, [await context.delivery.previous()]);
  if (id === older.id) return await giveUp(context, delivered, { ...delivered, id, replaced: [younger.id] }, delivered);
  const old = await provedOld(context, situation, { ...delivered, id });
  return await giveUp(context, delivered, { ...old, id: older.id, replaced: [younger.id] }, delivered);
}

/** A secret that is kept and was never delivered. */
async function giveUpStaged(context: RotationContext, situation: Situation, staged: Credentials): Promise<Outcome> {
  const { client, delivery, say } = context;
  const { listed, current } = situation;
  const isLive = await isTaken(client, staged.value);
  if (!isLive) {
    if (current !== undefined) await delivery.replace(current, current);
    await delivery.settle(staged.value);
    say("✓ the new secret, which was never taken, is not kept any more");
    const delivered = await requireDelivered(context, listed);
    return await settled(context, "aborted", idOf(delivered, listed, []) ?? "", delivered.value);
  }
  const others = listed.filter(({ id }) => id !== staged.id && staged.replaced.includes(id));
  const [kept, id] = [others[0], staged.id ?? soleId(listed.filter((one) => !others.includes(one)))];
  if (kept === undefined || id === undefined) {
    throw new UserError(`it is not known which secret is the new one, so nothing is deleted. ${known(listed)}`);
  }
  // Nobody gets a secret from here yet, so nobody can lose one.
  if (current === undefined || current.value === "") {
    if (current !== undefined) await delivery.replace(current, current);
    await delivery.settle(staged.value);
    await requireUndelivered(context, staged);
    await deleteOthers(
      context,
      listed.filter((one) => one.id === id),
    );
    return { kind: "aborted", secretId: kept.id };
  }
  await requireDelivered(context, listed);
  return await giveUp(context, current, { ...current, id: kept.id, replaced: [id] }, staged);
}

/** Services get the older secret, and no run delivers the other one any more: what is noted tells the rest. */
async function giveUp(
  context: RotationContext,
  current: Credentials,
  back: Credentials,
  unwanted: Credentials,
): Promise<Outcome> {
  const { delivery, secrets, say } = context;
  const replaced = await delivery.replace(current, back);
  if (current.value !== back.value) say(`✓ the old secret is delivered again: ${delivery.place}`);
  if (unwanted.value !== back.value) await delivery.settle(unwanted.value);
  // A run that looked in between has seen the secret that is not pending any more.
  const given = await delivery.replace(replaced, back);
  const listed = await secrets.list();
  const [older, younger] = [back.id, back.replaced[0]].map((id) => listed.find((one) => one.id === id));
  if (older === undefined || younger === undefined) {
    await restore(context, given, current);
    throw new UserError(`the secrets were changed by somebody else in the meantime. ${known(listed)}`);
  }
  return await deleteYounger(context, older, younger);
}

/** Another run deleted the older secret before services got it again: they go on with the one that they had. */
async function restore({ client, delivery }: RotationContext, given: Credentials, before: Credentials): Promise<void> {
  if (given.value === before.value || (await isTaken(client, given.value))) return;
  if (await isTaken(client, before.value)) await delivery.replace(given, before);
}

async function deleteYounger(context: RotationContext, older: ClientSecret, younger: ClientSecret): Promise<Outcome> {
  const delivered = await requireDelivered(context, [older, younger]);
  if (delivered.id !== older.id) {
    throw new UserError(
      `${context.delivery.place} was changed by somebody else in the meantime. Run the command again.`,
    );
  }
  await deleteOthers(context, [younger]);
  return await settled(context, "aborted", older.id, delivered.value);
}

/** The older secret, if a token proves it. */
async function provedOld(
  { client, delivery, secrets }: RotationContext,
  { listed }: Situation,
  fresh: Credentials,
): Promise<Credentials> {
  const first = await secrets.original();
  const original = first === undefined ? [] : [{ value: first, id: undefined, replaced: [], version: undefined }];
  const others = listed.map(({ id }) => id).filter((id) => id !== fresh.id);
  for (const old of [await delivery.previous(), ...original]) {
    if (old === undefined || old.value === "" || old.value === fresh.value) continue;
    const isOther = old.id === undefined || others.includes(old.id);
    if (isOther && (await isTaken(client, old.value))) return old;
  }
  const what = `services get the new secret from ${delivery.place}, and no older one is known that is still taken`;
  throw new UserError(`${what}, so nothing is deleted. ${known(listed)} Go on with --finish.`);
}

async function nothingToAbort(context: RotationContext): Promise<Outcome> {
  const listed = await context.secrets.list();
  const delivered = await requireDelivered(context, listed);
  return await settled(context, "unchanged", deliveredId(delivered, listed, []), delivered.value);
}

/** @throws {UserError} when another run was faster */
async function requireUndelivered({ delivery }: RotationContext, { value }: Credentials): Promise<void> {
  if ((await delivery.current())?.value !== value) return;
  throw new UserError(`${delivery.place} was changed by somebody else in the meantime. Run the command again.`);
}

function soleId(secrets: readonly ClientSecret[]): string | undefined {
  return secrets.length === 1 ? secrets[0]?.id : undefined;
}
