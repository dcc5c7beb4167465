/** What the AWS SDK takes away from API Gateway, and what callers hear of it. */
import {
  APIGatewayClient,
  CreateDeploymentCommand,
  DeleteMethodCommand,
  DeleteResourceCommand,
  DeleteRestApiCommand,
  GetMethodCommand,
  GetRestApiCommand,
} from "@aws-sdk/client-api-gateway";
import { AccessApi } from "../../../support/access-api";
import { refusalOf, sdkOptions } from "../../../support/aws-sdk";

jest.setTimeout(300_000);

let api: AccessApi;
let sdk: APIGatewayClient;
let restApiId: string;
let methodId: { readonly restApiId: string; readonly resourceId: string; readonly httpMethod: string };
beforeAll(async () => {
  api = await AccessApi.open();
  sdk = new APIGatewayClient(sdkOptions(api.stack.emulator));
  restApiId = `${api.outputs["api"]}`;
  methodId = { restApiId, resourceId: `${api.outputs["method"]}`, httpMethod: "POST" };
});
afterAll(async () => {
  sdk.destroy();
  await api.close();
});

describe("the AWS SDK", () => {
  it("takes a method, or a resource with its methods, away from the next deployment, and not from the one that is live", async () => {
    const resourceId = `${api.outputs["method"]}`;
    for (const take of [new DeleteMethodCommand(methodId), new DeleteResourceCommand({ restApiId, resourceId })]) {
      await sdk.send(take as DeleteMethodCommand);
      expect(await refusalOf(sdk.send(new GetMethodCommand(methodId)))).toMatchObject({ name: "NotFoundException" });
      expect(await api.statuses()).toEqual([200, 401, 401]);
    }
    const deployment = sdk.send(new CreateDeploymentCommand({ restApiId, stageName: "dev" }));

    expect(await refusalOf(deployment)).toMatchObject({ message: "The REST API doesn't contain any methods" });
    const root = `${api.outputs["root"]}`;
    const refusal = await refusalOf(sdk.send(new DeleteResourceCommand({ restApiId, resourceId: root })));
    expect(refusal).toMatchObject({ name: "BadRequestException" });
    expect(await api.statuses()).toEqual([200, 401, 401]);
  });

  it("takes an API away with all that is in it, and what is live", async () => {
    await sdk.send(new DeleteRestApiCommand({ restApiId }));

    for (const ask of [new GetRestApiCommand({ restApiId }), new DeleteRestApiCommand({ restApiId })]) {
      expect(await refusalOf(sdk.send(ask as GetRestApiCommand))).toMatchObject({ name: "NotFoundException" });
    }
    expect(await api.statuses()).toEqual([403, 403, 403]);
    await api.stack.apply();
  });
});
