/**
 * What real API Gateway answered to the configuration of REST APIs, as localstack recorded it.
 *
 * @see https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_api.snapshot.json
 */
import { apigateway } from "../../../../emulator/services/apigateway";
import { OperationCaller } from "../../../support/operation-caller";

const METHOD_ERROR = "Invalid Method identifier specified";
const RESOURCE_ERROR = "Invalid Resource identifier specified";
const TYPE_ERROR =
  "1 validation error detected: Value '[wrong]' at 'createRestApiInput.endpointConfiguration.types' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]";
const OP_ERROR = (operation: string) =>
  `1 validation error detected: Value 'wrong_op' at '${operation}Input.patchOperations.1.member.op' failed to satisfy constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]`;

const notFound = (text: string) => ["NotFoundException", text];
const badRequest = (text: string) => ["BadRequestException", text];
const conflict = (text: string) => ["ConflictException", text];
const unknownApi = (id: string) => notFound(`Invalid API identifier specified 123456789012:${id}`);
const replace = (path: string, value?: string) => ({ op: "replace", path, ...(value === undefined ? {} : { value }) });
const add = (path: string, value?: string) => ({ ...replace(path, value), op: "add" });
const remove = (path: string, value?: string) => ({ ...replace(path, value), op: "remove" });

async function callerWithApi(input: object = {}) {
  const aws = new OperationCaller(apigateway);
  const api = await aws.call("CreateRestApi", { name: "orders", description: "this is my api", ...input });
  const at = { restApiId: api.id as string };
  const root = { ...at, resourceId: api.rootResourceId as string };
  const update = (...patchOperations: object[]) => ({ ...at, patchOperations });
  return { aws, api, at, root, update };
}

async function callerWithMethod(httpMethod = "GET") {
  const made = await callerWithApi();
  const method = { ...made.root, httpMethod };
  await made.aws.call("PutMethod", { ...method, authorizationType: "NONE" });
  const update = (...patchOperations: object[]) => ({ ...method, patchOperations });
  return { ...made, method, update };
}

describe("REST APIs", () => {
  it("are described with tags when they are read alone", async () => {
    const { aws, api, at } = await callerWithApi();
    const described = {
      id: api.id,
      name: "orders",
      description: "this is my api",
      createdDate: 1782992634,
      apiKeySource: "HEADER",
      endpointConfiguration: { types: ["EDGE"], ipAddressType: "ipv4" },
      disableExecuteApiEndpoint: false,
      rootResourceId: api.rootResourceId,
    };

    expect(api).toEqual(described);
    expect(await aws.call("GetRestApi", at)).toEqual({ ...described, tags: {} });
    expect(await aws.call("GetRestApis", {})).toEqual({ items: [described] });
  });

  it.each([
    [{ description: "" }, "Description cannot be an empty string"],
    [{ minimumCompressionSize: -1 }, "Invalid minimum compression size, must be between 0 and 10485760"],
    [
      { endpointConfiguration: { types: [] } },
      "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.",
    ],
    [{ endpointConfiguration: { types: ["EDGE", "REGIONAL"] } }, "Cannot create an api with multiple Endpoint Types."],
    [
      { endpointConfiguration: { types: ["PRIVATE"], ipAddressType: "ipv4" } },
      "Only dualstack ipAddressType is supported for Private APIs.",
    ],
  ])("refuse %j", async (input, text) => {
    const aws = new OperationCaller(apigateway);

    expect(await aws.refusal("CreateRestApi", { name: "orders", ...input })).toEqual(badRequest(text));
  });

  it("refuse an unknown type of endpoint", async () => {
    const aws = new OperationCaller(apigateway);
    const input = { name: "orders", description: "", endpointConfiguration: { types: ["wrong"] } };

    expect(await aws.refusal("CreateRestApi", input)).toEqual(["ValidationException", TYPE_ERROR]);
  });

  it("keep media types under their names", async () => {
    const { aws, update } = await callerWithApi();
    const png = "/binaryMediaTypes/image~1png";
    const typesAfter = async (...patches: object[]) =>
      (await aws.call("UpdateRestApi", update(...patches))).binaryMediaTypes;

    expect(await typesAfter(add(png), add("/binaryMediaTypes/image~1jpeg"))).toEqual(["image/png", "image/jpeg"]);
    expect(await typesAfter(replace(png, "image/gif"))).toEqual(["image/jpeg", "image/gif"]);
    const removed = update(remove("/binaryMediaTypes/image~1gif"), remove("/description"));
    const changed = await aws.call("UpdateRestApi", removed);
    expect(changed).toMatchObject({ binaryMediaTypes: ["image/jpeg"], tags: {} });
    expect(changed).not.toHaveProperty("description");
  });

  it.each([
    [add("/binaryMediaTypes", "image/gif"), "Invalid patch path /binaryMediaTypes"],
    [remove("/binaryMediaTypes"), "Invalid patch path /binaryMediaTypes"],
    [replace("/minimumCompressionSize", "-1"), "Invalid minimum compression size, must be between 0 and 10485760"],
    [replace("/minimumCompressionSize", "ten"), "Invalid minimum compression size, must be between 0 and 10485760"],
    [add("/minimumCompressionSize", "10"), "Invalid patch operation specified. Must be one of: [replace]"],
    [replace("/endpointConfiguration/ipAddressType", "wrong"), "ipAddressType must be either ipv4 or dualstack."],
    [
      replace("/endpointConfiguration/types/0", "wrong"),
      "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE",
    ],
    [
      remove("/endpointConfiguration/ipAddressType", "dualstack"),
      "Invalid patch operation specified. Must be one of: [replace]",
    ],
    [
      remove("/endpointConfiguration/types/0", "EDGE"),
      "Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
    ],
  ])("refuse the patch %j", async (patch, text) => {
    const { aws, update } = await callerWithApi();

    expect(await aws.refusal("UpdateRestApi", update(patch))).toEqual(badRequest(text));
  });

  it("are dualstack when they are private", async () => {
    const { aws, update } = await callerWithApi();
    const types = ["EDGE", "REGIONAL", "PRIVATE"].map((type) => replace("/endpointConfiguration/types/0", type));

    expect(await aws.call("UpdateRestApi", update(...types))).toMatchObject({
      endpointConfiguration: { types: ["PRIVATE"], ipAddressType: "dualstack" },
    });
    const ipv4 = update(replace("/endpointConfiguration/ipAddressType", "ipv4"));
    expect(await aws.refusal("UpdateRestApi", ipv4)).toEqual(
      badRequest("Only dualstack ipAddressType is supported for Private APIs."),
    );
  });

  it("refuse an unknown id", async () => {
    const aws = new OperationCaller(apigateway);
    const input = { restApiId: "api_id", patchOperations: [] };

    expect(await aws.refusal("UpdateRestApi", input)).toEqual(unknownApi("api_id"));
  });
});

