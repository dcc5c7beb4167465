/**
 * Refuses to synthesize what must not be deployed, whichever construct it comes from: open methods, clients that get
 * tokens without the domain, wildcards in permissions, logs that are kept for ever or hold requests, anything
 * unencrypted or public, settings of the whole account.
 *
 * A validation of the app and not an Aspect: CDKTF runs no Aspect that is added to an app, runs those of a stack before
 * others that may still change it, and stops at the first stack that is refused. Here every stack is final. What cannot
 * be seen is not judged: a Terraform module's inside, and what exists already in the account.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type App, TerraformStack } from "cdktf";
import { exposureGuards } from "./exposure-guards";
import type { Finding, GuardTable } from "./guard";
import { invokeGuards } from "./invoke-guards";
import { loggingGuards } from "./logging-guards";
import { methodGuards } from "./method-guards";
import { policyGuards } from "./policy-guards";
import { SynthesizedStack } from "./synthesized-stack";
import { tokenGuards } from "./token-guards";

/** Something that must not be deployed, and where it is. */
export interface Violation extends Finding {
  /** Path of the construct, such as `dev/api/GET --orders/method`. */
  readonly path: string;
  /** Terraform's type, such as `aws_api_gateway_method`. */
  readonly type: string;
}

/** What was synthesized must not be deployed. One line for each violation: where, what is wrong, what to do. */
export class GuardError extends Error {
  override readonly name = "GuardError";

  constructor(readonly violations: readonly Violation[]) {
    super(violations.map(({ path, type, wrong, wayOut }) => `${path} (${type}): ${wrong}. ${wayOut}.`).join("\n"));
  }
}

const TABLES: readonly GuardTable[] = [
  methodGuards,
  invokeGuards,
  policyGuards,
  loggingGuards,
  exposureGuards,
  tokenGuards,
];

/**
 * Makes `app.synth()` throw a {@link GuardError} with the violations of all stacks, in the order in which they were
 * synthesized. A refused stack's file is taken away again, so that nobody deploys it all the same.
 */
export function addGuards(app: App): void {
  app.node.addValidation({
    validate() {
      const stacks = app.node.findAll().filter(TerraformStack.isStack) as TerraformStack[];
      const refused = stacks.flatMap((stack) => {
        const violations = violationsIn(new SynthesizedStack(stack));
        return violations.length > 0 ? [{ stack, violations }] : [];
      });
      for (const { stack } of refused) {
        rmSync(join(app.outdir, app.manifest.forStack(stack).synthesizedStackPath), { force: true });
      }
      if (refused.length > 0) throw new GuardError(refused.flatMap(({ violations }) => violations));
      return [];
    },
  });
}

function violationsIn(stack: SynthesizedStack): readonly Violation[] {
  return stack.resources.flatMap((resource) =>
    TABLES.flatMap((table) => table[resource.type]?.(resource, stack) ?? []).map((finding) => ({
      path: resource.path,
      type: resource.type,
      ...finding,
    })),
  );
}
