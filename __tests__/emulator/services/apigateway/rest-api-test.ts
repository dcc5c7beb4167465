/** What API Gateway refuses, in its own words, and what it takes along when something goes. */

import { AwsError, UnsupportedError } from "../../../../emulator/errors";
import { resources, restApis } from "../../../../emulator/services/apigateway/records";
import { type Attributes, text, texts, UNKNOWN, type Value } from "../../../../emulator/terraform/attributes";
import { Examples } from "../../../support/examples";
import { kindOf } from "../../../support/workspace";

jest.mock("../../../../emulator/services/cognito/signing-keys", () => ({ generateSigningKeys: async () => [] }));

const API = "aws_api_gateway_rest_api";
const RESOURCE = "aws_api_gateway_resource";
const METHOD = "aws_api_gateway_method";
const METHOD_RESPONSE = "aws_api_gateway_method_response";
const INTEGRATION = "aws_api_gateway_integration";
const INTEGRATION_RESPONSE = "aws_api_gateway_integration_response";
const AUTHORIZER = "aws_api_gateway_authorizer";
const STAGE = "aws_api_gateway_stage";
const DEPLOYMENT = "aws_api_gateway_deployment";

const badRequest = (message: string) => new AwsError("BadRequestException", message, 400);
const notFound = (message: string) => new AwsError("NotFoundException", message, 404);
const conflict = (message: string) => new AwsError("ConflictException", message, 409);

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

/** What the plan of the configuration is refused with, if it is. */
function validate(type: string, config: Attributes): void {
  kindOf(type).validate?.(config);
}

/** A resource below another one. */
async function below(parent: Attributes, path_part: string): Promise<Attributes> {
  return await examples.another(RESOURCE, { parent_id: text(parent, "id"), path_part });
}

/** The API's paths with their methods. */
async function apiOf({ workspace }: Examples) {
  const [api] = restApis.list(workspace.place);
  const restApiId = api?.id ?? "";
  const paths = resources
    .ofApi(workspace.place, restApiId)
    .map(({ path, resourceMethods }) => [path, Object.keys(resourceMethods)]);
  return { restApiId, paths };
}

async function pathOf(resource: Attributes): Promise<unknown> {
  return (await examples.workspace.refresh(RESOURCE, resource))?.["path"];
}

describe("ids", () => {
  it.each([
    [API, /^[a-z0-9]{10}$/],
    [RESOURCE, /^[a-z0-9]{6}$/],
    [METHOD, /^agm-[a-z0-9]{10}-[a-z0-9]{6}-GET$/],
    [METHOD_RESPONSE, /^agmr-[a-z0-9]{10}-[a-z0-9]{6}-GET-200$/],
    [INTEGRATION, /^agi-[a-z0-9]{10}-[a-z0-9]{6}-GET$/],
    [INTEGRATION_RESPONSE, /^agir-[a-z0-9]{10}-[a-z0-9]{6}-GET-200$/],
    ["aws_api_gateway_gateway_response", /^aggr-[a-z0-9]{10}-UNAUTHORIZED$/],
  ])("of %s are like %s", async (type, pattern) => {
    expect((await examples.make(type))["id"]).toMatch(pattern);
  });
});

