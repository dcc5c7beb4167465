/** What verify checks beside the matrix: removed routes, HTTP backends, Secrets Manager, origins, and pending changes. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { APIGatewayClient, CreateDeploymentCommand, UpdateMethodCommand } from "@aws-sdk/client-api-gateway";
import type { Deployment } from "../../operations/deployed/deployment";
import { managedResources, type StateValues } from "../../operations/plan-file/state-json";
import { type Verification, type VerifyOptions, verifyStack } from "../../operations/verify/verify-stack";
import { aws } from "../../platform/aws";
import { sdkOptions } from "../support/aws-sdk";
import { Backend } from "../support/backend";
import { runPrinted } from "../support/printed-command";
import { ended, kill, script, start, untilWritten } from "../support/processes";
import { runTogether } from "../support/run-together";
import { ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const REGION = "eu-west-1";
const ORIGIN = "https://stock.acme.example";
/** Those whose services read their credentials in Secrets Manager. */
const SERVICES = ["archive", "billing", "invoices", "partner"];
const READ = `scopes: [orders/read], secret: { readers: ["arn:aws:iam::123456789012:role/billing"] }`;
const OLD_ROUTE = `  GET /old: { url: "${ORIGIN}/old", public: true, reason: "It was open." }\n`;
const ACCESS = `environments:
  dev: { region: ${REGION}, domainPrefix: beside-dev, ephemeral: true }
resourceServers:
  orders: { name: Orders, scopes: { read: Read orders } }
clients:
  shop: { scopes: [orders/read] }
${SERVICES.map((name) => `  ${name}: { ${READ} }\n`).join("")}routes:
  GET /stock: { url: "${ORIGIN}/stock", scopes: [orders/read] }
  POST /access:
    lambda: access
    scopes: [orders/read]
    cors: { origins: ["https://app.example.com", "https://admin.example.com"] }
${OLD_ROUTE}`;

const project = new ServedProject("dev", ACCESS);
const { stack } = project;
const before = { ...process.env };
const respond = (status: number, headers = {}) => {
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
  await readDeployed();
});

afterAll(async () => {
  process.env = before;
  await kill(server, "SIGTERM");
  await backend.close();
  await project.remove();
});

async function readDeployed(): Promise<void> {
  deployment = { environment: "dev", ...(await project.deployed()) };
  state = await project.state();
}

function poolId(): string {
  const [pool] = managedResources(state).filter(({ type }) => type === "aws_cognito_user_pool");
  return String(pool?.values["id"]);
}

const everything: Verification[] = [];

async function verify(options: Partial<VerifyOptions> = {}, changes: Partial<Deployment> = {}): Promise<Verification> {
  const json: unknown = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8"));
  const limits = { concurrency: 8, rate: 1000, timeout: 30, retryFor: 0, refusalsOnly: false };
  const verified = { deployment: { ...deployment, ...changes }, folder: stack, json, state };
  const verification = await verifyStack(verified, { ...limits, ...options });
  everything.push(verification);
  return verification;
}

function failures({ checks }: Verification): readonly string[] {
  const failed = checks.filter(({ verdict }) => verdict !== "as-expected");
  return failed.map(({ verdict, caller, route, found }) => `${verdict}: ${caller} at ${route}: ${found}`);
}

/**
 * Runs the commands of the advice and verifies again, twice at most: what was rotated and then deleted takes a deployment
 * and a rotation.
 * @returns what fails then
 */
async function afterAdvice(first: Verification): Promise<readonly string[]> {
  let verification = first;
  for (let round = 0; round < 2 && failures(verification).length > 0; round++) {
    const commands = new Set(verification.checks.flatMap(({ advice }) => advice?.commands ?? []));
    expect(commands.size).toBeGreaterThan(0);
    for (const command of commands) await runPrinted(project, command);
    await readDeployed();
    verification = await verify();
  }
  return failures(verification);
}

