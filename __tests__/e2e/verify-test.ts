/** Live probes of a deployed stack, as it was made and after somebody changed it: every wrong answer is found. */
import { APIGatewayClient, UpdateAuthorizerCommand } from "@aws-sdk/client-api-gateway";
import {
  CognitoIdentityProviderClient,
  DeleteUserPoolClientCommand,
  UpdateResourceServerCommand,
  UpdateUserPoolClientCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  DeleteFunctionCommand,
  LambdaClient,
  RemovePermissionCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import type { Deployment } from "../../operations/deployed/deployment";
import type { Check } from "../../operations/deployed/probe";
import type { Verification, VerifyOptions } from "../../operations/verify/verification";
import { verifyStack } from "../../operations/verify/verify-stack";
import { TamperedProject } from "../support/tampered-project";

jest.setTimeout(300_000);

const project = new TamperedProject();
let deployment: Deployment;

beforeAll(async () => {
  await project.open();
  deployment = await project.deployment();
});

afterAll(() => project.close());

const everything: Verification[] = [];

async function verify(options: Partial<VerifyOptions> = {}): Promise<Verification> {
  const pace = { concurrency: 8, rate: 1000, timeout: 30, retryFor: 0, refusalsOnly: false };
  const verification = await verifyStack(deployment, project.synthesized(), { ...pace, ...options });
  everything.push(verification);
  return verification;
}

/** What went wrong, in short. */
function wrong({ checks }: Verification): readonly string[] {
  const failed = checks.filter(({ outcome }) => outcome !== "as expected");
  return failed.map(({ outcome, caller, route, found }) => `${outcome}: ${caller} at ${route}: ${found}`).toSorted();
}

describe("a stack as it was deployed", () => {
  it("answers as the matrix says: every pair, strangers, and preflights", async () => {
    const { checks, ...verification } = await verify();
    const of = (expected: string) => checks.filter((check) => check.expected === expected).length;

    expect(verification).toMatchObject({ isAsTheMatrixSays: true, hasStopped: false, left: [] });
    // ANY is asked by two methods: 2 + GET by billing, reporting and shop + POST by shop + GET /status by all and nobody.
    expect(of("let in")).toBe(2 + 3 + 1 + 5);
    // Four strangers each, and the clients without the scope.
    // OPTIONS is ANY's at /access, a preflight at /orders, and nothing's at /status.
    expect(of("refused by API Gateway")).toBe(2 * (4 + 3) + (4 + 1) + (4 + 3) + 1);
    expect([of("preflight"), of("no such method")]).toEqual([1, 1]);
    expect(checks.filter(({ route }) => route === "token")).toHaveLength(4 * 4);
  });

  it("is asked nothing that a function would answer with refusals only", async () => {
    const { checks, isAsTheMatrixSays } = await verify({ refusalsOnly: true });

    expect(isAsTheMatrixSays).toBe(true);
    expect(checks.some(({ expected }) => expected === "let in")).toBe(false);
    expect(checks.some(({ expected }) => expected === "refused by API Gateway")).toBe(true);
  });

  it("is asked only as some clients, at some routes", async () => {
    const { checks } = await verify({ clients: ["shop"], routes: ["POST /orders"] });
    const places = checks.filter(({ expected }) => expected === "let in").map(({ route, caller }) => [route, caller]);

    expect(places).toEqual([["POST /orders", "shop"]]);
    expect(checks.filter(({ route }) => route === "GET /status")).toEqual([]);
  });

  it.each([
    ["client", { clients: ["nobody"] }],
    ["route", { routes: ["GET /nowhere"] }],
  ])("is not asked about a %s that there is not", async (what, options) => {
    await expect(verify(options)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(`no ${what}`),
    });
  });
});