describe(API, () => {
  it.each([
    ["a private endpoint", { endpoint_configuration: [{ types: ["PRIVATE"], ip_address_type: "dualstack" }] }],
    ["binaryMediaTypes", { binary_media_types: ["*/*"] }],
    ["minimumCompressionSize", { minimum_compression_size: "0" }],
  ])("can be changed to one with %s, but not be deployed", async (what, changes) => {
    await examples.make(DEPLOYMENT);
    const api = await examples.make(API);
    const config = await examples.configOf(API, changes);

    expect(await examples.workspace.update(API, api, config)).toMatchObject(changes);
    await expect(examples.another(DEPLOYMENT)).rejects.toEqual(
      new UnsupportedError(`a deployment with ${what} is not emulated`),
    );
  });

  it("changes its endpoint, and is compressed no more", async () => {
    const compressed = { minimum_compression_size: "1024", binary_media_types: ["image/png"] };
    const api = await examples.another(API, compressed);
    const changes = { minimum_compression_size: "-1", endpoint_configuration: [{ types: ["EDGE"] }] };
    const changed = await examples.workspace.update(API, api, await examples.configOf(API, changes));

    expect(changed).toMatchObject({
      ...{ minimum_compression_size: "", binary_media_types: ["image/png"] },
      endpoint_configuration: [{ types: ["EDGE"] }],
    });
  });

  it("takes all of its parts with it, and none of another API's", async () => {
    const { workspace } = examples;
    await examples.make(STAGE);
    await examples.make(INTEGRATION_RESPONSE);
    const others = () => Object.entries(workspace.account.count()).filter(([type]) => !type.startsWith("apigateway/"));
    const before = others();
    const other = await examples.another(API);
    await examples.another(RESOURCE, { rest_api_id: text(other, "id"), parent_id: text(other, "root_resource_id") });
    await examples.workspace.destroy(API, await examples.make(API));

    expect(workspace.account.count()).toEqual({
      ...Object.fromEntries(before),
      // Two models and the root of every API come with it.
      "apigateway/RestApi": 1,
      "apigateway/Resource": 2,
      "apigateway/Model": 2,
    });
  });

  // Of all but the first, recorded: localstack/localstack, test_apigateway_api.
  it.each([
    [RESOURCE, notFound("Invalid API identifier specified 123456789012:gone")],
    [METHOD, notFound("Invalid Resource identifier specified")],
    [AUTHORIZER, conflict("Unable to complete operation due to concurrent modification. Please try again later.")],
    ["aws_api_gateway_request_validator", badRequest("Invalid REST API identifier specified")],
  ])("must exist for %s", async (type, refusal) => {
    await expect(examples.another(type, { rest_api_id: "gone" })).rejects.toEqual(refusal);
  });

  it("has AWS's endpoint when none is configured, and keeps it", async () => {
    const { workspace } = examples;
    const made = await workspace.create(API, { name: "bare" });

    expect(made["endpoint_configuration"]).toEqual([
      { types: ["EDGE"], ip_address_type: "ipv4", vpc_endpoint_ids: [] },
    ]);
    expect(workspace.plan(API, made, { name: "bare" }).planned).toEqual(made);
  });
});

describe(RESOURCE, () => {
  it("is there once below its parent", async () => {
    await examples.make(RESOURCE);

    await expect(examples.another(RESOURCE)).rejects.toEqual(
      conflict("Another resource with the same parent already has this name: orders"),
    );
  });

  it("has nothing below it when it takes the rest of the path, and nothing is moved there", async () => {
    const orders = await examples.make(RESOURCE);
    const greedy = await examples.another(RESOURCE, { path_part: "{rest+}" });
    const refusal = badRequest("Cannot create a child of a resource with a greedy path variable: {rest+}");

    await expect(below(greedy, "items")).rejects.toEqual(refusal);
    const moved = await examples.configOf(RESOURCE, { parent_id: greedy["id"] ?? null });
    await expect(examples.workspace.update(RESOURCE, orders, moved)).rejects.toEqual(refusal);
  });

  it("has at most one sibling that is a parameter, and is told which", async () => {
    const orders = await examples.make(RESOURCE);
    await below(orders, "{id}");
    await below(orders, "all");

    await expect(below(orders, "{proxy+}")).rejects.toEqual(
      badRequest("A sibling ({id}) of this resource already has a variable path part -- only one is allowed"),
    );
  });

  it.each(["", "a/b", "a b", "{a", "a}", "{}", "{a+b}", "a+"])("must not be called %j", async (path_part) => {
    await expect(examples.another(RESOURCE, { path_part })).rejects.toMatchObject({ name: "BadRequestException" });
  });

  it("is refused below a resource that does not exist, or is another API's", async () => {
    const other = await examples.another(API);
    const root = { id: text(other, "root_resource_id") };
    const foreign = { parent_id: root.id, rest_api_id: text(other, "id"), path_part: "a" };
    const { id } = await examples.another(RESOURCE, foreign);

    for (const parent_id of ["gone", id ?? null, root.id]) {
      await expect(examples.another(RESOURCE, { parent_id })).rejects.toEqual(
        notFound("Invalid Resource identifier specified"),
      );
    }
  });

  it("takes everything below it along when it is renamed", async () => {
    const orders = await examples.make(RESOURCE);
    const order = await below(orders, "{id}");
    const items = await below(order, "items");
    await examples.workspace.update(RESOURCE, orders, await examples.configOf(RESOURCE, { path_part: "sales" }));

    expect(await pathOf(order)).toBe("/sales/{id}");
    expect(await pathOf(items)).toBe("/sales/{id}/items");
  });

  it("cannot be moved below itself", async () => {
    const orders = await examples.make(RESOURCE);
    const order = await below(orders, "{id}");

    for (const parent_id of [text(orders, "id"), text(order, "id")]) {
      const moved = { ...(await examples.configOf(RESOURCE)), parent_id };
      await expect(examples.workspace.update(RESOURCE, orders, moved)).rejects.toMatchObject({
        name: "BadRequestException",
      });
    }
  });

  it("takes everything below it, and its methods, with it", async () => {
    await examples.make(INTEGRATION_RESPONSE);
    const orders = await examples.make(RESOURCE);
    await below(await below(orders, "{id}"), "items");
    await examples.workspace.destroy(RESOURCE, orders);

    const { restApiId, paths } = await apiOf(examples);
    expect(restApiId).toBe(orders["rest_api_id"]);
    expect(paths).toEqual([["/", []]]);
  });
});

