import type { Callback, Handler } from "../../../constructs/functions/caller-check";

type Loader = typeof import("../../../constructs/functions/variable-loader");

const SECRET = "hunter2";
const event = {} as Parameters<Handler>[0];

/** What the services have, and what was asked of them. */
interface Services {
  readonly secrets: Record<string, string | undefined>;
  readonly parameters: Record<string, string | undefined>;
  readonly requests: string[];
}

/** A command of a client as the SDK has it. */
class Command {
  constructor(readonly input: Readonly<Record<string, unknown>>) {}
}

/** Stands for `require` of a module in the function's zip: the SDK, and the function's own code. */
function loadOf(services: Services, handler: Handler, onLoad: () => void = () => undefined) {
  const found = (kind: string, name: string, all: Readonly<Record<string, string | undefined>>) => {
    services.requests.push(`${kind} ${name}`);
    if (!(name in all)) throw Object.assign(new Error(`no ${name}`), { name: "ResourceNotFoundException" });
    return all[name];
  };
  const modules: Readonly<Record<string, () => unknown>> = {
    "@aws-sdk/client-secrets-manager": () => ({
      GetSecretValueCommand: Command,
      SecretsManagerClient: class {
        send = async ({ input }: Command) => ({
          SecretString: found("secret", String(input["SecretId"]), services.secrets),
        });
      },
    }),
    "@aws-sdk/client-ssm": () => ({
      GetParameterCommand: Command,
      SSMClient: class {
        send = async ({ input }: Command) => ({
          Parameter: {
            Value: found(`parameter ${input["WithDecryption"]}`, String(input["Name"]), services.parameters),
          },
        });
      },
    }),
    "./index.js": () => {
      onLoad();
      return { handler };
    },
  };
  return (name: string): unknown => modules[name]?.();
}

/** Runs with the environment of a function whose callers are all let in, and gives its log. */
async function run(references: object, load: (name: string) => unknown) {
  process.env["VARIABLE_REFERENCES"] = JSON.stringify(references);
  process.env["ALLOWED_BY_ROUTE"] = "dev;*=GET /open;1=GET /closed";
  jest.resetModules();
  const { loadFunction } = require("../../../constructs/functions/variable-loader") as Loader;
  return await loadFunction(load);
}

