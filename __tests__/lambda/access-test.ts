import type { APIGatewayProxyEvent } from "aws-lambda";
import { handler } from "../../lambda/access";

const CANARY = "canary-token";

/** An event with the claims; `undefined` for a call that no authorizer let through. */
function eventWith(claims: Readonly<Record<string, string>> | undefined): APIGatewayProxyEvent {
  const authorizer = claims === undefined ? undefined : { claims };
  return { headers: { Authorization: CANARY }, requestContext: { authorizer } } as unknown as APIGatewayProxyEvent;
}

describe("handler", () => {
  const environment = process.env;

  beforeEach(() => {
    process.env = { ...environment, ALLOWED_CLIENT_IDS: "one,two", ALLOWED_ORIGIN: "*" };
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
    ["a client whose id begins like an allowed one", { client_id: "one,two" }],
    ["an empty client id", { client_id: "" }],
    ["claims without a client", { sub: "one" }],
    ["no claims at all", undefined],
  ])("refuses %s with 403 and JSON", async (_who, claims) => {
    const { statusCode, body, headers } = await handler(eventWith(claims));

    expect(statusCode).toBe(403);
    expect(JSON.parse(body)).toEqual({ message: "This client may not call this function." });
    expect(headers).toMatchObject({ "Content-Type": "application/json" });
  });

  it("refuses everybody when the stack allowed nobody", async () => {
    delete process.env["ALLOWED_CLIENT_IDS"];

    expect((await handler(eventWith({ client_id: "one" }))).statusCode).toBe(403);
  });

  it.each([
    ["one", 200],
    ["three", 403],
  ])("sends the CORS header to client %s", async (client_id, status) => {
    const { statusCode, headers } = await handler(eventWith({ client_id }));

    expect([statusCode, headers?.["Access-Control-Allow-Origin"]]).toEqual([status, "*"]);
  });

  it("sends no CORS header when its routes have none", async () => {
    delete process.env["ALLOWED_ORIGIN"];

    expect((await handler(eventWith({ client_id: "one" }))).headers).toEqual({ "Content-Type": "application/json" });
  });

  it("writes nothing, least of all headers", async () => {
    const write = jest.spyOn(process.stdout, "write");
    const log = jest.spyOn(console, "log");

    await handler(eventWith({ client_id: "one" }));

    expect([...write.mock.calls, ...log.mock.calls]).toEqual([]);
  });
});
