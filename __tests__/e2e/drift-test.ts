/** Drift of one deployment that is changed out of band: the exact findings, without consequences of others. */
import { stripVTControlCharacters } from "node:util";
import {
  APIGatewayClient,
  CreateResourceCommand,
  DeleteAuthorizerCommand,
  DeleteDeploymentCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from "@aws-sdk/client-api-gateway";
import { CloudWatchLogsClient, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { AttachRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  DeleteFunctionCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { DeleteSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { strToU8, zipSync } from "fflate";
import { type DriftReport, driftText, undosOf } from "../../operations/drift/drift-text";
import { findDrift } from "../../operations/drift/find-drift";
import type { Finding } from "../../operations/plan-file/finding";
import { runAwsCommand } from "../support/aws-command";
import { refusalOf } from "../support/aws-sdk";
import { ACCESS, TamperedProject } from "../support/tampered-project";
import { LONG_KEPT, tamperWithFunctions, tamperWithGate, tamperWithPool } from "../support/tamperings";

jest.setTimeout(300_000);

/** One client has a secret in Secrets Manager. */
const READER = "arn:aws:iam::123456789012:role/auditor";
const project = new TamperedProject(
  ACCESS.replace("[orders/audit] }", `[orders/audit], secret: { readers: ["${READER}"] } }`),
);
const { folder } = project;

beforeAll(() => project.open());
afterAll(() => project.close());

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

const ROTATE = "npx access rotate shop --env dev --to <file> --finish";

const GATED = [
  ["ANY", "/access/{proxy+}"],
  ["GET", "/orders"],
  ["POST", "/orders"],
] as const;

type Short = readonly [name: string, attribute: string | null, verdict: string];

/** Findings without values, with the names that people know. */
function short(findings: readonly Finding[]): readonly Short[] {
  const all = findings.map(
    ({ address, attribute, verdict }): Short => [address.replace(/_[0-9A-F]{8}$/, ""), attribute, verdict],
  );
  return all.toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
}

/** What the command prints where nothing shows styles. */
const textOf = (report: DriftReport) => stripVTControlCharacters(driftText(report));

const drift = async () => (await findDrift(folder)).findings;
const together = (...commands: readonly (readonly string[])[]) => project.together(commands);

/** A deployment that was made out of band, as AWS keeps it. */
const DEPLOYMENT: Short = ["aws_api_gateway_rest_api.api", "deployment", "unmanaged-resource"];

/** Runs the printed commands of the AWS CLI. */
async function runUndos(findings: readonly Finding[]): Promise<void> {
  for (const undo of undosOf(findings).filter((one) => one.startsWith("aws "))) await runAwsCommand(undo);
}

/** Deploys all of the API, and removes the deployment that was made out of band. */
async function settle(deploymentId: string): Promise<void> {
  await project.deployAnew();
  const { restApiId } = project.ids();
  await project.client(APIGatewayClient).send(new DeleteDeploymentCommand({ restApiId, deploymentId }));
}

const outside = (name: string, ...attributes: readonly (string | null)[]): readonly Short[] =>
  attributes.map((attribute) => [name, attribute, "out-of-band-change"]);

describe("out-of-band changes", () => {
  let findings: readonly Finding[] = [];
  const of = (name: string) => short(findings).filter(([address]) => address === name);

  beforeAll(async () => {
    await tamperWithPool(project);
    await tamperWithGate(project);
    await tamperWithFunctions(project);
    await project.client(LambdaClient).send(new DeleteFunctionCommand({ FunctionName: "tampered-dev-status" }));
    findings = await drift();
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
    ["a function that was deleted", "aws_lambda_function.functions_status_function", [null]],
    ["a role that may do more", "aws_iam_role_policy.functions_orders_may-log", ["policy"]],
    ["a log group that keeps for longer", "aws_cloudwatch_log_group.functions_orders_logs", ["retention_in_days"]],
  ])("name %s", (_what, name, attributes) => {
    expect(of(name)).toEqual(outside(name, ...attributes));
  });

  it("name nothing else: no deployment, stage or function that would only be changed along", () => {
    expect(new Set(findings.map(({ verdict }) => verdict))).toEqual(new Set(["out-of-band-change"]));
    expect(new Set(findings.map(({ address }) => address)).size).toBe(11);
  });

  it("show the expected and the found value, but no environment variable", () => {
    expect(findings).toContainEqual(
      expect.objectContaining({ attribute: "retention_in_days", expected: "30", found: "365" }),
    );
    const variable = findings.find(({ attribute }) => attribute?.includes("ALLOWED_CLIENT_IDS"));
    expect(variable).toMatchObject({ expected: "(not shown)", found: "(changed, not shown)" });
  });
});

describe("unmanaged resources", () => {
  let found: readonly Finding[] = [];
  let secret = "";

  it("stay after a deployment, and are found with the resource that holds them; they end the command with 2", async () => {
    secret = await add();
    await project.apply();
    const json = await project.ask("drift", "dev", "--json");
    const report: DriftReport = JSON.parse(json.stdout);
    const stdout = textOf(report);
    // The command prints paths as seen from the project.
    found = JSON.parse(json.stdout.replaceAll(".local/cdktf.out/stacks/dev", folder)).findings;
    const criticals = found.filter(({ severity }) => severity === "critical").map(({ attribute }) => attribute);

    expect(json.code).toBe(2);
    expect(short(found)).toEqual(
      [
        ["aws_api_gateway_rest_api.api", "method", "unmanaged-resource"],
        ["aws_api_gateway_rest_api.api", "resource", "unmanaged-resource"],
        ["aws_cognito_user_pool.identity_pool", "app_client", "unmanaged-resource"],
        ["aws_cognito_user_pool.identity_pool", "orphan", "unmanaged-resource"],
        ["aws_cognito_user_pool_client.identity_client-shop", "client_secrets", "unmanaged-resource"],
        ["aws_iam_role.functions_orders_role", "managed_policy_arns", "unmanaged-resource"],
        ["aws_lambda_function.functions_orders_function", "code_sha256", "out-of-band-change"],
        ["aws_lambda_function.functions_orders_function", "policy", "unmanaged-resource"],
      ].toSorted((a, b) => (a.join() < b.join() ? -1 : 1)),
    );
    expect(criticals.toSorted()).toEqual(["code_sha256", "method", "policy"]);
    // With their commands, and no secret.
    expect(stdout).toMatch(
      /PUBLIC: anyone can invoke aws_lambda_function\.functions_orders_function_\w+ without the API/,
    );
    expect(stdout).toContain("PUBLIC: anyone can call GET /backdoor from the next deployment on");
    expect(stdout).toContain("no deployment undoes this; these commands do:");
    expect(stdout).not.toContain("out-of-band-change: to revert it");
    expect(stdout).toMatch(/\n\nnot checked: \d+ kinds of resources that this endpoint does not support\.\s*$/);
    for (const one of [...project.secrets(), secret]) {
      expect(one).not.toBe("");
      expect(stdout + json.stdout + json.stderr).not.toContain(one);
    }
  });

  it("are gone when the printed commands were run, while a secret that was deleted meanwhile can be restored", async () => {
    await runUndos(found);
    const secrets = project.client(SecretsManagerClient);
    await secrets.send(new DeleteSecretCommand({ SecretId: "tampered-dev/auditor", RecoveryWindowInDays: 7 }));
    const restore = "aws secretsmanager restore-secret --region eu-west-1 --secret-id tampered-dev/auditor";
    const rest = await drift();
    const deleted = rest.filter(({ verdict }) => verdict !== "unmanaged-resource");

    expect(undosOf(rest.filter((one) => !deleted.includes(one)))).toEqual([ROTATE]);
    expect(deleted.map(({ attribute }) => attribute)).toEqual(deleted.map(() => null));
    expect(undosOf(deleted)).toEqual([restore]);
    // AWS's answer to the next deployment.
    expect(deleted[0]?.found).toMatch(/^deleted, can be restored until \d{4}-/);
    expect(deleted[0]?.effect).toContain("a secret with this name is already scheduled for deletion");
    // What the next drift finds has nothing of either.
    await runAwsCommand(restore);
    const rotate = ROTATE.replace("npx access rotate ", "").replace("<file>", "none.json").split(" ");
    const { code, stdout, stderr } = await project.ask("rotate", ...rotate);
    expect([code, stdout]).toEqual([1, ""]);
    const ids = stderr.match(/\w+--\d+/g) ?? [];
    const command = stderr.match(/aws cognito-idp delete-user-pool-client-secret .*$/m)?.[0] ?? "";
    await runAwsCommand(command.replace("<id>", ids[1] ?? ""));
  });
});

describe("what the deployed snapshot answers with", () => {
  const STAGE = outside("aws_api_gateway_stage.api_stage", "deployment_id");
  const NOT_LIVE: readonly Short[] = [
    ["aws_api_gateway_method.api_GET--orders_method", "authorization", "not-live"],
    ["aws_api_gateway_method.api_POST--orders_method", "authorization_scopes", "not-live"],
  ];
  let byHand = "";

  it("is a finding beside the change, once that is deployed; critical for a route without authorization", async () => {
    await project.updateMethod("POST", "/orders", "add", "/authorizationScopes", "orders/read");
    await project.updateMethod("GET", "/orders", "replace", "/authorizationType", "NONE");
    byHand = await project.deployByHand();
    const findings = await drift();

    expect(short(findings).filter(([, , verdict]) => verdict === "not-live")).toEqual(NOT_LIVE);
    expect(findings.filter(({ severity }) => severity === "critical").map(({ route }) => route)).toEqual([
      "GET /orders",
    ]);
    expect(new Set(short(findings).map(String))).toEqual(
      new Set(
        [
          DEPLOYMENT,
          ...NOT_LIVE,
          ...STAGE,
          ...outside("aws_api_gateway_method.api_GET--orders_method", "authorization", "authorizer_id"),
          ...outside("aws_api_gateway_method.api_POST--orders_method", "authorization_scopes"),
        ].map(String),
      ),
    );
  });

  it("is a finding when the stage was moved to another deployment, though every method is as it was left", async () => {
    await project.apply();
    await project.moveStage(byHand);
    const moved = await drift();

    expect(short(moved).filter(([, , verdict]) => verdict === "out-of-band-change")).toEqual(STAGE);
    expect(moved.filter(({ verdict }) => verdict === "not-live").map(({ route }) => route)).toEqual(
      expect.arrayContaining(["GET /orders", "POST /orders"]),
    );
  });

  it("is not a finding when what is as in the code was deployed again, but for stage and deployment", async () => {
    const open = project.placeOf("DELETE", "/orders");
    const gateway = project.client(APIGatewayClient);
    const again = await project.deployByHand();
    // Added after that, so that it is not live yet.
    await gateway.send(new PutMethodCommand({ ...open, authorizationType: "NONE" }));
    await gateway.send(new PutIntegrationCommand({ ...open, type: "MOCK" }));
    const findings = await drift();
    const added = findings.filter(({ route }) => route === "DELETE /orders");
    const rest = findings.filter((one) => !added.includes(one));

    expect(short(rest)).toEqual([DEPLOYMENT, DEPLOYMENT, ...STAGE]);
    expect(added.map(({ severity, verdict }) => [severity, verdict])).toEqual([["critical", "unmanaged-resource"]]);
    // The command for the first one; the stage still has the second one.
    await runUndos(rest);
    await settle(again);
  });

  it("is critical once for an added route without authorization, which is undone in order", async () => {
    const findings = await drift();

    expect(findings.map(({ route, severity, verdict }) => [route, severity, verdict])).toEqual([
      ["DELETE /orders", "warning", "unmanaged-resource"],
      ["DELETE /orders", "critical", "still-live"],
    ]);
    await runUndos(findings);
  });
});

describe("deletions in the API", () => {
  it("are found, with the deployed snapshot that still has it, or does not", async () => {
    await project.deleteMethod("POST", "/orders");
    const before = await drift();
    const deploymentId = await project.deployByHand();
    const after = short(await drift());
    await settle(deploymentId);
    const method = outside("aws_api_gateway_method.api_POST--orders_method", null);
    const integration = outside("aws_api_gateway_integration.api_POST--orders_integration", null);

    // Of the route that was removed before, only what the snapshot still has.
    const removed = before.filter(({ route }) => route === "DELETE /orders");
    expect(removed.map(({ verdict }) => verdict)).toEqual(["still-live"]);
    expect(short(before.filter((one) => !removed.includes(one)))).toEqual([...integration, ...method]);
    expect(after).toEqual([
      ...integration,
      ["aws_api_gateway_method.api_POST--orders_method", null, "not-live"],
      ...method,
      DEPLOYMENT,
      ...outside("aws_api_gateway_stage.api_stage", "deployment_id"),
    ]);
  });

  it("are found of an authorizer, which AWS deletes only when no method refers to it", async () => {
    const gateway = project.client(APIGatewayClient);
    const { restApiId, authorizerId } = project.ids();
    const take = () => gateway.send(new DeleteAuthorizerCommand({ restApiId, authorizerId }));
    expect(await refusalOf(take())).toMatchObject({ name: "ConflictException" });
    for (const [verb, path] of GATED) await project.updateMethod(verb, path, "replace", "/authorizationType", "NONE");
    for (const [verb, path] of GATED) await project.updateMethod(verb, path, "replace", "/authorizerId", "");
    await take();
    const findings = short(await drift());

    expect(findings).toEqual(expect.arrayContaining([...outside("aws_api_gateway_authorizer.api_authorizer", null)]));
    expect(findings.filter(([, attribute]) => attribute === "authorization")).toHaveLength(GATED.length);
    expect(new Set(findings.map(([, , verdict]) => verdict))).toEqual(new Set(["out-of-band-change"]));
    // Of changed code alone is what the next drift finds.
    await project.apply();
  });
});

describe("code that was changed", () => {
  it("is not applied until it is deployed; then a removed route is still live", async () => {
    await project.changeCode();
    const before = await drift();

    expect(new Set(before.map(({ verdict }) => verdict))).toEqual(new Set(["not-applied"]));
    expect(short(before)).toEqual(
      expect.arrayContaining([
        ["aws_api_gateway_method.api_GET--status_method", null, "not-applied"],
        ["aws_api_gateway_method.api_POST--orders_method", "authorization_scopes", "not-applied"],
        ["aws_cognito_user_pool_client.identity_client-newcomer", null, "not-applied"],
      ]),
    );

    await project.apply();
    expect(await drift()).toEqual([
      {
        address: "GET /status",
        route: "GET /status",
        attribute: null,
        expected: "not deployed",
        found: "deployed, PUBLIC",
        verdict: "still-live",
        severity: "critical",
        effect: "PUBLIC: anyone can call GET /status without a token",
      },
    ]);
  });
});

describe("npx access drift", () => {
  it("prints what to do about each verdict, without noise until its day is over, and names unused entries", async () => {
    const entry = (address: string, expires: string) =>
      `- { address: "${address}", attribute: retention_in_days, reason: Known, expires: ${expires} }\n`;
    const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    project.write(
      "drift-ignore.yaml",
      entry("aws_cloudwatch_log_group.*", soon) +
        entry("aws_s3_bucket.x", soon) +
        entry("aws_lambda_alias.*", "2020-01-01"),
    );
    await project.updateMethod("POST", "/orders", "add", "/authorizationScopes", "orders/write");
    await project.client(CloudWatchLogsClient).send(new PutRetentionPolicyCommand(LONG_KEPT));
    const json = await project.ask("drift", "dev", "--json");
    const report: DriftReport = JSON.parse(json.stdout);
    const stdout = textOf(report);

    expect(json.code).toBe(2);
    expect(stdout).toContain("PUBLIC: anyone can call GET /status without a token");
    expect(stdout).toContain("out-of-band-change: to revert it: npx access local npx access deploy dev.");
    expect(stdout).toContain('-replace="$(terraform -chdir=.local/cdktf.out/stacks/dev state list');
    for (const secret of project.secrets()) expect(stdout + json.stdout + json.stderr).not.toContain(secret);
    // Changed code of a method that is deployed, and an out-of-band change of it, are told apart.
    expect(short(report.findings).toSorted()).toEqual(
      [
        ...outside("aws_api_gateway_method.api_POST--orders_method", "authorization_scopes"),
        ["GET /status", null, "still-live"],
        ["aws_cloudwatch_log_group.functions_orders_logs", "retention_in_days", "provider-noise"],
      ].toSorted(),
    );
    expect(report.expired).toMatchObject([{ address: "aws_lambda_alias.*", line: 3 }]);
    expect(report.unused).toMatchObject([{ address: "aws_s3_bucket.x", line: 2 }]);
  });

  it("is clean with noise alone", async () => {
    await project.deployAnew();
    await project.client(CloudWatchLogsClient).send(new PutRetentionPolicyCommand(LONG_KEPT));
    const { code, stdout } = await project.ask("drift", "dev");

    expect([code, stdout]).toEqual([0, expect.stringContaining("clean: dev matches the code")]);
  });

  it("ends with 1 for a list with mistakes, and with 64 for an unknown environment or option", async () => {
    project.write(
      "drift-ignore.yaml",
      "- { adress: x }\n- { address: aws_api_gateway_method.*, attribute: authorization_scopes, reason: Known, expires: 2026-12-31 }\n",
    );
    const [mistakes, environment, option] = await together(
      ["drift", "dev"],
      ["drift", "prod"],
      ["drift", "dev", "--nonsense"],
    );

    expect([mistakes?.code, environment?.code, option?.code]).toEqual([1, 64, 64]);
    expect(mistakes?.stderr).toContain('drift-ignore.yaml:1:3: the entry has no "address"');
    expect(mistakes?.stderr).toContain('drift-ignore.yaml:2:51: "attribute" is a security decision');
  });

  it("names what is missing of a stack that is deployed in part, and of one whose state is empty", async () => {
    project.write("drift-ignore.yaml", "[]\n");
    await project.forget("aws_api_gateway_stage");
    const partly = await drift();
    await project.forget();

    const stages = partly.filter(({ address }) => address.startsWith("aws_api_gateway_stage."));
    expect(stages).toMatchObject([{ attribute: null, expected: "exists", found: "nothing" }]);
    await expect(drift()).rejects.toThrow(
      "the state of dev is empty, but in eu-west-1 of account 123456789012 of the embedded AWS there are resources",
    );
  });
});

/** Adds what a user of the console can add. @returns the value of the added client secret */
async function add(): Promise<string> {
  const [cognito, iam] = [project.client(CognitoIdentityProviderClient), project.client(IAMClient, "us-east-1")];
  const [lambda, gateway] = [project.client(LambdaClient), project.client(APIGatewayClient)];
  const { UserPoolId, clientIds, restApiId, rootId } = project.ids();
  const { RoleName } = project.rolePolicy("orders");
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: ADMINISTRATOR }));
  await cognito.send(new CreateUserPoolCommand({ PoolName: "tampered-dev" }));
  await cognito.send(new CreateUserPoolClientCommand({ UserPoolId, ClientName: "backdoor", GenerateSecret: true }));
  const shop = { UserPoolId, ClientId: clientIds["shop"] };
  const { ClientSecretDescriptor } = await cognito.send(new AddUserPoolClientSecretCommand(shop));
  const FunctionName = "tampered-dev-orders";
  const permission = { FunctionName, StatementId: "backdoor", Action: "lambda:InvokeFunction", Principal: "*" };
  await lambda.send(new AddPermissionCommand(permission));
  const ZipFile = zipSync({ "index.js": strToU8("exports.handler = async () => ({ statusCode: 200 });") });
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
  const resource = await gateway.send(new CreateResourceCommand({ restApiId, parentId: rootId, pathPart: "backdoor" }));
  const open = { restApiId, resourceId: resource.id, httpMethod: "GET" };
  await gateway.send(new PutMethodCommand({ ...open, authorizationType: "NONE" }));
  await gateway.send(new PutIntegrationCommand({ ...open, type: "MOCK" }));
  await gateway.send(new CreateResourceCommand({ restApiId, parentId: resource.id, pathPart: "deep" }));
  return ClientSecretDescriptor?.ClientSecretValue ?? "";
}