describe("resources", () => {
  it("are listed in the order of their paths", async () => {
    const { aws, api, at } = await callerWithApi();
    const create = async (parentId: string, pathPart: string) =>
      (await aws.call("CreateResource", { ...at, parentId, pathPart })).id;
    const parent = await create(api.rootResourceId, "parent");
    await create(api.rootResourceId, "{proxy+}");
    await create(parent, "{proxy+}");
    await create(parent, "child");
    const { items } = await aws.call("GetResources", at);

    expect(items.map(({ path }: { readonly path: string }) => path)).toEqual([
      "/",
      "/parent",
      "/parent/child",
      "/parent/{proxy+}",
      "/{proxy+}",
    ]);
    expect(items[0]).toEqual({ id: api.rootResourceId, path: "/" });
    expect(items[1]).toEqual({ id: parent, parentId: api.rootResourceId, pathPart: "parent", path: "/parent" });
  });

  it("move with all that is below them", async () => {
    const { aws, api, at } = await callerWithApi();
    const parentId = api.rootResourceId;
    const pets = await aws.call("CreateResource", { ...at, parentId, pathPart: "pets" });
    const sub = await aws.call("CreateResource", { ...at, parentId: pets.id, pathPart: "subpets" });
    const child = await aws.call("CreateResource", { ...at, parentId: sub.id, pathPart: "pets" });
    const patch = (resourceId: string, ...patchOperations: object[]) => ({ ...at, resourceId, patchOperations });

    expect(await aws.refusal("UpdateResource", patch(sub.id, replace("/pathPart", "")))).toEqual(
      badRequest(
        "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
      ),
    );
    expect(await aws.refusal("UpdateResource", patch(child.id, replace("/parentId", parentId)))).toEqual(
      conflict("Another resource with the same parent already has this name: pets"),
    );
    expect(await aws.refusal("UpdateResource", patch(pets.id, replace("/parentId", sub.id)))).toEqual(
      badRequest("Resources cannot be cyclical."),
    );
    expect(await aws.call("UpdateResource", patch(sub.id, replace("/parentId", parentId)))).toEqual({
      ...sub,
      parentId,
      path: "/subpets",
    });
    expect(await aws.call("GetResource", { ...at, resourceId: child.id })).toMatchObject({ path: "/subpets/pets" });
    await aws.call("DeleteResource", { ...at, resourceId: sub.id });
    expect(await aws.refusal("DeleteResource", { ...at, resourceId: child.id })).toEqual(notFound(RESOURCE_ERROR));
  });

  it.each([
    [
      replace("/invalid", "x"),
      "Invalid patch path  '/invalid' specified for op 'replace'. Must be one of: [/parentId, /pathPart]",
    ],
    [
      remove("/pathPart"),
      "Invalid patch path  '/pathPart' specified for op 'remove'. Please choose supported operations",
    ],
    [
      add("/pathPart", "x"),
      "Invalid patch path  '/pathPart' specified for op 'add'. Please choose supported operations",
    ],
  ])("refuse the patch %j", async (patch, text) => {
    const { aws, api, at } = await callerWithApi();
    const { id } = await aws.call("CreateResource", { ...at, parentId: api.rootResourceId, pathPart: "pets" });
    const input = { ...at, resourceId: id, patchOperations: [patch] };

    expect(await aws.refusal("UpdateResource", input)).toEqual(badRequest(text));
  });

  it.each(["pathPart", "parentId"])("refuse another %s of the root", async (member) => {
    const { aws, root } = await callerWithApi();
    const input = { ...root, patchOperations: [replace(`/${member}`, "x")] };

    expect(await aws.refusal("UpdateResource", input)).toEqual(
      badRequest(`Root resource cannot update its ${member}.`),
    );
  });

  it("refuse to be below what does not exist, or what is greedy", async () => {
    const { aws, api, at } = await callerWithApi();
    const create = { ...at, parentId: api.rootResourceId };
    const { id } = await aws.call("CreateResource", { ...create, pathPart: "{proxy+}" });

    expect(await aws.refusal("CreateResource", { ...create, parentId: "none", pathPart: "x" })).toEqual(
      notFound(RESOURCE_ERROR),
    );
    expect(await aws.refusal("CreateResource", { ...create, pathPart: "{any}" })).toEqual(
      badRequest("A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed"),
    );
    expect(await aws.refusal("CreateResource", { ...create, parentId: id, pathPart: "x" })).toEqual(
      badRequest("Cannot create a child of a resource with a greedy path variable: {proxy+}"),
    );
  });
});

