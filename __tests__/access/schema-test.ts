/** Settings of clients and routes, and access.schema.json, from which editors know them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { accessSchemaText, teamSchemaText } from "../../access/access-model";
import { fileWith, parse as parseModel } from "../support/access-text";

type Json = Readonly<Record<string, unknown>>;

const project = join(__dirname, "..", "..");
const committed = readFileSync(join(project, "access.schema.json"), "utf8");
const shippedAccessYaml = readFileSync(join(project, "access.yaml"), "utf8");
const schema: Json = JSON.parse(committed);

const isMap = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** What each keyword says to a value; all others only describe. */
const KEYWORDS: Readonly<Record<string, (argument: never, value: unknown, whole: Json) => boolean>> = {
  type: (type: string, value) =>
    type === "object" ? isMap(value) : type === "array" ? Array.isArray(value) : hasType(value, type),
  enum: (values: readonly unknown[], value) => values.includes(value),
  const: (expected: unknown, value) => value === expected,
  anyOf: (parts: readonly Json[], value) => parts.some((part) => conforms(part, value)),
  oneOf: (parts: readonly Json[], value) => parts.filter((part) => conforms(part, value)).length === 1,
  not: (part: Json, value) => !conforms(part, value),
  pattern: (pattern: string, value) => typeof value !== "string" || new RegExp(pattern, "u").test(value),
  minimum: (minimum: number, value) => typeof value !== "number" || value >= minimum,
  exclusiveMinimum: (minimum: number, value) => typeof value !== "number" || value > minimum,
  maximum: (maximum: number, value) => typeof value !== "number" || value <= maximum,
  minItems: (count: number, value) => !Array.isArray(value) || value.length >= count,
  items: (items: Json, value) => !Array.isArray(value) || value.every((item) => conforms(items, item)),
  minProperties: (count: number, value) => !isMap(value) || Object.keys(value).length >= count,
  maxProperties: (count: number, value) => !isMap(value) || Object.keys(value).length <= count,
  propertyNames: (names: Json, value) => !isMap(value) || Object.keys(value).every((name) => conforms(names, name)),
  required: (names: readonly string[], value) => !isMap(value) || names.every((name) => name in value),
  dependentRequired: (names: Readonly<Record<string, readonly string[]>>, value) =>
    !isMap(value) ||
    Object.entries(names).every(([name, others]) => !(name in value) || others.every((one) => one in value)),
  properties: (properties: Readonly<Record<string, Json>>, value) =>
    !isMap(value) ||
    Object.entries(properties).every(([name, part]) => !(name in value) || conforms(part, value[name])),
  additionalProperties: (others: Json | false, value, { properties = {} }) =>
    !isMap(value) ||
    Object.entries(value).every(
      ([name, part]) => isIn(properties, name) || (others !== false && conforms(others, part)),
    ),
};

const DESCRIBING = ["$schema", "title", "description", "default"];

function hasType(value: unknown, type: string): boolean {
  return type === "integer" ? Number.isInteger(value) : typeof value === type;
}

function isIn(properties: unknown, name: string): boolean {
  return isMap(properties) && name in properties;
}

function conforms(part: Json, value: unknown): boolean {
  return Object.entries(part).every(([keyword, argument]) => {
    if (DESCRIBING.includes(keyword)) return true;
    const check = KEYWORDS[keyword];
    if (check === undefined) throw new Error(`no check for "${keyword}"`);
    return check(argument as never, value, part);
  });
}

/** Every schema within, by its path. */
function schemasIn(part: Json, path: string): readonly (readonly [string, Json])[] {
  const { properties, items, additionalProperties, propertyNames } = part;
  const named = Object.entries({
    ...(isMap(properties) ? properties : {}),
    items,
    additionalProperties,
    propertyNames,
  });
  const inner = named.flatMap(([name, value]) => (isMap(value) ? schemasIn(value, `${path}.${name}`) : []));
  return [[path, part], ...inner, ...alternativesIn(part).flatMap((value) => insideOf(value, path))];
}

/** What a value can be; what settings a map has together is none of these. */
function alternativesIn({ anyOf }: Json): readonly Json[] {
  return Array.isArray(anyOf) ? anyOf.filter((part) => isMap(part) && "type" in part) : [];
}

