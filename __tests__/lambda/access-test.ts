import type { APIGatewayProxyEvent } from "aws-lambda";
import { handler } from "../../lambda/access";

const CANARY = "canary-token";

/** A call of `POST /access` with the claims; `undefined` for one that no authorizer let through. */
function eventWith(claims: Readonly<Record<string, string>> | undefined): APIGatewayProxyEvent {
  const authorizer = claims === undefined ? undefined : { claims };
  const headers = { Authorization: CANARY };
  const event = { httpMethod: "POST", resource: "/access", headers, requestContext: { authorizer } };
  return event as unknown as APIGatewayProxyEvent;
}

describe("handler", () => {
  const environment = process.env;

  beforeEach(() => {
    process.env = { ...environment, ALLOWED_CLIENT_IDS: "one,two", CORS_ORIGINS: '{"POST /access":["*"]}' };
  });

  afterEach(() => {
    process.env = environment;
    jest.restoreAllMocks();
  });

  it("answers an allowed client with who it is and its claims", async () => {
    const claims = { client_id: "two", scope: "test_resource/test" };

    const { statusCode, body } = await handler(eventWith(claims));

    expect([statusCode, JSON.parse(body)]).toEqual([200, { caller: "two", claims }]);
  });

  it.each([
    ["another client", { client_id: "three" }],
    ["no claims at all", undefined],
  ])("refuses %s with 403 and JSON", async (_who, claims) => {
    const { statusCode, body, headers } = await handler(eventWith(claims));

    expect(statusCode).toBe(403);
    expect(JSON.parse(body)).toEqual({ message: "This client may not call this function." });
    expect(headers).toMatchObject({ "Content-Type": "application/json" });
  });

  it.each([
    ["one", 200],
    ["three", 403],
  ])("sends the CORS header to client %s", async (client_id, status) => {
    const { statusCode, headers } = await handler(eventWith({ client_id }));

    expect([statusCode, headers?.["Access-Control-Allow-Origin"]]).toEqual([status, "*"]);
  });

  it.each([["one"], ["three"]])("writes nothing about client %s, least of all headers", async (client_id) => {
    const write = jest.spyOn(process.stdout, "write");
    const writeError = jest.spyOn(process.stderr, "write");
    const log = jest.spyOn(console, "log");

    const answered = await handler(eventWith({ client_id }));

    expect([...write.mock.calls, ...writeError.mock.calls, ...log.mock.calls]).toEqual([]);
    expect(JSON.stringify(answered)).not.toContain(CANARY);
  });
});
