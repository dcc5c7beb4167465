/**
 * What was made for each connection, so that it can be told when Terraform was interrupted in the middle: it may then
 * have forgotten what it was told last.
 */
import type { Account, Operation } from "../account/account";

/** Creations by connection. */
export class Creations {
  private readonly made = new Map<string, Operation[]>();
  private readonly interrupted = new Set<string>();

  constructor(private readonly account: Account) {}

  /** Notes a creation. @param isHeard whether Terraform was still there when it was answered */
  add(connection: string, created: Operation, isHeard: boolean): void {
    this.made.set(connection, [...(this.made.get(connection) ?? []), created]);
    if (!isHeard || this.interrupted.has(connection)) this.account.doubt([created]);
  }

  /** Notes that Terraform was interrupted, and may forget all that was made for it. */
  doubt(connection: string): void {
    this.interrupted.add(connection);
    this.account.doubt(this.made.get(connection) ?? []);
  }
}
