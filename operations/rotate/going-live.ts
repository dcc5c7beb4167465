/** A new secret's way: kept, added, proved, delivered. Each step may be the last of a run, and another run goes on. */
import { UserError } from "../../platform/user-error";
import { AwsRefusal } from "./aws";
import { type Credentials, newSecret } from "./credentials";
import { becomes, isTaken } from "./proof";
import { known, type RotationContext, type Situation } from "./situation";

/** How often it is looked whether what was delivered is seen, and how long is waited in between. */
const MOST_LOOKS = 15;
const PAUSE_MS = 1_000;

/** What Cognito says when another run has added the same secret. */
const ADDED_ALREADY = ["LimitExceededException", "InvalidParameterException"];

/**
 * Brings a secret live: the one that is kept, or a new one.
 * @throws {UserError} when it is not taken; what services get stays as it is then
 */
export async function bringLive(context: RotationContext, situation: Situation): Promise<void> {
  const { delivery, say } = context;
  const { current, listed, staged } = situation;
  const wanted = { value: newSecret(), id: undefined, replaced: listed.map(({ id }) => id), version: undefined };
  const kept = staged ?? (await delivery.stage(current, wanted));
  if (kept === undefined) return say("Another run has delivered a new secret meanwhile.");
  say(staged === undefined ? `✓ a new secret is kept: ${delivery.place}` : "A secret that was kept is taken up again.");
  const added = await makeLive(context, kept);
  await delivery.promote(current, added);
  await requireSeen(context, added);
  say(`✓ it is delivered: ${delivery.place}`);
}

/**
 * Services get it from now on, but whoever reads may be told of the old one for a moment. Nothing is deleted by such a
 * reading.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html
 */
async function requireSeen({ delivery, wait }: RotationContext, { value }: Credentials): Promise<void> {
  for (let looks = 1; (await delivery.current())?.value !== value; looks++) {
    if (looks === MOST_LOOKS)
      throw new UserError(`${delivery.place} does not show the new secret yet. Run this again.`);
    await wait(PAUSE_MS);
  }
}

/** Adds the secret, if Cognito does not take it yet, proves it, and only then notes which of the client's it is. */
async function makeLive(context: RotationContext, kept: Credentials): Promise<Credentials> {
  const { client, secrets, delivery, say, wait } = context;
  const given = (await isTaken(client, kept.value)) ? kept.id : await tryToAdd(secrets, kept.value);
  const listed = await secrets.list();
  const others = listed.filter(({ id }) => !kept.replaced.includes(id));
  const id = given ?? (others.length === 1 ? others[0]?.id : undefined);
  if (id === undefined) throw new UserError(`another secret cannot be added. ${known(listed)} ${TWO}`);
  if (!(await becomes(client, kept.value, "taken", wait))) {
    const stays = `${delivery.place} stays as it is. ${known(listed)}`;
    throw new UserError(`${client.tokenUrl} refuses the new secret. ${stays} Run this again, or --abort.`);
  }
  say(`✓ a token was issued for the new secret: ${id}`);
  return kept.id === id ? kept : await delivery.amend(kept, { ...kept, id });
}

const TWO =
  "A client has two at most, so one must go first: --finish keeps the one that is delivered, --abort the old one.";

/** @returns its id; `undefined` when another one is there already, perhaps the same */
async function tryToAdd(secrets: RotationContext["secrets"], value: string): Promise<string | undefined> {
  try {
    return (await secrets.add(value)).id;
  } catch (error) {
    if (error instanceof AwsRefusal && ADDED_ALREADY.includes(error.code)) return undefined;
    throw error;
  }
}