describe("methods", () => {
  const NO_AUTHORIZER =
    "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.";

  it.each([
    [{ restApiId: "none" }, notFound(RESOURCE_ERROR)],
    [{ resourceId: "none" }, notFound(RESOURCE_ERROR)],
    [
      { httpMethod: "WRONG" },
      badRequest("Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY"),
    ],
    [{ authorizationType: "CUSTOM" }, badRequest(NO_AUTHORIZER)],
    [{ requestValidatorId: "wrong" }, badRequest("Invalid Request Validator identifier specified")],
    [{ requestModels: { "application/json": "petModel" } }, badRequest("Invalid model identifier specified: petModel")],
    [
      { requestParameters: { "method.request.querystring.q": true, "method.request.header.q": true } },
      badRequest("Parameter names must be unique across querystring, header and path"),
    ],
    [
      { requestParameters: { "method.request.path.testPath": true, true: true } },
      badRequest(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: true]",
      ),
    ],
  ])("refuse %j", async (input, refusal) => {
    const { aws, root } = await callerWithApi();
    const method = { ...root, httpMethod: "ANY", authorizationType: "NONE", ...input };

    expect(await aws.refusal("PutMethod", method)).toEqual(refusal);
  });

  it("are described as they were put, until they are deleted", async () => {
    const { aws, method } = await callerWithMethod("ANY");

    expect(await aws.call("GetMethod", method)).toEqual({
      apiKeyRequired: false,
      authorizationType: "NONE",
      httpMethod: "ANY",
    });
    await aws.call("DeleteMethod", method);
    expect(await aws.refusal("GetMethod", method)).toEqual(notFound(METHOD_ERROR));
    expect(await aws.refusal("DeleteMethod", method)).toEqual(notFound(METHOD_ERROR));
  });

  it("are patched", async () => {
    const { aws, update } = await callerWithMethod("ANY");
    const [parameter, model] = [
      "/requestParameters/method.request.querystring.optional",
      "/requestModels/application~1json",
    ];

    expect(await aws.call("UpdateMethod", update(add(parameter, "true"), add(model, "Empty")))).toEqual({
      apiKeyRequired: false,
      authorizationType: "NONE",
      httpMethod: "ANY",
      requestModels: { "application/json": "Empty" },
      requestParameters: { "method.request.querystring.optional": true },
    });
    const replaced = update(
      replace("/operationName", "Replaced"),
      replace("/apiKeyRequired", "true"),
      replace(parameter, "false"),
    );
    expect(await aws.call("UpdateMethod", replaced)).toMatchObject({
      apiKeyRequired: true,
      operationName: "Replaced",
      requestParameters: { "method.request.querystring.optional": false },
    });
    expect(await aws.call("UpdateMethod", update(remove(parameter, "true"), remove(model, "Empty")))).toEqual({
      apiKeyRequired: true,
      authorizationType: "NONE",
      httpMethod: "ANY",
      operationName: "Replaced",
    });
  });

  it.each([
    [add("/operationName", "x"), "Invalid patch operation specified. Must be one of: [replace]"],
    [add("/requestValidatorId", "x"), "Invalid patch operation specified. Must be one of: [replace]"],
    [add("/httpMethod", "PUT"), "Invalid patch path /httpMethod"],
    [replace("/requestParameters", "x"), "Invalid patch path /requestParameters"],
    [add("/requestModels/application/json", "Empty"), "Invalid patch path /requestModels/application/json"],
    [replace("/authorizationType", "CUSTOM"), NO_AUTHORIZER],
    [replace("/requestValidatorId", "wrong"), "Invalid Request Validator identifier specified"],
  ])("refuse the patch %j", async (patch, text) => {
    const { aws, update } = await callerWithMethod("ANY");

    expect(await aws.refusal("UpdateMethod", update(patch))).toEqual(badRequest(text));
  });

  it("ignore an authorizer without effect, and a text that is no boolean", async () => {
    const { aws, update } = await callerWithMethod("ANY");
    const ignored = update(replace("/authorizerId", "abc123"), replace("/apiKeyRequired", "whatever"));

    expect(await aws.call("UpdateMethod", ignored)).toEqual({
      apiKeyRequired: false,
      authorizationType: "NONE",
      httpMethod: "ANY",
    });
  });
});

