/** REST APIs and their parts as Terraform manages them: ids, refusals, and what is deleted with what. */

import { AwsError, UnsupportedError } from "../../../../emulator/errors";
import { deployments, resources, restApis } from "../../../../emulator/services/apigateway/records";
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
const VALIDATOR = "aws_api_gateway_request_validator";
const STAGE = "aws_api_gateway_stage";
const DEPLOYMENT = "aws_api_gateway_deployment";

const badRequest = (message: string) => new AwsError("BadRequestException", message, 400);
const notFound = (message: string) => new AwsError("NotFoundException", message, 404);
const conflict = (message: string) => new AwsError("ConflictException", message, 409);
const NO_RESOURCE = notFound("Invalid Resource identifier specified");
const NO_AUTHORIZER = badRequest(
  "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
);

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

const update = async (type: string, changes: Attributes) =>
  await examples.workspace.update(type, await examples.make(type), await examples.configOf(type, changes));

/** The API's paths with their methods. */
async function pathsOf({ workspace }: Examples) {
  const [api] = restApis.list(workspace.place);
  const all = resources.ofApi(workspace.place, api?.id);
  return all.map(({ path, resourceMethods }) => [path, Object.keys(resourceMethods)]);
}

it.each([
  [API, /^[a-z0-9]{10}$/],
  [RESOURCE, /^[a-z0-9]{6}$/],
  [METHOD, /^agm-[a-z0-9]{10}-[a-z0-9]{6}-GET$/],
  [METHOD_RESPONSE, /^agmr-[a-z0-9]{10}-[a-z0-9]{6}-GET-200$/],
  [INTEGRATION, /^agi-[a-z0-9]{10}-[a-z0-9]{6}-GET$/],
  [INTEGRATION_RESPONSE, /^agir-[a-z0-9]{10}-[a-z0-9]{6}-GET-200$/],
  ["aws_api_gateway_gateway_response", /^aggr-[a-z0-9]{10}-UNAUTHORIZED$/],
])("ids of %s are like %s", async (type, pattern) => {
  expect((await examples.make(type))["id"]).toMatch(pattern);
});

it.each<[string, Attributes, AwsError]>([
  // Of all but the first, recorded: localstack/localstack, test_apigateway_api.
  [RESOURCE, { rest_api_id: "gone" }, notFound("Invalid API identifier specified 123456789012:gone")],
  [METHOD, { rest_api_id: "gone" }, NO_RESOURCE],
  [
    AUTHORIZER,
    { rest_api_id: "gone" },
    conflict("Unable to complete operation due to concurrent modification. Please try again later."),
  ],
  [VALIDATOR, { rest_api_id: "gone" }, badRequest("Invalid REST API identifier specified")],
  [RESOURCE, { parent_id: "gone" }, NO_RESOURCE],
  [METHOD, { authorizer_id: null }, NO_AUTHORIZER],
  [METHOD, { authorizer_id: "gone" }, NO_AUTHORIZER],
  [INTEGRATION, { uri: null }, badRequest("Invalid ARN specified in the request")],
  [INTEGRATION, { uri: "" }, badRequest("Invalid ARN specified in the request")],
  ...[INTEGRATION, METHOD_RESPONSE, INTEGRATION_RESPONSE].map((type): [string, Attributes, AwsError] => {
    return [type, { http_method: "DELETE" }, notFound("Invalid Method identifier specified")];
  }),
  [STAGE, { deployment_id: "gone" }, notFound("Invalid Deployment identifier specified")],
  ...["", "a b", "a/b", "a".repeat(129)].map((stage_name): [string, Attributes, AwsError] => {
    return [STAGE, { stage_name }, badRequest("Stage name only allows a-zA-Z0-9_-")];
  }),
])("refuses %s with %j", async (type, changes, refusal) => {
  await expect(examples.another(type, changes)).rejects.toEqual(refusal);
});

it.each([
  [RESOURCE, "Another resource with the same parent already has this name: orders"],
  [METHOD, "Method already exists for this resource"],
  [METHOD_RESPONSE, "Response already exists for this resource"],
  [STAGE, "Stage already exists"],
])("refuses a second %s of the same name", async (type, message) => {
  await examples.make(type);
  await expect(examples.another(type)).rejects.toEqual(conflict(message));
});

