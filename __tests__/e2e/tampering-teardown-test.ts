/**
 * A teardown of what somebody changed by hand in every way: it shows what is there and not what Terraform remembers,
 * destroys it, and tells in the receipt what it destroyed and what was gone before.
 */

import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  UpdateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { AttachRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { DeleteFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { Receipt } from "../../operations/teardown/receipt";
import { TamperedProject } from "../support/tampered-project";
import { tamperWithFunctions, tamperWithGate, tamperWithPool } from "../support/tamperings";

jest.setTimeout(300_000);

const project = new TamperedProject();
let backdoor = "";
let ids: ReturnType<TamperedProject["ids"]>;
let stateSize = 0;

beforeAll(async () => {
  await project.open();
  ids = project.ids();
  stateSize = project.addresses().length;
  await tamperWithPool(project);
  await tamperWithGate(project);
  await tamperWithFunctions(project);
  await project.deployByHand();
  await project.deleteMethod("POST", "/orders");
  const lambda = project.client(LambdaClient);
  await lambda.send(new DeleteFunctionCommand({ FunctionName: "tampered-dev-status" }));
  await add();
});

afterAll(() => project.close());

/** Protection, a client, policies of a role, and the log of an API that nobody asked for. */
async function add(): Promise<void> {
  const { UserPoolId, restApiId } = ids;
  const cognito = project.client(CognitoIdentityProviderClient);
  await cognito.send(new UpdateUserPoolCommand({ UserPoolId, DeletionProtection: "ACTIVE" }));
  const client = { UserPoolId, ClientName: "backdoor", GenerateSecret: true };
  backdoor = (await cognito.send(new CreateUserPoolClientCommand(client))).UserPoolClient?.ClientId ?? "";
  const { RoleName } = project.rolePolicy("orders");
  const iam = project.client(IAMClient, "us-east-1");
  const Statement = [{ Effect: "Allow", Action: "*", Resource: "*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "backdoor", PolicyDocument }));
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }));
  const logGroupName = `API-Gateway-Execution-Logs_${restApiId}/dev`;
  await project.client(CloudWatchLogsClient).send(new CreateLogGroupCommand({ logGroupName }));
}

const GONE = [
  "aws_api_gateway_integration.api_POST--orders_integration",
  "aws_api_gateway_method.api_POST--orders_method",
  "aws_cognito_user_pool_client.identity_client-reporting",
  "aws_lambda_function.functions_status_function",
  "aws_lambda_permission.api_GET--status_may-invoke",
];

describe("a teardown of what was changed by hand", () => {
  it("shows what is there: what was deleted and added, and a protection that the code does not have", async () => {
    const { code, stderr } = await project.ask("teardown", "dev");
    const clients = stderr.split("a new deployment creates other ids.\n")[1]?.split("\n\n")[0] ?? "";
    const { auditor, billing, shop, reporting } = ids.clientIds;

    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`The teardown of dev deletes ${stateSize - GONE.length} res`),
    ]);
    expect(clients.split("\n")).toEqual([
      `  auditor  ${auditor}`,
      `  billing  ${billing}`,
      `  shop  ${shop}`,
      `  backdoor  ${backdoor}  added outside Terraform`,
      `  reporting  ${reporting}  deleted before, outside Terraform`,
    ]);
    expect(stderr).toMatch(
      /^Protected against deletion, which is lifted first\n {2}aws_cognito_user_pool\.identity_pool/m,
    );
    expect(project.addresses()).toHaveLength(stateSize);
  });

  it("destroys all of it, and tells truly what it destroyed, what was gone and what is left", async () => {
    const { code, stdout, stderr } = await project.ask("teardown", "dev", "--yes", "--json");
    const receipt = JSON.parse(stdout) as Receipt;
    const { counts, destroyed, gone, clients, leftovers } = receipt;

    expect([code, destroyed, receipt.isProtectionLifted]).toEqual([2, stateSize - GONE.length, true]);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(destroyed);
    expect(counts).toMatchObject({ aws_cognito_user_pool_client: 3, aws_lambda_function: 2, aws_iam_role: 3 });
    expect(gone.map((address) => address.replace(/_[0-9A-F]{8}$/, ""))).toEqual(GONE);
    expect(clients.map(({ name }) => name)).toEqual(["auditor", "billing", "shop", "backdoor", "reporting"]);
    expect(leftovers).toMatchObject([{ kind: "log group", name: `API-Gateway-Execution-Logs_${ids.restApiId}/dev` }]);
    expect(project.addresses()).toEqual([]);
    expect(project.read("dev.teardown.md")).toContain(`- reporting: \`${ids.clientIds["reporting"]}\`, deleted before`);
    expect(stderr).toContain("✓ deletion protection is lifted");
  });
});
