/** Where the services of a client take their credentials from, and how a new secret gets there. */
import type { Credentials } from "./credentials";

/** A version of a secret in Secrets Manager, as Terraform's state has it. */
export interface SecretVersion {
  readonly id: string;
  /** The JSON that services read. */
  readonly text: string;
}

/**
 * A place from which services take a client's credentials, and beside it one for those that are pending: kept, but read
 * by no service. A new secret is kept there before it is live, so that no run can lose it.
 */
export interface Delivery {
  /** Name of the place, for people. */
  readonly place: string;
  /** What services get now; `undefined` when there is nothing yet. @throws {UserError} when it is something else */
  current(): Promise<Credentials | undefined>;
  /** What is kept for them. Once that is delivered it stays pending, until the rotation is settled. */
  pending(): Promise<Credentials | undefined>;
  /** What they got before, as far as the place still knows. */
  previous(): Promise<Credentials | undefined>;
  /**
   * Keeps a secret, unless another run has kept one.
   * @param from what services got when this run looked
   * @returns what is kept; `undefined` when services get something else meanwhile
   */
  stage(from: Credentials | undefined, wanted: Credentials): Promise<Credentials | undefined>;
  /** Notes more about the secret that is kept. @returns what is kept then */
  amend(pending: Credentials, more: Credentials): Promise<Credentials>;
  /** Delivers what is kept, if services still get what they got. @throws {UserError} when they do not */
  promote(from: Credentials | undefined, pending: Credentials): Promise<void>;
  /**
   * Delivers something else, past what is kept, if services still get what they got. A run that looked before that can
   * deliver nothing any more.
   * @returns what services get then
   * @throws {UserError} when they get something else meanwhile
   */
  replace(from: Credentials, by: Credentials): Promise<Credentials>;
  /** Ends the rotation of that secret here: it is not pending any more. */
  settle(value: string): Promise<void>;
  /** What Terraform's state is to know; `undefined` where it knows nothing of the place. */
  tracked(): Promise<SecretVersion | undefined>;
}