/** An alternative is described where the value is. */
function insideOf(part: Json, path: string): readonly (readonly [string, Json])[] {
  return schemasIn(part, path).slice(1);
}

const schemas = schemasIn(schema, "access.yaml");
const objects = schemas.filter(([, { type }]) => type === "object");

describe("access.schema.json", () => {
  it("is what the settings say: else run npx access access-schema", () => {
    expect(committed).toBe(accessSchemaText());
    expect(readFileSync(join(project, "access.d.schema.json"), "utf8")).toBe(teamSchemaText());
  });

  it("is the schema that access.yaml names", () => {
    expect(shippedAccessYaml.split("\n")[0]).toBe("# yaml-language-server: $schema=access.schema.json");
    expect(schema["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema");
  });

  it.each(schemas)("says in words what %s is", (_path, { description }) => {
    expect(description).toMatch(/\S/);
  });

  it.each(schemas.filter(([path]) => !path.endsWith(".propertyNames")))("says what %s is for", (_path, part) => {
    expect(part["description"]).toMatch(/^[A-Z].*\. Must be .*\.$/);
  });

  it("describes what is within alternatives as well", () => {
    expect(schemas.map(([path]) => path)).toContain("access.yaml.routes.additionalProperties.cors.headers.items");
  });

  it.each(objects)("lets %s have no other keys", (_path, { additionalProperties, propertyNames }) => {
    const hasPatternForKeys = isMap(propertyNames) && typeof propertyNames["pattern"] === "string";

    expect(additionalProperties === false || (isMap(additionalProperties) && hasPatternForKeys)).toBe(true);
  });

  it.each([
    "access.yaml",
    ...["one-service", "several-teams", "public-api"].map((name) => `examples/${name}/access.yaml`),
  ])("holds for %s", (file) => {
    expect(conforms(schema, parse(readFileSync(join(project, file), "utf8")))).toBe(true);
  });

  it("takes everything that can be said", () => {
    expect(conforms(schema, parse(EVERYTHING))).toBe(true);
    expect(parseModel(EVERYTHING, ["orders", "health"]).warnings).toEqual([]);
  });

  it.each([
    ["the root", "POST /access", "GET /"],
    ["a parameter", "POST /access", "GET /orders/{id}/lines.v1"],
    ["the rest of a path", "POST /access", "DELETE /orders/{rest+}"],
    ["a scope of a URL", "[test_resource/test] }", "[https://api.example.com/orders/read] }"],
    ["tokenMinutes", "[test_resource/test] }", "[test_resource/test], tokenMinutes: 5 }"],
    ["a resource server without name", "name: Test Resource, ", ""],
    ["a route without cors", ", cors: true", ""],
    ["OPTIONS", "POST /access", "OPTIONS /access"],
    ["ANY", "POST /access", "ANY /access/{proxy+}"],
    ["a route that is not public", "cors: true", "public: false"],
  ])("takes %s", (_what, from, to) => {
    expect(conforms(schema, parse(changed(from, to)))).toBe(true);
  });

  it.each([
    ["a missing part", /clients:\n.*\n/, ""],
    ["another part", "routes:", "extra: 1\nroutes:"],
    ["a part without entries", /clients:\n.*\n/, "clients: {}\n"],
    ["a misspelt setting", "lambda: access, scopes", "lambda: access, scope"],
    ["a missing setting", "lambda: access, ", ""],
    ["an environment's name", "  dev:", "  1dev:"],
    ["a region", "ap-northeast-1", "tokyo"],
    ["a domain prefix", "cc-demo-dev", "my-aws-demo"],
    ["an identifier", "  test_resource:", "  test resource:"],
    ["a scope's name with a slash", "{ test: Test }", "{ a/b: Test }"],
    ["a scope's empty description", "{ test: Test }", '{ test: "" }'],
    ["a client's name", "  test-server:", "  test/server:"],
    ["a scope of a user", "[test_resource/test] }", "[openid] }"],
    ["a scope without a name", "[test_resource/test] }", "[test_resource/] }"],
    ["no scopes", "[test_resource/test] }", "[] }"],
    ["one scope that is not in a list", "[test_resource/test] }", "test_resource/test }"],
    ["a token that lives too short", "[test_resource/test] }", "[test_resource/test], tokenMinutes: 4 }"],
    ["a token that lives too long", "[test_resource/test] }", "[test_resource/test], tokenMinutes: 1441 }"],
    ["half a minute", "[test_resource/test] }", "[test_resource/test], tokenMinutes: 5.5 }"],
    ["a route without a method", "POST /access", "/access"],
    ["a method in lower case", "POST /access", "post /access"],
    ["TRACE", "POST /access", "TRACE /access"],
    ["a path without a slash", "POST /access", "POST access"],
    ["an empty part of a path", "POST /access", "POST /access/"],
    ["the rest of a path before its end", "POST /access", "POST /{rest+}/access"],
    ["a function's file", "lambda: access", "lambda: access.ts"],
    ["cors that is a word", "cors: true", "cors: all"],
  ])("refuses %s", (_what, from, to) => {
    expect(conforms(schema, parse(changed(from, to)))).toBe(false);
  });

  it.each([
    ["strict that is a word", "strict: true", "strict: always"],
    ["a tag's number", "team: platform", "team: 1"],
    ["a tag of AWS", "team: platform", "aws:team: platform"],
    ["a life that is too short", "tokenMinutes: 60", "tokenMinutes: 1"],
    ["days that CloudWatch does not know", "retentionDays: 30", "retentionDays: 31"],
    ["too little memory", "memoryMegabytes: 256", "memoryMegabytes: 64"],
    ["a run that is too long", "timeoutSeconds: 10", "timeoutSeconds: 30"],
    ["another architecture", "architecture: arm64", "architecture: riscv"],
    ["another level", "logLevel: info", "logLevel: loud"],
    ["another runtime", "runtime: nodejs24.x", "runtime: nodejs20.x"],
    ["a variable's number", "MODE: test", "MODE: 1"],
    ["a variable of one letter", "MODE: test", "M: test"],
    ["a reference to two sources", "parameter: /orders/token", "parameter: /orders/token, secret: orders"],
    ["a reference to nothing", "{ parameter: /orders/token }", "{}"],
    ["a key of a parameter", "parameter: /orders/token", "parameter: /orders/token, key: token"],
    ["a parameter of AWS", "parameter: /orders/token", "parameter: /aws/token"],
    ["a layer without a version", ":layer:tools:3", ":layer:tools"],
    ["a VPC without security groups", ", securityGroupIds: [sg-1]", ""],
    ["an action without a service", "actions: [dynamodb:GetItem]", "actions: [GetItem]"],
    ["a statement without resources", /, resources: \[[^\]]*\]/, ""],
    ["a condition without values", "[orders] } }", "[] } }"],
    ["fewer than no executions", "reservedConcurrency: 0", "reservedConcurrency: -1"],
    ["throttling without burst", "{ requestsPerSecond: 100, burst: 200 }", "{ requestsPerSecond: 100 }"],
    ["neither domain", "    domainPrefix: acme-dev\n", ""],
    ["both domains", "    tokenDomain:", "    domainPrefix: acme-prod\n    tokenDomain:"],
    ["a host in upper case", "api.example.com", "API.example.com"],
    ["an ARN of another service", "arn:aws:sns", "arn:aws:sqs"],
    ["an account id that is a number", 'accountId: "123456789012"', "accountId: 123456789012"],
    ["two backends", "backend: { s3:", "backend: { hcp: { organization: a, workspace: w }, s3:"],
    ["a backend that is none", "backend: { hcp: { organization: acme, workspace: w_1 } }", "backend: {}"],
    ["nothing of all calls", "clientErrorPercent: 0.5", "clientErrorPercent: 0"],
    ["more than all calls", "clientErrorPercent: 0.5", "clientErrorPercent: 101"],
    ["a firewall that stops everybody", "requestsPerFiveMinutes: 2000", "requestsPerFiveMinutes: 1"],
    ["a cache that keeps too long", "minutes: 20", "minutes: 61"],
    ["a reader with a wildcard", ":role/billing", ":role/*"],
    ["an origin with a path", '"https://app.example.com"', '"https://app.example.com/"'],
    ["an origin without TLS", '"https://app.example.com"', '"http://app.example.com"'],
    ["header *", "headers: [X-Trace]", 'headers: ["*"]'],
    ["a URL without TLS", "https://legacy.example.com", "http://legacy.example.com"],
    ["a URL with credentials", "https://legacy.example.com", "https://a:b@legacy.example.com"],
    ["a URL with a query", "/{proxy}", "/{proxy}?a=b"],
    ["a URL with part of a path part", "/{proxy}", "/x-{proxy}"],
    ["a function and a URL", "url:", "lambda: orders, url:"],
    ["a public route without a reason", ", reason: Load balancers probe it.", ""],
    ["a public route with scopes", "public: true", "scopes: [orders/read], public: true"],
    ["a reason without public", "public: true, ", ""],
    ["public: false with a reason", "public: true", "public: false"],
    ["neither scopes nor public", "public: true, reason: Load balancers probe it.", "cors: true"],
  ])("refuses, among everything, %s", (_what, from, to) => {
    expect(conforms(schema, parse(changed(from, to, EVERYTHING)))).toBe(false);
  });
});

