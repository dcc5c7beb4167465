/** Who else may invoke a function. */

import { isConditional, isPublic, readPolicy } from "../../iam/policy";
import { quoted } from "../../platform/shell";
import { type LeftResource, regionOf, textIn } from "../deployed/left-state";
import type { Finding } from "../plan-file/finding";
import { added, whose } from "./added-finding";
import type { AwsReads, LambdaFunction, Statement } from "./aws-reads";

/** Statements of who may invoke a function. */
export async function statements(
  fn: LeftResource,
  permissions: readonly LeftResource[],
  reads: AwsReads,
): Promise<readonly Finding[]> {
  const at = functionOf(fn);
  const own = whose(permissions, "function_name", at.name, textIn(fn, "arn"));
  const known = own.map((permission) => textIn(permission, "statement_id"));
  const found = (await reads.statements(at)).filter(({ Sid }) => !known.includes(Sid));
  return found.map((statement) => {
    // Which resource it is about is the function itself.
    const { Resource: _function, ...shown } = statement;
    const undo = `aws lambda remove-permission ${ofFunction(at)} --statement-id ${quoted(statement.Sid)}`;
    return {
      ...added(fn, "policy", JSON.stringify(shown), undo),
      ...(isOpen(statement) ? { isLoud: true } : {}),
    };
  });
}

/** A URL of a function's own: past the API, and past whoever is asked for a token there. */
export async function functionUrl(
  fn: LeftResource,
  urls: readonly LeftResource[],
  reads: AwsReads,
): Promise<readonly Finding[]> {
  const at = functionOf(fn);
  if (whose(urls, "function_name", at.name, textIn(fn, "arn")).length > 0) return [];
  const found = await reads.functionUrl(at);
  if (found === undefined) return [];
  const undo = `aws lambda delete-function-url-config ${ofFunction(at)}`;
  return [added(fn, "function_url", JSON.stringify(found), undo)];
}

function isOpen(statement: Statement): boolean {
  return (readPolicy({ Statement: statement }) ?? []).some((one) => isPublic(one) && !isConditional(one));
}

/** What AWS knows a function by. */
export function functionOf(fn: LeftResource): LambdaFunction {
  return { region: regionOf(fn), name: textIn(fn, "function_name") };
}

/** The part of a command that names it. */
export function ofFunction({ region, name }: LambdaFunction): string {
  return `--region ${region} --function-name ${quoted(name)}`;
}