it.each<[string, Attributes, string]>([
  [METHOD, { authorization: "AWS_IAM" }, "authorization AWS_IAM is not emulated. Emulated: NONE, COGNITO_USER_POOLS."],
  [METHOD, { authorization: "CUSTOM" }, "authorization CUSTOM is not emulated. Emulated: NONE, COGNITO_USER_POOLS."],
  [INTEGRATION, { connection_type: "VPC_LINK" }, "connection_type VPC_LINK is not emulated. Emulated: INTERNET."],
  [INTEGRATION, { response_transfer_mode: "STREAM" }, "response_transfer_mode STREAM is not emulated."],
  ...[null, "TOKEN", "REQUEST"].map((type): [string, Attributes, string] => {
    return [AUTHORIZER, { type }, `type ${type ?? "TOKEN"} is not emulated. Emulated: COGNITO_USER_POOLS.`];
  }),
])("refuses %s with %j at plan time", (type, config, message) => {
  expect(() => kindOf(type).validate?.(config)).toThrow(UnsupportedError);
  expect(() => kindOf(type).validate?.(config)).toThrow(`${type}.${message}`);
});

describe(API, () => {
  it.each([
    ["a private endpoint", { endpoint_configuration: [{ types: ["PRIVATE"], ip_address_type: "dualstack" }] }],
    ["binaryMediaTypes", { binary_media_types: ["*/*"] }],
    ["minimumCompressionSize", { minimum_compression_size: "0" }],
  ])("can be changed to one with %s, but not be deployed", async (what, changes) => {
    await examples.make(DEPLOYMENT);
    expect(await update(API, changes)).toMatchObject(changes);
    const refusal = new UnsupportedError(`a deployment with ${what} is not emulated`);
    await expect(examples.another(DEPLOYMENT)).rejects.toEqual(refusal);
  });

  it("changes its endpoint, and is compressed no more", async () => {
    const media = { binary_media_types: ["image/png"] };
    const api = await examples.another(API, { minimum_compression_size: "1024", ...media });
    const edge = { endpoint_configuration: [{ types: ["EDGE"] }] };
    const config = await examples.configOf(API, { minimum_compression_size: "-1", ...edge });
    const changed = await examples.workspace.update(API, api, config);
    expect(changed).toMatchObject({ minimum_compression_size: "", ...media, ...edge });
  });

  it("is deleted with all of its parts, and none of another API's", async () => {
    const { workspace } = examples;
    await examples.make(STAGE);
    await examples.make(INTEGRATION_RESPONSE);
    const others = Object.entries(workspace.account.count()).filter(([type]) => !type.startsWith("apigateway/"));
    const other = await examples.another(API);
    await examples.another(RESOURCE, { rest_api_id: text(other, "id"), parent_id: text(other, "root_resource_id") });
    await workspace.destroy(API, await examples.make(API));
    // Two models and the root of every API come with it.
    const ofOther = { "apigateway/RestApi": 1, "apigateway/Resource": 2, "apigateway/Model": 2 };
    expect(workspace.account.count()).toEqual({ ...Object.fromEntries(others), ...ofOther });
  });

  it("has AWS's endpoint when none is configured, and keeps it", async () => {
    const { workspace } = examples;
    const made = await workspace.create(API, { name: "bare" });
    const endpoint = { types: ["EDGE"], ip_address_type: "ipv4", vpc_endpoint_ids: [] };
    expect(made["endpoint_configuration"]).toEqual([endpoint]);
    expect(workspace.plan(API, made, { name: "bare" }).planned).toEqual(made);
  });
});