describe("a stack that somebody changed", () => {
  beforeAll(async () => {
    const cognito = project.client(CognitoIdentityProviderClient);
    const lambda = project.client(LambdaClient);
    const { UserPoolId, clientIds } = project.ids();
    await cognito.send(new UpdateUserPoolClientCommand({ UserPoolId, ClientId: clientIds["billing"] }));
    const AllowedOAuthScopes = ["orders/audit", "orders/read"];
    const reporting = { ...project.asMade("reporting"), AllowedOAuthScopes };
    await cognito.send(new UpdateUserPoolClientCommand({ UserPoolId, ...reporting }));
    const Scopes = ["read", "audit"].map((name) => ({ ScopeName: name, ScopeDescription: name }));
    await cognito.send(new UpdateResourceServerCommand({ UserPoolId, Identifier: "orders", Name: "Orders", Scopes }));
    const Environment = { Variables: { ALLOWED_CLIENT_IDS: "nobody-at-all" } };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "tampered-dev-access", Environment }));
    await lambda.send(new RemovePermissionCommand(project.permission("GET--status")));
  });

  afterAll(() => project.apply());

  it("refuses a token to a client that was reset, so that it can ask nowhere", async () => {
    expect(wrong(await verify({ clients: ["billing"], routes: ["GET /orders"] }))).toEqual([
      "another no: billing at token: invalid_grant",
      "not asked: billing at GET /orders: no token",
      "wrong no: billing at token: invalid_grant",
    ]);
  });

  it("gives a client more than the code grants, which stops everything", async () => {
    const verification = await verify({ clients: ["reporting"] });

    expect(wrong(verification)).toEqual(["WRONG YES: reporting at token: a token for orders/audit, orders/read"]);
    expect(verification).toMatchObject({ hasStopped: true, isAsTheMatrixSays: false });
    expect(verification.checks.filter(({ route }) => route !== "token")).toEqual([]);
  });

  it("gives a client less, when its resource server lost the scope", async () => {
    expect(wrong(await verify({ clients: ["shop"], routes: ["POST /orders"] }))).toEqual([
      "wrong no: shop at POST /orders: 401 UnauthorizedException",
      "wrong no: shop at token: a token for orders/read",
    ]);
  });

  it("refuses callers that the function no longer lists, by the function", async () => {
    expect(wrong(await verify({ clients: ["auditor"], routes: ["ANY /access/{proxy+}"] }))).toEqual([
      "wrong no: auditor at ANY /access/{proxy+}: 403 by the function",
      "wrong no: auditor at ANY /access/{proxy+}: 403 by the function",
    ]);
  });

  it("is broken where the permission was removed", async () => {
    expect(wrong(await verify({ clients: ["auditor"], routes: ["GET /status"] }))).toEqual([
      "broken: auditor at GET /status: 500 InternalServerErrorException",
      "broken: no token at GET /status: 500 InternalServerErrorException",
    ]);
  });
});

describe("a gate that somebody changed and deployed", () => {
  afterEach(async () => {
    await project.apply();
  });

  it("lets in whoever comes when a method is open: the first wrong yes stops everything", async () => {
    await project.updateMethod("POST", "/orders", "replace", "/authorizationType", "NONE");
    await project.deployByHand();
    const { hasStopped, checks } = await verify({ concurrency: 1, routes: ["POST /orders"] });
    const asked = checks.filter(({ route }) => route === "POST /orders");
    const open: Partial<Check> = { outcome: "WRONG YES", caller: "no token", found: "403 by the function" };

    expect(hasStopped).toBe(true);
    expect(asked).toEqual([expect.objectContaining(open)]);
  });

  it("lets in a client with another scope", async () => {
    await project.updateMethod("POST", "/orders", "add", "/authorizationScopes", "orders/audit");
    await project.deployByHand();
    const found = wrong(await verify({ clients: ["auditor"], routes: ["POST /orders"] }));

    // The function still refuses it, but it should never have got there.
    expect(found).toEqual(["WRONG YES: auditor at POST /orders: 403 by the function"]);
  });

  it("takes tokens from another header, or none", async () => {
    const { restApiId, authorizerId } = project.ids();
    const patchOperations = [
      { op: "replace" as const, path: "/identitySource", value: "method.request.header.X-Token" },
    ];
    const update = new UpdateAuthorizerCommand({ restApiId, authorizerId, patchOperations });
    await project.client(APIGatewayClient).send(update);
    await project.deployByHand();

    expect(wrong(await verify({ clients: ["shop"], routes: ["POST /orders"] }))).toEqual([
      "wrong no: shop at POST /orders: 401 UnauthorizedException",
    ]);
  });
});

