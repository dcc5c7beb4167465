/** Last tokens from CloudTrail: page by page, and no more of them than are needed or allowed. */
import type { CloudTrail, LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";
import { DAY_MS } from "../../../access/access-model";
import { Pace } from "../../../operations/deployed/pace";
import { readLastTokens, type TokenRequest } from "../../../operations/usage/last-tokens";

const NOW = Date.parse("2026-11-30T12:00:00Z");
const POOL = "eu-west-1_AAAAAAAAA";

const event = (clientId: string, time: number) => {
  const data = { responseParameters: { status: 200 }, clientId, userPoolId: POOL };
  return { EventTime: new Date(time), CloudTrailEvent: JSON.stringify({ userAgent: "", additionalEventData: data }) };
};

/** A history whose pages have one event each, a minute older than the one before. */
function trailOf(clientAt: (page: number) => string, pages: number) {
  const asked: LookupEventsCommandInput[] = [];
  const lookupEvents = async (input: LookupEventsCommandInput) => {
    asked.push(input);
    const page = Number(input.NextToken ?? 0);
    const NextToken = page + 1 < pages ? String(page + 1) : undefined;
    return { Events: [event(clientAt(page), NOW - page * 60_000)], NextToken };
  };
  return { trail: { lookupEvents } as unknown as CloudTrail, asked };
}

const request = (given: Partial<TokenRequest> = {}): TokenRequest => ({
  userPoolId: POOL,
  clientIds: ["shop", "idle"],
  from: NOW - 30 * DAY_MS,
  until: NOW,
  countsVerify: false,
  pace: new Pace(2, async () => undefined),
  ...given,
});

describe("readLastTokens", () => {
  it("reads page by page until each client was found", async () => {
    const { trail, asked } = trailOf((page) => (page === 3 ? "idle" : "shop"), 100);

    const { found, source } = await readLastTokens(trail, request());

    expect([...found]).toEqual([
      ["shop", NOW],
      ["idle", NOW - 3 * 60_000],
    ]);
    expect(source).toEqual({ status: "read", completeSince: new Date(NOW - 30 * DAY_MS).toISOString(), reason: null });
    expect(asked.map(({ NextToken }) => NextToken)).toEqual([undefined, "1", "2", "3"]);
    expect(asked[0]).toEqual({
      LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "Token_POST" }],
      StartTime: new Date(NOW - 30 * DAY_MS),
      EndTime: new Date(NOW),
      MaxResults: 50,
    });
  });

  it("stops after 600 pages, and knows nothing of the time before", async () => {
    const { trail, asked } = trailOf(() => "shop", 10_000);

    const { found, source } = await readLastTokens(trail, request());

    expect(asked).toHaveLength(600);
    expect([...found.keys()]).toEqual(["shop"]);
    expect(source).toEqual({
      status: "read",
      completeSince: new Date(NOW - 599 * 60_000).toISOString(),
      reason: "Only the newest 600 token requests were read.",
    });
  });

  it("makes at most as many calls a second as AWS allows", async () => {
    const waits: number[] = [];
    const pace = new Pace(2, async (milliseconds) => void waits.push(milliseconds));
    const { trail } = trailOf(() => "shop", 4);

    await readLastTokens(trail, request({ pace }));

    expect(waits).toHaveLength(3);
    expect(Math.max(...waits)).toBeGreaterThan(1000);
  });

  it("counts requests of verify where a token cache may have given the tokens to others", async () => {
    const data = { responseParameters: { status: 200 }, clientId: "idle", userPoolId: POOL };
    const text = JSON.stringify({ userAgent: "machine-access-verify", additionalEventData: data });
    const lookupEvents = async () => ({ Events: [{ EventTime: new Date(NOW), CloudTrailEvent: text }] });
    const trail = { lookupEvents } as unknown as CloudTrail;
    const foundBy = async (countsVerify: boolean) =>
      (await readLastTokens(trail, request({ countsVerify }))).found.size;

    expect([await foundBy(true), await foundBy(false)]).toEqual([1, 0]);
  });
});
