/**
 * Refuses to synthesize what must not be deployed, whichever construct it comes from. The tables beside this file name
 * what is looked at.
 *
 * A validation of the app and not an Aspect: CDKTF runs no Aspect that is added to an app, runs those of a stack before
 * others that may still change it, and stops at the first stack that is refused. Here every stack is final. Modules and
 * resources of types that no table names are not checked: they are listed, or refused in strict mode. Resources that
 * exist already are not checked.
 */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type App, DefaultTokenResolver, StringConcat, TerraformStack, Tokenization } from "cdktf";
import { oneLine } from "../../access/visible";
import { uncheckedIn } from "../contract/checked-types";
import { StackJson, type StackResource } from "../contract/stack-json";
import { declaredReasonOf, exceptionOf, hasReason, statedPolicyOf } from "../declared-reason";
import { authorizerGuards } from "./authorizer-guards";
import { bucketGuards } from "./bucket-guards";
import { hasDynamicBlock } from "./certainty";
import { type Finding, merged, when } from "./guard";
import { invokeGuards, withoutEndpoint } from "./invoke-guards";
import { methodGuards } from "./method-guards";
import { policyGuards } from "./policy-guards";
import { beyondStated } from "./role-guards";
import { outputFindings, withoutClientSecret } from "./secret-guards";
import { settingGuards } from "./setting-guards";

const resolver = new DefaultTokenResolver(new StringConcat());

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

/** By type. */
export const GUARDS = merged(authorizerGuards, methodGuards, invokeGuards, policyGuards, bucketGuards, settingGuards);

/** Endpoints of functions that newer providers know, such as those of Lambda Web Functions. */
const ENDPOINT = /^(?:aws|awscc)_lambda_?(?:web|url)/;

export interface GuardOptions {
  /** Whether what no guard looks into is refused. */
  readonly isStrict?: boolean;
  /** Receives what is accepted without a check, or by a declared exception; one line each. */
  readonly onWarning?: (text: string) => void;
}

/**
 * Makes `app.synth()` throw a {@link GuardError} with the violations of all stacks, in the order in which they were
 * synthesized. The file of a refused stack is deleted, so that it cannot be deployed.
 */
export function addGuards(app: App, { isStrict = false, onWarning = () => undefined }: GuardOptions = {}): void {
  app.node.addValidation({
    validate() {
      const stacks = app.node.findAll().filter(TerraformStack.isStack) as TerraformStack[];
      const violations = stacks.flatMap((stack) => {
        const file = join(app.outdir, app.manifest.forStack(stack).synthesizedStackPath);
        const found = violationsIn(stack, synthesizedIn(file) ?? stack.toTerraform(), isStrict, onWarning);
        if (found.length > 0) rmSync(file, { force: true });
        return found;
      });
      if (violations.length > 0) throw new GuardError(violations);
      return [];
    },
  });
}

/** What was written just before; `undefined` where it is HCL. */
function synthesizedIn(file: string): unknown {
  return file.endsWith(".json") ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

function violationsIn(
  stack: TerraformStack,
  json: unknown,
  isStrict: boolean,
  onWarning: (text: string) => void,
): readonly Violation[] {
  const parsed = new StackJson(json);
  const constructs = new Map(stack.node.findAll().map((construct) => [construct.node.path, construct]));
  const placeOf = (address: string, path = `${stack.node.path} override ${address}`) => {
    return { path, construct: constructs.get(path) };
  };
  const placeIn = ({ type, name, path }: StackResource) => placeOf(`resource.${type}.${name}`, path);
  const statedOf = (resource: StackResource): string | undefined => {
    const { construct } = placeIn(resource);
    const text = construct && statedPolicyOf(construct);
    return text === undefined ? undefined : Tokenization.resolve(text, { scope: stack, resolver, preparing: false });
  };
  // The file has them by the names of their types.
  const positions = new Map([...constructs.keys()].map((path, position) => [path, position]));
  const positionOf = (resource: StackResource) => positions.get(placeIn(resource).path) ?? constructs.size;
  const inOrder = parsed.resources.toSorted((one, other) => positionOf(one) - positionOf(other));
  const found = inOrder.flatMap((resource) => {
    const { type } = resource;
    const { path, construct } = placeIn(resource);
    const reason = construct && declaredReasonOf(construct);
    const guarded = { ...resource, reason, isStated: statedOf(resource) !== undefined };
    const findings = [
      ...(GUARDS[type]?.(guarded, parsed) ?? []),
      ...(GUARDS[type] === undefined ? [] : dynamicFindings(resource.attributes)),
      ...(ENDPOINT.test(type) && GUARDS[type] === undefined ? withoutEndpoint(guarded, parsed) : []),
      ...withoutClientSecret(guarded, parsed),
      ...beyondStated(resource, parsed, statedOf),
    ];
    return findings.map((finding) => ({ path, type, construct, isWarning: false, ...finding }));
  });
  const outputs = parsed.outputs.flatMap(([name, output]) => {
    const at = { path: `${stack.node.path} output.${name}`, type: "output", construct: undefined, isWarning: false };
    return outputFindings(output, parsed).map((finding) => ({ ...at, ...finding }));
  });
  const unchecked = uncheckedIn(json).map(({ address, type, path: written, why }) => {
    const wayOut = "Declare it with a reason (declareException), or set strict: false";
    return { ...placeOf(address, written), type, wrong: why, wayOut, isWarning: !isStrict };
  });
  return [...found, ...outputs, ...unchecked].flatMap(({ construct, isWarning, ...violation }) => {
    const reason = construct && exceptionOf(construct);
    const line = `${violation.path} (${violation.type}): ${violation.wrong}.`;
    if (hasReason(reason)) onWarning(`${line} Declared exception: ${oneLine(reason)}.`);
    else if (isWarning) onWarning(line);
    return hasReason(reason) || isWarning ? [] : [violation];
  });
}

function dynamicFindings(attributes: unknown): readonly Finding[] {
  return when(
    hasDynamicBlock(attributes),
    "it has a dynamic block, which cannot be checked before deployment",
    "Write out each block",
  );
}
