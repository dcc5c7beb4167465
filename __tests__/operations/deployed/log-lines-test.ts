import { chooseSources, eventText, LogReader, logOfStack, logText } from "../../../operations/deployed/log-lines";
import { type Aws, aws } from "../../../platform/aws";

const resource = (type: string, name: string, values: Readonly<Record<string, unknown>>) =>
  ({ address: `${type}.${name}`, mode: "managed", type, name, values, sensitive_values: {} }) as const;

const destination = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/apigateway/shop-dev/dev";
const log = logOfStack(
  {
    outputs: {},
    root_module: {
      child_modules: [],
      resources: [
        resource("aws_lambda_function", "functions_orders", {
          function_name: "shop-dev-orders",
          arn: "arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-orders",
          logging_config: [{ log_group: "/aws/lambda/shop-dev-orders" }],
        }),
        resource("aws_api_gateway_stage", "api_stage", { access_log_settings: [{ destination_arn: destination }] }),
        resource("aws_api_gateway_stage", "token-cache_stage", { access_log_settings: [] }),
        resource("aws_cognito_user_pool_client", "client", { id: "abc", name: "partner" }),
      ],
    },
  },
  "shop-dev",
);

describe("logOfStack", () => {
  it("finds functions by their names in access.yaml, and stages with an access log", () => {
    expect(log.sources).toEqual([
      {
        name: "orders",
        logGroup: "/aws/lambda/shop-dev-orders",
        region: "eu-west-1",
        functionName: "shop-dev-orders",
      },
      { name: "api", logGroup: "/aws/apigateway/shop-dev/dev", region: "eu-west-1" },
    ]);
  });
});

describe("chooseSources", () => {
  it("takes all without a name, and names the known ones for another", () => {
    expect(chooseSources(log, undefined)).toHaveLength(2);
    expect(chooseSources(log, "orders")).toHaveLength(1);
    expect(() => chooseSources(log, "order")).toThrow('the stack has no log "order". Did you mean "orders"?');
    expect(() => chooseSources(log, "token-cache")).toThrow('the stack has no log "token-cache". It has: orders, api.');
    expect(() => chooseSources({ ...log, sources: [] }, undefined)).toThrow("neither functions nor an access log");
  });
});

describe("logText", () => {
  const line = (source: string, message: string) =>
    logText({ source, time: "2026-01-31T12:00:00.123Z", message }, log.clients);

  it("puts a call of the access log in words, with the client's name", () => {
    const call = {
      method: "GET",
      resourcePath: "/orders/{id}",
      status: "200",
      clientId: "abc",
      latency: "12",
      error: "-",
    };

    expect(line("api", JSON.stringify(call))).toBe(
      "2026-01-31 12:00:00.123  api  200  GET /orders/{id}  partner  12 ms",
    );
    expect(line("api", JSON.stringify({ ...call, status: "401", clientId: "-", error: "UNAUTHORIZED" }))).toBe(
      "2026-01-31 12:00:00.123  api  401  GET /orders/{id}  no client  12 ms  UNAUTHORIZED",
    );
  });

  it("shows level and message of a function's line, and every other line as it is", () => {
    expect(line("orders", '{"level":"ERROR","message":{"id":1}}')).toBe(
      '2026-01-31 12:00:00.123  orders  ERROR  {"id":1}',
    );
    expect(line("orders", "plain text")).toBe("2026-01-31 12:00:00.123  orders  plain text");
  });
});

describe("logText of an error", () => {
  const begin = "2026-01-31 12:00:00.123  orders  ERROR  ";
  const text = (entry: object) => {
    const message = JSON.stringify({ timestamp: "2026-01-31T12:00:00.123Z", level: "ERROR", ...entry });
    return logText({ source: "orders", time: "2026-01-31T12:00:00.123Z", message }, log.clients);
  };
  const stackTrace = (folder: string) => [
    "TypeError: no id",
    `    at n (${folder}/lambda/orders.ts:10:3)`,
    `    at async findOrder (${folder}/lambda/shared/find.ts:4:9)`,
    `    at ${folder}/lambda/orders.ts:3:1`,
    `    at Pool.query (${folder}/node_modules/pg/index.js:7:1)`,
    `    at ${folder}/index.js:1:700`,
    "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
  ];
  const frames = [
    "    at lambda/orders.ts:10:3",
    "    at async findOrder (lambda/shared/find.ts:4:9)",
    "    at lambda/orders.ts:3:1",
    "    at Pool.query (node_modules/pg/index.js:7:1)",
  ];

  it.each([
    ["Lambda", "/var/task", "    at Runtime.handleOnce (file:///var/runtime/index.mjs:1173:29)"],
    ["the embedded AWS", "/tmp/access-aws-a1/7", "    at run (/work/emulator/runtime/function-runtime.cjs:97:20)"],
  ])("has the frames of the function and its packages, as on %s", (_where, folder, own) => {
    const trace = [...stackTrace(folder), own];
    const error = { errorType: "TypeError", errorMessage: "no id", stackTrace: trace };

    expect(text({ message: error })).toBe([`${begin}TypeError: no id`, ...frames].join("\n"));
    expect(text({ message: `failed: ${trace.join("\n")}`, ...error })).toBe(
      [`${begin}failed: TypeError: no id`, ...frames].join("\n"),
    );
  });

  it("has the error's own name and properties, on one line", () => {
    const error = { errorType: "e", errorMessage: "no\nrow", stackTrace: ["OrderError: no", "row"], code: 7 };

    expect(text({ message: error })).toBe(`${begin}e: no row {"code":7}`);
    expect(text({ message: { ...error, errorMessage: "no" } })).toBe(`${begin}OrderError: no {"code":7}`);
  });
});

