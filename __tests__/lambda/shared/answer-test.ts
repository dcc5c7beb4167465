import type { APIGatewayProxyEvent } from "aws-lambda";
import { answer } from "../../../lambda/shared/answer";

const APP = "https://app.example.com";
const ADMIN = "https://admin.example.com";

/** A call of `GET /orders/{id}` from a page of the app, but for what is given. */
function eventOf(given: Readonly<Record<string, unknown>> = {}): APIGatewayProxyEvent {
  const usual = { httpMethod: "GET", resource: "/orders/{id}", path: "/orders/7", headers: { origin: APP } };
  return { ...usual, ...given } as unknown as APIGatewayProxyEvent;
}

describe("answer", () => {
  const environment = process.env;

  /** What is sent besides the content type. */
  function corsHeadersFor(event: APIGatewayProxyEvent, origins?: Readonly<Record<string, readonly string[]>>) {
    process.env = { ...environment };
    if (origins !== undefined) process.env["CORS_ORIGINS"] = JSON.stringify(origins);
    const { "Content-Type": type, ...rest } = answer(event, 200, {}).headers ?? {};
    expect(type).toBe("application/json");
    return rest;
  }

  beforeEach(() => {
    delete environment["CORS_ORIGINS"];
  });

  afterEach(() => {
    process.env = environment;
  });

  it("has the status, and the body as JSON", () => {
    expect(answer(eventOf(), 201, { id: 7 })).toEqual({
      statusCode: 201,
      headers: { "Content-Type": "application/json" },
      body: '{"id":7}',
    });
  });

  it("lets every page read what allows every origin, whoever asks", () => {
    expect(corsHeadersFor(eventOf({ headers: {} }), { "GET /orders/{id}": ["*"] })).toEqual({
      "Access-Control-Allow-Origin": "*",
    });
  });

  it.each(["origin", "Origin", "ORIGIN"])("names the page's origin when it is listed, read from %s", (name) => {
    const event = eventOf({ headers: { [name]: ADMIN } });

    expect(corsHeadersFor(event, { "GET /orders/{id}": [ADMIN, APP] })).toEqual({
      "Access-Control-Allow-Origin": ADMIN,
      Vary: "Origin",
    });
  });

  it.each([
    ["another origin", { origin: "https://evil.example.com" }],
    ["an origin that begins like a listed one", { origin: `${APP}.evil.example` }],
    ["the beginning of a listed origin", { origin: "https://app.example" }],
    ["the origin null of a sandboxed page", { origin: "null" }],
    ["an empty origin", { origin: "" }],
    ["no origin", {}],
    ["no headers", null],
  ])("names no origin to %s, and tells caches why", (_who, headers) => {
    expect(corsHeadersFor(eventOf({ headers }), { "GET /orders/{id}": [APP] })).toEqual({ Vary: "Origin" });
  });

  it("takes the entry of ANY for a method that has none", () => {
    expect(corsHeadersFor(eventOf(), { "ANY /orders/{id}": [APP] })).toMatchObject({
      "Access-Control-Allow-Origin": APP,
    });
  });

  it.each([
    ["the method's own entry is empty", { "GET /orders/{id}": [], "ANY /orders/{id}": ["*"] }],
    ["only another method has an entry", { "POST /orders/{id}": ["*"] }],
    ["only another path has an entry", { "GET /orders": ["*"], "ANY /orders/7": ["*"] }],
    ["there are no entries", {}],
    ["the stack set none", undefined],
  ])("lets no page read it when %s", (_what, origins) => {
    expect(corsHeadersFor(eventOf(), origins)).toEqual({});
  });
});
