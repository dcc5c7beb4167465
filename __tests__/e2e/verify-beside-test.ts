/** What verify looks at beside the matrix: removed routes, HTTP backends, Secrets Manager, origins, and what waits. */
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { APIGatewayClient, CreateDeploymentCommand, UpdateMethodCommand } from "@aws-sdk/client-api-gateway";
import type { Deployment } from "../../operations/deployed/deployment";
import { managedResources, readState, type StateValues } from "../../operations/plan-file/state-json";
import type { Verification, VerifyOptions } from "../../operations/verify/verification";
import { verifyStack } from "../../operations/verify/verify-stack";
import { callAws, callCognito } from "../../platform/aws-call";
import { sdkOptions } from "../support/aws-sdk";
import { Backend } from "../support/backend";
import { ended, kill, script, start, untilWritten } from "../support/processes";
import { ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const REGION = "eu-west-1";
const ORIGIN = "https://stock.acme.example";
const OLD_ROUTE = `  GET /old: { url: "${ORIGIN}/old", public: true, reason: "It was open." }\n`;
const ACCESS = `environments:
  dev: { region: ${REGION}, domainPrefix: beside-dev, ephemeral: true }
resourceServers:
  orders: { name: Orders, scopes: { read: Read orders } }
clients:
  shop: { scopes: [orders/read] }
  billing: { scopes: [orders/read], secret: { readers: ["arn:aws:iam::123456789012:role/billing"] } }
routes:
  GET /stock: { url: "${ORIGIN}/stock", scopes: [orders/read] }
  POST /access:
    lambda: access
    scopes: [orders/read]
    cors: { origins: ["https://app.example.com", "https://admin.example.com"] }
${OLD_ROUTE}`;

const project = new ServedProject("dev", ACCESS);
const stack = join(project.folder, ".local", "cdktf.out", "stacks", "dev");
const before = { ...process.env };
const answered = (status: number, headers = {}) => {
  backend.answer = (response) => response.writeHead(status, headers).end('{"message":"Unauthorized"}');
};
let backend: Backend;
let server: ReturnType<typeof start>;
let deployment: Deployment;
let state: StateValues;

beforeAll(async () => {
  backend = await Backend.open();
  server = start(script("cli/local.ts", "--backend", `${ORIGIN}=${backend.origin}`), project.folder);
  await untilWritten(server, "The embedded AWS is ready");
  await project.deploy();
  Object.assign(process.env, project.environment());
  await lookAgain();
});

afterAll(async () => {
  process.env = before;
  await kill(server, "SIGTERM");
  await backend.close();
  await project.remove();
});

async function lookAgain(): Promise<void> {
  deployment = { environment: "dev", ...(await project.deployed()) };
  state = await readState(stack);
}

function poolId(): string {
  const [pool] = managedResources(state).filter(({ type }) => type === "aws_cognito_user_pool");
  return String(pool?.values["id"]);
}

const everything: Verification[] = [];

async function verify(options: Partial<VerifyOptions> = {}, changes: Partial<Deployment> = {}): Promise<Verification> {
  const json: unknown = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8"));
  const pace = { concurrency: 8, rate: 1000, timeout: 30, retryFor: 0, refusalsOnly: false, state };
  const verification = await verifyStack({ ...deployment, ...changes }, json, { ...pace, ...options });
  everything.push(verification);
  return verification;
}

function wrong({ checks }: Verification): readonly string[] {
  const failed = checks.filter(({ outcome }) => outcome !== "as expected");
  return failed.map(({ outcome, caller, route, found }) => `${outcome}: ${caller} at ${route}: ${found}`);
}

describe("a stack as it was deployed", () => {
  it("is as the matrix says, with what services read, and a preflight for each origin and a foreign one", async () => {
    const verification = await verify();
    const at = (route: string) => verification.checks.filter((check) => check.route === route);

    expect(wrong(verification)).toEqual([]);
    expect(verification).toMatchObject({ isAsTheMatrixSays: true, isPartial: false, leftovers: [], notLookedAt: [] });
    expect(at("secret").map(({ caller, found }) => [caller, found])).toEqual([["billing", "as deployed"]]);
    expect(at("OPTIONS /access").map(({ caller }) => caller)).toEqual([
      "a page of https://admin.example.com",
      "a page of https://app.example.com",
      "a page of another origin",
    ]);
  });

  it("fails where a backend refuses a client that may call", async () => {
    answered(401, { "x-amzn-errortype": "UnauthorizedException" });

    expect(wrong(await verify({ clients: ["shop"], routes: ["GET /stock"] }))).toEqual([
      "wrong no: shop at GET /stock: 401 by the backend",
    ]);
    answered(200);
  });
});

describe("a client's secret", () => {
  it("that is not known here is not asked with, and everything else is", async () => {
    const clientSecrets = { ...deployment.clientSecrets, shop: "" };
    const { checks, ...verification } = await verify({}, { clientSecrets });

    expect(verification).toMatchObject({ isAsTheMatrixSays: true, unknownSecrets: ["shop"] });
    expect(checks.filter(({ caller }) => caller === "shop")).toEqual([]);
    expect(checks.filter(({ caller, expected }) => caller === "billing" && expected === "let in")).toHaveLength(3);
  });

  it("that Cognito does not know fails, with what to do, beside the results of the others", async () => {
    const clientSecrets = { ...deployment.clientSecrets, shop: "deleted-by-hand" };
    const verification = await verify({ routes: ["GET /stock"] }, { clientSecrets });

    expect(wrong(verification)).toEqual([
      "wrong no: shop at token: invalid_client",
      "not asked: shop at GET /stock: no token",
    ]);
    expect(verification.checks[0]?.advice).toMatch(/^Cognito refuses the secret of shop: .*npm run rotate -- shop /);
    expect(verification.checks).toContainEqual(
      expect.objectContaining({ route: "GET /stock", caller: "billing", outcome: "as expected" }),
    );
  });
});

describe("what services read in Secrets Manager", () => {
  let arn = "";
  let made: Record<string, string>;

  async function call(operation: string, input: object) {
    const headers = {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `secretsmanager.${operation}`,
    };
    const body = JSON.stringify(input);
    const answer = await callAws({ service: "secretsmanager", region: REGION, method: "POST", headers, body });
    if (answer.status !== 200) throw new Error(answer.body);
    return JSON.parse(answer.body) as Record<string, string>;
  }

  const put = (changes: object) =>
    call("PutSecretValue", {
      ClientRequestToken: randomUUID(),
      SecretId: arn,
      SecretString: JSON.stringify({ ...made, ...changes }),
    });

  beforeAll(async () => {
    arn = /arn:aws:secretsmanager:[^"]*/.exec(JSON.stringify(state.root_module))?.[0] ?? "";
    made = JSON.parse((await call("GetSecretValue", { SecretId: arn }))["SecretString"] ?? "") as typeof made;
  });

  afterAll(() => put({}));

  it("fails with scopes or a token URL that are not those deployed, and says how to deliver them", async () => {
    await put({ scope: "orders/old", token_url: "https://elsewhere.example.com" });
    const verification = await verify({ clients: ["billing"], routes: ["GET /stock"] });

    expect(wrong(verification)).toEqual(["wrong credentials: billing at secret: another token_url, scope"]);
    expect(verification.checks[0]?.advice).toContain("npm run rotate -- billing --env dev --deliver");
  });

  it("fails with a secret that gets no token, and still asks with the one that Terraform knows", async () => {
    await put({ client_secret: "tampered-with-by-hand" });
    const verification = await verify({ clients: ["billing"], routes: ["GET /stock"] });

    expect(wrong(verification)).toEqual(["wrong credentials: billing at secret: invalid_client"]);
    expect(verification.checks).toContainEqual(
      expect.objectContaining({ route: "GET /stock", caller: "billing", outcome: "as expected" }),
    );
  });

  it("is asked with where Terraform does not know the secret", async () => {
    await put({});
    const clientSecrets = { ...deployment.clientSecrets, billing: "" };
    const verification = await verify({ clients: ["billing"], routes: ["GET /stock"] }, { clientSecrets });

    expect([wrong(verification), verification.unknownSecrets]).toEqual([[], []]);
    expect(verification.checks.filter(({ caller }) => caller === "billing")).toHaveLength(6);
  });

  it("is not looked at, nor is the snapshot, where the credentials may not", async () => {
    const { AWS_ACCESS_KEY_ID } = process.env;
    delete process.env["AWS_ACCESS_KEY_ID"];
    try {
      const { isAsTheMatrixSays, notLookedAt } = await verify();
      expect(isAsTheMatrixSays).toBe(true);
      expect(notLookedAt).toEqual([expect.stringContaining("of billing"), expect.stringContaining("removed")]);
    } finally {
      process.env["AWS_ACCESS_KEY_ID"] = AWS_ACCESS_KEY_ID;
    }
  });
});

describe("a client that somebody deleted", () => {
  it("is made anew by a deployment, and so is what services read in Secrets Manager", async () => {
    const { UserPoolId, ClientId } = { UserPoolId: poolId(), ClientId: deployment.clientIds["billing"] ?? "" };
    expect((await callCognito(REGION, "DeleteUserPoolClient", { UserPoolId, ClientId })).status).toBe(200);
    expect((await project.terraform("apply", "-auto-approve")).code).toBe(0);
    await lookAgain();

    expect(deployment.clientIds["billing"]).not.toBe(ClientId);
    expect(wrong(await verify({ clients: ["billing"], routes: ["GET /stock"] }))).toEqual([]);
    expect((await project.terraform("plan", "-detailed-exitcode")).code).toBe(0);
  });
});

describe("npm run verify", () => {
  it("ends with 0 where the secret of one client was rotated to a file, and lists the client", async () => {
    const file = join(project.folder, ".local", "terraform.dev.tfstate");
    const made = readFileSync(file, "utf8");
    const rotated = JSON.parse(made) as { readonly outputs: { client_secrets: { value: Record<string, unknown> } } };
    rotated.outputs.client_secrets.value["shop"] = null;
    writeFileSync(file, JSON.stringify(rotated));
    const { code, stdout, stderr } = await project.cli("verify", "dev", "--rate", "1000", "--json");
    writeFileSync(file, made);

    expect([code, stderr]).toEqual([0, expect.stringContaining("Asking for tokens of 2 clients")]);
    expect(JSON.parse(stdout)).toMatchObject({ isAsTheMatrixSays: true, unknownSecrets: ["shop"] });
  });

  it("goes by the code as it is, whatever was synthesized last, and judges nothing that is not applied yet", async () => {
    const changed = ACCESS.replace(
      "lambda: access\n    scopes: [orders/read]",
      "lambda: access\n    scopes: [orders/write]",
    )
      .replace("{ read: Read orders }", "{ read: Read orders, write: Write orders }")
      .replace("shop: { scopes: [orders/read] }", "shop: { scopes: [orders/read, orders/write] }");
    project.write("access.yaml", changed);
    await project.synthesize();
    const waiting = await project.cli("verify", "dev", "--rate", "1000", "--json");
    project.write("access.yaml", ACCESS);
    const restored = await project.cli("verify", "dev", "--rate", "1000", "--json");

    expect([waiting.code, restored.code]).toEqual([0, 0]);
    const report = JSON.parse(waiting.stdout) as Verification;
    expect(report.notApplied).toEqual({ routes: ["POST /access"], clients: ["shop"] });
    expect(report.checks.filter(({ route, caller }) => route === "POST /access" && caller === "billing")).toEqual([]);
    expect(report.checks).toContainEqual(expect.objectContaining({ route: "POST /access", caller: "no token" }));
    expect(JSON.parse(restored.stdout)).toMatchObject({
      isAsTheMatrixSays: true,
      notApplied: { routes: [], clients: [] },
    });
  });

  it("says what is not deployed yet and what the code no longer has, and ends with 0", async () => {
    const changed = ACCESS.replace("routes:", "  newcomer: { scopes: [orders/read] }\nroutes:")
      .replace("routes:", "routes:\n  GET /new: { lambda: access, scopes: [orders/read] }")
      .replace(OLD_ROUTE, "");
    project.write("access.yaml", changed);
    const { code, stdout } = await project.cli("verify", "dev", "--rate", "1000");

    expect(stdout).toContain("1 route and 1 client of access.yaml are not deployed yet, so they are not probed");
    expect(stdout).toContain("still deployed: 1 route no longer in access.yaml");
    expect(code).toBe(0);
  });

  it("prints what was asked so far when it is interrupted, and ends with 130", async () => {
    const command = script("cli/verify.ts", "dev", "--rate", "0.1", "--concurrency", "1");
    const child = start(command, project.folder, project.environment());
    const result = ended(child);
    await new Promise<void>((resolve) => {
      child.stderr.on("data", (chunk: Buffer) => chunk.toString().includes("Asking for tokens") && resolve());
    });
    child.kill("SIGINT");
    const { code, stdout } = await result;

    expect(stdout).toMatch(/This is partial: it was interrupted, and the rest was not asked\.$/m);
    expect(code).toBe(130);
  });

  it("says how to name the environment where there are several", async () => {
    project.write(
      "access.yaml",
      ACCESS.replace(
        "\nresourceServers",
        "\n  prod: { region: eu-west-1, domainPrefix: beside-prod }\nresourceServers",
      ),
    );
    const { code, stderr } = await project.cli("verify");

    expect([code, stderr]).toEqual([64, expect.stringContaining("more than one environment. Name one of dev, prod.")]);
  });
});

describe("a route that was removed", () => {
  beforeAll(async () => {
    project.write("access.yaml", ACCESS.replace(OLD_ROUTE, ""));
    await project.deploy();
    await lookAgain();
  });

  it("is a wrong yes while it still answers", async () => {
    const verification = await verify({ routes: ["GET /stock"] });

    expect(wrong(verification)).toEqual(["WRONG YES: no token at GET /old: 200"]);
    expect(verification).toMatchObject({ leftovers: ["GET /old"], hasStopped: true, isAsTheMatrixSays: false });
  });

  it("is told where it refuses", async () => {
    answered(403);
    const verification = await verify({ routes: ["POST /access"] });

    expect(verification).toMatchObject({ leftovers: ["GET /old"], isAsTheMatrixSays: true });
    answered(200);
  });

  it("is not asked with refusals only when a backend would answer, and fails as it is open", async () => {
    const asked = backend.arrived.length;
    const verification = await verify({ refusalsOnly: true });

    expect(wrong(verification)).toEqual([
      "not asked: no token at GET /old: still deployed, PUBLIC, with an HTTP backend",
    ]);
    expect(backend.arrived).toHaveLength(asked);
  });
});

describe("a gate before an HTTP backend that somebody opened", () => {
  it("is not taken for closed because the backend refuses as API Gateway does", async () => {
    const environment = project.environment();
    const options = sdkOptions({ proxyUrl: environment["HTTPS_PROXY"] ?? "", environment }, REGION);
    const gateway = new APIGatewayClient(options);
    const { restApiId, resourceId } = stockMethod();
    const patchOperations = [{ op: "replace" as const, path: "/authorizationType", value: "NONE" }];
    await gateway.send(new UpdateMethodCommand({ restApiId, resourceId, httpMethod: "GET", patchOperations }));
    await gateway.send(new CreateDeploymentCommand({ restApiId, stageName: "dev" }));
    gateway.destroy();
    answered(401, { "x-amzn-errortype": "UnauthorizedException", "content-type": "application/json" });
    const verification = await verify({ routes: ["GET /stock"], concurrency: 1 });

    expect(wrong(verification)).toEqual(["WRONG YES: no token at GET /stock: 401 by the backend, not by API Gateway"]);
  });
});

it("tells no secret and no token", () => {
  const said = JSON.stringify(everything);

  for (const secret of Object.values(deployment.clientSecrets)) expect(said).not.toContain(secret);
  expect(said).not.toMatch(/eyJ[\w-]{10}|tampered-with-by-hand|elsewhere/);
});

/** Ids of the one method GET that is left in the state. */
function stockMethod() {
  const methods = state.root_module.resources.filter(({ type }) => type === "aws_api_gateway_method");
  const found = methods.find(({ values }) => values["http_method"] === "GET")?.values ?? {};
  return { restApiId: String(found["rest_api_id"]), resourceId: String(found["resource_id"]) };
}
