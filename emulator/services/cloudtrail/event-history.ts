/**
 * The event history: management events of the last 90 days, of which only the newest are there.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
import type * as sdk from "@aws-sdk/client-cloudtrail";
import type { Account } from "../../account/account";
import { regionNames } from "../../account/regions";
import { AwsError } from "../../errors";
import { type HttpRequest, headerValues } from "../../protocols/http";
import { pageOf } from "../../protocols/pages";
import type { LogEvent, LogLines } from "../../protocols/runtime";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";

/** What a service records of a request outside its API. */
export interface ServiceEvent {
  /** Such as `cognito-idp.amazonaws.com`. */
  readonly eventSource: string;
  readonly eventName: string;
  readonly additionalEventData: Readonly<Record<string, unknown>>;
}

/** Where the events of a region are kept. */
const GROUP = "cloudtrail";
const RETENTION_MS = 90 * 86_400_000;
const MAX_BYTES = 16 << 20;
const MAX_PAGE = 50;
/** The account of the service in AWS's examples. */
const SERVICE_ACCOUNT = "111122223333";

/** What is kept of the events: some 15,000. */
export const TRAIL_LIMITS = {
  maxBytes: MAX_BYTES,
  maxGroupBytes: MAX_BYTES,
  groups: [...regionNames.keys()].map((region) => ({ region, logGroup: GROUP })),
  retention: () => RETENTION_MS,
};

/** Where an event happens. */
interface EventPlace {
  readonly account: Account;
  readonly accountId: string;
  readonly region: string;
  readonly trail: LogLines | undefined;
}

/** Adds an event to the history of the region. */
export function recordEvent(
  { account, accountId, region, trail }: EventPlace,
  request: HttpRequest,
  event: ServiceEvent,
) {
  const { eventSource, eventName, additionalEventData } = event;
  const record = {
    eventVersion: "1.08",
    userIdentity: { accountId },
    eventTime: new Date(account.now()).toISOString().replace(/\.\d+Z$/, "Z"),
    eventSource,
    eventName,
    awsRegion: region,
    sourceIPAddress: request.sourceIp,
    userAgent: headerValues(request, "User-Agent").at(-1) ?? "",
    requestParameters: null,
    responseElements: null,
    additionalEventData,
    requestID: account.uuid(),
    eventID: account.uuid(),
    readOnly: false,
    eventType: "AwsServiceEvent",
    managementEvent: true,
    recipientAccountId: accountId,
    serviceEventDetails: { serviceAccountId: SERVICE_ACCOUNT },
    eventCategory: "Management",
  };
  trail?.add({ region, logGroup: GROUP, logStream: eventName }, JSON.stringify(record), account.now());
}

/** As much of a record as is looked up. */
interface EventRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventSource: string;
  readonly readOnly: boolean;
}

/** The attributes that the events have here; no event has the others. */
const ATTRIBUTES: Readonly<Partial<Record<sdk.LookupAttributeKey, (record: EventRecord) => string>>> = {
  EventId: ({ eventID }) => eventID,
  EventName: ({ eventName }) => eventName,
  EventSource: ({ eventSource }) => eventSource,
  ReadOnly: ({ readOnly }) => String(readOnly),
};

/** Those of the API, and those that no event has here. */
const KEYS = [...Object.keys(ATTRIBUTES), "AccessKeyId", "ResourceName", "ResourceType", "Username"];

/** Events of the region, newest first. The wording of `LookupEvents`' refusals is unconfirmed. */
export function lookupEvents({ account, region, runtime }: OperationContext, input: Wire<sdk.LookupEventsRequest>) {
  const { LookupAttributes = [], StartTime = 0, EndTime = Number.POSITIVE_INFINITY, MaxResults = MAX_PAGE } = input;
  if (MaxResults < 1 || MaxResults > MAX_PAGE) {
    const text = `A maxResults value of ${MaxResults} is invalid. Specify max results between 1 and ${MAX_PAGE}.`;
    throw new AwsError("InvalidMaxResultsException", text);
  }
  if (StartTime > EndTime) {
    throw new AwsError("InvalidTimeRangeException", "The start time must be before the end time.");
  }
  if (input.EventCategory !== undefined && input.EventCategory !== "insight") {
    throw new AwsError("InvalidEventCategoryException", `The event category ${input.EventCategory} is not valid.`);
  }
  const isWanted = attributeFilter(LookupAttributes);
  const kept = input.EventCategory === undefined ? (runtime.trail?.of({ region, logGroup: GROUP }) ?? []) : [];
  const oldest = Math.max(StartTime * 1000, account.now() - RETENTION_MS);
  const found = kept
    // CloudTrail's times are in whole seconds.
    .filter(({ timestamp }) => timestamp >= oldest && Math.floor(timestamp / 1000) <= EndTime)
    .map((event) => ({ event, record: JSON.parse(event.message) as EventRecord }))
    .filter(({ record }) => isWanted(record))
    .reverse();
  const { items, next } = pageOf(
    found,
    MaxResults,
    input.NextToken,
    "InvalidNextTokenException",
    "The token is invalid.",
  );
  return present({ Events: items.map(({ event, record }) => describe(event, record)), NextToken: next });
}

function attributeFilter([first, ...others]: readonly Wire<sdk.LookupAttribute>[]): (record: EventRecord) => boolean {
  if (first === undefined) return () => true;
  const refusal = (text: string) => new AwsError("InvalidLookupAttributesException", text);
  const { AttributeKey: key, AttributeValue: value = "" } = first;
  if (others.length > 0) throw refusal("You can specify only one lookup attribute.");
  if (key === undefined || !KEYS.includes(key)) {
    throw refusal(`The lookup attribute key ${key} is not valid.`);
  }
  if (value === "" || value.length > 2000) throw refusal("The lookup attribute value must have 1 to 2000 characters.");
  const read = ATTRIBUTES[key];
  return (record) => read?.(record) === value;
}

function describe({ timestamp, message }: LogEvent, { eventID, eventName, eventSource, readOnly }: EventRecord) {
  return {
    EventId: eventID,
    EventName: eventName,
    ReadOnly: String(readOnly),
    EventTime: Math.floor(timestamp / 1000),
    EventSource: eventSource,
    Resources: [],
    CloudTrailEvent: message,
  };
}