describe("a stack as it was deployed", () => {
  it("is as expected, with what services read, and a preflight for each origin and a foreign one", async () => {
    const verification = await verify();
    const at = (route: string) => verification.checks.filter((check) => check.route === route);

    expect(failures(verification)).toEqual([]);
    expect(verification).toMatchObject({
      isAsExpected: true,
      isPartial: false,
      notApplied: { routes: [], clients: [] },
      staleRoutes: [],
      unmanagedRoutes: [],
      missingPermissions: [],
    });
    expect(at("secret").map(({ caller, found }) => [caller, found])).toEqual(
      SERVICES.map((caller) => [caller, "as deployed"]),
    );
    expect(at("OPTIONS /access").map(({ caller }) => caller)).toEqual([
      "https://admin.example.com",
      "https://app.example.com",
      "foreign origin",
    ]);
  });

  it("fails where a backend denies a client that has access, which no deployment corrects", async () => {
    respond(401, { "x-amzn-errortype": "UnauthorizedException" });
    const verification = await verify({ clients: ["shop"], routes: ["GET /stock"] });
    respond(200);

    expect(failures(verification)).toEqual(["unexpected-deny: shop at GET /stock: 401 by the HTTP backend"]);
    expect(verification.checks[0]?.advice).toMatchObject({ commands: [] });
  });
});

describe("a client's secret", () => {
  it("that is unknown here leaves out the client, and everything else is checked", async () => {
    const clientSecrets = { ...deployment.clientSecrets, shop: "" };
    const { checks, ...verification } = await verify({}, { clientSecrets });

    expect(verification).toMatchObject({ isAsExpected: true, unknownSecrets: ["shop"] });
    expect(checks.filter(({ caller }) => caller === "shop")).toEqual([]);
    expect(checks.filter(({ caller, expected }) => caller === "billing" && expected === "allow")).toHaveLength(3);
  });

  it("that Cognito does not know fails, beside the results of the others", async () => {
    const clientSecrets = { ...deployment.clientSecrets, shop: "another-secret" };
    const verification = await verify({ routes: ["GET /stock"] }, { clientSecrets });

    expect(failures(verification)).toEqual([
      "unexpected-deny: shop at token: invalid_client",
      "not-tested: shop at GET /stock: no token",
    ]);
    expect(verification.checks[0]?.advice?.commands).toEqual([
      "npx access rotate shop --env dev --to <file>",
      "npx access rotate shop --env dev --to <file> --finish",
    ]);
    expect(verification.checks).toContainEqual(
      expect.objectContaining({ route: "GET /stock", caller: "billing", verdict: "as-expected" }),
    );
  });
});

