/** Asks a deployed stack who may call what, and compares it with the matrix of the synthesized Terraform. */

import { Asking } from "../deployed/asking";
import type { Deployment } from "../deployed/deployment";
import { StackVerification } from "./stack-verification";
import type { Verification, VerifyOptions } from "./verification";

/**
 * Verifies a deployed stack.
 *
 * @param json content of its `cdk.tf.json`
 * @throws {UserError} with exit code 2 when it cannot be reached, or there is no such client or route
 */
export async function verifyStack(
  deployment: Deployment,
  json: unknown,
  options: VerifyOptions,
): Promise<Verification> {
  const asking = new Asking(options);
  const interrupt = () => asking.stop();
  options.interruption?.addEventListener("abort", interrupt, { once: true });
  if (options.interruption?.aborted) interrupt();
  try {
    return await new StackVerification(deployment, json, options, asking).run();
  } finally {
    options.interruption?.removeEventListener("abort", interrupt);
    await asking.close();
  }
}
