/**
 * Everything that the AWS CLI can do behind Terraform's back, over one deployment: each has its exact verdict, and
 * nothing that only follows from it is told. Tampered with in groups, as a plan takes its time.
 */
import {
  APIGatewayClient,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateResourceCommand,
  DeleteAuthorizerCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from "@aws-sdk/client-api-gateway";
import { CloudWatchLogsClient, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
  CreateResourceServerCommand,
  CreateUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { AttachRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  DeleteFunctionCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import { undosOf } from "../../operations/drift/drift-text";
import { findDrift } from "../../operations/drift/find-drift";
import type { Finding } from "../../operations/plan-file/finding";
import { runAwsCommand } from "../support/aws-command";
import { refusalOf } from "../support/aws-sdk";
import { TamperedProject } from "../support/tampered-project";
import { LONG_KEPT, tamperWithFunctions, tamperWithGate, tamperWithPool } from "../support/tamperings";

jest.setTimeout(300_000);

const project = new TamperedProject();
const { folder } = project;

beforeAll(() => project.open());
afterAll(() => project.close());

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

const ROTATE = "npm run rotate -- shop --env dev --to <file> --finish";

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
    await tamperWithPool(project);
    await tamperWithGate(project);
    await tamperWithFunctions(project);
    await project.client(LambdaClient).send(new DeleteFunctionCommand({ FunctionName: "tampered-dev-status" }));
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
    ["a function that was deleted", "aws_lambda_function.functions_status_function", [null]],
    ["a role that may do more", "aws_iam_role_policy.functions_orders_may-log", ["policy"]],
    ["a log group that keeps for longer", "aws_cloudwatch_log_group.functions_orders_logs", ["retention_in_days"]],
  ])("names %s, as changed outside", (_what, name, attributes) => {
    expect(of(name)).toEqual(outside(name, ...attributes));
  });

  it("tells nothing else: no deployment, stage or function that would only be changed along", () => {
    expect(new Set(findings.map(({ verdict }) => verdict))).toEqual(new Set(["changed outside"]));
    expect(new Set(findings.map(({ address }) => address)).size).toBe(11);
  });

  it("shows what was left and what is there, but no environment variable", () => {
    expect(findings).toContainEqual(
      expect.objectContaining({ attribute: "retention_in_days", expected: "30", found: "365" }),
    );
    const variable = findings.find(({ attribute }) => attribute?.includes("ALLOWED_CLIENT_IDS"));
    expect(variable).toMatchObject({ expected: "(not shown)", found: "(changed, not shown)" });
  });
});

