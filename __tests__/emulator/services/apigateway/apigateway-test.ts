/** What API Gateway refuses, in its own words, and what it takes along when something goes. */

import { AwsError } from "../../../../emulator/errors";
import { deployments } from "../../../../emulator/services/apigateway/records";
import type { Attributes } from "../../../../emulator/terraform/attributes";
import { Examples } from "../../../support/examples";

jest.mock("../../../../emulator/services/cognito/signing-keys", () => ({ generateSigningKeys: async () => [] }));

const API = "aws_api_gateway_rest_api";
const METHOD = "aws_api_gateway_method";
const INTEGRATION = "aws_api_gateway_integration";
const DEPLOYMENT = "aws_api_gateway_deployment";
const STAGE = "aws_api_gateway_stage";

const badRequest = (message: string) => new AwsError("BadRequestException", message, 400);
const notFound = (message: string) => new AwsError("NotFoundException", message, 404);
const conflict = (message: string) => new AwsError("ConflictException", message, 409);

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

describe(DEPLOYMENT, () => {
  async function deploy(): Promise<Attributes> {
    const { id = null } = await examples.make(API);
    return await examples.workspace.create(DEPLOYMENT, { rest_api_id: id });
  }

  it("needs a method", async () => {
    await expect(deploy()).rejects.toEqual(badRequest("The REST API doesn't contain any methods"));
  });

  it("needs an integration for every method", async () => {
    await examples.make(INTEGRATION);
    await examples.another(METHOD, { http_method: "POST" });

    await expect(deploy()).rejects.toEqual(badRequest("No integration defined for method"));
  });

  it("stays as long as a stage uses it", async () => {
    const stage = await examples.make(STAGE);
    const deployment = await examples.make(DEPLOYMENT);

    await expect(examples.workspace.destroy(DEPLOYMENT, deployment)).rejects.toEqual(
      badRequest("Active stages pointing to this deployment must be moved or deleted"),
    );
    await examples.workspace.destroy(STAGE, stage);
    await expect(examples.workspace.destroy(DEPLOYMENT, deployment)).resolves.toBeUndefined();
  });

  it("keeps what was deployed, whatever is changed later, until the next one", async () => {
    const first = await examples.make(DEPLOYMENT);
    const method = await examples.make(METHOD);
    await examples.workspace.update(METHOD, method, await examples.configOf(METHOD, { authorization: "NONE" }));
    await examples.workspace.update(DEPLOYMENT, first, { ...first, description: "described" });

    const authorizations = ({ id, rest_api_id }: Attributes) => {
      const deployment = deployments.find(examples.workspace, String(rest_api_id), String(id));
      const methods = deployment?.snapshot.resources.flatMap((one) => Object.values(one.resourceMethods ?? {}));
      return methods?.map(({ authorizationType }) => authorizationType);
    };
    expect(authorizations(first)).toEqual(["COGNITO_USER_POOLS"]);
    expect(authorizations(await deploy())).toEqual(["NONE"]);
  });
});

describe(STAGE, () => {
  it("is there once in its API", async () => {
    await examples.make(STAGE);

    await expect(examples.another(STAGE)).rejects.toEqual(conflict("Stage already exists"));
  });

  it.each(["", "a b", "a/b", "a".repeat(129)])("must not be called %j", async (stage_name) => {
    await expect(examples.another(STAGE, { stage_name })).rejects.toEqual(
      badRequest("Stage name only allows a-zA-Z0-9_-"),
    );
  });

  it("needs a deployment that exists, when it is made and when it is moved", async () => {
    const refusal = notFound("Invalid Deployment identifier specified");
    const gone = await examples.configOf(STAGE, { deployment_id: "gone" });

    await expect(examples.workspace.create(STAGE, gone)).rejects.toEqual(refusal);
    await expect(examples.workspace.update(STAGE, await examples.make(STAGE), gone)).rejects.toEqual(refusal);
  });
});
