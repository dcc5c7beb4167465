/** Verification of a deployed stack, as deployed and after each kind of tampering; the printed advice corrects it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { APIGatewayClient, UpdateAuthorizerCommand } from "@aws-sdk/client-api-gateway";
import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
  DeleteUserPoolClientCommand,
  DeleteUserPoolClientSecretCommand,
  DeleteUserPoolDomainCommand,
  ListUserPoolClientSecretsCommand,
  UpdateResourceServerCommand,
  UpdateUserPoolClientCommand,
  UpdateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  DeleteFunctionCommand,
  LambdaClient,
  RemovePermissionCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { type Verification, type VerifyOptions, verifyStack } from "../../operations/verify/verify-stack";
import { TamperedProject } from "../support/tampered-project";

jest.setTimeout(300_000);

const project = new TamperedProject();
const all: Verification[] = [];

beforeAll(() => project.open());
afterAll(() => project.close());

/** @param change of code and state alike */
async function verify(
  options: Partial<VerifyOptions> = {},
  change: (text: string) => string = String,
): Promise<Verification> {
  const { folder } = project;
  const deployment = await project.deployment();
  const changed = <T>(value: T): T => JSON.parse(change(JSON.stringify(value)));
  const stack = {
    deployment,
    folder,
    json: changed(project.synthesized()),
    state: changed(await project.state()),
  };
  const limits = { concurrency: 8, rate: 1000, timeout: 30, retryFor: 0, refusalsOnly: false, prefix: "tampered-dev" };
  const verification = await verifyStack(stack, { ...limits, ...options });
  all.push(verification);
  return verification;
}

/** Failed checks in short. */
function failures({ checks }: Verification): readonly string[] {
  const failed = checks.filter(({ verdict }) => verdict !== "as-expected");
  return failed.map(({ verdict, caller, route, found }) => `${verdict}: ${caller} at ${route}: ${found}`).toSorted();
}

const cognito = () => project.client(CognitoIdentityProviderClient);
const lambda = () => project.client(LambdaClient);

const updateClient = (name: string, changes: object) => {
  const { UserPoolId, clientIds } = project.ids();
  return cognito().send(new UpdateUserPoolClientCommand({ UserPoolId, ClientId: clientIds[name], ...changes }));
};
const method = async (...[verb, path, op, attribute, value]: Parameters<TamperedProject["updateMethod"]>) => {
  await project.updateMethod(verb, path, op, attribute, value);
  await project.deployByHand();
};

describe("a stack as it was deployed", () => {
  it("is as expected: every client at every route, invalid tokens, preflights", async () => {
    const { checks, ...verification } = await verify();
    const count = (expected: string) => checks.filter((check) => check.expected === expected).length;

    expect(verification).toMatchObject({ isAsExpected: true, isStopped: false, untestedRoutes: [] });
    // ANY by two methods: 2; GET /orders by three clients; POST /orders by one; GET /status by four and without a token.
    expect(count("allow")).toBe(2 + 3 + 1 + 5);
    // Four invalid callers and the clients without the scope; OPTIONS is answered by ANY at /access.
    expect(count("deny-by-gateway")).toBe(2 * (4 + 3) + (4 + 1) + (4 + 3) + 1);
    expect([count("preflight"), count("deny-method")]).toEqual([1, 1]);
    expect(checks.filter(({ route }) => route === "token")).toHaveLength(4 * 4);
  });

  it("is sent nothing that a function would answer with refusalsOnly, and only chosen clients and routes", async () => {
    const refusals = await verify({ refusalsOnly: true, clients: ["auditor"] });
    const { checks } = await verify({ clients: ["shop"], routes: ["POST /orders"] });
    const allowed = checks.filter(({ expected }) => expected === "allow");

    expect(refusals.isAsExpected).toBe(true);
    expect(refusals.checks.map(({ expected }) => expected)).not.toContain("allow");
    expect(refusals.checks.map(({ expected }) => expected)).toContain("deny-by-gateway");
    expect(allowed.map(({ route, caller }) => [route, caller])).toEqual([["POST /orders", "shop"]]);
  });

  it("compares the response to a client with the scope with the route's list of clients", async () => {
    const options = { clients: ["auditor"], routes: ["ANY /access/{proxy+}"], concurrency: 1 };
    const [listed, unlisted] = ["dev;1=ANY /access/{+}", "dev;0=ANY /access/{+}"];
    const withoutAuditor = (text: string) => text.replaceAll(listed, unlisted);
    expect(project.variablesOf("access")["ALLOWED_BY_ROUTE"]).toBe(listed);

    expect(failures(await verify(options, withoutAuditor))).toEqual([
      "unexpected-allow: auditor at ANY /access/{proxy+}: 200",
    ]);
    const Environment = { Variables: { ...project.variablesOf("access"), ALLOWED_BY_ROUTE: unlisted } };
    await lambda().send(new UpdateFunctionConfigurationCommand({ FunctionName: "tampered-dev-access", Environment }));
    const { checks, isAsExpected, routesWithoutIdCheck } = await verify(options, withoutAuditor);
    const denied = checks.filter(({ expected }) => expected === "deny-by-function");

    expect([isAsExpected, routesWithoutIdCheck]).toEqual([true, []]);
    expect(denied.map(({ caller, found }) => [caller, found])).toContainEqual(["auditor", "403 by the function"]);
    expect(failures(await verify(options))).toContain(
      "unexpected-deny: auditor at ANY /access/{proxy+}: 403 by the function",
    );
  });
});

