/** How far a rotation has come, as AWS and the place of delivery tell it. Nothing is inferred from age. */
import { UserError } from "../../platform/user-error";
import type { ClientSecret, ClientSecrets } from "./client-secrets";
import type { Credentials } from "./credentials";
import type { Delivery } from "./delivery";
import { becomes, type Wait } from "./proof";
import type { RotatedClient } from "./rotated-client";
import type { StateKeeper } from "./state-keeper";

/** What a rotation works with. */
export interface RotationContext {
  readonly client: RotatedClient;
  readonly secrets: ClientSecrets;
  readonly delivery: Delivery;
  readonly state: StateKeeper;
  /** Tells people what is going on. */
  readonly say: (line: string) => void;
  readonly wait: Wait;
  readonly now: () => Date;
}

/** What there is. */
export interface Situation {
  /** The client's secrets: one or two, oldest first. */
  readonly listed: readonly ClientSecret[];
  readonly current: Credentials | undefined;
  /** A secret that is kept and not delivered. */
  readonly staged: Credentials | undefined;
  /** Whether one of two secrets is delivered, and noted to take the other one's place. */
  readonly isOpen: boolean;
  /** Whether a rotation has come to its last steps: the secret that is delivered is still pending, too. */
  readonly isUnsettled: boolean;
}

/** So often is looked again when another run changes something meanwhile. */
const LOOKS = 5;

/** Looks at everything, in an order in which no other run can hide a secret: one is kept before it is added. */
export async function look({ secrets, delivery }: RotationContext): Promise<Situation> {
  for (let looks = 1; ; looks++) {
    const listed = await secrets.list();
    const pending = await delivery.pending();
    const current = await delivery.current();
    const isTorn = current?.id !== undefined && !listed.some(({ id }) => id === current.id);
    if (isTorn && looks < LOOKS) continue;
    const isDelivered = pending !== undefined && pending.value === current?.value;
    return {
      listed,
      current,
      staged: isDelivered ? undefined : pending,
      isOpen: current !== undefined && listed.length > 1 && takesPlaceOfAll(current, listed),
      isUnsettled: isDelivered,
    };
  }
}

/**
 * The new secret of a rotation that was rolled back outside this command. Secrets Manager takes AWSPENDING from a version
 * that is replaced as the current one, so only AWSPREVIOUS names it.
 */
export async function rolledBack(
  { delivery }: RotationContext,
  { listed, current }: Situation,
): Promise<Credentials | undefined> {
  if (listed.length < 2) return undefined;
  const previous = await delivery.previous();
  if (previous === undefined || previous.value === current?.value) return undefined;
  return takesPlaceOfAll(previous, listed) ? previous : undefined;
}

/** Whether a secret is one of the client's, and noted to take the place of all others. */
export function takesPlaceOfAll({ id, replaced }: Credentials, listed: readonly ClientSecret[]): boolean {
  return listed.some((secret) => secret.id === id) && listed.every((one) => one.id === id || replaced.includes(one.id));
}

/**
 * Cognito's id of the secret that is delivered and taken; `undefined` when it is not known.
 * @param others what else is known of the client's secrets
 */
export function idOf(
  delivered: Credentials,
  listed: readonly ClientSecret[],
  others: readonly (Credentials | undefined)[],
): string | undefined {
  const ids = listed.map(({ id }) => id);
  if (delivered.id !== undefined && ids.includes(delivered.id)) return delivered.id;
  const taken = others.filter((other) => other !== undefined && other.value !== delivered.value);
  const left = ids.filter((id) => !taken.some((other) => other?.id === id));
  return left.length === 1 ? left[0] : undefined;
}

/** What is delivered, and gets a token. @throws {UserError} when nothing is, or it is refused */
export async function requireDelivered(
  context: RotationContext,
  listed: readonly ClientSecret[],
): Promise<Credentials> {
  const { client, delivery, wait, say } = context;
  const delivered = await delivery.current();
  if (delivered === undefined || delivered.value === "") {
    const what = delivered === undefined ? "there is no" : "an empty secret is in";
    throw new UserError(`${what} ${delivery.place}, so nothing is changed. ${known(listed)} ${howFor(client, listed)}`);
  }
  if (!(await becomes(client, delivered.value, "taken", wait))) {
    const what = `${client.tokenUrl} refuses the secret of ${delivery.place}, so nothing is changed`;
    throw new UserError(`${what}. ${known(listed)} ${howFor(client, listed)}`);
  }
  say("✓ a token was issued for the secret that is delivered");
  return delivered;
}

function howFor(client: RotatedClient, listed: readonly ClientSecret[]): string {
  return listed.length > 1
    ? waysOut(client)
    : "Run the command without --finish, --abort and --deliver, to deliver one that works.";
}

/** What can be done about two secrets of which nobody here knows where they come from. */
export function waysOut({ region, userPoolId, id, store }: RotatedClient): string {
  const ids = `--region ${region} --user-pool-id ${userPoolId} --client-id ${id} --client-secret-id <id>`;
  const ofFile = "Where services read a file, name it or a copy of it: --finish --to <file>.";
  return [
    "--finish keeps the one that is delivered and deletes the other, once a token proves it.",
    ...(store === undefined ? [ofFile] : []),
    "Where it is not noted which one is delivered, name it: --finish --keep <id>.",
    `Where you know which one is nobody's: aws cognito-idp delete-user-pool-client-secret ${ids}`,
  ].join("\n");
}

/** The secrets for people, in one sentence. */
export function known(listed: readonly ClientSecret[]): string {
  return `Cognito has ${listed.map((secret) => `${secret.id} of ${day(secret)}`).join(" and ")}.`;
}

/** When a secret was made. */
export function day({ createdAt }: ClientSecret): string {
  return createdAt.toISOString();
}
