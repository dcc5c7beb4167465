/** What keeps logs and secrets, and who is told when something is wrong, by type. Pure. */

import { codes } from "../../platform/markdown";
import { caution } from "./alert";
import { added, isLost, isRemoved, isThere, type Loss, type Protections, shown, type Values } from "./protected-values";

/** What makes an alarm another one. */
const WATCHED = [
  "namespace",
  "metric_name",
  "dimensions",
  "metric_query",
  "statistic",
  "extended_statistic",
  "comparison_operator",
];

/** How long it has to be bad before an alarm tells. */
const PATIENCE = ["evaluation_periods", "datapoints_to_alarm", "period"];

const alarm = ({ alarm_name }: Values) => `The alarm ${shown(alarm_name)}`;
const secret = ({ name }: Values) => `The secret ${shown(name)}`;
const logs = ({ name }: Values) => `The log group ${shown(name)}`;
const key = ({ description, id }: Values) => `The key ${shown(isThere(description) ? description : id)}`;

const ALARM_LOSSES: readonly Loss[] = [
  (before, after) =>
    isLost(before, after, "actions_enabled") || isRemoved(before, after, "alarm_actions")
      ? `${alarm(before)} tells nobody any more.`
      : undefined,
  (before, after) => {
    const gone = isThere(after["alarm_actions"]) ? added(after, before, "alarm_actions") : [];
    return gone.length > 0 ? `${alarm(before)} does not tell these any more: ${codes(gone)}.` : undefined;
  },
  (before, after) => {
    const other = WATCHED.filter((name) => isChanged(before[name], after[name]));
    return other.length > 0 ? `${alarm(before)} watches something else: ${codes(other)}.` : undefined;
  },
  (before, after) => {
    const [old, now] = [Number(before["threshold"]), Number(after["threshold"])];
    const isLater = String(before["comparison_operator"]).startsWith("Less") ? now < old : now > old;
    return isLater ? `${alarm(before)} tells later: its threshold is ${now}, before ${old}.` : undefined;
  },
  (before, after) => {
    const slower = PATIENCE.filter((name) => Number(after[name]) > Number(before[name]));
    return slower.length > 0 ? `${alarm(before)} tells later: more has to be bad by ${codes(slower)}.` : undefined;
  },
];

const LOG_LOSSES: readonly Loss[] = [
  (before, after) => {
    const [old, now] = [daysOf(before), daysOf(after)];
    const earlier = old === Number.POSITIVE_INFINITY ? "for ever" : `${old}`;
    return now < old
      ? `Lines of the log group ${shown(before["name"])} are kept ${now} days, before ${earlier}.`
      : undefined;
  },
  (before, after) =>
    isRemoved(before, after, "kms_key_id")
      ? `${logs(before)} is not encrypted by a key of its own any more.`
      : undefined,
];

const SECRET_LOSSES: readonly Loss[] = [
  (before, after) =>
    Number(before["recovery_window_in_days"]) > 0 && after["recovery_window_in_days"] === 0
      ? `${secret(before)} cannot be restored any more once it is deleted.`
      : undefined,
  (before, after) =>
    isRemoved(before, after, "kms_key_id")
      ? `${secret(before)} is not encrypted by a key of its own any more.`
      : undefined,
];

const KEY_LOSSES: readonly Loss[] = [
  (before, after) =>
    isLost(before, after, "is_enabled")
      ? caution(`${key(before)} is turned off: nobody can read what it encrypts.`)
      : undefined,
  (before, after) =>
    isLost(before, after, "enable_key_rotation") ? `${key(before)} is not rotated any more.` : undefined,
];

/** Of what is kept, and of who is told. */
export const KEEPING_PROTECTIONS: Protections = {
  aws_cloudwatch_metric_alarm: {
    called: alarm,
    attributes: ["actions_enabled", "alarm_actions", "threshold", ...WATCHED],
    losses: ALARM_LOSSES,
  },
  aws_cloudwatch_log_group: { called: logs, attributes: ["retention_in_days", "kms_key_id"], losses: LOG_LOSSES },
  aws_secretsmanager_secret: {
    called: secret,
    attributes: ["recovery_window_in_days", "kms_key_id"],
    losses: SECRET_LOSSES,
  },
  aws_secretsmanager_secret_policy: {
    called: ({ secret_arn }) => `The policy of the secret ${shown(secret_arn)}`,
    attributes: ["block_public_policy"],
    losses: [
      (before, after) =>
        isLost(before, after, "block_public_policy")
          ? `The policy of the secret ${shown(before["secret_arn"])} may be made public from then on.`
          : undefined,
    ],
  },
  aws_kms_key: { called: key, attributes: ["is_enabled", "enable_key_rotation"], losses: KEY_LOSSES },
};

/** CloudWatch writes 0 for "for ever". */
function daysOf({ retention_in_days }: Values): number {
  const days = Number(retention_in_days ?? 0);
  return days === 0 ? Number.POSITIVE_INFINITY : days;
}

/** Nothing, an empty text, an empty list and an empty map are the same for Terraform. */
function isChanged(before: unknown, after: unknown): boolean {
  const [old, now] = [before, after].map((value) => {
    const isEmpty =
      value === null ||
      value === undefined ||
      value === "" ||
      (typeof value === "object" && Object.keys(value).length === 0);
    return isEmpty ? "" : JSON.stringify(value);
  });
  return old !== now;
}
