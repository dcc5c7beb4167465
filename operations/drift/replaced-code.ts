/**
 * Functions that run other code than Terraform gave them. The provider never reads `source_code_hash` back, so no plan
 * tells; what AWS says of the code is in `code_sha256`, which a refresh takes for granted.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function
 */
import { join } from "node:path";
import { shownPath } from "../../platform/project";
import { quoted } from "../../platform/shell";
import { type LeftResource, textIn } from "../deployed/left-state";
import type { Finding } from "../plan-file/finding";
import type { PlanJson } from "../plan-file/plan-json";
import { managedResources } from "../plan-file/state-json";
import { functionOf, ofFunction } from "./added-to-function";

/** @param folder folder of the stack, which has the code that was applied last */
export function replacedCode({ prior_state }: PlanJson, folder: string): readonly Finding[] {
  return managedResources(prior_state.values)
    .filter(({ type }) => type === "aws_lambda_function")
    .flatMap((fn) => {
      const [given, running] = [textIn(fn, "source_code_hash"), textIn(fn, "code_sha256")];
      return given === "" || running === "" || given === running ? [] : [finding(fn, given, running, folder)];
    });
}

function finding(fn: LeftResource, expected: string, found: string, folder: string): Finding {
  const { address } = fn;
  const at = { address, attribute: "code_sha256", expected: JSON.stringify(expected), found: JSON.stringify(found) };
  return { ...at, verdict: "changed outside", undo: undoOf(fn, folder) };
}

function undoOf(fn: LeftResource, folder: string): string {
  const zip = shownPath(join(folder, textIn(fn, "filename")));
  return `aws lambda update-function-code ${ofFunction(functionOf(fn))} --zip-file ${quoted(`fileb://${zip}`)}`;
}
