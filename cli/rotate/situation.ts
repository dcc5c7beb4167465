/** How far a rotation has come, as AWS and the place of delivery tell it. */
import { UserError } from "../user-error";
import type { ClientSecret, ClientSecrets } from "./client-secrets";
import type { Delivered, Delivery } from "./delivery";
import { isTaken, type Wait } from "./proof";
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

/** A second secret that is younger, and delivered nowhere, is taken for what an interrupted run left. */
const LOST_WITHIN_MS = 3_600_000;

/** Whether all but Terraform's part is done: the secret that it knows is refused, the one that is delivered is not. */
export async function wasCutShort({ client, delivery }: RotationContext): Promise<boolean> {
  const delivered = await delivery.current();
  if (
    client.knownSecret === "" ||
    delivered === undefined ||
    delivered.value === "" ||
    delivered.value === client.knownSecret
  )
    return false;
  return !(await isTaken(client, client.knownSecret)) && (await isTaken(client, delivered.value));
}

/**
 * The newer of two secrets when it is delivered. One whose value was lost is deleted.
 * @throws {UserError} when somebody else may have added it, or services may use it
 */
export async function goingOn(
  { client, secrets, delivery, say, now }: RotationContext,
  older: ClientSecret,
  newer: ClientSecret,
): Promise<ClientSecret | undefined> {
  const delivered = await delivery.current();
  if (delivered?.is(newer)) {
    say(`A rotation is going on since ${day(newer)}; the new secret is delivered.`);
    return newer;
  }
  const isYoung = now().getTime() - newer.createdAt.getTime() < LOST_WITHIN_MS;
  const wasLost = delivered?.mayMissOne === true && (await isOlder(delivered, older, secrets));
  if (!wasLost || !isYoung) throw new UserError(foreignSecret(client, newer, delivery.place));
  await secrets.delete(newer);
  say(`The secret of ${day(newer)} was added, but never delivered, so nobody has it: it is deleted.`);
  return undefined;
}

/** Whether services do not have the newer of two secrets. */
export async function isOlder(delivered: Delivered, older: ClientSecret, secrets: ClientSecrets): Promise<boolean> {
  return delivered.value === "" || delivered.is(older) || delivered.value === (await secrets.original());
}

function foreignSecret({ name, userPoolId, id, region }: RotatedClient, newer: ClientSecret, place: string): string {
  return [
    `client "${name}" has two secrets, and the one of ${day(newer)} was not delivered by ${place}: somebody else added it.`,
    "If nobody uses it, take it away, and run this again:",
    `  aws cognito-idp delete-user-pool-client-secret --region ${region} --user-pool-id ${userPoolId} --client-id ${id} --client-secret-id ${newer.id}`,
  ].join("\n");
}

/** The older of two secrets: as Cognito tells it of a client's first one, or as it was delivered before. */
export async function knownOld({ secrets, delivery }: RotationContext): Promise<string | undefined> {
  const old = (await secrets.original()) ?? (await delivery.previous());
  return old === (await delivery.current())?.value ? undefined : old;
}

/** When a secret was made, which is what people can tell it by. */
export function day({ createdAt }: ClientSecret): string {
  return createdAt.toISOString();
}
