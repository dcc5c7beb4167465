/** Where the services of a client read its credentials: a secret of Secrets Manager, or a file. */

import { randomBytes } from "node:crypto";
import { z } from "zod";
import { jsonIn } from "../../platform/json";
import { UserError } from "../../platform/user-error";
import type { RotatedClient } from "./rotated-client";

/** A client's secret, with what one run of a rotation notes for the next one. */
export interface Credentials {
  /** Empty where Terraform wrote what Cognito returns of a rotated secret: nothing. */
  readonly value: string;
  /** Cognito's id of the secret; `undefined` when it is not noted. */
  readonly id: string | undefined;
  /** Cognito's ids of the secrets that it replaces: all that the client had when it was drawn. */
  readonly replaced: readonly string[];
  /** Version of a secret of Secrets Manager, with the JSON that services read; `undefined` for one of a file. */
  readonly version: { readonly id: string; readonly text: string } | undefined;
}

/**
 * Place that services read, and beside it one for a secret that is pending: kept, but read by no service. Each method
 * does all or nothing, whenever it is killed.
 */
export interface SecretStore {
  /** Name of the place, such as `Secrets Manager, demo-dev/billing`. */
  readonly place: string;
  /**
   * `current`: what services read. `pending`: what is kept, until the rotation is settled. `previous`: what services
   * read before, as far as the place still knows.
   * @throws {UserError} when services read something else than credentials of the client
   */
  read(label: Label): Promise<Credentials | undefined>;
  /**
   * Keeps a secret as pending, unless another run has kept one.
   * @param from `current` as this run has read it
   * @returns what is pending; `undefined` when services read something else meanwhile
   */
  create(from: Credentials | undefined, wanted: Credentials): Promise<Credentials | undefined>;
  /** Delivers what is pending. @throws {UserError} when services read something else than `from` meanwhile */
  finish(from: Credentials | undefined, pending: Credentials): Promise<void>;
  /**
   * Delivers something else than what is pending. A run that has read `current` before cannot deliver afterwards.
   * @returns what services read then
   * @throws {UserError} when services read something else than `from` meanwhile
   */
  deliver(from: Credentials, by: Credentials): Promise<Credentials>;
  /** Ends the rotation of a secret here: it is not pending any more. */
  settle(secret: Credentials): Promise<void>;
}

export type Label = "current" | "pending" | "previous";

/** A secret that is not used yet. @param replaced Cognito's ids of the client's secrets */
export function newCredentials(replaced: readonly string[]): Credentials {
  return { value: randomBytes(SECRET_BYTES).toString("hex"), id: undefined, replaced, version: undefined };
}

/** As hexadecimal digits, the longest secret that Cognito accepts. */
const SECRET_BYTES = 32;

export function changedMeanwhile({ place }: SecretStore): UserError {
  return new UserError(`${place} was changed by another run in the meantime. Run the command again.`);
}

/** The JSON that services read. */
export function credentialsText(client: RotatedClient, { value, id, replaced }: Credentials): string {
  const notes = { client_secret_id: id, ...(replaced.length > 0 && { replaced_secret_ids: replaced }) };
  const read = { client_id: client.id, client_secret: value, token_url: client.tokenUrl, scope: client.scope };
  return JSON.stringify({ ...read, ...notes }, null, 2);
}

const content = z.looseObject({
  client_id: z.string(),
  client_secret: z.string().nullable(),
  client_secret_id: z.string().optional(),
  replaced_secret_ids: z.array(z.string()).default([]),
});

/** Credentials in a text; `undefined` when it holds something else, or those of another client. */
export function parseCredentials(client: RotatedClient, text: string, versionId?: string): Credentials | undefined {
  const { data } = content.safeParse(jsonIn(text));
  if (data?.client_id !== client.id) return undefined;
  return {
    value: data.client_secret ?? "",
    id: data.client_secret_id,
    replaced: data.replaced_secret_ids,
    version: versionId === undefined ? undefined : { id: versionId, text },
  };
}
