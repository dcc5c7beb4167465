/** How a table is made of a Smithy model and the SDK's schemas. */
import { formatTable, generateTable } from "../../../emulator/protocols/generate";
import type { TableSource } from "../../../emulator/protocols/operations";

const traits = (entries: object) =>
  Object.fromEntries(Object.entries(entries).map(([name, value]) => [`smithy.api#${name}`, value]));
const of = (name: string, entries: object = {}) => ({ target: `x#${name}`, traits: traits(entries) });
const pattern = (text: string) => ({ type: "string", traits: traits({ pattern: text }) });

/** A model whose operation has members of the given shapes. */
function modelOf(shapes: Readonly<Record<string, object>>) {
  const members = Object.fromEntries(Object.keys(shapes).map((name) => [name, of(name)]));
  const all = {
    Service: {
      type: "service",
      version: "1",
      traits: { "aws.api#service": { endpointPrefix: "x" }, "aws.protocols#awsQuery": {} },
    },
    AssumeRole: { type: "operation", input: of("In"), output: { target: "smithy.api#Unit" }, errors: [of("Wrong")] },
    In: { type: "structure", members: { ...members, Needed: of("Plain", { required: {} }) } },
    Plain: { type: "string" },
    Unused: { type: "structure", members: {} },
    Wrong: {
      type: "structure",
      members: { Message: of("Plain") },
      traits: { "aws.protocols#awsQueryError": { code: "Bad", httpResponseCode: 409 } },
    },
    ...shapes,
  };
  return { shapes: Object.fromEntries(Object.entries(all).map(([name, shape]) => [`x#${name}`, shape])) };
}

const source: TableSource = { model: "x.json", sdk: "@aws-sdk/client-sts", operations: ["AssumeRole"] };
const tableOf = (shapes: Readonly<Record<string, object>> = {}, given: Partial<TableSource> = {}) =>
  generateTable({ ...source, ...given }, modelOf(shapes));

describe("generateTable", () => {
  it("holds the operations listed and what is reachable from them", () => {
    expect(tableOf()).toEqual({
      service: "x",
      version: "1",
      protocols: ["awsQuery"],
      target: "Service",
      operations: { AssumeRole: { input: "In" } },
      errors: { Bad: { status: 409, message: "Message", shape: "Wrong" } },
      shapes: { In: { type: "structure", members: { Needed: { of: "string", required: true } } } },
    });
  });

  it("writes patterns as AWS prints them, and matches all of a text with them", () => {
    const shapes = { A: pattern("^a+$"), B: pattern("\\S"), C: pattern("^c"), D: pattern(".*"), E: pattern("a\\$") };
    const patterns = (given: Partial<TableSource>) =>
      Object.values(tableOf(shapes, given).shapes).map((shape) => ("pattern" in shape ? shape.pattern : ""));
    expect(patterns({})).toEqual(["a+", ".*\\S.*", "c.*", ".*", ".*a\\$.*", ""]);
    expect(patterns({ keepsAnchors: true })[0]).toBe("^a+$");
  });

  it("corrects shapes, and adds the newer values of an enum to those of a correction", () => {
    const member = (value: string) => ({ target: "smithy.api#Unit", traits: traits({ enumValue: value }) });
    const shapes = {
      Op: { type: "enum", members: { add: member("add"), copy: member("copy"), test: member("test") } },
      L: { type: "list", member: of("Plain") },
    };
    const corrections = { L: { itemsNotNull: true }, Op: { enum: ["test"] } };
    expect(tableOf(shapes, { corrections }).shapes).toMatchObject({
      Op: { type: "string", enum: ["test", "add", "copy"] },
      L: { type: "list", of: "string", itemsNotNull: true },
    });
  });

  it("takes an operation that the model lacks from the SDK", () => {
    const { operations, shapes } = tableOf({}, { operations: ["GetCallerIdentity"] });
    expect(operations).toEqual({
      GetCallerIdentity: { input: "GetCallerIdentityRequest", output: "GetCallerIdentityResponse" },
    });
    expect(shapes["GetCallerIdentityResponse"]).toEqual({
      type: "structure",
      members: { UserId: "string", Account: "string", Arn: "string" },
    });
  });

  it("names an operation that neither has", () => {
    expect(() => tableOf({}, { operations: ["GetCaller"] })).toThrow('x.json: there is no operation "GetCaller"');
  });
});

describe("formatTable", () => {
  it("is JSON with a shape a line", () => {
    const table = tableOf();
    expect(JSON.parse(formatTable(table))).toEqual(table);
    expect(formatTable(table)).toContain('\n    "In": {"type":"structure",');
  });
});