describe("what was added by hand, where Terraform does not look", () => {
  const short = (address: string) => address.replace(/_[0-9A-F]{8}$/, "");
  /** Files are named from where somebody is. */
  const shortUndo = ({ undo = "" }: Finding) => undo.replace(/fileb:\/\/.*\/(?=assets\/)/, "fileb://");
  const named = (one: Finding): Finding => ({ ...one, address: short(one.address), undo: shortUndo(one) });
  let found: readonly Finding[] = [];
  let ids: Awaited<ReturnType<typeof addByHand>>["ids"];
  let code: Awaited<ReturnType<typeof addByHand>>["code"];

  beforeAll(async () => {
    ({ ids, code } = await addByHand());
    found = (await findDrift(folder)).map(named);
  });

  const finding = (address: string, attribute: string, what: object | string, undo: string): Finding => ({
    address,
    attribute,
    expected: "not there",
    found: JSON.stringify(what),
    verdict: "changed outside",
    undo,
  });

  const expectedOfApi = (): readonly Finding[] => {
    const api = "aws_api_gateway_rest_api.api";
    const inApi = `--region eu-west-1 --rest-api-id ${ids.api}`;
    const method = (route: string, authorization: string, scopes: readonly string[], undo: string) => ({
      ...finding(api, "method", { route, authorization, scopes }, undo),
      route,
    });
    const ofBackdoor = `aws apigateway delete-resource ${inApi} --resource-id ${ids.backdoor}`;
    const ofOrders = `aws apigateway delete-method ${inApi} --resource-id ${ids.orders} --http-method DELETE`;
    return [
      { ...method("GET /backdoor", "NONE", [], ofBackdoor), isLoud: true },
      finding(api, "resource", { path: "/backdoor/deep" }, ofBackdoor),
      method("DELETE /orders", "COGNITO_USER_POOLS", ["orders/read"], ofOrders),
      finding(
        api,
        "authorizer",
        { name: "backdoor", id: ids.authorizer },
        `aws apigateway delete-authorizer ${inApi} --authorizer-id ${ids.authorizer}`,
      ),
      finding(
        api,
        "stage",
        { name: "old", deployment: ids.deployment },
        `aws apigateway delete-stage ${inApi} --stage-name old`,
      ),
    ];
  };

  it("is told with the resource that it was added to, and the command that takes it away", () => {
    const { RoleName } = project.rolePolicy("orders");
    const role = "aws_iam_role.functions_orders_role";
    const fn = "aws_lambda_function.functions_orders_function";
    const inPool = `--region eu-west-1 --user-pool-id ${ids.pool}`;
    const pool = found.find(({ attribute }) => attribute === "app_client")?.address ?? "";
    const permission = { Sid: "backdoor", Effect: "Allow", Principal: "*", Action: "lambda:InvokeFunction" };
    const ofFunction = "--region eu-west-1 --function-name tampered-dev-orders";
    const permit = `aws lambda remove-permission ${ofFunction}`;
    const zip = `fileb://${code.file}`;
    const expected: readonly Finding[] = [
      ...expectedOfApi(),
      finding(
        role,
        "inline_policy",
        "backdoor",
        `aws iam delete-role-policy --role-name ${RoleName} --policy-name backdoor`,
      ),
      finding(
        role,
        "managed_policy_arns",
        ADMINISTRATOR,
        `aws iam detach-role-policy --role-name ${RoleName} --policy-arn ${ADMINISTRATOR}`,
      ),
      finding(
        pool,
        "app_client",
        { name: "backdoor", id: ids.client },
        `aws cognito-idp delete-user-pool-client ${inPool} --client-id ${ids.client}`,
      ),
      finding(
        pool,
        "resource_server",
        "it's$HOME",
        `aws cognito-idp delete-resource-server ${inPool} --identifier 'it'\\''s$HOME'`,
      ),
      {
        ...finding("aws_cognito_user_pool_client.identity_client-shop", "client_secrets", "", ROTATE),
        expected: "one secret is taken",
        found: "2 secrets are taken: a rotation is going on, or somebody added a secret",
      },
      { ...finding(fn, "policy", permission, `${permit} --statement-id backdoor`), isLoud: true },
      {
        ...finding(fn, "code_sha256", code.replaced, `aws lambda update-function-code ${ofFunction} --zip-file ${zip}`),
        expected: JSON.stringify(code.given),
      },
    ];
    expect(pool).toMatch(/^aws_cognito_user_pool\./);
    expect(found).toHaveLength(expected.length);
    expect(found).toEqual(expect.arrayContaining([...expected]));
  });

  it("ends the command with 2, says who may invoke the function, and is in its JSON alike", async () => {
    const [{ code, stdout, stderr }, asJson] = [
      await project.cli("drift", "dev"),
      await project.cli("drift", "dev", "--json"),
    ];
    const told = JSON.parse(asJson.stdout).findings.map(named);

    expect([code, asJson.code]).toEqual([2, 2]);
    expect(told).toEqual(found);
    expect(stdout).toMatch(
      /PUBLIC: anybody can invoke aws_lambda_function\.functions_orders_function_\w+, past the API/,
    );
    expect(stdout).toContain("PUBLIC: anybody can call GET /backdoor from the next deployment on");
    expect(stdout).toContain("no deployment undoes this; these commands do:");
    expect(stdout).not.toContain("changed outside: to put it back");
    for (const secret of [...project.secrets(), ids.secret]) {
      expect(secret).not.toBe("");
      expect(stdout + stderr + asJson.stdout).not.toContain(secret);
    }
  });

  it("is not undone by a deployment, which does not take it for the stack's own either", async () => {
    await project.apply();

    expect(await findDrift(folder)).toHaveLength(found.length);
  });

  it("is clean again when the printed commands were run", async () => {
    const undos = undosOf(await findDrift(folder));
    for (const command of undos.filter((one) => one.startsWith("aws "))) await runAwsCommand(command);
    expect(undos.filter((one) => !one.startsWith("aws "))).toEqual([ROTATE]);
    const asked = await project.cli(
      "rotate",
      ...ROTATE.replace("npm run rotate -- ", "").replace("<file>", "none.json").split(" "),
    );
    expect([asked.code, asked.stdout]).toEqual([1, ""]);
    const { stderr } = asked;
    const ids = stderr.match(/\w+--\d+/g) ?? [];
    const command = stderr.match(/aws cognito-idp delete-user-pool-client-secret .*$/m)?.[0] ?? "";
    await runAwsCommand(command.replace("<id>", ids[1] ?? ""));

    expect(await findDrift(folder)).toEqual([]);
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

  it("is loud once of an open route that was added and that a deployment took along, and both are undone in order", async () => {
    const open = project.placeOf("DELETE", "/orders");
    const gateway = project.client(APIGatewayClient);
    await gateway.send(new PutMethodCommand({ ...open, authorizationType: "NONE" }));
    await gateway.send(new PutIntegrationCommand({ ...open, type: "MOCK" }));
    expect((await findDrift(folder)).map(({ isLoud, verdict }) => [isLoud, verdict])).toEqual([
      [true, "changed outside"],
    ]);
    await project.deployAnew();
    const findings = await findDrift(folder);

    expect(findings.map(({ route, isLoud, verdict }) => [route, isLoud, verdict])).toEqual([
      ["DELETE /orders", undefined, "changed outside"],
      ["DELETE /orders", true, "still live"],
    ]);
    for (const command of undosOf(findings)) await runAwsCommand(command);
    expect((await findDrift(folder)).map(({ verdict }) => verdict)).toEqual(["still live"]);
    await project.deployAnew();
    expect(await findDrift(folder)).toEqual([]);
  });

  it("is no finding when the same was deployed anew by hand, but for the stage", async () => {
    await project.deployByHand();

    expect(short(await findDrift(folder))).toEqual(outside("aws_api_gateway_stage.api_stage", "deployment_id"));
    await project.apply();
  });
});

describe("what was deleted of the API", () => {
  afterEach(() => project.apply());

  it("is told, with the deployed snapshot that still has it, or does not", async () => {
    await project.deleteMethod("POST", "/orders");
    const before = short(await findDrift(folder));
    await project.deployByHand();
    const after = short(await findDrift(folder));
    const method = outside("aws_api_gateway_method.api_POST--orders_method", null);
    const integration = outside("aws_api_gateway_integration.api_POST--orders_integration", null);

    expect(before).toEqual([...integration, ...method]);
    expect(after).toEqual([
      ...integration,
      ...method,
      ["aws_api_gateway_method.api_POST--orders_method", null, "not live"],
      ...outside("aws_api_gateway_stage.api_stage", "deployment_id"),
    ]);
  });

  it("is told of an authorizer, which AWS deletes only when no method refers to it", async () => {
    const gateway = project.client(APIGatewayClient);
    const { restApiId, authorizerId } = project.ids();
    const take = () => gateway.send(new DeleteAuthorizerCommand({ restApiId, authorizerId }));
    expect(await refusalOf(take())).toMatchObject({ name: "ConflictException" });
    for (const [verb, path] of GATED) await project.updateMethod(verb, path, "replace", "/authorizationType", "NONE");
    for (const [verb, path] of GATED) await project.updateMethod(verb, path, "replace", "/authorizerId", "");
    await take();
    const findings = short(await findDrift(folder));

    expect(findings).toEqual(expect.arrayContaining([...outside("aws_api_gateway_authorizer.api_authorizer", null)]));
    expect(findings.filter(([, attribute]) => attribute === "authorization")).toHaveLength(GATED.length);
    expect(new Set(findings.map(([, , verdict]) => verdict))).toEqual(new Set(["changed outside"]));
  });

  it("is clean again after a deployment", async () => {
    expect(await findDrift(folder)).toEqual([]);
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
      `- { address: "${address}", attribute: retention_in_days, reason: Known, expires: ${expires} }\n`;
    const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    project.write(
      "drift-ignore.yaml",
      entry("aws_cloudwatch_log_group.*", soon) +
        entry("aws_s3_bucket.x", soon) +
        entry("aws_lambda_alias.*", "2020-01-01"),
    );
    await project.client(CloudWatchLogsClient).send(new PutRetentionPolicyCommand(LONG_KEPT));
    const { code, stdout } = await project.cli("drift", "dev", "--json");
    const report = JSON.parse(stdout);

    expect(code).toBe(2);
    expect(report.findings.map(({ verdict }: Finding) => verdict).toSorted()).toEqual([
      "changed outside",
      "provider noise",
      "still live",
    ]);
    expect(report.expired).toMatchObject([{ address: "aws_lambda_alias.*", line: 3 }]);
    expect(report.unused).toMatchObject([{ address: "aws_s3_bucket.x", line: 2 }]);
  });

  it("is clean with noise alone", async () => {
    await project.deployAnew();
    await project.client(CloudWatchLogsClient).send(new PutRetentionPolicyCommand(LONG_KEPT));
    const { code, stdout } = await project.cli("drift", "dev");

    expect([code, stdout]).toEqual([0, expect.stringContaining("clean: dev is as the code says")]);
  });

  it.each([
    ["a broken list", "drift-ignore.yaml", "- { adress: x }\n", 'drift-ignore.yaml:1:3: the entry has no "address"'],
    [
      "a list that passes over a security decision",
      "drift-ignore.yaml",
      "- { address: aws_api_gateway_method.*, attribute: authorization_scopes, reason: Known, expires: 2026-12-31 }\n",
      'drift-ignore.yaml:1:51: "attribute" is a security decision',
    ],
  ])("ends with 1 for %s", async (_what, file, text, message) => {
    project.write(file, text);
    const { code, stderr } = await project.cli("drift", "dev");

    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  it("ends with 1 for an environment that there is not, or an option", async () => {
    expect((await project.cli("drift", "prod")).code).toBe(64);
    expect((await project.cli("drift", "dev", "--nonsense")).code).toBe(64);
  });
});

/** One of each that somebody with a console can add. */
async function addByHand() {
  const [cognito, iam] = [project.client(CognitoIdentityProviderClient), project.client(IAMClient, "us-east-1")];
  const lambda = project.client(LambdaClient);
  const { UserPoolId, clientIds } = project.ids();
  const { RoleName } = project.rolePolicy("orders");
  const ofRole = { RoleName, PolicyName: "backdoor" };
  const server = { UserPoolId, Identifier: "it's$HOME" };
  const permission = { FunctionName: "tampered-dev-orders", StatementId: "backdoor" };
  const shop = { UserPoolId, ClientId: clientIds["shop"] };

  const Statement = [{ Effect: "Allow", Action: "*", Resource: "*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await iam.send(new PutRolePolicyCommand({ ...ofRole, PolicyDocument }));
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: ADMINISTRATOR }));
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({ UserPoolId, ClientName: "backdoor", GenerateSecret: true }),
  );
  await cognito.send(new CreateResourceServerCommand({ ...server, Name: "Backdoor" }));
  const { ClientSecretDescriptor } = await cognito.send(new AddUserPoolClientSecretCommand(shop));
  await lambda.send(new AddPermissionCommand({ ...permission, Action: "lambda:InvokeFunction", Principal: "*" }));
  const { FunctionName } = permission;
  const ZipFile = zipSync({ "index.js": strToU8("exports.handler = async () => ({ statusCode: 200 });") });
  const { CodeSha256: replaced = "" } = await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));

  const added = await addToApi();
  const { file, hash } = project.codeOf("orders");
  const ids = {
    ...added,
    client: UserPoolClient?.ClientId ?? "",
    pool: UserPoolId,
    secret: ClientSecretDescriptor?.ClientSecretValue ?? "",
  };
  return { ids, code: { file, given: hash, replaced } };
}