const RESTORE = ["npx access drift dev", "npx access deploy dev"];
const ROTATE = "npx access rotate auditor --env dev --to <file>";

/** Tampering: what is done, what is verified then, what fails, and the commands of the advice. */
type Tampering = readonly [
  what: string,
  tamper: () => Promise<unknown>,
  options: Partial<VerifyOptions>,
  failed: readonly string[],
  commands: readonly string[],
];

/** In a group, nothing changes what is verified of a later one. */
const GROUPS: readonly (readonly Tampering[])[] = [
  [
    [
      "a client with another scope",
      () =>
        updateClient("reporting", {
          ...project.asMade("reporting"),
          AllowedOAuthScopes: ["orders/audit", "orders/read"],
        }),
      { clients: ["reporting"] },
      ["unexpected-allow: reporting at token: token for orders/audit, orders/read"],
      RESTORE,
    ],
    [
      "a client that was reset",
      () => updateClient("billing", {}),
      { clients: ["billing"], routes: ["GET /orders"] },
      [
        "denied-by-other: billing at token: invalid_grant",
        "not-tested: billing at GET /orders: no token",
        "unexpected-deny: billing at token: invalid_grant",
      ],
      RESTORE,
    ],
    [
      "a function with another list of callers",
      () => {
        const Environment = { Variables: { ALLOWED_CLIENT_IDS: "another-client" } };
        const input = { FunctionName: "tampered-dev-access", Environment };
        return lambda().send(new UpdateFunctionConfigurationCommand(input));
      },
      { clients: ["auditor"], routes: ["ANY /access/{proxy+}"] },
      [
        "unexpected-deny: auditor at ANY /access/{proxy+}: 403 by the function",
        "unexpected-deny: auditor at ANY /access/{proxy+}: 403 by the function",
      ],
      RESTORE,
    ],
    [
      "a deleted client",
      () => {
        const { UserPoolId, clientIds } = project.ids();
        return cognito().send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId: clientIds["shop"] }));
      },
      { clients: ["shop"], routes: ["POST /orders"] },
      ["not-tested: shop at POST /orders: no token", "unexpected-deny: shop at token: invalid_client"],
      ["npx access deploy dev"],
    ],
    [
      "a permission that was removed",
      () => lambda().send(new RemovePermissionCommand(project.permission("GET--status"))),
      { clients: ["auditor"], routes: ["GET /status"] },
      [
        "backend-error: auditor at GET /status: 500 InternalServerErrorException",
        "backend-error: no token at GET /status: 500 InternalServerErrorException",
      ],
      RESTORE,
    ],
  ],
  [
    [
      "a client that gets tokens without the domain",
      () =>
        updateClient("billing", {
          ...project.asMade("billing"),
          AllowedOAuthScopes: ["orders/read"],
          ExplicitAuthFlows: ["ALLOW_CLIENT_TOKEN_AUTH"],
        }),
      { clients: ["billing"], refusalsOnly: true },
      ["unexpected-allow: billing at token: token"],
      RESTORE,
    ],
    [
      "a scope that was taken from the resource server",
      () => {
        const { UserPoolId } = project.ids();
        const Scopes = ["read", "audit"].map((name) => ({ ScopeName: name, ScopeDescription: name }));
        const input = { UserPoolId, Identifier: "orders", Name: "Orders", Scopes };
        return cognito().send(new UpdateResourceServerCommand(input));
      },
      { clients: ["shop"], routes: ["POST /orders"] },
      [
        "unexpected-deny: shop at POST /orders: 401 UnauthorizedException",
        "unexpected-deny: shop at token: token for orders/read instead of orders/read, orders/write",
      ],
      RESTORE,
    ],
    [
      "a deleted function",
      () => lambda().send(new DeleteFunctionCommand({ FunctionName: "tampered-dev-access" })),
      { clients: ["auditor"], routes: ["ANY /access/{proxy+}"] },
      [
        "backend-error: auditor at ANY /access/{proxy+}: 500 InternalServerErrorException",
        "backend-error: auditor at ANY /access/{proxy+}: 500 InternalServerErrorException",
      ],
      RESTORE,
    ],
    [
      "a method with another scope, although the function denies the client",
      () => method("POST", "/orders", "add", "/authorizationScopes", "orders/audit"),
      { clients: ["auditor"], routes: ["POST /orders"] },
      ["unexpected-allow: auditor at POST /orders: 403 by the function"],
      RESTORE,
    ],
    [
      "an authorizer that reads another header",
      async () => {
        const { restApiId, authorizerId } = project.ids();
        const value = "method.request.header.X-Token";
        const patchOperations = [{ op: "replace" as const, path: "/identitySource", value }];
        const command = new UpdateAuthorizerCommand({ restApiId, authorizerId, patchOperations });
        await project.client(APIGatewayClient).send(command);
        await project.deployByHand();
      },
      { clients: ["reporting"], routes: ["GET /orders"] },
      ["unexpected-deny: reporting at GET /orders: 401 UnauthorizedException"],
      RESTORE,
    ],
    [
      "a deleted domain",
      () => {
        const { UserPoolId } = project.ids();
        return cognito().send(new DeleteUserPoolDomainCommand({ UserPoolId, Domain: "tampered-dev" }));
      },
      { clients: ["shop"], routes: ["GET /status"] },
      ["unexpected-deny: shop at token: 404"],
      RESTORE,
    ],
  ],
  [
    [
      "a method without authorization",
      () => method("POST", "/orders", "replace", "/authorizationType", "NONE"),
      { concurrency: 1, routes: ["POST /orders"] },
      ["unexpected-allow: no token at POST /orders: 403 by the function"],
      RESTORE,
    ],
    [
      "a pool with the updated issuer",
      () => {
        const AdminCreateUserConfig = { AllowAdminCreateUserOnly: true };
        const IssuerConfiguration = { Type: "UPDATED" } as const;
        const { UserPoolId } = project.ids();
        return cognito().send(new UpdateUserPoolCommand({ UserPoolId, IssuerConfiguration, AdminCreateUserConfig }));
      },
      { clients: ["shop"], routes: ["GET /orders"] },
      ["unexpected-deny: shop at GET /orders: 401 UnauthorizedException"],
      RESTORE,
    ],
    [
      "a deleted method",
      async () => {
        await project.deleteMethod("POST", "/orders");
        await project.deployByHand();
      },
      { clients: ["shop"], routes: ["POST /orders"] },
      [
        "denied-by-other: changed payload at POST /orders: 403 IncompleteSignatureException",
        "denied-by-other: changed signature at POST /orders: 403 IncompleteSignatureException",
        "denied-by-other: garbage at POST /orders: 403 IncompleteSignatureException",
        "denied-by-other: no token at POST /orders: 403 MissingAuthenticationTokenException",
        "unexpected-deny: shop at POST /orders: 403 IncompleteSignatureException",
      ],
      RESTORE,
    ],
    [
      "a secret that was replaced",
      async () => {
        const { UserPoolId, clientIds } = project.ids();
        const client = { UserPoolId, ClientId: clientIds["auditor"] };
        const { ClientSecrets = [] } = await cognito().send(new ListUserPoolClientSecretsCommand(client));
        await cognito().send(new AddUserPoolClientSecretCommand(client));
        const ClientSecretId = ClientSecrets[0]?.ClientSecretId;
        await cognito().send(new DeleteUserPoolClientSecretCommand({ ...client, ClientSecretId }));
      },
      { clients: ["auditor"], routes: ["GET /status"] },
      ["unexpected-deny: auditor at token: invalid_client"],
      [ROTATE, `${ROTATE} --finish`],
    ],
  ],
];

