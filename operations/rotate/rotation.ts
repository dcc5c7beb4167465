/**
 * A rotation by two secrets. Nothing is remembered between two runs but what is kept where the secret is delivered: it is
 * there before it is live, and stays pending until everything is done. So each step may be the last one of a run, and the
 * next run, or one at the same time, goes on with the same secret.
 */
import { UsageError, UserError } from "../../platform/user-error";
import type { ClientSecret } from "./client-secrets";
import type { Credentials } from "./credentials";
import { finish } from "./ending";
import { bringLive } from "./going-live";
import type { Outcome } from "./outcome";
import { isTaken } from "./proof";
import { followDelivered, settled } from "./settled";
import {
  day,
  idOf,
  known,
  look,
  type RotationContext,
  requireDelivered,
  rolledBack,
  type Situation,
  takesPlaceOfAll,
  waysOut,
} from "./situation";

/** The longest overlap that is waited for. */
const LONGEST_WAIT_MS = 600_000;
const SHOW_EVERY_MS = 10_000;

/**
 * Rotates, or takes up a rotation that is going on.
 * @param overlapMs how long both secrets are to be taken; left out means until somebody finishes it
 * @throws {UserError} when a step fails; the same command goes on from there
 */
export async function rotate(context: RotationContext, overlapMs?: number): Promise<Outcome> {
  const situation = await look(context);
  const { listed, staged, isOpen } = situation;
  if (listed.length === 0) throw new UsageError(`client "${context.client.name}" has no secret.`);
  const ended = await endCutShort(context, situation);
  if (ended !== undefined) return ended;
  if (isOpen && staged === undefined) {
    context.say("A rotation is going on; its secret is delivered.");
  } else {
    const kept = staged ?? (await rolledBack(context, situation));
    if (kept === undefined) await requireRoom(context, situation);
    await bringLive(context, { ...situation, staged: kept });
  }
  return await overlap(context, overlapMs);
}

/**
 * Delivers the secret that is delivered once more, with the scopes and the token URL as they are deployed now.
 * @throws {UserError} when it is not taken, or a new one is on its way
 */
export async function deliverAgain(context: RotationContext): Promise<Outcome> {
  const { delivery, say } = context;
  const { listed, current, staged } = await look(context);
  if (staged !== undefined) {
    throw new UserError(
      "a new secret is on its way. Run the command without --deliver, which delivers it, or --abort.",
    );
  }
  const delivered = await requireDelivered(context, listed);
  const id = idOf(delivered, listed, [await delivery.previous()]);
  await delivery.replace(current ?? delivered, { ...delivered, id });
  say(`✓ the same secret is delivered with what is deployed now: ${delivery.place}`);
  await followDelivered(context);
  return { kind: "delivered", secretId: id ?? "" };
}

/** Does what is left when the other secret was deleted already. @returns `undefined` when there is no such rotation */
async function endCutShort(
  context: RotationContext,
  { listed, current, isUnsettled }: Situation,
): Promise<Outcome | undefined> {
  if (!isUnsettled || listed.length > 1 || current === undefined) return undefined;
  if (!(await isTaken(context.client, current.value))) return undefined;
  context.say("A rotation was interrupted after the old secret was deleted: the rest of it is done now.");
  return await settled(context, "finished", listed[0]?.id ?? "", current.value);
}

/** A client has two secrets at most. @throws {UserError} when it has, and nobody here added one of them */
async function requireRoom(
  { client, secrets, delivery, say }: RotationContext,
  { listed, current }: Situation,
): Promise<void> {
  if (listed.length > 1) {
    const what = `client "${client.name}" has two secrets, and ${delivery.place} does not tell where they come from`;
    throw new UserError(`${what}. ${known(listed)} Nothing is changed. ${waysOut(client)}`);
  }
  // A client that gets no token whatever its secret is told of before anything is changed.
  const value = current?.value || (await secrets.original());
  const isKnownTaken = value !== undefined && (await isTaken(client, value));
  if (current === undefined || (isKnownTaken && current.value !== "")) return;
  if (current.value === "") return say(`An empty secret is delivered by ${delivery.place}: a new one takes its place.`);
  say(`The secret of ${delivery.place} is refused: a new one takes its place, and the client keeps the other.`);
}

async function overlap(context: RotationContext, overlapMs: number | undefined): Promise<Outcome> {
  const { listed, staged } = await look(context);
  const delivered = await requireDelivered(context, listed);
  const previous = await context.delivery.previous();
  await tryOld(context, delivered, previous);
  await followDelivered(context);
  const current = listed.find(({ id }) => id === delivered.id);
  // Whoever got an empty secret uses another one, which nobody here knows.
  const hadNone = previous?.value === "";
  const mayEnd = takesPlaceOfAll(delivered, listed) && staged === undefined && !hadNone;
  const overlapping = { kind: "overlapping", secretId: delivered.id ?? "" } as const;
  if (overlapMs === undefined || current === undefined || !mayEnd) return overlapping;
  if (await overlapIsOver(context, current, overlapMs)) return await finish(context);
  return { ...overlapping, overlapEnds: new Date(current.createdAt.getTime() + overlapMs).toISOString() };
}

/** The old secret, as Cognito tells it of a client's first one, or as it was delivered before. */
async function tryOld(
  { client, secrets, say }: RotationContext,
  delivered: Credentials,
  previous: Credentials | undefined,
): Promise<void> {
  const known = [await secrets.original(), previous?.value];
  const old = known.find((value) => value !== undefined && value !== "" && value !== delivered.value);
  if (old === undefined) return say("- the old secret is not known here, so it is not tried");
  const isStillTaken = await isTaken(client, old);
  say(isStillTaken ? "✓ a token was issued for the old secret, too" : "- the old secret is refused already");
}

async function overlapIsOver(
  { wait, now, say }: RotationContext,
  current: ClientSecret,
  overlapMs: number,
): Promise<boolean> {
  const left = () => current.createdAt.getTime() + overlapMs - now().getTime();
  if (left() > LONGEST_WAIT_MS) return false;
  while (left() > 0) {
    say(`Both secrets are taken for ${Math.ceil(left() / 1000)} s more, since ${day(current)} …`);
    await wait(Math.min(left(), SHOW_EVERY_MS));
  }
  return true;
}
