/** What runs before and after every handler, with the variables that a stack hands over. */
type Check = typeof import("../../../constructs/functions/caller-check");

const APP = "https://app.example.com";
const ADMIN = "https://admin.example.com";

/** Of two clients, `one` may read and `two` may read and write. */
const VARIABLES = {
  ALLOWED_BY_ROUTE: "dev;3=GET /orders,ANY /files/{+};2=POST /orders;*=GET /status",
  ALLOWED_CLIENT_IDS: "one,two",
  ALLOWED_CLIENT_NAMES: "Reader, Ltd.;writer",
};
const REFUSED = { statusCode: 403, body: '{"message":"This client may not call this route."}' };

const environment = process.env;
afterEach(() => {
  process.env = environment;
});

/** The check as it is loaded where these variables are set. */
function load(variables: Readonly<Record<string, string>> = VARIABLES): Check["checked"] {
  process.env = { ...variables };
  let loaded: Check | undefined;
  jest.isolateModules(() => {
    loaded = jest.requireActual<Check>("../../../constructs/functions/caller-check");
  });
  if (loaded === undefined) throw new Error("not loaded");
  return loaded.checked;
}

type Given = NonNullable<Parameters<ReturnType<Check["checked"]>>[0]>;

/** A call of `GET /orders` by a client, but for what is given. */
function eventOf(clientId: string | undefined, given: object = {}, scope = "a/read"): Given {
  const authorizer = clientId === undefined ? undefined : { claims: { client_id: clientId, scope } };
  const usual = { httpMethod: "GET", resource: "/orders", headers: {} };
  return { ...usual, ...given, requestContext: { stage: "dev", authorizer } } as unknown as Given;
}

const POST = { httpMethod: "POST" };
const STATUS = { resource: "/status" };

/** What the handler was called with, and the answer. */
async function run(event: Given | null | undefined, variables?: Readonly<Record<string, string>>, answer?: unknown) {
  const handler = jest.fn(async (_event: unknown) => answer ?? { statusCode: 200, body: "" });
  const result = (await load(variables)(handler)(event)) as { readonly statusCode: number };
  const [called] = handler.mock.calls.map(([given]) => given as { readonly caller: unknown });
  return { result, caller: called?.caller, isCalled: called !== undefined };
}

describe("a call of a route", () => {
  it.each([
    ["one", {}, { clientId: "one", name: "Reader, Ltd.", scopes: ["a/read"] }],
    ["two", POST, { clientId: "two", name: "writer", scopes: ["a/read"] }],
    ["two", { httpMethod: "DELETE", resource: "/files/{rest+}" }, { clientId: "two", name: "writer" }],
    [undefined, STATUS, undefined],
    ["three", STATUS, undefined],
  ])("by %s at %j reaches the handler, with the caller", async (client, given, caller) => {
    const { result, ...found } = await run(eventOf(client, given));

    expect(result).toEqual({ statusCode: 200, body: "" });
    expect(found.isCalled).toBe(true);
    if (caller === undefined) expect(found.caller).toBeUndefined();
    else expect(found.caller).toMatchObject(caller);
  });

  it.each<[string, Given | null | undefined]>([
    ["a client of another route", eventOf("one", POST)],
    ["a client of no route", eventOf("three")],
    ["an empty id", eventOf("")],
    ["two ids in one", eventOf("one,two")],
    ["no claims", eventOf(undefined)],
    ["a route that is not the function's", eventOf("two", { resource: "/invoices" })],
    ["a method that is not the function's", eventOf("two", { httpMethod: "PUT" })],
    ["a public route by another method", eventOf(undefined, { ...STATUS, ...POST })],
    ["another stage", { ...eventOf("one"), requestContext: { ...eventOf("one").requestContext, stage: "test" } }],
    ["a public route of another stage", { ...eventOf("one", STATUS), requestContext: { stage: "test-invoke-stage" } }],
    ["an event without a request context", { httpMethod: "GET", resource: "/status" }],
    ["an event of something else", {}],
    ["null", null],
    ["no event", undefined],
  ])("by %s is refused before the handler runs", async (_what, event) => {
    const { result, isCalled } = await run(event);

    expect(isCalled).toBe(false);
    expect(result).toMatchObject(REFUSED);
  });

  it.each([
    ["nothing", {}],
    ["no table", { ALLOWED_CLIENT_IDS: "one" }],
    ["no ids", { ALLOWED_BY_ROUTE: "dev;1=GET /orders" }],
    ["empty ids", { ALLOWED_BY_ROUTE: "dev;1=GET /orders", ALLOWED_CLIENT_IDS: "" }],
    ["empty scopes", { ALLOWED_BY_ROUTE: "dev;1=GET /orders", ALLOWED_SCOPES: "" }],
  ])("is refused where the stack hands over %s", async (_what, variables) => {
    expect((await run(eventOf("one"), variables)).isCalled).toBe(false);
    expect((await run(eventOf("", {}, ""), variables)).isCalled).toBe(false);
    expect((await run(eventOf("one", {}, ""), variables)).isCalled).toBe(false);
  });

  it.each([
    ["a/read", {}, true],
    ["b/other a/read", {}, true],
    ["a/read", POST, false],
    ["a/write", POST, true],
    ["a", {}, false],
    ["", {}, false],
  ])("is judged by scope where there are too many ids: %s at %j", async (scope, given, isCalled) => {
    const variables = { ALLOWED_BY_ROUTE: "dev;1=GET /orders;2=POST /orders", ALLOWED_SCOPES: "a/read a/write" };
    const found = await run(eventOf("any", given, scope), variables);

    expect(found.isCalled).toBe(isCalled);
    if (isCalled) expect(found.caller).toEqual({ clientId: "any", name: undefined, scopes: scope.split(" ") });
  });

  it("is judged by the variables as they were before the handler's code ran", async () => {
    const check = load();
    process.env["ALLOWED_BY_ROUTE"] = "dev;*=POST /orders";

    expect(await check(async () => "not refused")(eventOf("one", POST))).toMatchObject(REFUSED);
  });

  it("writes nothing", async () => {
    const spies = [
      jest.spyOn(process.stdout, "write"),
      jest.spyOn(process.stderr, "write"),
      jest.spyOn(console, "log"),
    ];
    await run(eventOf("one"));
    await run(eventOf("three"));

    expect(spies.flatMap(({ mock }) => mock.calls)).toEqual([]);
    for (const spy of spies) spy.mockRestore();
  });
});

