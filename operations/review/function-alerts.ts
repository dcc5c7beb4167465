/** Alerts about values that a function lacks, about code that it gets from elsewhere, and about an older runtime. Pure. */
import { listOf } from "../../constructs/contract/stack-json";
import { code, codes, commandCode } from "../../platform/markdown";
import { REFERENCED_VALUE } from "../deployed/missing-values";
import type { ResourceChange } from "../plan-file/plan-json";
import { type Alert, info, warning } from "./alert";
import type { PlanContext } from "./plan-context";
import { shown } from "./predicates";
import { isUnknown } from "./resource-changes";

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Layer.html */
const LAYER = /^arn:[\w-]+:lambda:[\w-]*:(\d{12}):layer:/;

export function functionAlerts({ paired, account, notInPlan }: PlanContext): readonly Alert[] {
  const missing = notInPlan.findings.filter(({ attribute }) => attribute === REFERENCED_VALUE);
  return [
    ...missing.map(({ effect = "", undo = "" }) =>
      warning(`${code(effect)}. Before the deployment: ${commandCode(undo)}`),
    ),
    ...paired
      .filter(({ type, change }) => type === "aws_lambda_function" && change.after !== null)
      .flatMap(({ change }) => [...newLayers(change, account), ...olderRuntime(change)]),
  ];
}

/** A layer's code runs before and beside the function's own, with the rights of its role. */
function newLayers(change: ResourceChange["change"], account: string | undefined): readonly Alert[] {
  const fn = nameIn(change);
  if (isUnknown(change, "layers")) return [warning(`The layers of the function ${fn} are known only after apply.`)];
  const before = listOf(change.before?.["layers"]).map(String);
  const added = listOf(change.after?.["layers"])
    .map(String)
    .filter((arn) => !before.includes(arn));
  if (added.length === 0) return [];
  const foreign = added.filter((arn) => account !== undefined && LAYER.exec(arn)?.[1] !== account);
  const others = foreign.length === 0 ? "" : ` Of another account: ${codes(foreign)}.`;
  return [
    warning(`The function ${fn} runs the code of layers, with the rights of its role: ${codes(added)}.${others}`),
  ];
}

/** Only runtimes of the same kind are compared, such as `nodejs22.x` and `nodejs24.x`. */
function olderRuntime(change: ResourceChange["change"]): readonly Alert[] {
  const [before, after] = [change.before?.["runtime"], change.after?.["runtime"]].map(String);
  const [kind, version] = versionOf(before);
  const [otherKind, otherVersion] = versionOf(after);
  if (kind !== otherKind || version === undefined || otherVersion === undefined) return [];
  if (otherVersion.localeCompare(version, "en", { numeric: true }) >= 0) return [];
  return [
    info(`The function ${nameIn(change)} runs on an older runtime: ${code(after ?? "")} (was ${shown(before)}).`),
  ];
}

function versionOf(runtime = ""): readonly [kind?: string, version?: string] {
  const [, kind, version] = /^([a-z]+)(\d[\d.]*)/.exec(runtime) ?? [];
  return kind === undefined || version === undefined ? [] : [kind, version];
}

function nameIn({ before, after }: ResourceChange["change"]): string {
  return shown(after?.["function_name"] ?? before?.["function_name"]);
}