/** An access.yaml with every setting in every form. */
const EVERYTHING = `strict: true
tags: { team: platform, "cost center": "" }
defaults:
  tokenMinutes: 60
  retentionDays: 30
  runtime: nodejs24.x
  memoryMegabytes: 256
  timeoutSeconds: 10
  architecture: arm64
  logLevel: info
  throttling: { requestsPerSecond: 100, burst: 200 }
functions:
  orders:
    runtime: nodejs22.x
    memoryMegabytes: 128
    timeoutSeconds: 1
    architecture: x86_64
    logLevel: fatal
    reservedConcurrency: 0
    vpc: { subnetIds: [subnet-1], securityGroupIds: [sg-1] }
    variables:
      MODE: test
      TOKEN: { parameter: /orders/token }
    statements:
      - { actions: [dynamodb:GetItem], resources: ["arn:aws:dynamodb:eu-west-1:123456789012:table/orders"], conditions: { StringEquals: { "aws:ResourceTag/team": [orders] } } }
      - { actions: [s3:GetObject], resources: ["arn:aws:s3:::orders/*"], reason: Every object of the bucket. }
environments:
  prod:
    region: eu-west-1
    tokenDomain: { name: auth.example.com, certificateArn: arn:aws:acm:us-east-1:123456789012:certificate/1 }
    apiDomain: { name: api.example.com, certificateArn: arn:aws:acm:eu-west-1:123456789012:certificate/1 }
    protected: true
    ephemeral: false
    accountId: "123456789012"
    backend: { s3: { bucket: acme, region: eu-west-1, key: a/b, kmsKeyArn: arn:aws:kms:eu-west-1:123456789012:key/1 } }
    tags: { stage: prod }
    tokenMinutes: 30
    retentionDays: 3653
    runtime: nodejs22.x
    memoryMegabytes: 10240
    timeoutSeconds: 29
    functions:
      orders:
        memoryMegabytes: 512
        layers: ["arn:aws:lambda:eu-west-1:123456789012:layer:tools:3"]
        variables:
          MODE: live
          PASSWORD: { secret: orders/db, key: password, kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1" }
          OTHER: { secret: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:other-AbCdEf" }
    architecture: x86_64
    logLevel: trace
    throttling: { requestsPerSecond: 10000, burst: 5000 }
    accessLog: true
    methodMetrics: false
    tracing: false
    firewall: { requestsPerFiveMinutes: 2000 }
    alarms:
      topicArn: arn:aws:sns:eu-west-1:123456789012:pager
      clientErrorPercent: 0.5
      serverErrorPercent: 100
      latencyMilliseconds: 3000
      tokenFailures: 20
    dashboard: false
    tokenCache: { minutes: 20 }
  dev:
    region: eu-west-1
    domainPrefix: acme-dev
    ephemeral: true
    backend: { hcp: { organization: acme, workspace: w_1 } }
  test: { region: eu-west-2, domainPrefix: t, backend: { hcp: { organization: a, workspace: w, hostname: tfe.example.com } } }
resourceServers:
  orders: { name: Orders, scopes: { read: Read, write: Write } }
clients:
  billing:
    scopes: [orders/read, orders/write]
    tokenMinutes: 30
    environments: [prod, dev]
    secret:
      readers: ["arn:aws:iam::123456789012:role/billing", "arn:aws:iam::123456789012:user/ci/deployer"]
      kmsKeyArn: arn:aws:kms:eu-west-1:123456789012:key/1
  web: { scopes: [orders/read, orders/write] }
routes:
  GET /orders/{id}: { lambda: orders, scopes: [orders/read], cors: true, throttling: { requestsPerSecond: 1, burst: 1 } }
  PUT /orders/{id}:
    lambda: orders
    scopes: [orders/write]
    cors: { origins: ["https://app.example.com", "http://localhost:3000"], headers: [X-Trace] }
  PATCH /orders/{id}: { lambda: orders, scopes: [orders/write], public: false, cors: { origins: ["*"] } }
  DELETE /orders/{id}: { lambda: orders, scopes: [orders/write], cors: false }
  ANY /legacy/{proxy+}: { url: "https://legacy.example.com:8443/a%20b/{proxy}", scopes: [orders/read] }
  OPTIONS /legacy/{proxy+}: { url: "https://legacy.example.com/{proxy}", scopes: [orders/read] }
  GET /health: { lambda: health, public: true, reason: Load balancers probe it. }
`;