describe(METHOD, () => {
  it("is there once on its resource", async () => {
    await examples.make(METHOD);

    await expect(examples.another(METHOD)).rejects.toEqual(conflict("Method already exists for this resource"));
  });

  it.each([[null], ["gone"]])("needs an authorizer that exists: %p", async (authorizer_id) => {
    await expect(examples.another(METHOD, { authorizer_id })).rejects.toEqual(
      badRequest(
        "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
      ),
    );
  });

  it("cannot lose its authorizer in a change", async () => {
    const method = await examples.make(METHOD);
    const changed = await examples.configOf(METHOD, { authorizer_id: null });

    await expect(examples.workspace.update(METHOD, method, changed)).rejects.toMatchObject({
      name: "BadRequestException",
    });
  });

  it("needs an authorizer of its own API", async () => {
    const other = await examples.another(API);
    const authorizer = await examples.another(AUTHORIZER, { rest_api_id: text(other, "id") });

    await expect(examples.another(METHOD, { authorizer_id: text(authorizer, "id") })).rejects.toMatchObject({
      name: "BadRequestException",
    });
  });

  it("needs a resource of its own API", async () => {
    const other = await examples.another(API);

    await expect(examples.another(METHOD, { resource_id: text(other, "root_resource_id") })).rejects.toEqual(
      notFound("Invalid Resource identifier specified"),
    );
  });

  it.each(["AWS_IAM", "CUSTOM"])("is refused with an authorization that is not played: %s", (authorization) => {
    expect(() => validate(METHOD, { authorization })).toThrow(
      new UnsupportedError(
        `${METHOD}.authorization ${authorization} is not emulated. Emulated: NONE, COGNITO_USER_POOLS.`,
      ),
    );
  });

  it("takes its integration and responses with it, and no other method's", async () => {
    await examples.make(INTEGRATION_RESPONSE);
    await examples.make(METHOD_RESPONSE);
    await examples.another(METHOD, { http_method: "POST" });
    await examples.another(INTEGRATION, { http_method: "POST" });
    await examples.workspace.destroy(METHOD, await examples.make(METHOD));

    const { paths } = await apiOf(examples);
    expect(paths).toEqual([
      ["/", []],
      ["/orders", ["POST"]],
    ]);
  });
});

describe(METHOD_RESPONSE, () => {
  it("is there once for each status", async () => {
    await examples.make(METHOD_RESPONSE);

    await expect(examples.another(METHOD_RESPONSE)).rejects.toEqual(
      conflict("Response already exists for this resource"),
    );
    await expect(examples.another(METHOD_RESPONSE, { status_code: "404" })).resolves.toBeDefined();
  });

  it("cannot become another status in place, as with the real provider", async () => {
    const response = await examples.make(METHOD_RESPONSE);
    const changed = await examples.configOf(METHOD_RESPONSE, { status_code: "404" });

    await expect(examples.workspace.update(METHOD_RESPONSE, response, changed)).rejects.toEqual(
      notFound("Invalid Response status code specified"),
    );
  });
});