/** An earlier deployment as a stage, an open route of its own, another method of a route, and an authorizer. */
async function addToApi() {
  const gateway = project.client(APIGatewayClient);
  const { restApiId, rootId, authorizerId, poolArn } = project.ids();
  const deployment = await gateway.send(new CreateDeploymentCommand({ restApiId, stageName: "old" }));
  const below = { restApiId, parentId: rootId, pathPart: "back door" };
  expect(await refusalOf(gateway.send(new CreateResourceCommand(below)))).toMatchObject({
    name: "BadRequestException",
  });
  const resource = await gateway.send(new CreateResourceCommand({ ...below, pathPart: "backdoor" }));
  const open = { restApiId, resourceId: resource.id, httpMethod: "GET" };
  await gateway.send(new PutMethodCommand({ ...open, authorizationType: "NONE" }));
  await gateway.send(new PutIntegrationCommand({ ...open, type: "MOCK" }));
  await gateway.send(new CreateResourceCommand({ restApiId, parentId: resource.id, pathPart: "deep" }));
  const orders = project.placeOf("DELETE", "/orders");
  const gate = { authorizationType: "COGNITO_USER_POOLS", authorizerId, authorizationScopes: ["orders/read"] };
  await gateway.send(new PutMethodCommand({ ...orders, ...gate }));
  await gateway.send(new PutIntegrationCommand({ ...orders, type: "MOCK" }));
  const identitySource = "method.request.header.X-Token";
  const pools = { type: "COGNITO_USER_POOLS" as const, providerARNs: [poolArn] };
  const authorizer = await gateway.send(
    new CreateAuthorizerCommand({ restApiId, name: "backdoor", identitySource, ...pools }),
  );
  const made = { backdoor: resource.id, authorizer: authorizer.id, deployment: deployment.id };
  return { api: restApiId, orders: orders.resourceId, ...made };
}
