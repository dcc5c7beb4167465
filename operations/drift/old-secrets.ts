/** Secrets of clients that are older than access.yaml allows. */
import { oldestOf, rotateCommand, rotationDueAt, storedSecret } from "../deployed/client-secret";
import { textIn } from "../deployed/left-state";
import { acceptedByHolder } from "../deployed/unmanaged-in-pools";
import { type Holder, kind, type UnmanagedKind } from "../deployed/unmanaged-kind";

/**
 * A secret that is too old, as a finding of its client.
 *
 * @param rotateAfterDays how old secrets may become, by the names of clients; of one that is left out, the age does not matter
 * @param now milliseconds since 1970
 */
export function oldSecrets(rotateAfterDays: ReadonlyMap<string, number>, now: number): UnmanagedKind {
  const nameOf = ({ resource }: Holder) => textIn(resource, "name");
  return kind({
    on: "aws_cognito_user_pool_client",
    attribute: "secret age",
    severity: "warning",
    list: async (holder) => {
      const limit = rotateAfterDays.get(nameOf(holder));
      if (limit === undefined) return [];
      const createdAt = oldestOf(await acceptedByHolder(holder));
      return createdAt === undefined || now < rotationDueAt(createdAt.getTime(), limit) ? [] : [createdAt];
    },
    key: () => undefined,
    managed: () => [],
    // The same every day, so that the issue about it stays the same.
    shown: (createdAt) => `created ${createdAt.toISOString().slice(0, 10)}`,
    undo: (_createdAt, holder) => {
      const name = nameOf(holder);
      return rotateCommand(name, holder.environment, storedSecret(holder.left, name) !== undefined);
    },
    more: (_createdAt, holder) => ({
      expected: JSON.stringify(`rotated after ${rotateAfterDays.get(nameOf(holder))} days`),
      verdict: "rotation-due",
    }),
  });
}
