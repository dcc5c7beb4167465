/** Loud lines about what protects less after a plan than before. Pure. */
import type { AccessMatrix } from "../access-matrix";
import { actionOf, type ResourceChange } from "../plan-json";
import { type Alert, warning } from "./alert";
import { code, codes } from "./markdown-text";
import { policyAlerts } from "./policy-alerts";
import { PROTECTIONS, type Values } from "./protections";

/** Types of which one that goes away is no loss when another one comes: it only has another name. */
const GUARDS: Readonly<Record<string, (values: Values) => string>> = {
  aws_wafv2_web_acl_association: () => "The API loses its firewall: nothing stops an address from calling too often.",
  aws_api_gateway_authorizer: ({ name }) =>
    `The authorizer ${named(name)} goes away: API Gateway checks no tokens by it any more.`,
};

/**
 * What is not protected any more, or less.
 * @param after who can call what afterwards, which has the routes that are still there
 */
export function lostProtection(changes: readonly ResourceChange[], after: AccessMatrix): readonly Alert[] {
  const destroyed = changes.filter(({ change }) => actionOf(change) === "destroy");
  const created = new Set(changes.filter(({ change }) => actionOf(change) === "create").map(({ type }) => type));
  return [
    ...changes.flatMap(lessened),
    ...changes.flatMap(policyAlerts),
    ...destroyed.flatMap((gone) => guardGone(gone, created)),
    ...destroyed.flatMap((gone) => throttlingGone(gone, after)),
    ...alarmsGone(destroyed, created),
  ];
}

/** What is made anew is compared with what it was, since it stands for the same thing. */
function lessened({ type, change }: ResourceChange): readonly Alert[] {
  const { before, after, after_unknown } = change;
  if (before === null || after === null) return [];
  const unknown = typeof after_unknown === "object" ? after_unknown : {};
  // What AWS decides is no loss: the code says nothing about it.
  const known = {
    ...after,
    ...Object.fromEntries(Object.keys(unknown).map((name) => [name, after[name] ?? before[name]])),
  };
  return (PROTECTIONS[type] ?? []).flatMap((protection) => {
    const lost = protection(before, known);
    return lost === undefined ? [] : [warning(lost)];
  });
}

function guardGone({ type, change }: ResourceChange, created: ReadonlySet<string>): readonly Alert[] {
  const told = GUARDS[type];
  return told === undefined || created.has(type) ? [] : [warning(told(change.before ?? {}))];
}

/** Those of a route that goes away are missed by nobody. */
function throttlingGone({ type, change }: ResourceChange, { routes }: AccessMatrix): readonly Alert[] {
  if (type !== "aws_api_gateway_method_settings") return [];
  const path = String(change.before?.["method_path"]);
  if (path === "*/*") return [warning("The stage loses its settings, throttling included.")];
  const [, resource = "", method = ""] = /^(.*)\/([A-Z]+)$/.exec(path) ?? [];
  const names = [method, "ANY"].map((verb) => `${verb} ${resource.replaceAll("~1", "/")}`);
  const left = routes.find(({ route }) => names.includes(route));
  return left === undefined ? [] : [warning(`${code(left.route)} loses its own throttling.`)];
}

function alarmsGone(destroyed: readonly ResourceChange[], created: ReadonlySet<string>): readonly Alert[] {
  const type = "aws_cloudwatch_metric_alarm";
  const names = destroyed
    .filter((gone) => gone.type === type)
    .map(({ change }) => String(change.before?.["alarm_name"]));
  if (names.length === 0 || created.has(type)) return [];
  return [warning(`Nobody is told any more by these alarms, which go away: ${codes(names)}.`)];
}

function named(value: unknown): string {
  return code(typeof value === "string" ? value : "?");
}
