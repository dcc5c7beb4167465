/** access.schema.json: what editors know about access.yaml. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { accessSchemaText } from "../../constructs/access-model";
import { shippedAccessYaml } from "../support/synthesize";

type Json = Readonly<Record<string, unknown>>;

const committed = readFileSync(join(__dirname, "..", "..", "access.schema.json"), "utf8");
const schema: Json = JSON.parse(committed);

const isMap = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** What each keyword says to a value; all others only describe. */
const KEYWORDS: Readonly<Record<string, (argument: never, value: unknown, whole: Json) => boolean>> = {
  type: (type: string, value) =>
    type === "object" ? isMap(value) : type === "array" ? Array.isArray(value) : hasType(value, type),
  pattern: (pattern: string, value) => typeof value !== "string" || new RegExp(pattern, "u").test(value),
  minimum: (minimum: number, value) => typeof value !== "number" || value >= minimum,
  maximum: (maximum: number, value) => typeof value !== "number" || value <= maximum,
  minItems: (count: number, value) => !Array.isArray(value) || value.length >= count,
  items: (items: Json, value) => !Array.isArray(value) || value.every((item) => conforms(items, item)),
  minProperties: (count: number, value) => !isMap(value) || Object.keys(value).length >= count,
  maxProperties: (count: number, value) => !isMap(value) || Object.keys(value).length <= count,
  propertyNames: (names: Json, value) => !isMap(value) || Object.keys(value).every((name) => conforms(names, name)),
  required: (names: readonly string[], value) => !isMap(value) || names.every((name) => name in value),
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
  return [[path, part], ...inner];
}

const schemas = schemasIn(schema, "access.yaml");
const objects = schemas.filter(([, { type }]) => type === "object");

describe("access.schema.json", () => {
  it("is what the settings say: else run npm run access-schema", () => {
    expect(committed).toBe(accessSchemaText());
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

  it.each(objects)("lets %s have no other keys", (_path, { additionalProperties, propertyNames }) => {
    const hasPatternForKeys = isMap(propertyNames) && typeof propertyNames["pattern"] === "string";

    expect(additionalProperties === false || (isMap(additionalProperties) && hasPatternForKeys)).toBe(true);
  });

  it("holds for the shipped access.yaml", () => {
    expect(conforms(schema, parse(shippedAccessYaml))).toBe(true);
  });

  it.each([
    ["the root", "POST /access", "GET /"],
    ["a parameter", "POST /access", "GET /orders/{id}/lines.v1"],
    ["the rest of a path", "POST /access", "DELETE /orders/{rest+}"],
    ["a scope of a URL", "[test_resource/test] }", "[https://api.example.com/orders/read] }"],
    ["tokenMinutes", "[test_resource/test] }", "[test_resource/test], tokenMinutes: 5 }"],
    ["a resource server without name", "name: Test Resource, ", ""],
    ["a route without cors", ", cors: true", ""],
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
    ["OPTIONS", "POST /access", "OPTIONS /access"],
    ["a path without a slash", "POST /access", "POST access"],
    ["an empty part of a path", "POST /access", "POST /access/"],
    ["the rest of a path before its end", "POST /access", "POST /{rest+}/access"],
    ["a function's file", "lambda: access", "lambda: access.ts"],
    ["cors that is a word", "cors: true", "cors: all"],
  ])("refuses %s", (_what, from, to) => {
    expect(conforms(schema, parse(changed(from, to)))).toBe(false);
  });
});

/** The shipped access.yaml with one thing replaced. */
function changed(from: string | RegExp, to: string): string {
  const text = shippedAccessYaml.replace(from, to);
  expect(text).not.toBe(shippedAccessYaml);
  return text;
}
