/**
 * Refuses to synthesize what must not be deployed, whichever construct it comes from. The tables beside this file name
 * what is looked at.
 *
 * A validation of the app and not an Aspect: CDKTF runs no Aspect that is added to an app, runs those of a stack before
 * others that may still change it, and stops at the first stack that is refused. Here every stack is final. The inside of
 * a Terraform module and resources that exist already are not checked.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type App, TerraformResource, TerraformStack } from "cdktf";
import { StackJson } from "../contract/stack-json";
import { declaredReasonOf } from "../declared-reason";
import type { Finding, GuardTable } from "./guard";
import { invokeGuards } from "./invoke-guards";
import { methodGuards } from "./method-guards";
import { policyGuards } from "./policy-guards";
import { settingGuards } from "./setting-guards";

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

const TABLES: readonly GuardTable[] = [methodGuards, invokeGuards, policyGuards, settingGuards];

/**
 * Makes `app.synth()` throw a {@link GuardError} with the violations of all stacks, in the order in which they were
 * synthesized. The file of a refused stack is deleted, so that it cannot be deployed.
 */
export function addGuards(app: App): void {
  app.node.addValidation({
    validate() {
      const stacks = app.node.findAll().filter(TerraformStack.isStack) as TerraformStack[];
      const violations = stacks.flatMap((stack) => {
        const found = violationsIn(stack);
        const file = join(app.outdir, app.manifest.forStack(stack).synthesizedStackPath);
        if (found.length > 0) rmSync(file, { force: true });
        return found;
      });
      if (violations.length > 0) throw new GuardError(violations);
      return [];
    },
  });
}

function violationsIn(stack: TerraformStack): readonly Violation[] {
  const json = new StackJson(stack.toTerraform());
  const constructs = new Map(stack.node.findAll().map((construct) => [construct.node.path, construct]));
  return json.resources.flatMap((resource) => {
    const { type, name, path = `${stack.node.path} override resource.${type}.${name}` } = resource;
    const construct = constructs.get(path);
    const reason = TerraformResource.isTerraformResource(construct) ? declaredReasonOf(construct) : undefined;
    const findings = TABLES.flatMap((table) => table[type]?.({ ...resource, reason }, json) ?? []);
    return findings.map((finding) => ({ path, type, ...finding }));
  });
}
