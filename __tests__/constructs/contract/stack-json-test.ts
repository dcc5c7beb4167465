import { blocksOf, normalizedStack, referencesIn, StackJson } from "../../../constructs/contract/stack-json";

const root = "$\x7baws_api_gateway_rest_api.api.root_resource_id}";
const id = (name: string) => `$\x7baws_api_gateway_resource.${name}.id}`;

const stack = new StackJson({
  resource: {
    aws_api_gateway_resource: {
      orders: { "//": { metadata: { path: "dev/api/--orders" } }, parent_id: root, path_part: "orders" },
      rest: { parent_id: id("orders"), path_part: "{rest+}" },
      lost: { parent_id: id("none"), path_part: "lost" },
    },
  },
  data: { aws_iam_policy_document: { one: { version: "2012-10-17" } } },
  output: { token_url: { value: "https://example.com", sensitive: false } },
});

describe("StackJson", () => {
  it("returns resources with the paths of their constructs", () => {
    const [orders, rest] = stack.ofType("aws_api_gateway_resource");

    expect([orders?.name, orders?.path, rest?.path]).toEqual(["orders", "dev/api/--orders", undefined]);
    expect(stack.ofType("aws_lambda_function")).toEqual([]);
  });

  it("returns data sources and outputs", () => {
    expect(stack.dataSource("aws_iam_policy_document", "one")).toEqual({ version: "2012-10-17" });
    expect(stack.dataSource("aws_iam_policy_document", "two")).toBeUndefined();
    expect([stack.output("token_url"), stack.output("issuer")]).toEqual(["https://example.com", undefined]);
  });

  it.each([
    [root, "/"],
    [id("orders"), "/orders"],
    [id("rest"), "/orders/{rest+}"],
    [id("lost"), undefined],
    ["orders", undefined],
    [undefined, undefined],
  ])("returns the path of %s in the API: %s", (resourceId, path) => {
    expect(stack.apiPath(resourceId)).toBe(path);
  });

  it.each([undefined, null, "", {}, { resource: [] }, { resource: { aws_x: null } }])(
    "has no resources as %j",
    (json) => {
      expect(new StackJson(json).resources).toEqual([]);
    },
  );
});

describe("normalizedStack", () => {
  const attributes = { name: "a" };
  const one = { aws_x: { a: attributes } };

  it.each([
    ["the file", [{ resource: one }]],
    ["resource", { resource: [one] }],
    ["a type", { resource: { aws_x: [{ a: attributes }] } }],
    ["a name", { resource: { aws_x: { a: [attributes] } } }],
    ["a body", { resource: { aws_x: { a: [[attributes]] } } }],
  ])("reads a list in place of %s as Terraform does", (_what, json) => {
    expect(normalizedStack(json)).toEqual({ resource: one, data: {}, provider: {}, output: {}, module: {} });
  });

  it("merges what several objects of a list hold", () => {
    const resource = [
      { aws_x: { a: {} } },
      { aws_y: [{ b: {} }, { c: [[{ d: 1 }, { e: 2 }]] }] },
      { aws_x: { f: {} } },
    ];

    expect(normalizedStack([{ resource }, { resource: { aws_x: { g: {} } } }]).resource).toEqual({
      aws_x: { a: {}, f: {}, g: {} },
      aws_y: { b: {}, c: { d: 1, e: 2 } },
    });
  });

  it("reads lists in data, providers, outputs and the backend", () => {
    const stack = new StackJson([
      { data: [{ aws_x: [{ a: [{ name: "a" }] }] }], output: [{ url: [{ value: "u" }] }] },
      {
        provider: [{ aws: { region: "r" } }, { aws: [{ region: "s" }] }],
        terraform: [{ backend: [{ s3: [{ key: "k" }] }] }],
      },
    ]);

    expect(stack.dataSource("aws_x", "a")).toEqual(attributes);
    expect([stack.output("url"), stack.backend]).toEqual(["u", ["s3", { key: "k" }]]);
    expect(stack.providers("aws")).toEqual([{ region: "r" }, { region: "s" }]);
  });

  it("keeps what an argument is given twice, which Terraform refuses", () => {
    expect(normalizedStack({ resource: { aws_x: { a: [[{ b: 1 }, { b: 2 }]] } } }).resource).toEqual({
      aws_x: { a: { b: [1, 2] } },
    });
  });

  it("has no names that objects inherit", () => {
    expect(new StackJson({}).dataSource("constructor", "name")).toBeUndefined();
  });

  it("reads a nested block as an object, as a list, and as a list of parts", () => {
    const block = { a: 1, b: 2 };

    expect([block, [block], [[{ a: 1 }, { b: 2 }]]].map(blocksOf)).toEqual([[block], [block], [block]]);
  });
});

describe("referencesIn", () => {
  it.each<[string, readonly string[]]>([
    ["$\x7baws_x.a.id}", ["a"]],
    ["arn:$\x7baws_x.a.arn}/$\x7baws_x.b-c.id}", ["a", "b-c"]],
    ["$\x7bjoin(aws_x.a.id, aws_x.b.id)}", ["a", "b"]],
    ["$$\x7baws_x.a.id}", []],
    ["$\x7bdata.aws_x.a.id} $\x7bmy_aws_x.a.id}", []],
    ["aws_x.a.id", []],
  ])("%s refers to %j", (value, names) => {
    expect(referencesIn(value, "aws_x")).toEqual(names);
  });

  it("counts only the attribute that is given, and only texts", () => {
    expect(referencesIn("$\x7baws_x.a.id} $\x7baws_x.b.arn}", "aws_x", "arn")).toEqual(["b"]);
    expect(referencesIn(["$\x7baws_x.a.id}"], "aws_x")).toEqual([]);
  });
});
