/** Proof by a real token request that a secret is taken, or is not. */

import { UserError } from "../../platform/user-error";
import { askForToken } from "../deployed/token-request";
import type { RotatedClient } from "./rotated-client";

/** How often a proof is tried before it has failed, and how long is waited in between. */
const TRIES = 15;
const PAUSE_MS = 2_000;

/** Waits; tests do not. */
export type Wait = (milliseconds: number) => Promise<void>;

/**
 * Whether the token endpoint takes the secret now.
 * @throws {UserError} when it refuses the client for another reason than its credentials: that proves nothing
 */
export async function isTaken({ tokenUrl, id }: RotatedClient, secret: string): Promise<boolean> {
  const answer = await askForToken(tokenUrl, { id, secret }, undefined);
  if ("access_token" in answer) return true;
  if (answer.error === "invalid_client") return false;
  throw new UserError(`${tokenUrl} refuses the client whatever its secret: ${answer.error}. Run: npm run drift`);
}

/**
 * Asks until the endpoint has taken note of a change.
 * @returns whether it has, within the time that such a change may take
 */
export async function becomes(
  client: RotatedClient,
  secret: string,
  expected: "taken" | "refused",
  wait: Wait,
): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    if ((await isTaken(client, secret)) === (expected === "taken")) return true;
    if (tries === TRIES) return false;
    await wait(PAUSE_MS);
  }
}