describe("method responses", () => {
  it("have what they were given, and nothing once that is removed", async () => {
    const { aws, method } = await callerWithMethod();
    const at = { ...method, statusCode: "200" };
    const [header, model] = [
      "/responseParameters/method.response.header.my-header",
      "/responseModels/application~1json",
    ];
    const patch = (...patchOperations: object[]) => ({ ...at, patchOperations });

    expect(await aws.call("PutMethodResponse", { ...at, responseParameters: {}, responseModels: {} })).toEqual({
      statusCode: "200",
      responseParameters: {},
      responseModels: {},
    });
    const filled = {
      statusCode: "200",
      responseModels: { "application/json": "Empty" },
      responseParameters: { "method.response.header.my-header": true },
    };
    expect(await aws.call("UpdateMethodResponse", patch(add(header, "true"), add(model, "Empty")))).toEqual(filled);
    expect(await aws.call("UpdateMethodResponse", patch(remove(header, "true"), remove(model, "Empty")))).toEqual({
      statusCode: "200",
    });
  });

  it.each([
    [replace("/responseParameters/wrong", "true"), notFound("Invalid parameter name specified")],
    [remove("/responseParameters/wrong", "true"), notFound("Invalid parameter name specified")],
    [replace("/responseModels/wrong", "Empty"), notFound("Content-Type specified was not found")],
    [remove("/responseModels/wrong", "Empty"), notFound("Content-Type specified was not found")],
    [
      remove("/wrong/method.response.header.my-header"),
      badRequest("Invalid patch path /wrong/method.response.header.my-header"),
    ],
    [{ ...replace("/x"), op: "wrong_op" }, ["ValidationException", OP_ERROR("updateMethodResponse")]],
  ])("refuse the patch %j", async (patch, refusal) => {
    const { aws, method } = await callerWithMethod();
    await aws.call("PutMethodResponse", { ...method, statusCode: "200" });
    const input = { ...method, statusCode: "200", patchOperations: [patch] };

    expect(await aws.refusal("UpdateMethodResponse", input)).toEqual(refusal);
  });

  it("refuse a status that does not exist, and one that is none", async () => {
    const { aws, method } = await callerWithMethod();
    const input = { ...method, statusCode: "404", patchOperations: [] };

    expect(await aws.refusal("UpdateMethodResponse", input)).toEqual(
      notFound("Invalid Response status code specified"),
    );
    const { 0: name, 1: text } = await aws.refusal("GetMethodResponse", { ...method, statusCode: "wrong" });
    expect([name, text]).toEqual([
      "ValidationException",
      "1 validation error detected: Value 'wrong' at 'statusCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [1-5]\\d\\d",
    ]);
  });
});

