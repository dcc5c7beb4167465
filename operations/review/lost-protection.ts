/** Loud lines about what protects less after a plan than before. Pure. */

import { codes } from "../../platform/markdown";
import type { AccessMatrix } from "../access-graph/access-matrix";
import { actionOf, type ResourceChange } from "../plan-file/plan-json";
import { type Alert, warning } from "./alert";
import { newWaysAlerts } from "./identity-protections";
import { newRightsAlerts } from "./new-rights-alerts";
import { NO_FACTS, type PlanFacts } from "./plan-facts";
import { policyAlerts } from "./policy-alerts";
import { shown, type Values, valueAt, valuesIn } from "./protected-values";
import { knownAfter, pairedChanges } from "./protection-pairs";
import { PROTECTIONS } from "./protections";
import { secretReaderAlerts } from "./secret-reader-alerts";
import { throttlingAlerts } from "./throttling-alerts";

/** Types that protect by being there. */
const GUARDS: Readonly<Record<string, (values: Values) => string>> = {
  aws_wafv2_web_acl_association: () => "The API loses its firewall: nothing stops an address from calling too often.",
  aws_api_gateway_authorizer: ({ name }) =>
    `The authorizer ${shown(name)} goes away: API Gateway checks no tokens by it any more.`,
  aws_api_gateway_rest_api_policy: () => "The API loses its resource policy: it keeps nobody out any more.",
};

/**
 * What is not protected any more, or less.
 * @param after who can call what afterwards, which has the routes that are still there
 */
export function lostProtection(
  changes: readonly ResourceChange[],
  after: AccessMatrix,
  facts: PlanFacts = NO_FACTS,
): readonly Alert[] {
  const paired = pairedChanges(changes);
  const destroyed = paired.filter(({ change }) => actionOf(change) === "destroy");
  const gone = new Set(
    destroyed.flatMap(({ change: { before } }) => [before?.["name"], before?.["id"], before?.["arn"]]),
  );
  return [
    ...paired.flatMap((changed) => lessened(changed, facts)),
    ...paired.flatMap((changed) => policyAlerts(changed, { account: facts.account, gone })),
    ...newWaysAlerts(paired),
    ...newRightsAlerts(paired, facts),
    ...secretReaderAlerts(paired, facts),
    ...destroyed.flatMap((gone) => guardGone(gone, paired)),
    ...throttlingAlerts(paired, after, facts),
    ...alarmsGone(destroyed),
    ...logsGone(changes),
  ];
}

/** What is made anew is compared with what it was, since it stands for the same thing. */
function lessened({ type, name, change }: ResourceChange, facts: PlanFacts): readonly Alert[] {
  const { before, after, after_unknown } = change;
  const found = PROTECTIONS[type];
  if (found === undefined || before === null || after === null) return [];
  const known = valuesIn(knownAfter(before, after, after_unknown));
  const losses = found.losses.flatMap((loss) => {
    const lost = loss(before, known);
    if (lost === undefined) return [];
    return [typeof lost === "string" ? warning(lost) : lost];
  });
  const written = facts.written(type, name);
  const unknown = found.attributes.filter(
    (path) => mayBeLost(valueAt(before, path), written, path) && isUnknown(after_unknown, path),
  );
  if (unknown.length === 0) return losses;
  return [...losses, warning(`${found.called(before)}: ${codes(unknown)} will be known only when it is applied.`)];
}

function guardGone({ type, change }: ResourceChange, changes: readonly ResourceChange[]): readonly Alert[] {
  const told = GUARDS[type];
  if (told === undefined) return [];
  const isAnother = changes.some((made) => made.type === type && actionOf(made.change) === "create");
  const doubt = isAnother ? " There is a new one, but nothing says that it stands for the same." : "";
  return [warning(`${told(change.before ?? {})}${doubt}`)];
}

function alarmsGone(destroyed: readonly ResourceChange[]): readonly Alert[] {
  const names = namesOf(destroyed, "aws_cloudwatch_metric_alarm", "alarm_name");
  if (names.length === 0) return [];
  return [warning(`Nobody is told any more by these alarms, which go away: ${codes(names)}.`)];
}

/** A group that is made again under the same name is empty. */
function logsGone(changes: readonly ResourceChange[]): readonly Alert[] {
  const ending = changes.filter(
    ({ change }) => ["destroy", "replace"].includes(actionOf(change)) && change.before?.["skip_destroy"] !== true,
  );
  const names = namesOf(ending, "aws_cloudwatch_log_group", "name");
  if (names.length === 0) return [];
  return [warning(`All lines of these log groups are deleted with them: ${codes(names)}.`)];
}

function namesOf(changes: readonly ResourceChange[], wanted: string, name: string): readonly string[] {
  return changes.filter(({ type }) => type === wanted).map(({ change }) => String(change.before?.[name]));
}

/** What was off and what the code says nothing about is what AWS has it be. */
function mayBeLost(value: unknown, written: Values, path: string): boolean {
  const [attribute = path] = path.split(".");
  return value === false ? attribute in written : value !== null && value !== undefined;
}

function isUnknown(marks: unknown, path: string): boolean {
  return hasTrue(marks === true ? true : valueAt(marks, path));
}

function hasTrue(mark: unknown): boolean {
  return mark === true || (typeof mark === "object" && mark !== null && Object.values(mark).some(hasTrue));
}