describe(INTEGRATION, () => {
  it.each([INTEGRATION, METHOD_RESPONSE, INTEGRATION_RESPONSE])("and others need a method: %s", async (type) => {
    await expect(examples.another(type, { http_method: "DELETE" })).rejects.toEqual(
      notFound("Invalid Method identifier specified"),
    );
  });

  it("is refused for other services than Lambda", async () => {
    const input = { type: "AWS", uri: "arn:aws:apigateway:eu-west-1:s3:path/bucket/key" };
    await expect(examples.another(INTEGRATION, input)).rejects.toThrow(UnsupportedError);
  });

  it.each([
    [null, "Invalid ARN specified in the request"],
    ["", "Invalid ARN specified in the request"],
    // Recorded: localstack/localstack, test_put_integration_aws_proxy_uri.
    ["arn:aws:lambda:eu-west-1:123456789012:function:orders", "AWS ARN for integration must contain path or action"],
  ])("needs the function's invoke_arn: %p", async (uri, refusal) => {
    await expect(examples.another(INTEGRATION, { uri })).rejects.toEqual(badRequest(refusal));
  });

  it.each([
    ["connection_type", "VPC_LINK"],
    ["response_transfer_mode", "STREAM"],
  ])("is refused when its %s is not played: %s", (name, value) => {
    expect(() => validate(INTEGRATION, { [name]: value })).toThrow(UnsupportedError);
  });
});

describe(INTEGRATION_RESPONSE, () => {
  it("needs an integration", async () => {
    await examples.another(METHOD, { http_method: "POST" });

    await expect(examples.another(INTEGRATION_RESPONSE, { http_method: "POST" })).rejects.toEqual(
      notFound("Invalid Integration identifier specified"),
    );
  });

  it("does not become another status in place: on AWS, the old one would stay", async () => {
    const response = await examples.make(INTEGRATION_RESPONSE);
    const changed = await examples.configOf(INTEGRATION_RESPONSE, { status_code: "404" });

    await expect(examples.workspace.update(INTEGRATION_RESPONSE, response, changed)).rejects.toThrow(UnsupportedError);
  });
});

describe(AUTHORIZER, () => {
  it.each([[null], ["TOKEN"], ["REQUEST"]])("is refused when it is of a type that is not played: %p", (type) => {
    expect(() => validate(AUTHORIZER, { type })).toThrow(
      new UnsupportedError(`${AUTHORIZER}.type ${type ?? "TOKEN"} is not emulated. Emulated: COGNITO_USER_POOLS.`),
    );
  });

  it.each<[Value, string | undefined]>([
    [null, "provider_arns must be set non-empty when authorizer type is COGNITO_USER_POOLS"],
    [[], "provider_arns must be set non-empty when authorizer type is COGNITO_USER_POOLS"],
    [UNKNOWN, undefined],
  ])("needs a user pool when it is planned: %j", (provider_arns, wrong) => {
    expect(kindOf(AUTHORIZER).checkPlan?.({ provider_arns })).toBe(wrong);
  });

  it.each([
    ["x"],
    ["arn:aws:cognito-identity:eu-west-1:123456789012:identitypool/eu-west-1:0123abcd"],
    ["arn:aws:cognito-idp:eu-west-1:123456789012:userpool/"],
  ])("takes nothing for a user pool that is none: %s", async (arn) => {
    const made = await examples.make(AUTHORIZER);
    const given = await examples.configOf(AUTHORIZER, { provider_arns: [arn, ...texts(made, "provider_arns")] });
    const refusal = badRequest(`ProviderARNs need to be valid Cognito Userpools. Invalid ARNs- ${arn}`);

    await expect(examples.workspace.create(AUTHORIZER, { ...given, name: "other" })).rejects.toEqual(refusal);
    await expect(examples.workspace.update(AUTHORIZER, made, given)).rejects.toEqual(refusal);
  });

  it("has a name of its own within the API, when it is made and when it is renamed", async () => {
    await examples.make(AUTHORIZER);
    const other = await examples.another(AUTHORIZER, { name: "robots" });
    const api = text(await examples.another(API, { name: "other" }), "id");
    const refusal = badRequest("Authorizer name must be unique. Authorizer machines already exists in this RestApi.");

    await expect(examples.another(AUTHORIZER)).rejects.toEqual(refusal);
    const renamed = await examples.configOf(AUTHORIZER, { name: "machines" });
    await expect(examples.workspace.update(AUTHORIZER, other, renamed)).rejects.toEqual(refusal);
    await expect(examples.another(AUTHORIZER, { rest_api_id: api })).resolves.toMatchObject({ name: "machines" });
  });

  it("stays as long as a method refers to it", async () => {
    const method = await examples.make(METHOD);
    const authorizer = await examples.make(AUTHORIZER);

    await expect(examples.workspace.destroy(AUTHORIZER, authorizer)).rejects.toEqual(
      conflict("Cannot delete authorizer 'machines', is referenced in method: GET//orders"),
    );
    await examples.workspace.destroy(METHOD, method);
    await expect(examples.workspace.destroy(AUTHORIZER, authorizer)).resolves.toBeUndefined();
  });
});