describe("integrations", () => {
  const FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:orders";
  const LAMBDA = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions";

  it.each([
    [{ type: "HTTP", uri: "http://example.com" }, "Enumeration value for HttpMethod must be non-empty"],
    [{ type: "HTTP_PROXY", uri: "http://example.com" }, "Enumeration value for HttpMethod must be non-empty"],
    [{ type: "AWS", uri: "http://example.com" }, "Enumeration value for HttpMethod must be non-empty"],
    [{ type: "HTTP", uri: "non-valid-http" }, "Invalid HTTP endpoint specified for URI"],
    [{ type: "HTTP_PROXY", uri: "non-valid-http" }, "Invalid HTTP endpoint specified for URI"],
    [{ type: "AWS", uri: "non-valid-arn" }, "Invalid ARN specified in the request"],
    [
      { type: "AWS", uri: "arn:aws:iam::0000000000:role/service-role/asdf" },
      "AWS ARN for integration must contain path or action",
    ],
    [{ type: "AWS_PROXY", uri: FUNCTION }, "AWS ARN for integration must contain path or action"],
    [
      { type: "AWS_PROXY", uri: `bad-arn:lambda:path/2015-03-31/functions/${FUNCTION}/invocations` },
      "Invalid ARN specified in the request",
    ],
    [
      { type: "AWS_PROXY", uri: `${LAMBDA.replace("path", "test")}/${FUNCTION}/invocations` },
      "AWS ARN for integration must contain path or action",
    ],
    ...[
      `${LAMBDA.replace("lambda", "firehose")}/${FUNCTION}/invocations`,
      `arn:aws:apigateway:eu-west-1:lambda:path/random/value/${FUNCTION}/invocations`,
      "arn:aws:apigateway:eu-west-1:s3:path/b/k",
    ].map((uri): [object, string] => [
      { type: "AWS_PROXY", uri },
      "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
    ]),
  ])("refuse %j", async (input, text) => {
    const { aws, method } = await callerWithMethod();
    const needsMethod = text.startsWith("Enumeration") ? {} : { integrationHttpMethod: "POST" };

    expect(await aws.refusal("PutIntegration", { ...method, ...needsMethod, ...input })).toEqual(badRequest(text));
  });

  it("have AWS's defaults", async () => {
    const { aws, method, root } = await callerWithMethod();
    const defaults = {
      cacheKeyParameters: [],
      cacheNamespace: root.resourceId,
      passthroughBehavior: "WHEN_NO_MATCH",
      timeoutInMillis: 29_000,
    };
    const put = (input: object) => aws.call("PutIntegration", { ...method, ...input });

    const mock = await put({ type: "MOCK", uri: "http://example.com", integrationHttpMethod: "POST" });
    expect(mock).toEqual({ ...defaults, type: "MOCK", responseTransferMode: "BUFFERED" });
    expect(await put({ type: "HTTP", uri: "http://example.com", integrationHttpMethod: "POST" })).toMatchObject({
      ...defaults,
      connectionType: "INTERNET",
      httpMethod: "POST",
      type: "HTTP",
      uri: "http://example.com",
    });
    const uri = `${LAMBDA}/${FUNCTION}/invocations`;
    expect(await put({ type: "AWS_PROXY", uri, integrationHttpMethod: "POST" })).not.toHaveProperty("connectionType");
  });

  it.each([
    [{ restApiId: "none" }, RESOURCE_ERROR],
    [{ resourceId: "none" }, RESOURCE_ERROR],
    [{ httpMethod: "POST" }, METHOD_ERROR],
    [{}, "Invalid Integration identifier specified"],
  ])("are not found with %j", async (input, text) => {
    const { aws, method } = await callerWithMethod();

    expect(await aws.refusal("GetIntegration", { ...method, ...input })).toEqual(notFound(text));
  });
});

describe("integration responses", () => {
  it("are put, patched, put again and deleted", async () => {
    const { aws, method } = await callerWithMethod();
    await aws.call("PutIntegration", {
      ...method,
      type: "MOCK",
      requestTemplates: { "application/json": '{"statusCode": 200}' },
    });
    const at = { ...method, statusCode: "200" };
    const responseTemplates = { "application/json": '"created"' };
    const created = { responseTemplates, selectionPattern: "", statusCode: "200" };

    expect(await aws.call("PutIntegrationResponse", { ...at, responseTemplates, selectionPattern: "" })).toEqual(
      created,
    );
    expect(await aws.call("GetIntegrationResponse", at)).toEqual(created);
    const patchOperations = [replace("/selectionPattern", "updated-pattern")];
    expect(await aws.call("UpdateIntegrationResponse", { ...at, patchOperations })).toEqual({
      ...created,
      selectionPattern: "updated-pattern",
    });
    const overwritten = {
      responseTemplates: { "application/json": "overwrite" },
      selectionPattern: "overwrite-pattern",
    };
    await aws.call("PutIntegrationResponse", { ...at, ...overwritten });
    expect((await aws.call("GetMethod", method)).methodIntegration.integrationResponses).toEqual({
      200: { ...overwritten, statusCode: "200" },
    });
    await aws.call("DeleteIntegrationResponse", at);
    expect(await aws.refusal("GetIntegrationResponse", at)).toEqual(notFound("Invalid Response status code specified"));
    expect((await aws.call("GetMethod", method)).methodIntegration).not.toHaveProperty("integrationResponses");
  });

  it("name the integration of a method that is missing when they are deleted", async () => {
    const { aws, method } = await callerWithMethod();
    const input = { ...method, httpMethod: "POST", statusCode: "200" };

    expect(await aws.refusal("DeleteIntegrationResponse", input)).toEqual(
      notFound("Invalid Integration identifier specified"),
    );
    expect(await aws.refusal("GetIntegrationResponse", input)).toEqual(notFound(METHOD_ERROR));
  });

  it("keep null for an empty template", async () => {
    const { aws, method } = await callerWithMethod();
    await aws.call("PutIntegration", { ...method, type: "MOCK" });
    const input = { ...method, statusCode: "200", responseTemplates: { "application/json": "" } };

    expect((await aws.call("PutIntegrationResponse", input)).responseTemplates).toEqual({ "application/json": null });
  });

  it("refuse what is not a content type", async () => {
    const { aws, method } = await callerWithMethod();
    await aws.call("PutIntegration", { ...method, type: "MOCK" });
    const input = { ...method, statusCode: "200", responseTemplates: { 123: '{"statusCode": 200}' } };

    expect(await aws.refusal("PutIntegrationResponse", input)).toEqual(
      badRequest("Validation Result: warnings : [], errors : [Invalid content type specified: 123]"),
    );
  });
});

