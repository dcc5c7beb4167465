import type { APIGatewayProxyEvent } from "aws-lambda";
import { claimsOf, isAllowedCaller } from "../../../lambda/shared/caller";

/** An event whose authorizer is as given. */
function eventWith(authorizer: unknown): APIGatewayProxyEvent {
  return { headers: {}, requestContext: { authorizer } } as unknown as APIGatewayProxyEvent;
}

const callerWith = (claims: Readonly<Record<string, string>>) => eventWith({ claims });

describe("claimsOf", () => {
  it("has what the token says", () => {
    expect(claimsOf(callerWith({ client_id: "one" }))).toEqual({ client_id: "one" });
  });

  it.each([undefined, null, {}])("has nothing where the authorizer is %j", (authorizer) => {
    expect(claimsOf(eventWith(authorizer))).toBeUndefined();
  });
});

describe("isAllowedCaller", () => {
  const environment = process.env;

  function allow(variables: Readonly<Record<string, string>>): void {
    process.env = { ...environment, ...variables };
  }

  beforeEach(() => {
    delete environment["ALLOWED_CLIENT_IDS"];
    delete environment["ALLOWED_SCOPES"];
  });

  afterEach(() => {
    process.env = environment;
  });

  it("allows a client of the list", () => {
    allow({ ALLOWED_CLIENT_IDS: "one,two" });

    expect(isAllowedCaller(callerWith({ client_id: "two" }))).toBe(true);
  });

  it.each([
    ["another client", { client_id: "three" }],
    ["a client whose id is the whole list", { client_id: "one,two" }],
    ["a client whose id begins like an allowed one", { client_id: "on" }],
    ["an empty client id", { client_id: "" }],
    ["claims without a client", { sub: "one" }],
  ])("refuses %s", (_who, claims) => {
    allow({ ALLOWED_CLIENT_IDS: "one,two," });

    expect(isAllowedCaller(callerWith(claims))).toBe(false);
  });

  it.each(["orders/read", "other/x orders/read", "bills/read orders/write"])("allows a token with %s", (scope) => {
    allow({ ALLOWED_SCOPES: "orders/read bills/read" });

    expect(isAllowedCaller(callerWith({ client_id: "any", scope }))).toBe(true);
  });

  it.each([
    ["another scope", { scope: "orders/write" }],
    ["a scope that begins like an allowed one", { scope: "orders/rea orders/reader" }],
    ["an empty scope", { scope: "" }],
    ["no scope at all", { client_id: "orders/read" }],
  ])("refuses a token with %s", (_what, claims) => {
    allow({ ALLOWED_SCOPES: "orders/read  bills/read " });

    expect(isAllowedCaller(callerWith(claims))).toBe(false);
  });

  it.each([
    ["one", "orders/write", true],
    ["two", "orders/read", false],
  ])("lets ids alone count where both are set: %s with %s", (client_id, scope, isAllowed) => {
    allow({ ALLOWED_CLIENT_IDS: "one", ALLOWED_SCOPES: "orders/read" });

    expect(isAllowedCaller(callerWith({ client_id, scope }))).toBe(isAllowed);
  });

  it.each([
    ["nothing is set", {}],
    ["the list of ids is empty", { ALLOWED_CLIENT_IDS: "" }],
    ["the list of scopes is empty", { ALLOWED_SCOPES: "" }],
    ["the list of ids is empty and scopes are set", { ALLOWED_CLIENT_IDS: "", ALLOWED_SCOPES: "orders/read" }],
  ])("refuses everybody when %s", (_what, variables) => {
    allow(variables);

    expect(isAllowedCaller(callerWith({ client_id: "one", scope: "orders/read" }))).toBe(false);
    expect(isAllowedCaller(callerWith({ client_id: "", scope: "" }))).toBe(false);
  });

  it("refuses a call that no authorizer let through", () => {
    allow({ ALLOWED_CLIENT_IDS: "one" });

    expect(isAllowedCaller(eventWith(null))).toBe(false);
  });
});
