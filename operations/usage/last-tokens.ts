/**
 * When each client last got a token, from CloudTrail's event history: Cognito records each request to its token endpoint.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
import type { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { z } from "zod";
import { DAY_MS } from "../../access/access-model";
import { jsonIn } from "../../platform/json";
import type { Pace } from "../deployed/pace";
import { VERIFY_USER_AGENT } from "../deployed/verify-requests";
import { notAvailable, type Reading, readSince } from "./source";

/** CloudTrail's event history ends there. */
const HISTORY_DAYS = 90;

/** As many pages as AWS returns in five minutes, with 50 events each. CloudTrail cannot filter by client. */
const MAX_PAGES = 600;

/** What is read. Times are in milliseconds since 1970. */
export interface TokenRequest {
  readonly userPoolId: string;
  readonly clientIds: readonly string[];
  readonly from: number;
  readonly until: number;
  /** Whether requests of `verify` count: behind a token cache, their tokens may have been given to others. */
  readonly countsVerify: boolean;
  readonly pace: Pace;
  /** Called after each page, with the events that were read so far. */
  readonly onEvents?: (events: number) => void;
}

/** Last tokens: milliseconds since 1970 by client id. */
export type LastTokens = ReadonlyMap<string, number>;

const tokenEvent = z.object({
  userAgent: z.string().default(""),
  additionalEventData: z.object({
    responseParameters: z.object({ status: z.number() }),
    clientId: z.string().optional(),
    requestParameters: z.object({ client_id: z.array(z.string()).optional() }).default({}),
    userPoolId: z.string(),
  }),
});

/** Reads until each client was found. @throws {AwsError} when AWS refuses */
export async function readLastTokens(trail: CloudTrail, request: TokenRequest): Promise<Reading<LastTokens>> {
  const { clientIds, from, until, pace, onEvents } = request;
  const start = Math.max(from, until - HISTORY_DAYS * DAY_MS);
  const found = new Map<string, number>();
  let oldest: number | undefined;
  let nextToken: string | undefined;
  let [pages, events] = [0, 0];
  do {
    await pace.turn();
    const page = await trail.lookupEvents({
      LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "Token_POST" }],
      StartTime: new Date(start),
      EndTime: new Date(until),
      MaxResults: 50,
      NextToken: nextToken,
    });
    for (const { CloudTrailEvent = "", EventTime } of page.Events ?? []) {
      const time = EventTime?.getTime() ?? 0;
      oldest = Math.min(oldest ?? time, time);
      const id = clientOf(CloudTrailEvent, request);
      if (id !== undefined) found.set(id, Math.max(found.get(id) ?? time, time));
    }
    [pages, events] = [pages + 1, events + (page.Events?.length ?? 0)];
    onEvents?.(events);
    nextToken = page.NextToken;
  } while (nextToken !== undefined && pages < MAX_PAGES && found.size < new Set(clientIds).size);
  if (oldest === undefined) {
    const reason = "CloudTrail has no token requests of that time in this region, of any user pool.";
    return { found, source: notAvailable(reason) };
  }
  if (found.size === new Set(clientIds).size) return { found, source: readSince(from) };
  if (nextToken !== undefined) {
    const count = events.toLocaleString("en");
    return { found, source: readSince(oldest, `Only the newest ${count} token requests were read.`) };
  }
  const reason = start > from ? `CloudTrail's event history has the last ${HISTORY_DAYS} days.` : null;
  return { found, source: readSince(start, reason) };
}

/** The client that got a token; `undefined` for other pools, for refusals, and for `verify`. */
function clientOf(text: string, { userPoolId, clientIds, countsVerify }: TokenRequest): string | undefined {
  const { data } = tokenEvent.safeParse(jsonIn(text));
  if (data === undefined || (data.userAgent === VERIFY_USER_AGENT && !countsVerify)) return undefined;
  const { responseParameters, clientId, requestParameters, userPoolId: pool } = data.additionalEventData;
  // Older events have the id only where it was sent in the body.
  const id = clientId ?? requestParameters.client_id?.[0] ?? "";
  return pool === userPoolId && responseParameters.status === 200 && clientIds.includes(id) ? id : undefined;
}