describe("models", () => {
  const schema = '{"title":"orders","type":"object"}';
  const NO_PROPERTY = "Model schema must have at least 1 property or array items defined";

  it("cannot be deleted while a method refers to them", async () => {
    const { aws, at, method, update } = await callerWithMethod("ANY");
    await aws.call("CreateModel", { ...at, name: "Order", contentType: "application/json", schema });
    await aws.call("UpdateMethod", update(add("/requestModels/application~1json", "Order")));

    expect(await aws.refusal("DeleteModel", { ...at, modelName: "Order" })).toEqual(
      conflict("Cannot delete model 'Order', is referenced in method request: //ANY"),
    );
    await aws.call("DeleteMethod", method);
    await aws.call("DeleteModel", { ...at, modelName: "Order" });
    const { items } = await aws.call("GetModels", at);
    expect(items.map(({ name }: { readonly name: string }) => name)).toEqual(["Empty", "Error"]);
  });

  it.each([
    [{ restApiId: "abcde0" }, unknownApi("abcde0")],
    [{ name: "" }, badRequest("Model name must be non-empty")],
    [{ name: "Empty" }, conflict("Model name already exists for this REST API")],
    [{ schema: "" }, badRequest(NO_PROPERTY)],
    [{ schema: undefined }, badRequest(NO_PROPERTY)],
  ])("refuse %j", async (input, refusal) => {
    const { aws, at } = await callerWithApi();
    const model = { ...at, name: "Order", contentType: "application/json", schema, ...input };

    expect(await aws.refusal("CreateModel", model)).toEqual(refusal);
  });

  it.each([
    ["MySchema", [], notFound("Invalid model name specified: MySchema")],
    [
      "Empty",
      [add("/wrong-path", "x")],
      badRequest("Invalid patch path  '/wrong-path' specified for op 'add'. Please choose supported operations"),
    ],
    [
      "Empty",
      [replace("/name", "x")],
      badRequest("Invalid patch path  '/name' specified for op 'replace'. Must be one of: [/description, /schema]"),
    ],
    ["Empty", [replace("/schema", "")], badRequest(NO_PROPERTY)],
  ])("refuse to patch %s by %j", async (modelName, patchOperations, refusal) => {
    const { aws, at } = await callerWithApi();

    expect(await aws.refusal("UpdateModel", { ...at, modelName, patchOperations })).toEqual(refusal);
  });
});

describe("request validators", () => {
  it.each([
    ["CreateRequestValidator", {}, badRequest("Invalid REST API identifier specified")],
    ["GetRequestValidators", {}, unknownApi("none")],
    ["GetRequestValidator", { requestValidatorId: "x" }, notFound("Invalid Request Validator identifier specified")],
    ["DeleteRequestValidator", { requestValidatorId: "x" }, notFound("Invalid Request Validator identifier specified")],
  ])("refuse %s of an unknown API", async (operation, input, refusal) => {
    const aws = new OperationCaller(apigateway);

    expect(await aws.refusal(operation, { restApiId: "none", ...input })).toEqual(refusal);
  });

  it("are patched", async () => {
    const { aws, at } = await callerWithApi();
    const made = await aws.call("CreateRequestValidator", { ...at, name: "parameters" });
    const update = (patch: object) => ({ ...at, requestValidatorId: made.id, patchOperations: [patch] });

    expect(made).toEqual({
      id: made.id,
      name: "parameters",
      validateRequestBody: false,
      validateRequestParameters: false,
    });
    const checking = update(replace("/validateRequestParameters", "true"));
    expect(await aws.call("UpdateRequestValidator", checking)).toMatchObject({ validateRequestParameters: true });
    const notChecking = update(replace("/validateRequestParameters"));
    expect(await aws.call("UpdateRequestValidator", notChecking)).toMatchObject({ validateRequestParameters: false });
    expect(await aws.refusal("UpdateRequestValidator", update(replace("/name", "")))).toEqual(
      badRequest("Request Validator name cannot be blank"),
    );
    expect(await aws.refusal("UpdateRequestValidator", update(replace("/invalidPath", "test")))).toEqual(
      badRequest(
        "Invalid patch path  '/invalidPath' specified for op 'replace'. Must be one of: [/name, /validateRequestParameters, /validateRequestBody]",
      ),
    );
  });
});