/** The text, otherwise the shipped access.yaml, with one thing replaced. */
function changed(from: string | RegExp, to: string, whole = shippedAccessYaml): string {
  const text = whole.replace(from, to);
  expect(text).not.toBe(whole);
  return text;
}

const OPEN = "lambda: access, scopes: [orders/read]";

/** The only route of a file: GET /orders/{id} with these settings. */
const routeOf = (settings: string) => parseModel(fileWith({ routes: `  GET /orders/{id}: { ${settings} }` })).routes[0];

describe("parseAccessModel reads, of clients", () => {
  it("everything that one can say", () => {
    const clients = `  billing:
    scopes: [orders/read]
    tokenMinutes: 30
    environments: [dev]
    secret:
      readers: ["arn:aws:iam::123456789012:user/ci/b", "arn:aws-us-gov:iam::123456789012:role/a"]
      kmsKeyArn: arn:aws:kms:ap-northeast-1:123456789012:key/mrk-0a1b`;
    expect(parseModel(fileWith({ clients })).clients).toMatchObject([
      {
        name: "billing",
        scopes: ["orders/read"],
        tokenMinutes: 30,
        environments: ["dev"],
        secret: {
          readers: ["arn:aws-us-gov:iam::123456789012:role/a", "arn:aws:iam::123456789012:user/ci/b"],
          kmsKeyArn: "arn:aws:kms:ap-northeast-1:123456789012:key/mrk-0a1b",
        },
      },
    ]);
  });
});