describe("what services read in Secrets Manager", () => {
  const manager = async () => await aws(REGION).secretsManager();
  const secretArn = (name: string) =>
    new RegExp(`arn:aws:secretsmanager:[^"]*/${name}-[^"]*`).exec(JSON.stringify(state.root_module))?.[0] ?? "";
  const stored = async (SecretId: string) =>
    JSON.parse((await (await manager()).getSecretValue({ SecretId })).SecretString ?? "{}") as object;
  const put = async (name: string, changes: object) => {
    const SecretId = secretArn(name);
    const SecretString = JSON.stringify({ ...(await stored(SecretId)), ...changes });
    return await (await manager()).putSecretValue({ SecretId, SecretString });
  };
  const deleteSecret = async (name: string, how: object) =>
    await (await manager()).deleteSecret({ SecretId: secretArn(name), ...how });

  it("fails for each that is not as deployed, and the advice corrects all", async () => {
    await deleteSecret("archive", { RecoveryWindowInDays: 7 });
    await put("billing", { scope: "orders/old", token_url: "https://elsewhere.example.com" });
    await put("invoices", { client_secret: "tampered-secret" });
    await (await manager()).putSecretValue({ SecretId: secretArn("partner"), SecretString: "elsewhere" });
    const verification = await verify({ clients: SERVICES, routes: ["GET /stock"] });

    expect(failures(verification)).toEqual([
      "wrong-credentials: archive at secret: the secret is scheduled for deletion",
      "wrong-credentials: billing at secret: another token_url, scope",
      "wrong-credentials: invoices at secret: invalid_client",
      "wrong-credentials: partner at secret: the value is not credentials",
    ]);
    const allowed = verification.checks.filter(({ route, expected }) => route === "GET /stock" && expected === "allow");
    expect(allowed.map(({ caller, verdict }) => `${caller} ${verdict}`).toSorted()).toEqual(
      SERVICES.map((caller) => `${caller} as-expected`),
    );
    expect(await afterAdvice(verification)).toEqual([]);
  });

  it("is delivered by the deployment that creates a deleted secret or client again", async () => {
    const ClientId = deployment.clientIds["billing"] ?? "";
    await (await aws(REGION).cognito()).deleteUserPoolClient({ UserPoolId: poolId(), ClientId });
    // Of a client that was rotated: the deployment stores the secret that Terraform knows, which another rotation replaces.
    await deleteSecret("invoices", { ForceDeleteWithoutRecovery: true });
    const verification = await verify({ clients: ["billing", "invoices"], routes: ["GET /stock"] });

    expect(failures(verification)).toEqual(
      expect.arrayContaining([
        "wrong-credentials: invoices at secret: the secret does not exist",
        "unexpected-deny: billing at token: invalid_client",
      ]),
    );
    expect(await afterAdvice(verification)).toEqual([]);
    expect(deployment.clientIds["billing"]).not.toBe(ClientId);
    expect((await project.terraform("plan", "-detailed-exitcode")).code).toBe(0);
  });

  it("is used where Terraform does not know the secret", async () => {
    const clientSecrets = { ...deployment.clientSecrets, billing: "" };
    const verification = await verify({ clients: ["billing"], routes: ["GET /stock"] }, { clientSecrets });

    expect([failures(verification), verification.unknownSecrets]).toEqual([[], []]);
    expect(verification.checks.filter(({ caller }) => caller === "billing")).toHaveLength(6);
  });

  it("is not checked, nor is the snapshot, without AWS credentials", async () => {
    const { AWS_ACCESS_KEY_ID } = process.env;
    delete process.env["AWS_ACCESS_KEY_ID"];
    try {
      const { isAsExpected, missingPermissions } = await verify();
      expect(isAsExpected).toBe(true);
      expect(missingPermissions).toEqual([
        expect.stringContaining("removed"),
        ...SERVICES.map((name) => expect.stringContaining(name)),
      ]);
    } finally {
      process.env["AWS_ACCESS_KEY_ID"] = AWS_ACCESS_KEY_ID;
    }
  });
});

describe("verify", () => {
  it("synthesizes the code, and checks nothing that is not applied yet or unknown, which it names, and exits with 0", async () => {
    const file = join(project.folder, ".local", "terraform.dev.tfstate");
    const made = readFileSync(file, "utf8");
    const rotated = JSON.parse(made) as { readonly outputs: { client_secrets: { value: Record<string, unknown> } } };
    rotated.outputs.client_secrets.value["shop"] = null;
    writeFileSync(file, JSON.stringify(rotated));
    const changed = ACCESS.replace(
      "lambda: access\n    scopes: [orders/read]",
      "lambda: access\n    scopes: [orders/write]",
    )
      .replace("{ read: Read orders }", "{ read: Read orders, write: Write orders }")
      .replace("archive: { scopes: [orders/read]", "archive: { scopes: [orders/read, orders/write]")
      .replace("routes:", "  newcomer: { scopes: [orders/read] }\nroutes:")
      .replace("routes:", "routes:\n  GET /new: { lambda: access, scopes: [orders/read] }")
      .replace("\nresourceServers", "\n  prod: { region: eu-west-1, domainPrefix: beside-prod }\nresourceServers")
      .replace(OLD_ROUTE, "");
    project.write("access.yaml", changed);
    const [json, text, unnamed] = await runTogether(project, [
      ["verify", "dev", "--rate", "1000", "--json"],
      ["verify", "dev", "--rate", "1000"],
      ["verify"],
    ]);
    writeFileSync(file, made);

    expect([json?.code, json?.stderr]).toEqual([0, expect.stringContaining("Requesting tokens of 5 clients")]);
    const report = JSON.parse(json?.stdout ?? "") as Verification;
    expect(report).toMatchObject({
      isAsExpected: true,
      unknownSecrets: ["shop"],
      notApplied: { routes: ["POST /access"], clients: ["archive"] },
    });
    expect(report.checks.filter(({ route, caller }) => route === "POST /access" && caller === "billing")).toEqual([]);
    expect(report.checks).toContainEqual(expect.objectContaining({ route: "POST /access", caller: "no token" }));
    expect(text?.stdout).toContain("not deployed: 1 route and 1 client of access.yaml not deployed yet");
    expect(text?.stdout).toContain("not in code: 1 route deployed and no longer in access.yaml");
    expect(text?.code).toBe(0);
    expect([unnamed?.code, unnamed?.stderr]).toEqual([
      64,
      expect.stringContaining("more than one environment. Name one of dev, prod."),
    ]);
  });

  it("prints the checks so far when it is interrupted, and exits with 130", async () => {
    const command = script("cli/verify.ts", "dev", "--rate", "0.1", "--concurrency", "1");
    const child = start(command, project.folder, project.environment());
    const result = ended(child);
    await new Promise<void>((resolve) => {
      child.stderr.on("data", (chunk: Buffer) => chunk.toString().includes("Requesting tokens") && resolve());
    });
    child.kill("SIGINT");
    const { code, stdout } = await result;

    expect(stdout).toMatch(/Interrupted: the remaining checks were not run\.$/m);
    expect(code).toBe(130);
  });
});