describe.each(GROUPS.map((group) => ({ group })))("after tampering", ({ group }) => {
  const advised = new Set<string>();

  it.each(group)("%s fails, with advice", async (_what, tamper, options, failed, commands) => {
    await tamper();
    const verification = await verify(options);
    const printed = new Set(verification.checks.flatMap(({ advice }) => advice?.commands ?? []));
    for (const command of printed) advised.add(command);

    expect(failures(verification)).toEqual(failed);
    expect([...printed]).toEqual(commands);
    expect(verification.isStopped).toBe(failed.some((text) => text.startsWith("unexpected-allow")));
  });

  it("the advice corrects it", async () => {
    for (const command of advised) await project.runPrinted(command);

    expect(failures(await verify())).toEqual([]);
  });
});

describe("the deployment of the stage", () => {
  it("is what responds, whatever the methods say", async () => {
    const made = project.deploymentId();
    const failed = async () => failures(await verify({ clients: ["billing"], routes: ["POST /orders"] }));
    await project.updateMethod("POST", "/orders", "add", "/authorizationScopes", "orders/read");
    expect(await failed()).toEqual([]);
    const other = await project.deployByHand();
    await project.updateMethod("POST", "/orders", "remove", "/authorizationScopes", "orders/read");
    await project.moveStage(made);
    expect(await failed()).toEqual([]);
    await project.moveStage(other);

    expect(await failed()).toEqual(["unexpected-allow: billing at POST /orders: 403 by the function"]);
    await project.apply();
  });

  it("is as expected when only a role may do more, which drift reports", async () => {
    const Statement = [{ Effect: "Allow", Action: "*", Resource: "*" }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    const policy = new PutRolePolicyCommand({ ...project.rolePolicy("orders"), PolicyDocument });
    await project.client(IAMClient, "us-east-1").send(policy);

    expect(failures(await verify({ clients: ["shop"] }))).toEqual([]);
  });
});

describe("the commands", () => {
  it("verify exits with 0, a table and a summary, and prints no secret and no token", async () => {
    const { code, stdout, stderr } = await project.ask("verify", "dev", "--rate", "1000", "--retry-for", "5");

    expect(code).toBe(0);
    expect(stdout).toMatch(/^(partially )?verified: dev, all \d+ checks as expected\.$/m);
    const printed = [stdout, stderr, JSON.stringify(all)].join("\n");
    for (const secret of project.secrets().filter((text) => text !== "")) expect(printed).not.toContain(secret);
    expect(printed).not.toMatch(/eyJ[\w-]{10}/);
  });

  it("verify exits with 2 at an unexpected allow, with an alert", async () => {
    await method("GET", "/orders", "replace", "/authorizationType", "NONE");
    const { code, stdout } = await project.ask("verify", "dev", "--route", "GET /orders", "--refusals-only");

    expect(code).toBe(2);
    expect(stdout).toContain("UNEXPECTED ALLOW: no token at GET /orders (GET): expected deny-by-gateway, found");
    expect(stdout).toContain("The remaining checks were not run.");
  });

  it("exit with 64 for what they do not know", async () => {
    const refused = [
      [["verify", "prod"], "has no environment"],
      [["verify", "dev", "--rate", "fast"], "Expected a number"],
      [["verify", "dev", "--client", "stranger"], 'There is no client "stranger"'],
      [["verify", "dev", "--route", "GET /nowhere"], 'There is no route "GET /nowhere"'],
    ] as const;
    const results = await project.together(refused.map(([command]) => command));

    expect(results.map(({ code, stderr }) => [code, stderr])).toEqual(
      refused.map(([, message]) => [64, expect.stringContaining(message)]),
    );
  });

  it("print what to do when the domain does not exist", async () => {
    const { UserPoolId } = project.ids();
    await cognito().send(new DeleteUserPoolDomainCommand({ UserPoolId, Domain: "tampered-dev" }));
    const { code, stderr } = await project.ask("token", "shop");

    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /refused a token: 404\. The domain .*\n {2}npx access local npx access drift dev\n {2}npx access local npx access deploy dev\n$/,
      ),
    ]);
  });

  it("report a deployment in part, and what completes it", async () => {
    const file = "../../../terraform.dev.tfstate";
    const path = join(project.folder, file);
    const state = readFileSync(path, "utf8");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(state), outputs: {} }));
    const results = await project.together([
      ["verify", "dev"],
      ["token", "shop"],
      ["call", "GET", "/status"],
    ]);
    writeFileSync(path, state);

    for (const { code, stderr } of results) {
      expect([code, stderr]).toEqual([
        expect.any(Number),
        expect.stringMatching(
          /^error: dev is partially deployed: its state has \d+ resources, but no token_url, .*\n {2}npx access local npx access deploy dev\n/m,
        ),
      ]);
    }
  });
});
