/**
 * Log groups, how long they are kept, and their lines since the embedded AWS was started.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
import { type Attributes, number, optionalText as optionalValue, text } from "../../attributes";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import { byHand, changeByHand, createByHand, removeByHand } from "../../resources/by-hand";
import { type LogGroupState, logGroup } from "../../resources/logs";
import type { LogEvent } from "../../runtime/log-events";
import { constraintError, optionalNumber, optionalText, optionalTexts, refuseOthers, requiredText } from "./api-input";
import { type ApiOperation, type ApiPlace, type Json, type LogsPlace, present } from "./aws-api";
import { logFilter } from "./log-filter";

const GROUP_NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/;
/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** `DescribeLogGroups`. */
export const describeLogGroups: ApiOperation = async ({ account, region }, input) => {
  refuseOthers(input, ["logGroupNamePrefix", "logGroupNamePattern", "limit", "nextToken"]);
  const [prefix, pattern] = [optionalText(input, "logGroupNamePrefix"), optionalText(input, "logGroupNamePattern")];
  if (prefix !== undefined && pattern !== undefined) {
    const message = "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.";
    throw new AwsError("InvalidParameterException", message);
  }
  const isWanted = (name: string) => name.startsWith(prefix ?? "") && name.includes(pattern ?? "");
  const groups = account
    .list(logGroup.type)
    .filter((group) => group["region"] === region && isWanted(text(group, "name")))
    .sort((a, b) => (text(a, "name") < text(b, "name") ? -1 : 1));
  const limit = optionalNumber(input, "limit", 1, 50) ?? 50;
  const { items, next } = pageOf(groups, limit, optionalText(input, "nextToken"));
  const logGroups = items.map((group) => describe(group, stateOf({ account, region }, group)));
  return present({ logGroups, nextToken: next });
};

/** `FilterLogEvents`, oldest first; of each group, only the newest lines are still there. */
export const filterLogEvents: ApiOperation<LogsPlace> = async (place, input) => {
  const played = ["logStreamNames", "logStreamNamePrefix", "startTime", "endTime", "filterPattern", "interleaved"];
  refuseOthers(input, ["logGroupName", "logGroupIdentifier", ...played, "limit", "nextToken"]);
  const group = findGroup(place, nameIn(input));
  const name = text(group, "name");
  // Lines of a group that was deleted are not those of the one that has its name now.
  const { createdAt } = stateOf(place, group);
  const lines = place.logs
    .of({ region: place.region, logGroup: name })
    .filter(({ timestamp }) => timestamp >= createdAt);
  const events = lines.filter(wanted(input));
  const limit = optionalNumber(input, "limit", 1, 10_000) ?? 10_000;
  const { items, next } = pageOf(events, limit, optionalText(input, "nextToken"));
  const described = items.map(({ id, logStream, timestamp, message }) => ({
    logStreamName: logStream,
    timestamp,
    message,
    ingestionTime: timestamp,
    eventId: String(id).padStart(56, "0"),
  }));
  return present({ events: described, searchedLogStreams: [], nextToken: next });
};

/** `CreateLogGroup`. */
export const createLogGroup: ApiOperation = (place, input) =>
  byHand(place, async () => {
    refuseOthers(input, ["logGroupName", "logGroupClass"]);
    const logGroupClass = optionalText(input, "logGroupClass");
    await createByHand(logGroup, place, {
      name: requiredText(input, "logGroupName", GROUP_NAME),
      ...(logGroupClass === undefined ? {} : { log_group_class: logGroupClass }),
    });
    return {};
  });

/** `DeleteLogGroup`, with all that was logged. */
export const deleteLogGroup: ApiOperation = (place, input) =>
  byHand(place, () => {
    refuseOthers(input, ["logGroupName"]);
    removeByHand(logGroup, place, findGroup(place, requiredText(input, "logGroupName", GROUP_NAME)));
    return {};
  });

/** `PutRetentionPolicy`. */
export const putRetentionPolicy: ApiOperation = (place, input) =>
  byHand(place, async () => {
    const group = findGroup(place, requiredText(input, "logGroupName", GROUP_NAME));
    const days = optionalNumber(input, "retentionInDays", 0, Number.MAX_SAFE_INTEGER);
    if (days === undefined) throw constraintError("retentionInDays", "Member must not be null");
    if (!RETENTION_DAYS.includes(days)) {
      throw constraintError(
        "retentionInDays",
        `Member must satisfy enum value set: [${RETENTION_DAYS.join(", ")}]`,
        days,
      );
    }
    await changeByHand(logGroup, place, group, { retention_in_days: days });
    return {};
  });

/** Name of the group, given as such or by its ARN. */
function nameIn(input: Json): string {
  const [name, identifier] = [optionalText(input, "logGroupName"), optionalText(input, "logGroupIdentifier")];
  if (name !== undefined && identifier !== undefined) {
    throw new AwsError(
      "InvalidParameterException",
      "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
    );
  }
  if (identifier === undefined) return requiredText(input, "logGroupName", GROUP_NAME);
  return /^arn:aws:logs:[a-z0-9-]+:\d{12}:log-group:([^:*]+)$/.exec(identifier)?.[1] ?? identifier;
}

function findGroup({ account, region }: ApiPlace, name: string): Attributes {
  const found = account.get(logGroup.type, `${region}/${name}`);
  if (found !== undefined) return found.attributes;
  throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
}

function stateOf({ account, region }: ApiPlace, { name }: Attributes): LogGroupState {
  return account.get(logGroup.type, `${region}/${name}`)?.internal as LogGroupState;
}

function wanted(input: Json): (event: LogEvent) => boolean {
  const fits = logFilter(optionalText(input, "filterPattern") ?? "");
  const [prefix, streams] = [optionalText(input, "logStreamNamePrefix"), optionalTexts(input, "logStreamNames")];
  if (prefix !== undefined && streams !== undefined) {
    const message = "LogStream names and LogStream name prefix are mutually exclusive parameters.";
    throw new AwsError("InvalidParameterException", message);
  }
  const start = optionalNumber(input, "startTime", 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const end = optionalNumber(input, "endTime", 0, Number.MAX_SAFE_INTEGER) ?? Number.POSITIVE_INFINITY;
  return ({ timestamp, logStream, message }) =>
    timestamp >= start &&
    timestamp <= end &&
    logStream.startsWith(prefix ?? "") &&
    (streams === undefined || streams.includes(logStream)) &&
    fits(message);
}

function describe(group: Attributes, state: LogGroupState): Json {
  const days = number(group, "retention_in_days", 0);
  return present({
    logGroupName: text(group, "name"),
    creationTime: state.createdAt,
    retentionInDays: days === 0 ? undefined : days,
    metricFilterCount: 0,
    arn: `${text(group, "arn")}:*`,
    storedBytes: 0,
    kmsKeyId: optionalValue(group, "kms_key_id"),
    logGroupClass: text(group, "log_group_class"),
    logGroupArn: text(group, "arn"),
  });
}