describe("eventText", () => {
  const event = { path: "/orders", headers: { Host: "a", Accept: "b" }, body: null };

  it("leaves out the headers' second form when it says the same", () => {
    const text = eventText({ ...event, multiValueHeaders: { Host: ["a"], Accept: ["b"] } });
    expect(JSON.parse(text)).toEqual(event);
  });

  it.each([
    { ...event, multiValueHeaders: { Host: ["a"], Accept: ["a", "b"] } },
    { path: "/orders", headers: null, multiValueHeaders: null },
    "(1048577 characters)",
  ])("has everything else as it came: %j", (one) => {
    expect(JSON.parse(eventText(one))).toEqual(one);
  });
});

/** A client of CloudWatch Logs. @param answer output of FilterLogEvents, name of an error, or `undefined` for no group */
function answering(
  region: string,
  answer: (input: { readonly logGroupName: string; readonly nextToken?: string }) => unknown,
): Aws {
  const handle = async ({ body }: { readonly body: Uint8Array }) => {
    const output = answer(JSON.parse(new TextDecoder().decode(body)));
    const isOutput = typeof output === "object";
    const content = isOutput ? output : { __type: output ?? "ResourceNotFoundException" };
    return {
      response: {
        statusCode: isOutput ? 200 : 400,
        headers: { "content-type": "application/x-amz-json-1.1" },
        body: Buffer.from(JSON.stringify(content)),
      },
    };
  };
  const requestHandler = { handle, destroy: () => undefined };
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  return aws(region, { requestHandler: requestHandler as never, credentials, maxAttempts: 1 });
}

const unexpected = () => {
  throw new Error("a log group is missing");
};

describe("LogReader", () => {
  it("reads all pages, sorts the lines of all sources by time, and returns each line once", async () => {
    const asked: unknown[] = [];
    const pages: Record<string, unknown> = {
      "/aws/lambda/shop-dev-orders": {
        events: [{ eventId: "1", timestamp: 2_000, message: "second\n" }],
        nextToken: "more",
      },
      more: { events: [{ eventId: "2", timestamp: 3_000, message: "third" }] },
      "/aws/apigateway/shop-dev/dev": { events: [{ eventId: "1", timestamp: 1_000, message: "first" }] },
    };
    const reader = new LogReader(
      (region) =>
        answering(region, (input) => {
          asked.push(input);
          return pages[input.nextToken ?? input.logGroupName];
        }),
      log.sources,
      500,
      unexpected,
    );

    expect((await reader.next()).map(({ source, message }) => `${source} ${message}`)).toEqual([
      "api first",
      "orders second",
      "orders third",
    ]);
    expect(await reader.next()).toEqual([]);
    expect(asked).toContainEqual({ logGroupName: "/aws/apigateway/shop-dev/dev", startTime: 500 });
  });

  it("uses one client of a region until it reconnects", async () => {
    const regions: string[] = [];
    const clientOf = (region: string) => {
      regions.push(region);
      return answering(region, () => ({ events: [] }));
    };
    const reader = new LogReader(clientOf, log.sources, 0, unexpected);
    await reader.next();
    await reader.next();
    expect(regions).toEqual(["eu-west-1"]);
    reader.reconnect();
    await reader.next();
    expect(regions).toEqual(["eu-west-1", "eu-west-1"]);
  });

  it("reports once a log group that does not exist, and reads it when it does", async () => {
    let doesExist = false;
    const clientOf = (region: string) =>
      answering(region, ({ logGroupName }) => {
        if (logGroupName.startsWith("/aws/lambda/") && !doesExist) return undefined;
        return { events: [{ eventId: "1", timestamp: 1, message: logGroupName }] };
      });
    const missing: string[] = [];
    const reader = new LogReader(clientOf, log.sources, 0, ({ logGroup }) => missing.push(logGroup));
    expect(await reader.next()).toMatchObject([{ source: "api" }]);
    await reader.next();
    expect(missing).toEqual(["/aws/lambda/shop-dev-orders"]);
    doesExist = true;
    expect(await reader.next()).toMatchObject([{ source: "orders" }]);
  });

  it("fails when AWS refuses", async () => {
    const reader = new LogReader(
      (region) => answering(region, () => "AccessDeniedException"),
      log.sources,
      0,
      unexpected,
    );

    await expect(reader.next()).rejects.toThrow("The credentials need the permission logs:FilterLogEvents.");
  });
});