describe("handlers of every kind", () => {
  const CORS = { ...VARIABLES, CORS_ORIGINS: '{"GET /orders":["*"]}' };
  const ANSWER = { statusCode: 200, headers: { "Access-Control-Allow-Origin": "*" } };

  it("may call back", () => {
    const callback = jest.fn();
    const handler = jest.fn((_event: unknown, _context: unknown, done: typeof callback) =>
      done(null, { statusCode: 200 }),
    );
    load(CORS)(handler as never)(eventOf("one"), "context", callback);

    expect(handler.mock.calls[0]?.[1]).toBe("context");
    expect(callback.mock.calls).toEqual([[null, ANSWER]]);
  });

  it("may throw, which Lambda reports", async () => {
    const failing = async () => {
      throw new Error("failed");
    };

    await expect(load(CORS)(failing)(eventOf("one"))).rejects.toThrow("failed");
  });

  it("may return what API Gateway does not understand", async () => {
    expect((await run(eventOf("one"), CORS, "text")).result).toBe("text");
  });

  it("must be functions", () => {
    expect(() => load()({} as never)).toThrow("The exported handler is not a function.");
  });

  it("declare no callback, which Node.js 24 refuses", () => {
    expect(load()(async () => 1)).toHaveLength(2);
  });
});

describe("CORS headers", () => {
  /** What is added to an answer without headers. */
  async function headersFor(given: object, origins?: Readonly<Record<string, readonly string[]>>, answer?: object) {
    const variables = { ...VARIABLES, ...(origins && { CORS_ORIGINS: JSON.stringify(origins) }) };
    const { result } = await run(eventOf("one", given), variables, answer);
    return (result as { readonly headers?: object }).headers ?? {};
  }

  it("let every page read what allows every origin", async () => {
    expect(await headersFor({}, { "GET /orders": ["*"] })).toEqual({ "Access-Control-Allow-Origin": "*" });
  });

  it.each(["origin", "Origin", "ORIGIN"])("name the page's origin when it is listed, read from %s", async (name) => {
    expect(await headersFor({ headers: { [name]: ADMIN } }, { "GET /orders": [ADMIN, APP] })).toEqual({
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
  ])("name no origin to %s, with the reason for caches", async (_who, headers) => {
    expect(await headersFor({ headers }, { "GET /orders": [APP] })).toEqual({ Vary: "Origin" });
  });

  it("are those of ANY for a method that has none", async () => {
    expect(await headersFor({}, { "ANY /orders": ["*"] })).toEqual({ "Access-Control-Allow-Origin": "*" });
  });

  it.each([
    ["the method's own entry is empty", { "GET /orders": [], "ANY /orders": ["*"] }],
    ["only another method has an entry", { "POST /orders": ["*"] }],
    ["only another path has an entry", { "GET /orders/{id}": ["*"] }],
    ["the stack set none", undefined],
  ])("are left out, and those of the handler left alone, when %s", async (_what, origins) => {
    const headers = { "access-control-allow-origin": "*" };

    expect(await headersFor({}, origins)).toEqual({});
    expect(await headersFor({}, origins, { statusCode: 200, headers })).toEqual(headers);
  });

  it("are on refusals", async () => {
    const variables = { ...VARIABLES, CORS_ORIGINS: '{"GET /orders":["*"]}' };

    expect((await run(eventOf("three"), variables)).result).toMatchObject({
      ...REFUSED,
      headers: { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" },
    });
  });

  it("replace the origin that the handler names, and keep its other headers", async () => {
    const origins = { "GET /orders": [APP] };
    const headers = { "access-control-allow-origin": "*", vary: "Accept", "X-Own": "1" };
    const multiValueHeaders = { "Access-Control-Allow-Origin": ["*"], "Set-Cookie": ["a", "b"] };
    const variables = { ...VARIABLES, CORS_ORIGINS: JSON.stringify(origins) };
    const { result } = await run(eventOf("one"), variables, { statusCode: 200, headers, multiValueHeaders });

    expect(result).toEqual({
      statusCode: 200,
      headers: { "X-Own": "1", Vary: "Accept, Origin" },
      multiValueHeaders: { "Set-Cookie": ["a", "b"] },
    });
    expect(await headersFor({}, origins, { statusCode: 200, headers: { Vary: "Origin" } })).toEqual({ Vary: "Origin" });
  });
});