describe("gateway responses", () => {
  const TEMPLATES = { "application/json": '{"message":$context.error.messageString}' };
  const header = "gatewayresponse.header.x-request-header";

  it("have defaults of their own, and those of their class", async () => {
    const { aws, at } = await callerWithApi();
    const get = (responseType: string) => aws.call("GetGatewayResponse", { ...at, responseType });
    const byDefault = { defaultResponse: true, responseParameters: {}, responseTemplates: TEMPLATES };

    expect(await get("MISSING_AUTHENTICATION_TOKEN")).toEqual({
      ...byDefault,
      responseType: "MISSING_AUTHENTICATION_TOKEN",
      statusCode: "403",
    });
    expect(await get("DEFAULT_4XX")).toEqual({ ...byDefault, responseType: "DEFAULT_4XX" });
    const responseParameters = { [header]: "method.request.header.Accept" };
    const put = { ...at, responseType: "DEFAULT_5XX", statusCode: "599", responseParameters };
    expect(await aws.call("PutGatewayResponse", put)).toEqual({
      defaultResponse: false,
      responseParameters,
      responseTemplates: TEMPLATES,
      responseType: "DEFAULT_5XX",
      statusCode: "599",
    });
    expect(await get("INTEGRATION_TIMEOUT")).toEqual({
      defaultResponse: true,
      responseParameters,
      responseTemplates: TEMPLATES,
      responseType: "INTEGRATION_TIMEOUT",
      statusCode: "599",
    });
  });

  it("are patched although they were never put, and deleted only when they were", async () => {
    const { aws, at } = await callerWithApi();
    const of = { ...at, responseType: "DEFAULT_4XX" };

    expect(await aws.refusal("DeleteGatewayResponse", of)).toEqual(
      notFound("Gateway response type not defined on api"),
    );
    expect(
      await aws.call("UpdateGatewayResponse", { ...of, patchOperations: [replace("/statusCode", "444")] }),
    ).toEqual({
      defaultResponse: false,
      responseParameters: {},
      responseTemplates: TEMPLATES,
      responseType: "DEFAULT_4XX",
      statusCode: "444",
    });
    await aws.call("DeleteGatewayResponse", of);
    expect(await aws.call("GetGatewayResponse", of)).not.toHaveProperty("statusCode");
  });

  it.each([
    [add("/statusCode", "444"), badRequest("Invalid patch path /statusCode")],
    [remove("/statusCode"), badRequest("Invalid patch path /statusCode")],
    [replace(`/responseParameters/${header}`, "'x'"), notFound("Invalid parameter name specified")],
    [{ op: "add", value: "'x'" }, badRequest("Invalid patch path null")],
    [add("/wrongPath", "'x'"), badRequest("Invalid patch path /wrongPath")],
    [replace("/responseTemplates/application~1json"), badRequest("Invalid null or empty value in responseTemplates")],
    [{ op: "wrong_op", path: "/statusCode" }, ["ValidationException", OP_ERROR("updateGatewayResponse")]],
  ])("refuse the patch %j", async (patch, refusal) => {
    const { aws, at } = await callerWithApi();
    const input = { ...at, responseType: "DEFAULT_5XX", patchOperations: [patch] };

    expect(await aws.refusal("UpdateGatewayResponse", input)).toEqual(refusal);
  });
});

describe("deployments", () => {
  it("are refused for a method whose API key an authorizer would have to name", async () => {
    const { aws, at, method, update } = await callerWithMethod();
    await aws.call("UpdateRestApi", { ...at, patchOperations: [replace("/apiKeySource", "AUTHORIZER")] });
    await aws.call("PutIntegration", { ...method, type: "MOCK" });
    await aws.call("UpdateMethod", update(replace("/apiKeyRequired", "true")));

    await expect(aws.call("CreateDeployment", at)).rejects.toThrow(
      "a deployment with API keys from an authorizer is not emulated",
    );
  });
});

describe("usage plans", () => {
  it("lose only stages that they have, and are deleted without any", async () => {
    const { aws, at, api, method } = await callerWithMethod();
    await aws.call("PutIntegration", { ...method, type: "MOCK" });
    await aws.call("CreateDeployment", { ...at, stageName: "dev" });
    const { id } = await aws.call("CreateUsagePlan", { name: "x", apiStages: [{ apiId: api.id, stage: "dev" }] });
    const losing = (value?: string) => ({ usagePlanId: id, patchOperations: [remove("/apiStages", value)] });

    for (const value of [undefined, "dev"]) {
      expect(await aws.refusal("UpdateUsagePlan", losing(value))).toEqual(badRequest("Invalid API Stage specified"));
    }
    expect(await aws.refusal("UpdateUsagePlan", losing(`${api.id}:other`))).toEqual(
      notFound(`Invalid API Stage {api: ${api.id}, stage: other} specified for usageplan ${id}`),
    );
    expect(await aws.refusal("DeleteUsagePlan", { usagePlanId: id })).toEqual(
      badRequest(
        `Cannot delete Usage Plan ${id} because there are API Stages associated with it, including ${api.id}:dev`,
      ),
    );
    await aws.call("UpdateUsagePlan", losing(`${api.id}:dev`));
    await aws.call("DeleteUsagePlan", { usagePlanId: id });
    expect(await aws.call("GetUsagePlanKeys", { usagePlanId: id })).toEqual({ items: [] });
  });
});