describe("parseAccessModel reads, of routes", () => {
  it("a function with scopes", () => {
    expect(routeOf(`${OPEN}, throttling: { requestsPerSecond: 5, burst: 10 }`)).toEqual({
      method: "GET",
      path: "/orders/{id}",
      backend: { kind: "lambda", lambda: "access" },
      scopes: ["orders/read"],
      publicReason: undefined,
      cors: undefined,
      throttling: { requestsPerSecond: 5, burst: 10 },
    });
  });

  it("a URL", () => {
    expect(routeOf('url: "https://orders.example.com/{id}", scopes: [orders/read]')?.backend).toEqual({
      kind: "http",
      url: "https://orders.example.com/{id}",
    });
  });

  it("a public route with its reason", () => {
    expect(routeOf('lambda: access, public: true, reason: "Load balancers probe it."')).toMatchObject({
      scopes: [],
      publicReason: "Load balancers probe it.",
    });
  });

  it("public: false like a route that does not say so", () => {
    expect(routeOf(`${OPEN}, public: false`)).toEqual(routeOf(OPEN));
  });

  it.each([
    ["false", undefined],
    ["true", { origins: ["*"], headers: [] }],
    ['{ origins: ["*"] }', { origins: ["*"], headers: [] }],
    [
      '{ origins: ["https://b.example.com", "https://a.example.com:8443"], headers: [X-Trace, X-B] }',
      { origins: ["https://a.example.com:8443", "https://b.example.com"], headers: ["X-B", "X-Trace"] },
    ],
    [
      '{ origins: ["http://localhost:3000", "http://127.0.0.1", "https://intranet"] }',
      { origins: ["http://127.0.0.1", "http://localhost:3000", "https://intranet"], headers: [] },
    ],
  ])("cors: %s", (cors, expected) => {
    expect(routeOf(`${OPEN}, cors: ${cors}`)?.cors).toEqual(expected);
  });
});
