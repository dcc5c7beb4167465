/**
 * Everything that the AWS CLI can do behind Terraform's back, over one deployment: each has its exact verdict, and
 * nothing that only follows from it is told. Tampered with in groups, as a plan takes its time.
 */
import { APIGatewayClient, UpdateAuthorizerCommand } from "@aws-sdk/client-api-gateway";
import { CloudWatchLogsClient, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CognitoIdentityProviderClient,
  DeleteUserPoolClientCommand,
  UpdateResourceServerCommand,
  UpdateUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { LambdaClient, RemovePermissionCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { findDrift } from "../../cli/drift/find-drift";
import type { Finding } from "../../cli/drift/finding";
import { TamperedProject } from "../support/tampered-project";

jest.setTimeout(300_000);

const project = new TamperedProject();
const { folder } = project;

beforeAll(() => project.open());
afterAll(() => project.close());

type Short = readonly [name: string, attribute: string | null, verdict: string];

/** Findings without values, with the names that people know. */
function short(findings: readonly Finding[]): readonly Short[] {
  const all = findings.map(
    ({ address, attribute, verdict }): Short => [address.replace(/_[0-9A-F]{8}$/, ""), attribute, verdict],
  );
  return all.toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
}

const outside = (name: string, ...attributes: readonly (string | null)[]): readonly Short[] =>
  attributes.map((attribute) => [name, attribute, "changed outside"]);

describe("a stack that nobody touched", () => {
  it("is clean, and still is after a second deployment", async () => {
    expect(await findDrift(folder)).toEqual([]);
    await project.apply();
    expect(await findDrift(folder)).toEqual([]);
  });
});

describe("what was changed or deleted by hand", () => {
  let findings: readonly Finding[] = [];
  const of = (name: string) => short(findings).filter(([address]) => address === name);

  beforeAll(async () => {
    await tamperWithPool();
    await tamperWithGate();
    await tamperWithFunctions();
    findings = await findDrift(folder);
  });

  afterAll(() => project.apply());

  it.each<readonly [what: string, name: string, attributes: readonly (string | null)[]]>([
    [
      "a client that was reset",
      "aws_cognito_user_pool_client.identity_client-billing",
      [
        "access_token_validity",
        "allowed_oauth_flows",
        "allowed_oauth_flows_user_pool_client",
        "allowed_oauth_scopes",
        "explicit_auth_flows",
        "id_token_validity",
        "prevent_user_existence_errors",
        "token_validity_units.access_token",
        "token_validity_units.id_token",
        "token_validity_units.refresh_token",
      ],
    ],
    ["a client with other scopes", "aws_cognito_user_pool_client.identity_client-shop", ["allowed_oauth_scopes"]],
    ["a client that was deleted", "aws_cognito_user_pool_client.identity_client-reporting", [null]],
    ["a resource server that lost a scope", "aws_cognito_resource_server.identity_resource-server-orders", ["scope"]],
    ["a method with another scope", "aws_api_gateway_method.api_POST--orders_method", ["authorization_scopes"]],
    ["an authorizer that looks elsewhere", "aws_api_gateway_authorizer.api_authorizer", ["identity_source"]],
    [
      "a function with other callers",
      "aws_lambda_function.functions_access_function",
      ["environment.variables.ALLOWED_CLIENT_IDS"],
    ],
    ["a permission that was removed", "aws_lambda_permission.api_GET--status_may-invoke", [null]],
    ["a role that may do more", "aws_iam_role_policy.functions_orders_may-log", ["policy"]],
    ["a log group that keeps for longer", "aws_cloudwatch_log_group.functions_orders_logs", ["retention_in_days"]],
  ])("names %s, as changed outside", (_what, name, attributes) => {
    expect(of(name)).toEqual(outside(name, ...attributes));
  });

  it("tells nothing else: no deployment, stage or function that would only be changed along", () => {
    expect(new Set(findings.map(({ verdict }) => verdict))).toEqual(new Set(["changed outside"]));
    expect(new Set(findings.map(({ address }) => address)).size).toBe(10);
  });

  it("shows what was left and what is there, but no environment variable", () => {
    expect(findings).toContainEqual(
      expect.objectContaining({ attribute: "retention_in_days", expected: "30", found: "365" }),
    );
    const variable = findings.find(({ attribute }) => attribute?.includes("ALLOWED_CLIENT_IDS"));
    expect(variable).toMatchObject({ expected: "(not shown)", found: "(changed, not shown)" });
  });
});

describe("what the deployed snapshot answers with", () => {
  let byHand = "";

  it("is told beside the change, once that is deployed by hand; loudly when a route is open", async () => {
    await project.updateMethod("POST", "/orders", "add", "/authorizationScopes", "orders/read");
    await project.updateMethod("GET", "/orders", "replace", "/authorizationType", "NONE");
    byHand = await project.deployByHand();
    const findings = await findDrift(folder);

    expect(short(findings).filter(([, , verdict]) => verdict === "not live")).toEqual([
      ["aws_api_gateway_method.api_GET--orders_method", "authorization", "not live"],
      ["aws_api_gateway_method.api_POST--orders_method", "authorization_scopes", "not live"],
    ]);
    expect(findings.filter(({ isLoud }) => isLoud).map(({ route }) => route)).toEqual(["GET /orders"]);
    expect(short(findings)).toEqual(
      expect.arrayContaining([...outside("aws_api_gateway_stage.api_stage", "deployment_id")]),
    );
    await project.apply();
    expect(await findDrift(folder)).toEqual([]);
  });

  it("is told when the stage was moved to another deployment, though every method is as it was left", async () => {
    await project.moveStage(byHand);
    const findings = await findDrift(folder);

    expect(short(findings).filter(([, , verdict]) => verdict === "changed outside")).toEqual(
      outside("aws_api_gateway_stage.api_stage", "deployment_id"),
    );
    expect(findings.filter(({ verdict }) => verdict === "not live").map(({ route }) => route)).toEqual(
      expect.arrayContaining(["GET /orders", "POST /orders"]),
    );
    await project.apply();
  });

  it("is no finding when the same was deployed anew by hand, but for the stage", async () => {
    await project.deployByHand();

    expect(short(await findDrift(folder))).toEqual(outside("aws_api_gateway_stage.api_stage", "deployment_id"));
    await project.apply();
  });
});

describe("code that was changed", () => {
  it("is not applied yet, and nobody's fault, until it is deployed; then a removed route is still live", async () => {
    await project.changeCode();
    const before = await findDrift(folder);

    expect(new Set(before.map(({ verdict }) => verdict))).toEqual(new Set(["code not applied yet"]));
    expect(short(before)).toEqual(
      expect.arrayContaining([
        ["aws_api_gateway_method.api_GET--status_method", null, "code not applied yet"],
        ["aws_api_gateway_method.api_POST--orders_method", "authorization_scopes", "code not applied yet"],
        ["aws_cognito_user_pool_client.identity_client-newcomer", null, "code not applied yet"],
      ]),
    );

    await project.apply();
    expect(await findDrift(folder)).toEqual([
      {
        address: "GET /status",
        route: "GET /status",
        attribute: null,
        expected: "not deployed",
        found: "deployed, PUBLIC",
        verdict: "still live",
        isLoud: true,
      },
    ]);
  });

  it("tells what somebody changed from what the code wants, of one resource", async () => {
    await project.updateMethod("POST", "/orders", "add", "/authorizationScopes", "orders/write");
    const findings = (await findDrift(folder)).filter(({ verdict }) => verdict !== "still live");

    expect(short(findings)).toEqual(outside("aws_api_gateway_method.api_POST--orders_method", "authorization_scopes"));
  });
});

describe("npm run drift", () => {
  it("ends with 2, says what to do about each verdict, and tells no secret", async () => {
    const { code, stdout, stderr } = await project.cli("drift", "dev");

    expect(code).toBe(2);
    expect(stdout).toContain("PUBLIC: anybody can call GET /status, without a token");
    expect(stdout).toContain("changed outside: to put it back: npx cdktf deploy dev.");
    expect(stdout).toContain('-replace="$(terraform -chdir=.local/cdktf.out/stacks/dev state list');
    for (const secret of project.secrets()) expect(stdout + stderr).not.toContain(secret);
  });

  it("passes over what is listed as noise until its day is over, and tells of entries for nothing", async () => {
    const entry = (address: string, expires: string) =>
      `- { address: "${address}", attribute: authorization_scopes, reason: Known, expires: ${expires} }\n`;
    project.write(
      "drift-ignore.yaml",
      entry("aws_api_gateway_method.*", "2999-12-31") + entry("aws_nothing", "2999-12-31") + entry("*", "2020-01-01"),
    );
    const { code, stdout } = await project.cli("drift", "dev", "--json");
    const report = JSON.parse(stdout);

    expect(code).toBe(2);
    expect(report.findings.map(({ verdict }: Finding) => verdict).toSorted()).toEqual(["provider noise", "still live"]);
    expect(report.expired).toMatchObject([{ address: "*", line: 3 }]);
    expect(report.unused).toMatchObject([{ address: "aws_nothing", line: 2 }]);
  });

  it("is clean with noise alone", async () => {
    await project.deployAnew();
    await project.updateMethod("POST", "/orders", "add", "/authorizationScopes", "orders/write");
    const { code, stdout } = await project.cli("drift", "dev");

    expect([code, stdout]).toEqual([0, expect.stringContaining("clean: dev is as the code says")]);
  });

  it.each([
    ["a broken list", "drift-ignore.yaml", "- { adress: x }\n", 'drift-ignore.yaml:1:3: the entry has no "address"'],
  ])("ends with 1 for %s", async (_what, file, text, message) => {
    project.write(file, text);
    const { code, stderr } = await project.cli("drift", "dev");

    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  it("ends with 1 for an environment that there is not, or an option", async () => {
    expect((await project.cli("drift", "prod")).code).toBe(1);
    expect((await project.cli("drift", "dev", "--nonsense")).code).toBe(1);
  });
});

async function tamperWithPool(): Promise<void> {
  const cognito = project.client(CognitoIdentityProviderClient);
  const { UserPoolId, clientIds } = project.ids();
  const ClientId = clientIds["billing"];
  await cognito.send(new UpdateUserPoolClientCommand({ UserPoolId, ClientId }));
  await cognito.send(
    new UpdateUserPoolClientCommand({
      UserPoolId,
      ...project.asMade("shop"),
      AllowedOAuthScopes: ["orders/audit", "orders/read"],
    }),
  );
  await cognito.send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId: clientIds["reporting"] }));
  const Scopes = ["read", "write"].map((name) => ({ ScopeName: name, ScopeDescription: `${name} orders` }));
  await cognito.send(new UpdateResourceServerCommand({ UserPoolId, Identifier: "orders", Name: "Orders", Scopes }));
}

async function tamperWithGate(): Promise<void> {
  const gateway = project.client(APIGatewayClient);
  await project.updateMethod("POST", "/orders", "add", "/authorizationScopes", "orders/read");
  const { restApiId, authorizerId } = project.ids();
  const value = "method.request.header.X-Token";
  const patchOperations = [{ op: "replace" as const, path: "/identitySource", value }];
  await gateway.send(new UpdateAuthorizerCommand({ restApiId, authorizerId, patchOperations }));
}

async function tamperWithFunctions(): Promise<void> {
  const lambda = project.client(LambdaClient);
  const Environment = { Variables: { ...project.variablesOf("access"), ALLOWED_CLIENT_IDS: "canary-of-a-client" } };
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "tampered-dev-access", Environment }));
  await lambda.send(new RemovePermissionCommand(project.permission("GET--status")));
  const statement = { Effect: "Allow", Action: "*", Resource: "*" };
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await project
    .client(IAMClient, "us-east-1")
    .send(new PutRolePolicyCommand({ ...project.rolePolicy("orders"), PolicyDocument }));
  const logGroupName = "/aws/lambda/tampered-dev-orders";
  await project
    .client(CloudWatchLogsClient)
    .send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 365 }));
}