describe("canaries", () => {
  async function callerWithStage() {
    const made = await callerWithMethod();
    const { aws, at, method } = made;
    await aws.call("PutIntegration", { ...method, type: "MOCK" });
    const [first, second] = [await aws.call("CreateDeployment", at), await aws.call("CreateDeployment", at)];
    const stage = { ...at, stageName: "dev" };
    await aws.call("CreateStage", { ...stage, deploymentId: first.id, variables: { a: "1", b: "2" } });
    const patch = (...patchOperations: object[]) => ({ ...stage, patchOperations });
    return { ...made, stage, first, second, patch };
  }
  const copy = (path: string, from: string) => ({ op: "copy", path, from });
  const promotion = [
    copy("/deploymentId", "/canarySettings/deploymentId"),
    copy("/variables", "/canarySettings/stageVariableOverrides"),
  ];

  it("are deployed to a stage, patched, promoted and removed", async () => {
    const { aws, stage, first, second, patch } = await callerWithStage();
    const canaryAfter = async (...patches: object[]) =>
      (await aws.call("UpdateStage", patch(...patches))).canarySettings;
    const byDefault = { percentTraffic: 0, useStageCache: false };

    expect(await canaryAfter(replace("/canarySettings/percentTraffic", "50"))).toEqual({
      ...byDefault,
      deploymentId: first.id,
      percentTraffic: 50,
    });
    await canaryAfter(remove("/canarySettings"));
    expect(await canaryAfter(replace("/canarySettings/deploymentId", second.id))).toEqual({
      ...byDefault,
      deploymentId: second.id,
    });
    const canarySettings = { percentTraffic: 10, stageVariableOverrides: { b: "3" } };
    const { id } = await aws.call("CreateDeployment", { ...stage, canarySettings });
    expect(await aws.call("GetStage", stage)).toMatchObject({ deploymentId: first.id, canarySettings });
    expect(await aws.call("UpdateStage", patch(...promotion))).toMatchObject({
      deploymentId: id,
      variables: { a: "1", b: "3" },
      canarySettings,
    });
    expect(await canaryAfter(remove("/canarySettings"))).toBeUndefined();
  });

  it.each([
    [replace("/canarySettings/deploymentId", "none"), "Deployment id does not exist"],
    [add("/canarySettings/deploymentId", "none"), "Invalid add operation with path: /canarySettings/deploymentId"],
    [promotion[0] ?? {}, "Promotion not available. Canary does not exist."],
    [
      copy("/canarySettings/deploymentId", "/deploymentId"),
      "Invalid copy operation with path: /canarySettings/deploymentId and from /deploymentId. Valid copy:path are [/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]",
    ],
    [
      remove("/canarySettings/stageVariableOverrides"),
      "Cannot remove method setting canarySettings/stageVariableOverrides because there is no method setting for this method ",
    ],
  ])("refuse the patch %j", async (operation, text) => {
    const { aws, patch } = await callerWithStage();

    expect(await aws.refusal("UpdateStage", patch(operation))).toEqual(badRequest(text));
  });

  it.each([
    [undefined, "Non null and non empty stageName must be provided for canary deployment. Provided value is null"],
    ["", "Non null and non empty stageName must be provided for canary deployment. Provided value is "],
    ["none", "Stage none must already be created before making a canary release deployment"],
  ])("are not deployed to the stage %j", async (stageName, text) => {
    const { aws, at } = await callerWithStage();
    const input = { ...at, stageName, canarySettings: { percentTraffic: 50 } };

    expect(await aws.refusal("CreateDeployment", input)).toEqual(
      badRequest(`Invalid deployment content specified.${text}`),
    );
  });
});

describe("models, named in a refusal,", () => {
  it("are those of the resource that came last", async () => {
    const { aws, at, api, root } = await callerWithApi();
    await aws.call("CreateModel", { ...at, name: "Order", contentType: "application/json", schema: "{}" });
    const { id } = await aws.call("CreateResource", { ...at, parentId: api.rootResourceId, pathPart: "test" });
    const method = { httpMethod: "ANY", authorizationType: "NONE", requestModels: { "application/json": "Order" } };
    await aws.call("PutMethod", { ...root, ...method });
    await aws.call("PutMethod", { ...root, resourceId: id, ...method });

    expect(await aws.refusal("DeleteModel", { ...at, modelName: "Order" })).toEqual(
      conflict("Cannot delete model 'Order', is referenced in method request: /test/ANY"),
    );
  });
});

describe("authorizers", () => {
  it("meet a conflict without an API", async () => {
    const aws = new OperationCaller(apigateway);
    const input = { restApiId: "none", name: "machines", type: "COGNITO_USER_POOLS" };

    expect(await aws.refusal("CreateAuthorizer", input)).toEqual(
      conflict("Unable to complete operation due to concurrent modification. Please try again later."),
    );
    expect(await aws.refusal("GetAuthorizers", { restApiId: "none" })).toEqual(unknownApi("none"));
  });

  it.each([{}, { name: "machines" }, { type: "COGNITO_USER_POOLS" }, { name: "machines", type: "COGNITO_USER_POOLS" }])(
    "are not created from %j alone",
    async (input) => {
      const { aws, at } = await callerWithApi();
      expect(await aws.refusal("CreateAuthorizer", { ...at, ...input })).toContain("BadRequestException");
    },
  );

  it("are not for methods that authorize by IAM, which is not emulated", async () => {
    const { aws, root } = await callerWithApi();
    const method = { ...root, httpMethod: "GET", authorizationType: "AWS_IAM" };
    await expect(aws.call("PutMethod", method)).rejects.toThrow("AWS_IAM is not emulated");
    expect(await aws.call("GetResource", root)).not.toHaveProperty("resourceMethods");
  });
});
