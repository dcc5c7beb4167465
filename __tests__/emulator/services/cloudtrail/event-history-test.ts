/** CloudTrail's event history by the AWS SDK: what Cognito writes there, and how it is looked up. */
import type { CloudTrail, LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";
import { createEndpoint } from "../../../../emulator/hosts";
import type { Endpoint, HttpRequest } from "../../../../emulator/protocols/http";
import { domains } from "../../../../emulator/services/cognito/records";
import { text } from "../../../../emulator/terraform/attributes";
import { AwsError } from "../../../../platform/aws";
import { awsBy, sendTo } from "../../../support/aws-endpoint";
import { openPretendAccount, type PretendAccount, START } from "../../../support/pretend-account";
import { requestOf } from "../../../support/requests";

const DAY = 86_400_000;

let pretend: PretendAccount;
let endpoint: Endpoint;
let trail: CloudTrail;
let host: string;
let clientId: string;
let secret: string;
beforeEach(async () => {
  pretend = await openPretendAccount();
  endpoint = createEndpoint({ account: pretend.account, runner: { invoke: () => Promise.reject(new Error("none")) } });
  trail = await awsBy(sendTo(endpoint)).cloudTrail();
  clientId = text(pretend.made.client, "id");
  secret = text(pretend.made.client, "client_secret");
  const [domain] = domains.list({ account: pretend.account, region: "ap-northeast-1" });
  host = `${domain?.Domain}.auth.ap-northeast-1.amazoncognito.com`;
});

const FORM = ["Content-Type", "application/x-www-form-urlencoded"] as const;

/** Asks for a token with the client's credentials in the header, unless the parameters have them. */
function ask(parameters: Readonly<Record<string, string>> = {}, given: Partial<Omit<HttpRequest, "body">> = {}) {
  const basic = Buffer.from(`${clientId}:${secret}`).toString("base64");
  const credentials = "client_id" in parameters ? [] : [["Authorization", `Basic ${basic}`] as const];
  const headers = [FORM, ["User-Agent", "billing/1.0"] as const, ...credentials];
  const body = new URLSearchParams({ grant_type: "client_credentials", ...parameters }).toString();
  return endpoint(requestOf({ method: "POST", host, path: "/oauth2/token", headers, body, ...given }));
}

async function lookUp(input: LookupEventsCommandInput = {}) {
  const { Events = [], NextToken } = await trail.lookupEvents(input);
  return { events: Events.map(({ CloudTrailEvent = "" }) => JSON.parse(CloudTrailEvent)), Events, NextToken };
}

const refusalOf = (input: LookupEventsCommandInput) =>
  trail.lookupEvents(input).then(
    () => "accepted",
    (error: unknown) => (error instanceof AwsError ? error.code : error),
  );
const by = (AttributeKey: string, AttributeValue: string) =>
  ({ LookupAttributes: [{ AttributeKey, AttributeValue }] }) as LookupEventsCommandInput;

describe("a token request", () => {
  it("is an event with the client's id, as Cognito writes it", async () => {
    expect((await ask({ scope: "test_resource/test" })).status).toBe(200);

    const { events, Events } = await lookUp(by("EventName", "Token_POST"));

    expect(events).toEqual([
      {
        eventVersion: "1.08",
        userIdentity: { accountId: "123456789012" },
        eventTime: "2026-07-02T11:42:47Z",
        eventSource: "cognito-idp.amazonaws.com",
        eventName: "Token_POST",
        awsRegion: "ap-northeast-1",
        sourceIPAddress: "127.0.0.1",
        userAgent: "billing/1.0",
        requestParameters: null,
        responseElements: null,
        additionalEventData: {
          responseParameters: { status: 200 },
          clientId,
          requestParameters: { grant_type: ["client_credentials"], scope: ["test_resource/test"] },
          userPoolDomain: host,
          userPoolId: text(pretend.made.pool, "id"),
        },
        requestID: expect.stringMatching(/^[\da-f-]{36}$/),
        eventID: expect.stringMatching(/^[\da-f-]{36}$/),
        readOnly: false,
        eventType: "AwsServiceEvent",
        managementEvent: true,
        recipientAccountId: "123456789012",
        serviceEventDetails: { serviceAccountId: "111122223333" },
        eventCategory: "Management",
      },
    ]);
    expect(Events).toEqual([
      {
        EventId: events[0].eventID,
        EventName: "Token_POST",
        ReadOnly: "false",
        EventTime: new Date(START),
        EventSource: "cognito-idp.amazonaws.com",
        Resources: [],
        CloudTrailEvent: expect.any(String),
      },
    ]);
  });

  it("is an event without the secret, and with its status when it is refused", async () => {
    await ask({ client_id: clientId, client_secret: secret });
    await ask({ client_id: clientId, client_secret: "wrong" });
    await ask({ client_id: "unknown", client_secret: "wrong" });

    const { events } = await lookUp();

    const seen = events.map(({ additionalEventData: { responseParameters, clientId: id, requestParameters } }) => {
      return [responseParameters.status, id, requestParameters.client_secret];
    });
    const hidden = ["HIDDEN_DUE_TO_SECURITY_REASONS"];
    expect(seen).toEqual([
      [400, undefined, hidden],
      [400, clientId, hidden],
      [200, clientId, hidden],
    ]);
    expect(JSON.stringify(events)).not.toContain(secret);
  });

  it("is not an event where Cognito answers no token request", async () => {
    await ask({}, { method: "GET" });
    await ask({}, { host: "other.auth.ap-northeast-1.amazoncognito.com" });

    expect((await lookUp()).events).toEqual([]);
  });
});

describe("LookupEvents", () => {
  it("returns pages, newest first, in the region of the pool alone", async () => {
    for (let day = 0; day < 5; day++) {
      pretend.time = START + day * DAY;
      await ask();
    }

    const first = await lookUp({ MaxResults: 3 });
    const second = await lookUp({ MaxResults: 3, NextToken: first.NextToken });

    const days = [...first.events, ...second.events].map(({ eventTime }) => eventTime.slice(0, 10));
    expect(days).toEqual(["2026-07-06", "2026-07-05", "2026-07-04", "2026-07-03", "2026-07-02"]);
    expect(second.NextToken).toBeUndefined();
    const elsewhere = await awsBy(sendTo(endpoint), "eu-west-1").cloudTrail();
    expect((await elsewhere.lookupEvents({})).Events).toEqual([]);
  });

  it("returns what happened between two times, both included, and nothing older than 90 days", async () => {
    await ask();
    pretend.time = START + DAY;
    await ask();
    const times = async (input: LookupEventsCommandInput) => (await lookUp(input)).Events.map((one) => one.EventTime);

    expect(await times({ StartTime: new Date(START + DAY) })).toEqual([new Date(START + DAY)]);
    expect(await times({ StartTime: new Date(START), EndTime: new Date(START) })).toEqual([new Date(START)]);
    pretend.time = START + 90.5 * DAY;
    expect(await times({})).toEqual([new Date(START + DAY)]);
  });

  it("filters by one attribute", async () => {
    await ask();
    const { events } = await lookUp();
    const count = async (key: string, value: string) => (await lookUp(by(key, value))).events.length;

    expect(await count("EventId", events[0].eventID)).toBe(1);
    expect(await count("EventSource", "cognito-idp.amazonaws.com")).toBe(1);
    expect(await count("ReadOnly", "false")).toBe(1);
    expect(await count("EventName", "token_post")).toBe(0);
    expect(await count("Username", "root")).toBe(0);
    expect((await lookUp({ EventCategory: "insight" })).events).toEqual([]);
  });

  it("refuses what is not valid by AWS's names", async () => {
    const [key, other] = ["EventName", "EventSource"].map((name) => by(name, "x").LookupAttributes?.[0]);
    if (key === undefined || other === undefined) throw new Error("no attributes");

    expect(await refusalOf({ MaxResults: 51 })).toBe("InvalidMaxResultsException");
    expect(await refusalOf({ MaxResults: 0 })).toBe("InvalidMaxResultsException");
    expect(await refusalOf({ StartTime: new Date(START + 1000), EndTime: new Date(START) })).toBe(
      "InvalidTimeRangeException",
    );
    expect(await refusalOf({ NextToken: "never given" })).toBe("InvalidNextTokenException");
    expect(await refusalOf({ LookupAttributes: [key, other] })).toBe("InvalidLookupAttributesException");
    expect(await refusalOf(by("ClientId", clientId))).toBe("InvalidLookupAttributesException");
    expect(await refusalOf(by("EventName", ""))).toBe("InvalidLookupAttributesException");
    expect(await refusalOf({ EventCategory: "data" as "insight" })).toBe("InvalidEventCategoryException");
  });
});
