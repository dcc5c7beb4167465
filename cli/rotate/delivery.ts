/** Where the services of a client take their credentials from, and how a new secret gets there. */
import type { ClientSecret } from "./client-secrets";
import type { RotatedClient } from "./rotated-client";

/** A secret that is delivered. */
export interface Delivered {
  /** Empty when the place is only kept ready. */
  readonly value: string;
  /** Whether a secret may have been added for this place and been lost on its way. */
  readonly mayMissOne: boolean;
  /** Whether it is known to be this one of the client's secrets; else it may be any. */
  is(secret: ClientSecret): boolean;
}

/** A place from which services take a client's credentials. */
export interface Delivery {
  /** Name of the place, for people. */
  readonly place: string;
  /** What services get now; `undefined` when there is nothing yet. */
  current(): Promise<Delivered | undefined>;
  /** What they got before it, as far as that is still known. */
  previous(): Promise<string | undefined>;
  /** Keeps the place ready, before a secret is added for it. */
  prepare(): Promise<void>;
  /** Delivers a secret. */
  put(secret: ClientSecret, value: string): Promise<void>;
}

/** What is delivered. */
export interface DeliveredJson {
  readonly client_id: string;
  readonly client_secret: string;
  readonly token_url: string;
  readonly scope: string;
}

/** The client's credentials in the form in which the stack itself keeps them. */
export function deliveredJson({ id, tokenUrl, scope }: RotatedClient, value: string): DeliveredJson {
  return { client_id: id, client_secret: value, token_url: tokenUrl, scope };
}