describe(RESOURCE, () => {
  it.each(["", "a/b", "a b", "{a", "a}", "{}", "{a+b}", "a+"])("must not be called %j", async (path_part) => {
    await expect(examples.another(RESOURCE, { path_part })).rejects.toMatchObject({ name: "BadRequestException" });
  });

  it("belongs below resources of its own API, and not below a greedy one", async () => {
    const other = await examples.another(API);
    const root = text(other, "root_resource_id");
    const { id } = await examples.another(RESOURCE, { parent_id: root, rest_api_id: text(other, "id") });
    for (const parent_id of [id ?? null, root]) {
      await expect(examples.another(RESOURCE, { parent_id })).rejects.toEqual(NO_RESOURCE);
    }
    await expect(examples.another(METHOD, { resource_id: root })).rejects.toEqual(NO_RESOURCE);
    const greedy = await examples.another(RESOURCE, { path_part: "{rest+}" });
    const refusal = badRequest("Cannot create a child of a resource with a greedy path variable: {rest+}");
    await expect(update(RESOURCE, { parent_id: greedy["id"] ?? null })).rejects.toEqual(refusal);
  });

  it("is moved and deleted with everything below it, and its methods", async () => {
    await examples.make(INTEGRATION_RESPONSE);
    const orders = await examples.make(RESOURCE);
    const order = await examples.another(RESOURCE, { parent_id: text(orders, "id"), path_part: "{id}" });
    await examples.another(RESOURCE, { parent_id: text(order, "id"), path_part: "items" });
    const renamed = await update(RESOURCE, { path_part: "sales" });
    expect(await pathsOf(examples)).toEqual([
      ["/", []],
      ["/sales", ["GET"]],
      ["/sales/{id}", []],
      ["/sales/{id}/items", []],
    ]);
    await examples.workspace.destroy(RESOURCE, renamed);
    expect(await pathsOf(examples)).toEqual([["/", []]]);
  });
});

describe(METHOD, () => {
  it("needs an authorizer of its own API, when it is created and when it is changed", async () => {
    const other = await examples.another(API);
    const authorizer_id = text(await examples.another(AUTHORIZER, { rest_api_id: text(other, "id") }), "id");
    await expect(examples.another(METHOD, { authorizer_id })).rejects.toEqual(NO_AUTHORIZER);
    await expect(update(METHOD, { authorizer_id: null })).rejects.toEqual(NO_AUTHORIZER);
  });

  it("is deleted with its integration and responses, and no other method's", async () => {
    await examples.make(INTEGRATION_RESPONSE);
    await examples.make(METHOD_RESPONSE);
    await examples.another(METHOD, { http_method: "POST" });
    await examples.another(INTEGRATION, { http_method: "POST" });
    await examples.workspace.destroy(METHOD, await examples.make(METHOD));
    expect(await pathsOf(examples)).toEqual([
      ["/", []],
      ["/orders", ["POST"]],
    ]);
  });
});

describe("responses", () => {
  it("are there once for each status, which does not change in place", async () => {
    await examples.make(METHOD_RESPONSE);
    await expect(update(METHOD_RESPONSE, { status_code: "404" })).rejects.toEqual(
      notFound("Invalid Response status code specified"),
    );
    await expect(examples.another(METHOD_RESPONSE, { status_code: "404" })).resolves.toBeDefined();
    await expect(update(INTEGRATION_RESPONSE, { status_code: "404" })).rejects.toThrow(UnsupportedError);
  });

  it("of integrations need an integration, and functions are its only AWS service", async () => {
    await examples.another(METHOD, { http_method: "POST" });
    await expect(examples.another(INTEGRATION_RESPONSE, { http_method: "POST" })).rejects.toEqual(
      notFound("Invalid Integration identifier specified"),
    );
    const s3 = { type: "AWS", uri: "arn:aws:apigateway:eu-west-1:s3:path/bucket/key" };
    await expect(examples.another(INTEGRATION, s3)).rejects.toThrow(UnsupportedError);
  });
});