describe("loadFunction", () => {
  const before = { ...process.env };
  let logged: readonly string[] = [];

  beforeEach(() => {
    logged = [];
    jest.spyOn(console, "error").mockImplementation((line) => {
      logged = [...logged, String(line)];
    });
  });
  afterEach(() => {
    process.env = { ...before };
    jest.restoreAllMocks();
  });

  it("sets every variable before the function is loaded, asks once for each secret, and adds nothing to a call", async () => {
    const services = {
      secrets: { "orders/db": JSON.stringify({ user: "shop", password: SECRET, port: 5432 }), whole: "all of it" },
      parameters: { "/token": "t" },
      requests: [],
    };
    const handler = () => undefined;
    let atLoad: unknown;
    const load = loadOf(services, handler, () => {
      const { USER_NAME, PASSWORD, PORT, WHOLE, TOKEN } = process.env;
      atLoad = { USER_NAME, PASSWORD, PORT, WHOLE, TOKEN };
    });
    const references = {
      USER_NAME: { secret: "orders/db", key: "user" },
      PASSWORD: { secret: "orders/db", key: "password" },
      PORT: { secret: "orders/db", key: "port" },
      WHOLE: { secret: "whole" },
      TOKEN: { parameter: "/token" },
    };

    expect(await run(references, load)).toBe(handler);
    expect(atLoad).toEqual({ USER_NAME: "shop", PASSWORD: SECRET, PORT: "5432", WHOLE: "all of it", TOKEN: "t" });
    expect(services.requests.toSorted()).toEqual(["parameter true /token", "secret orders/db", "secret whole"]);
    expect(logged).toEqual([]);
  });

  it.each([
    ["a secret that is not there", { secret: "gone" }, "secret gone): ResourceNotFoundException: no gone"],
    ["a parameter that is not there", { parameter: "/gone" }, "parameter /gone): ResourceNotFoundException: no /gone"],
    ["a secret of bytes", { secret: "bytes" }, "secret bytes): Error: it has no text"],
    ["a key that is not there", { secret: "json", key: "b" }, 'secret\'s JSON has no text at the key "b"'],
    ["a key of an object", { secret: "json", key: "c" }, 'secret\'s JSON has no text at the key "c"'],
    ["a secret that is not JSON", { secret: "text", key: "a" }, "secret text): Error: the secret is not JSON"],
    ["a secret that is null", { secret: "null", key: "a" }, "no text at the key"],
  ])("logs %s without any value, and answers 500", async (_what, reference, line) => {
    const services = {
      secrets: { bytes: undefined, json: JSON.stringify({ a: SECRET, c: { d: SECRET } }), text: SECRET, null: "null" },
      parameters: {},
      requests: [],
    };
    let isLoaded = false;
    const load = loadOf(
      services,
      () => "answer",
      () => {
        isLoaded = true;
      },
    );
    const handler = await run({ TOKEN: reference, OTHER: { secret: "text" } }, load);
    const open = { httpMethod: "GET", resource: "/open", requestContext: { stage: "dev" } } as typeof event;

    expect(await handler(open)).toMatchObject({ statusCode: 500, body: '{"message":"Internal server error"}' });
    expect(isLoaded).toBe(false);
    expect(logged).toHaveLength(2);
    expect(logged[0]).toContain(`Environment variables could not be read: TOKEN (`);
    expect(logged[0]).toContain(line);
    expect(logged.join()).not.toContain(SECRET);
  });

  it.each(["", "UnknownError"])("logs an error with the message %j by its name alone", async (message) => {
    const load = (name: string): unknown =>
      name === "@aws-sdk/client-ssm"
        ? {
            GetParameterCommand: Command,
            SSMClient: class {
              send = () => Promise.reject(Object.assign(new Error(message), { name: "ParameterNotFound" }));
            },
          }
        : undefined;
    await run({ TOKEN: { parameter: "/gone" } }, load);

    expect(logged).toEqual(["Environment variables could not be read: TOKEN (parameter /gone): ParameterNotFound"]);
  });

  it("refuses callers before it tries again, and tries again with each call until the values are there", async () => {
    const services: Services = { secrets: {}, parameters: {}, requests: [] };
    const handler = await run(
      { TOKEN: { secret: "late" } },
      loadOf(services, async () => process.env["TOKEN"]),
    );
    const of = (resource: string) =>
      ({ httpMethod: "GET", resource, requestContext: { stage: "dev" } }) as typeof event;

    expect(await handler(of("/closed"))).toMatchObject({ statusCode: 403 });
    expect(services.requests).toHaveLength(1);
    expect(await handler(of("/open"))).toMatchObject({ statusCode: 500 });
    services.secrets["late"] = SECRET;
    expect(await Promise.all([handler(of("/open")), handler(of("/open"))])).toEqual([SECRET, SECRET]);
    expect(services.requests).toHaveLength(3);
    expect(await handler(of("/open"))).toBe(SECRET);
    expect(services.requests).toHaveLength(3);
  });

  it.each<[string, Handler]>([
    ["calls back", (_event, _context, callback?: Callback) => void callback?.(undefined, "answer")],
    ["returns a value", () => "answer"],
    ["returns a promise", async () => "answer"],
  ])("answers in place of a function that %s", async (_how, own) => {
    const services: Services = { secrets: {}, parameters: {}, requests: [] };
    const handler = await run({ TOKEN: { secret: "late" } }, loadOf(services, own));
    services.secrets["late"] = SECRET;
    const open = { httpMethod: "GET", resource: "/open", requestContext: { stage: "dev" } } as typeof event;

    expect(await handler(open)).toBe("answer");
  });

  it("leaves an error of the function's own code to Lambda", async () => {
    const services: Services = { secrets: { there: SECRET }, parameters: {}, requests: [] };
    const load = loadOf(
      services,
      () => undefined,
      () => {
        throw new TypeError("of the function");
      },
    );

    await expect(run({ TOKEN: { secret: "there" } }, load)).rejects.toThrow("of the function");
    expect(logged).toEqual([]);
  });
});
