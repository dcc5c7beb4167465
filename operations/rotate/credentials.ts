/** A client's credentials in the form in which services read them. */
import { randomInt } from "node:crypto";
import { z } from "zod";
import type { RotatedClient } from "./rotated-client";

/** What Cognito takes as a secret that is brought along, and as long as those of its own making. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 51;

/** A secret in a place of delivery. */
export interface Credentials {
  /** Empty when there is none: Terraform writes what Cognito tells it, which may be nothing. */
  readonly value: string;
  /** Cognito's id of it; `undefined` for a value that Terraform wrote, or that is not added yet. */
  readonly id: string | undefined;
  /** Ids of the secrets whose place it takes. */
  readonly replaced: readonly string[];
  /** Secrets Manager's id of this version; `undefined` in a file. */
  readonly version: string | undefined;
}

const content = z.looseObject({
  client_id: z.string(),
  client_secret: z.string().nullable(),
  client_secret_id: z.string().optional(),
  replaced_secret_ids: z.array(z.string()).default([]),
});

/** A secret that nobody has yet. */
export function newSecret(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** What services read. */
export function credentialsText(client: RotatedClient, { value, id, replaced }: Credentials): string {
  const json = {
    client_id: client.id,
    client_secret: value,
    token_url: client.tokenUrl,
    scope: client.scope,
    ...(id === undefined ? {} : { client_secret_id: id }),
    ...(replaced.length === 0 ? {} : { replaced_secret_ids: replaced }),
  };
  return JSON.stringify(json, null, 2);
}

/** The credentials in a text; `undefined` when it holds something else, or those of another client. */
export function parseCredentials(client: RotatedClient, text: string, version?: string): Credentials | undefined {
  const read = content.safeParse(parseJson(text));
  if (!read.success || read.data.client_id !== client.id) return undefined;
  const { client_secret, client_secret_id: id, replaced_secret_ids: replaced } = read.data;
  return { value: client_secret ?? "", id, replaced, version };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
