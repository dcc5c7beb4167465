/**
 * What a plan does to things rather than to addresses: one that is destroyed and made again at another address, as when
 * its construct is renamed, is compared with what it was. Pure.
 */
import { actionOf, type ResourceChange } from "../plan-file/plan-json";
import { isThere, valuesIn } from "./protected-values";

/** What tells one thing from another of its type; nothing where it is enough that there is another one. */
const IDENTITIES: Readonly<Record<string, readonly string[]>> = {
  aws_api_gateway_authorizer: [],
  aws_api_gateway_domain_name: ["domain_name"],
  aws_api_gateway_gateway_response: ["response_type"],
  aws_api_gateway_method_settings: ["method_path"],
  aws_api_gateway_rest_api_policy: ["rest_api_id"],
  aws_cloudwatch_log_group: ["name"],
  aws_cloudwatch_metric_alarm: ["alarm_name"],
  aws_iam_role: ["name"],
  aws_iam_role_policy: ["role", "name"],
  aws_iam_role_policy_attachment: ["role", "policy_arn"],
  aws_lambda_function: ["function_name"],
  aws_lambda_function_url: ["function_name"],
  aws_secretsmanager_secret: ["name"],
  aws_secretsmanager_secret_policy: ["secret_arn"],
  aws_wafv2_web_acl: ["name"],
  aws_wafv2_web_acl_association: ["resource_arn"],
};

/** The changes, with one for each two that are about the same thing. */
export function pairedChanges(changes: readonly ResourceChange[]): readonly ResourceChange[] {
  const created = changes.filter(({ change }) => actionOf(change) === "create");
  const taken = new Set<ResourceChange>();
  const paired = changes
    .filter(({ change }) => actionOf(change) === "destroy")
    .flatMap((gone) => {
      const key = identityOf(gone.type, gone.change.before);
      const made = created.find(
        (one) => !taken.has(one) && key !== undefined && identityOf(one.type, one.change.after) === key,
      );
      if (made === undefined) return [];
      taken.add(made).add(gone);
      return [joined(gone, made)];
    });
  return [...changes.filter((one) => !taken.has(one)), ...paired];
}

/** What was there before stands in the place of what nobody knows yet. */
export function knownAfter(before: unknown, after: unknown, unknown: unknown): unknown {
  if (unknown === true) return before;
  if (Array.isArray(unknown)) {
    const [old, now] = [listIn(before), listIn(after)];
    return unknown.map((mark: unknown, index) => knownAfter(old[index], now[index], mark));
  }
  if (typeof unknown !== "object" || unknown === null) return after;
  const [old, now] = [valuesIn(before), valuesIn(after)];
  const marked = Object.entries(unknown).map(([name, mark]) => [name, knownAfter(old[name], now[name], mark)]);
  return { ...now, ...Object.fromEntries(marked) };
}

function joined(gone: ResourceChange, made: ResourceChange): ResourceChange {
  const { before, before_sensitive } = gone.change;
  return { ...made, change: { ...made.change, actions: ["delete", "create"], before, before_sensitive } };
}

/** @returns `undefined` when it cannot be told */
function identityOf(type: string, values: unknown): string | undefined {
  const names = IDENTITIES[type];
  const found = names?.map((name) => valuesIn(values)[name]);
  return found === undefined || !found.every(isThere) ? undefined : JSON.stringify([type, ...found]);
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
