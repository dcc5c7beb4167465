/**
 * Unacknowledged creations of each connection: Terraform may end before it has written its state when it is interrupted.
 */
import type { Account, Operation } from "../account/account";

/** Creations by connection. */
export class Creations {
  private readonly made = new Map<string, Operation[]>();
  private readonly interrupted = new Set<string>();

  constructor(private readonly account: Account) {}

  /** Notes a creation. @param isConnected whether Terraform was still there when it was answered */
  add(connection: string, created: Operation, isConnected: boolean): void {
    this.made.set(connection, [...(this.made.get(connection) ?? []), created]);
    if (!isConnected || this.interrupted.has(connection)) this.account.markUnacknowledged([created]);
  }

  /** Notes that Terraform was interrupted, and may forget all that was made for it. */
  markUnacknowledged(connection: string): void {
    this.interrupted.add(connection);
    this.account.markUnacknowledged(this.made.get(connection) ?? []);
  }
}