describe("a stack of which somebody deleted or moved a part", () => {
  afterEach(async () => {
    await project.apply();
    deployment = await project.deployment();
  });

  it("refuses a token to a client that was deleted, and says what to do in either case", async () => {
    const { UserPoolId, clientIds } = project.ids();
    const ClientId = clientIds["shop"];
    await project.client(CognitoIdentityProviderClient).send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId }));

    const verification = await verify({ clients: ["shop"], routes: ["POST /orders"] });

    expect(wrong(verification)).toEqual([
      "not asked: shop at POST /orders: no token",
      "wrong no: shop at token: invalid_client",
    ]);
    expect(verification.checks[0]?.advice).toMatch(
      /rotate -- shop --env dev --to <file>; or, if npm run drift -- dev says/,
    );
  });

  it("is broken where the function was deleted", async () => {
    await project.client(LambdaClient).send(new DeleteFunctionCommand({ FunctionName: "tampered-dev-access" }));

    expect(wrong(await verify({ clients: ["auditor"], routes: ["ANY /access/{proxy+}"] }))).toEqual([
      "broken: auditor at ANY /access/{proxy+}: 500 InternalServerErrorException",
      "broken: auditor at ANY /access/{proxy+}: 500 InternalServerErrorException",
    ]);
  });

  it("answers by the deployment that the stage has, whatever the methods say by now", async () => {
    const made = project.deploymentId();
    const asked = () => verify({ clients: ["billing"], routes: ["POST /orders"] });
    await project.updateMethod("POST", "/orders", "add", "/authorizationScopes", "orders/read");
    expect(wrong(await asked())).toEqual([]);
    const byHand = await project.deployByHand();
    await project.updateMethod("POST", "/orders", "remove", "/authorizationScopes", "orders/read");
    await project.moveStage(made);
    expect(wrong(await asked())).toEqual([]);
    await project.moveStage(byHand);

    expect(wrong(await asked())).toEqual(["WRONG YES: billing at POST /orders: 201"]);
  });

  it("refuses everybody where the method is gone, once that is deployed, and says that it is another no", async () => {
    const asked = () => verify({ clients: ["shop"], routes: ["POST /orders"] });
    await project.deleteMethod("POST", "/orders");
    expect(wrong(await asked())).toEqual([]);
    await project.deployByHand();

    expect(wrong(await asked())).toEqual([
      "another no: changed payload at POST /orders: 403 IncompleteSignatureException",
      "another no: changed signature at POST /orders: 403 IncompleteSignatureException",
      "another no: garbage at POST /orders: 403 IncompleteSignatureException",
      "another no: no token at POST /orders: 403 MissingAuthenticationTokenException",
      "wrong no: shop at POST /orders: 403 IncompleteSignatureException",
    ]);
  });

  it("answers as before when a role may do more: that is for drift to tell", async () => {
    const Statement = [{ Effect: "Allow", Action: "*", Resource: "*" }];
    const policy = {
      ...project.rolePolicy("orders"),
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    };
    await project.client(IAMClient, "us-east-1").send(new PutRolePolicyCommand(policy));

    expect(wrong(await verify({ clients: ["shop"] }))).toEqual([]);
  });
});

describe("npm run verify", () => {
  it("ends with 0, a table and a summary, and tells no secret and no token", async () => {
    const { code, stdout, stderr } = await project.cli("verify", "dev", "--rate", "1000", "--retry-for", "5");

    expect(code).toBe(0);
    expect(stdout).toMatch(/^as the matrix says: dev, \d+ checks: \d+ as expected\.$/m);
    const said = [stdout, stderr, JSON.stringify(everything)].join("\n");
    for (const secret of project.secrets()) expect(said).not.toContain(secret);
    expect(said).not.toMatch(/eyJ[\w-]{10}/);
  });

  it("exits with 2 at a wrong yes, loudly", async () => {
    await project.updateMethod("GET", "/orders", "replace", "/authorizationType", "NONE");
    await project.deployByHand();
    const { code, stdout } = await project.cli("verify", "dev", "--route", "GET /orders", "--refusals-only");

    expect(code).toBe(2);
    expect(stdout).toContain('WRONG YES: no token at GET /orders (GET): expected "refused by API Gateway", answered');
    expect(stdout).toContain("The rest was not asked.");
  });

  it.each([
    [["verify", "prod"], "has no environment"],
    [["verify", "dev", "--rate", "fast"], "Expected a number"],
    [["verify", "dev", "--client", "nobody"], 'there is no client "nobody"'],
  ])("exits with 64 for %j", async ([command = "", ...args], message) => {
    const { code, stderr } = await project.cli(command, ...args);

    expect([code, stderr]).toEqual([64, expect.stringContaining(message)]);
  });
});