describe(AUTHORIZER, () => {
  it.each<[Value, string | undefined]>([
    [null, "provider_arns must be set non-empty when authorizer type is COGNITO_USER_POOLS"],
    [[], "provider_arns must be set non-empty when authorizer type is COGNITO_USER_POOLS"],
    [UNKNOWN, undefined],
  ])("needs a user pool when it is planned: %j", (provider_arns, wrong) => {
    expect(kindOf(AUTHORIZER).checkPlan?.({ provider_arns })).toBe(wrong);
  });

  it.each([
    "x",
    "arn:aws:cognito-identity:eu-west-1:123456789012:identitypool/eu-west-1:0123abcd",
    "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/",
  ])("refuses %s, which is not a user pool", async (arn) => {
    const provider_arns = [arn, ...texts(await examples.make(AUTHORIZER), "provider_arns")];
    const refusal = badRequest(`ProviderARNs need to be valid Cognito Userpools. Invalid ARNs- ${arn}`);
    await expect(examples.another(AUTHORIZER, { name: "other", provider_arns })).rejects.toEqual(refusal);
    await expect(update(AUTHORIZER, { provider_arns })).rejects.toEqual(refusal);
  });

  it("has a name of its own within the API, when it is created and when it is renamed", async () => {
    await examples.make(AUTHORIZER);
    const other = await examples.another(AUTHORIZER, { name: "robots" });
    const refusal = badRequest("Authorizer name must be unique. Authorizer machines already exists in this RestApi.");
    await expect(examples.another(AUTHORIZER)).rejects.toEqual(refusal);
    const renamed = await examples.configOf(AUTHORIZER, { name: "machines" });
    await expect(examples.workspace.update(AUTHORIZER, other, renamed)).rejects.toEqual(refusal);
    const rest_api_id = text(await examples.another(API, { name: "other" }), "id");
    await expect(examples.another(AUTHORIZER, { rest_api_id })).resolves.toMatchObject({ name: "machines" });
  });

  it("is not deleted as long as a method refers to it", async () => {
    const [method, authorizer] = [await examples.make(METHOD), await examples.make(AUTHORIZER)];
    await expect(examples.workspace.destroy(AUTHORIZER, authorizer)).rejects.toEqual(
      conflict("Cannot delete authorizer 'machines', is referenced in method: GET//orders"),
    );
    await examples.workspace.destroy(METHOD, method);
    await expect(examples.workspace.destroy(AUTHORIZER, authorizer)).resolves.toBeUndefined();
  });
});

describe(DEPLOYMENT, () => {
  const deploy = async () =>
    await examples.workspace.create(DEPLOYMENT, { rest_api_id: text(await examples.make(API), "id") });

  it("needs a method, and an integration for each", async () => {
    await expect(deploy()).rejects.toEqual(badRequest("The REST API doesn't contain any methods"));
    await examples.make(INTEGRATION);
    await examples.another(METHOD, { http_method: "POST" });
    await expect(deploy()).rejects.toEqual(badRequest("No integration defined for method"));
  });

  it("is not deleted as long as a stage has it, and a stage is not moved to one that does not exist", async () => {
    const [stage, deployment] = [await examples.make(STAGE), await examples.make(DEPLOYMENT)];
    await expect(examples.workspace.destroy(DEPLOYMENT, deployment)).rejects.toEqual(
      badRequest("Active stages pointing to this deployment must be moved or deleted"),
    );
    await expect(update(STAGE, { deployment_id: "gone" })).rejects.toMatchObject({ name: "NotFoundException" });
    await examples.workspace.destroy(STAGE, stage);
    await expect(examples.workspace.destroy(DEPLOYMENT, deployment)).resolves.toBeUndefined();
  });

  it("keeps what was deployed, whatever is changed later", async () => {
    const first = await examples.make(DEPLOYMENT);
    await update(METHOD, { authorization: "NONE" });
    await examples.workspace.update(DEPLOYMENT, first, { ...first, description: "described" });
    const authorizations = ({ id, rest_api_id }: Attributes) => {
      const deployment = deployments.find(examples.workspace, String(rest_api_id), String(id));
      const methods = deployment?.snapshot.resources.flatMap((one) => Object.values(one.resourceMethods));
      return methods?.map(({ authorizationType }) => authorizationType);
    };
    expect(authorizations(first)).toEqual(["COGNITO_USER_POOLS"]);
    expect(authorizations(await deploy())).toEqual(["NONE"]);
  });
});
