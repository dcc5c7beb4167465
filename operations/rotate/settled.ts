/** The last steps of a rotation, which can be done again and again. */
import type { Outcome } from "./outcome";
import type { RotationContext } from "./situation";

/**
 * Terraform's state is brought along, and the secret is not pending any more.
 * @param value secret whose rotation is over
 */
export async function settled(
  context: RotationContext,
  kind: Outcome["kind"],
  secretId: string,
  value: string,
): Promise<Outcome> {
  await followDelivered(context);
  await context.state.followClient();
  context.say("✓ Terraform's state is brought along");
  await context.delivery.settle(value);
  return { kind, secretId };
}

/** Terraform's state learns which version services get. */
export async function followDelivered({ delivery, state }: Pick<RotationContext, "delivery" | "state">): Promise<void> {
  const version = await delivery.tracked();
  if (version !== undefined) await state.followVersion(version);
}
