/** The generated tables: complete, consistent, and with patterns that compile. */
import { inPrintOrder } from "../../../emulator/protocols/enum-order";
import { javaPattern } from "../../../emulator/protocols/java-pattern";
import { loadModel, membersOf, operationOf, PRIMITIVES, shapeOf } from "../../../emulator/protocols/model";
import { tableSources } from "../../../emulator/protocols/operations";
import { SdkReader } from "../../../emulator/protocols/read-sdk";

const rooms = Object.keys(tableSources);

describe.each(rooms)("the table of %s", (room) => {
  const model = loadModel(room);

  it("has exactly the operations that are listed", () => {
    expect(Object.keys(model.operations)).toEqual([...(tableSources[room]?.operations ?? [])].sort());
  });

  it("has every shape that another one refers to, and no shape that is called as a primitive", () => {
    for (const { input, output } of Object.values(model.operations)) {
      for (const name of [input, output]) if (name !== undefined) expect(shapeOf(model, name).type).toBe("structure");
    }
    for (const [name, shape] of Object.entries(model.shapes)) {
      expect(PRIMITIVES).not.toContain(name);
      if ("of" in shape) shapeOf(model, shape.of);
      if (shape.type === "map") shapeOf(model, shape.key);
      membersOf(model, name);
    }
  });

  it("has patterns that compile", () => {
    for (const shape of Object.values(model.shapes)) {
      if ("pattern" in shape && shape.pattern !== undefined) javaPattern(shape.pattern);
    }
  });

  it("binds every part of a path to a member", () => {
    for (const { input, http } of Object.values(model.operations)) {
      const labels = [...(http?.[1] ?? "").matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => name);
      const bound = membersOf(model, input).filter(({ in: where }) => where === "path");
      expect(bound.map(({ name }) => name).sort()).toEqual(labels.sort());
    }
  });

  it("binds as the SDK does", () => {
    const sdk = new SdkReader(tableSources[room]?.sdk ?? "");
    // Newer clients put a bucket into the host, and read the status of a deleted function from the answer.
    const others = Object.entries(model.operations).filter(([name]) => room !== "s3" && name !== "DeleteFunction");
    for (const [name, { http }] of others) expect([name, sdk.operation(name)?.http]).toEqual([name, http]);
  });
});

describe("loadModel", () => {
  it("knows what is newer than AWS's models", () => {
    const cognito = loadModel("cognito");
    const newIn = (structure: string, name: string) =>
      membersOf(cognito, structure).find((member) => member.name === name)?.of;
    expect(newIn("CreateUserPoolRequest", "IssuerConfiguration")).toBe("IssuerConfigurationType");
    expect(shapeOf(cognito, "IssuerType")).toMatchObject({ enum: ["ORIGINAL", "UPDATED"] });
    expect(newIn("CreateUserPoolClientRequest", "ExplicitAuthFlows")).toBe("ExplicitAuthFlowsListType");
    expect(shapeOf(cognito, "ExplicitAuthFlowsType")).toMatchObject({
      enum: expect.arrayContaining(["ALLOW_CLIENT_TOKEN_AUTH"]),
    });
    expect(shapeOf(loadModel("apigateway"), "EndpointAccessMode")).toMatchObject({
      enum: expect.arrayContaining(["BASIC", "STRICT"]),
    });
  });

  it("names the service and the operation that a table lacks", () => {
    expect(() => operationOf(loadModel("iam"), "CreateUser")).toThrow('the table of iam has no operation "CreateUser"');
  });
});

describe("inPrintOrder", () => {
  it.each([
    ["add remove replace move copy test", "add remove move test replace copy"],
    ["REGIONAL EDGE PRIVATE", "PRIVATE EDGE REGIONAL"],
    ["HTTP AWS MOCK HTTP_PROXY AWS_PROXY", "HTTP MOCK AWS_PROXY HTTP_PROXY AWS"],
    ["OK ALARM INSUFFICIENT_DATA", "INSUFFICIENT_DATA ALARM OK"],
    ["OFF ON OPTIONAL", "OPTIONAL OFF ON"],
    ["BUFFERED RESPONSE_STREAM", "RESPONSE_STREAM BUFFERED"],
    [
      "API AUTHORIZER MODEL RESOURCE METHOD PATH_PARAMETER QUERY_PARAMETER REQUEST_HEADER REQUEST_BODY RESPONSE RESPONSE_HEADER RESPONSE_BODY",
      "RESPONSE_BODY RESPONSE METHOD MODEL AUTHORIZER RESPONSE_HEADER RESOURCE PATH_PARAMETER REQUEST_BODY QUERY_PARAMETER API REQUEST_HEADER",
    ],
  ])("lists %s as AWS was recorded to", (values, printed) => {
    expect(inPrintOrder(values.split(" ")).join(" ")).toBe(printed);
  });
});

describe("javaPattern", () => {
  it.each([
    ["[a-zA-Z0-9-_]+", ["a-_", "Z"], ["", "a b", "é"]],
    ["[\\w\\s+=,.@-]+", ["a b", "a-b\n"], ["\u00a0", "a/b"]],
    ["[\\s\\S]*", ["", "\u00a0\n"], []],
    ["[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+", ["é€1!", "😀"], [" ", ""]],
    ["[^\\s]+", ["a\u00a0"], ["a b"]],
    ["(?s).*", ["a\nb"], []],
    [".*", ["ab"], ["a\nb"]],
    ["\\@\\:\\_[\\@\\:\\_]", ["@:_:"], ["@:_x"]],
    ["a|b", ["a", "b"], ["ab", "xa"]],
    ["$|arn:.*", ["", "arn:x"], ["x"]],
  ])("%s matches a whole text", (pattern, matching, others) => {
    for (const text of matching) expect([text, javaPattern(pattern).test(text)]).toEqual([text, true]);
    for (const text of others) expect([text, javaPattern(pattern).test(text)]).toEqual([text, false]);
  });
});