describe("a route that was removed", () => {
  beforeAll(async () => {
    project.write("access.yaml", ACCESS.replace(OLD_ROUTE, ""));
    await project.deploy();
    await readDeployed();
  });

  it("is an unexpected allow while it answers", async () => {
    const verification = await verify({ routes: ["GET /stock"] });

    expect(failures(verification)).toEqual(["unexpected-allow: no token at GET /old: 200"]);
    expect(verification).toMatchObject({ staleRoutes: ["GET /old"], isStopped: true, isAsExpected: false });
  });

  it("is named where it denies", async () => {
    respond(403);
    const verification = await verify({ routes: ["POST /access"] });

    expect(verification).toMatchObject({ staleRoutes: ["GET /old"], isAsExpected: true });
    respond(200);
  });

  it("fails untested with refusalsOnly where it is public and a backend would answer", async () => {
    const asked = backend.arrived.length;
    const verification = await verify({ refusalsOnly: true });

    expect(failures(verification)).toEqual(["not-tested: no token at GET /old: public, with an HTTP backend"]);
    expect(backend.arrived).toHaveLength(asked);
  });

  it("is gone once the advice was followed", async () => {
    expect(await afterAdvice(await verify())).toEqual([]);
  });
});

describe("a method before an HTTP backend without authorization", () => {
  it("is an unexpected allow although the backend denies as API Gateway does", async () => {
    const environment = project.environment();
    const options = sdkOptions({ proxyUrl: environment["HTTPS_PROXY"] ?? "", environment }, REGION);
    const gateway = new APIGatewayClient(options);
    const { restApiId, resourceId } = stockMethod();
    const patchOperations = [{ op: "replace" as const, path: "/authorizationType", value: "NONE" }];
    await gateway.send(new UpdateMethodCommand({ restApiId, resourceId, httpMethod: "GET", patchOperations }));
    await gateway.send(new CreateDeploymentCommand({ restApiId, stageName: "dev" }));
    gateway.destroy();
    respond(401, { "x-amzn-errortype": "UnauthorizedException", "content-type": "application/json" });
    const verification = await verify({ routes: ["GET /stock"], concurrency: 1 });

    expect(failures(verification)).toEqual(["unexpected-allow: no token at GET /stock: 401 by the HTTP backend"]);
  });
});

it("prints no secret and no token", () => {
  const said = JSON.stringify(everything);

  for (const secret of Object.values(deployment.clientSecrets)) expect(said).not.toContain(secret);
  expect(said).not.toMatch(/eyJ[\w-]{10}|tampered-secret|elsewhere/);
});

/** Ids of the one method GET that is left in the state. */
function stockMethod() {
  const methods = state.root_module.resources.filter(({ type }) => type === "aws_api_gateway_method");
  const found = methods.find(({ values }) => values["http_method"] === "GET")?.values ?? {};
  return { restApiId: String(found["rest_api_id"]), resourceId: String(found["resource_id"]) };
}
