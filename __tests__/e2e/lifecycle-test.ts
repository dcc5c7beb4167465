/**
 * The whole life of the stack as a person lives it: real cdktf, real Terraform, real curl-like clients on real sockets,
 * on ports chosen by the system, in a folder of its own.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import { CognitoIdentityProviderClient, UpdateUserPoolClientCommand } from "@aws-sdk/client-cognito-identity-provider";
import { AccountStore } from "../../emulator/account/store";
import { requireTerraform } from "../../platform/terraform";
import { UserError } from "../../platform/user-error";
import { thingsIn } from "../support/account-things";
import { sdkOptions } from "../support/aws-sdk";
import {
  cdktf,
  cleanEnvironment,
  type Ended,
  ended,
  kill,
  run,
  script,
  start,
  untilWritten,
} from "../support/processes";
import { runTogether } from "../support/run-together";
import { type Served, ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const project = new ServedProject();
const { folder } = project;
afterAll(() => project.remove());
const inside = (command: readonly string[], environment?: NodeJS.ProcessEnv) =>
  run(script("cli/local.ts", ...command), folder, environment);

describe("a stack on the embedded AWS", () => {
  // One after the other, over one account; the emulator is served, as somebody would in another terminal.
  let served: Served;
  const together = <const All extends readonly (readonly string[])[]>(...all: All) => runTogether(project, all);
  const everything: Ended[] = [];
  const noted = async (result: Promise<Ended>): Promise<Ended> => {
    everything.push(await result);
    return await result;
  };

  beforeAll(async () => {
    served = await project.serve();
  });

  it("has nothing to tell before it is deployed, and says what to do", async () => {
    const { code, stderr } = await noted(project.ask("token", "test-server"));

    expect(code).toBe(1);
    expect(stderr).toContain("error: nothing is deployed to dev");
    expect(stderr).toContain("npx access local npx access deploy dev");
  });

  // `cdktf plan` is run on a terminal, in the test of it.
  it("is deployed by cdktf deploy, with the Terraform that a variable names, and shows no secret", async () => {
    const other = join(folder, ".other-terraform");
    mkdirSync(other);
    writeFileSync(join(other, "terraform"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const folders = (process.env["PATH"] ?? "").split(delimiter);
    const named = folders.map((one) => join(one, "terraform")).find((file) => existsSync(file)) ?? "terraform";
    const environment = cleanEnvironment({
      PATH: [other, ...folders].join(delimiter),
      TERRAFORM_BINARY_NAME: named,
    });
    const { code, stdout } = await noted(inside(cdktf("deploy", "dev", "--auto-approve"), environment));

    expect([code, stdout]).toEqual([0, expect.stringContaining("Apply complete! Resources: 26 added")]);
    expect(stdout).toContain("Plan: 26 to add, 0 to change, 0 to destroy.");
    expect(stdout).toContain("client_secrets = <sensitive>");
    expect(stdout).toContain("https://cc-demo-dev.auth.ap-northeast-1.amazoncognito.com/oauth2/token");
  });

  it("changes nothing when it is synthesized and deployed again", async () => {
    await project.synthesize();
    const { code, stdout } = await noted(project.terraform("apply", "-auto-approve"));

    expect([code, stdout]).toEqual([0, expect.stringContaining("No changes.")]);
  });

  it("answers who has a token, whose claims are those of a client, and says clearly why it refuses others", async () => {
    const [decoded, refused, called, ...mistakes] = await together(
      ["token", "test-server", "--decode"],
      ["call", "POST", "/access"],
      ["call", "POST", "/access", "--client", "test-server"],
      ["token", "unknown"],
      ["call", "GET", "/nowhere"],
      ["token", "test-server", "--env", "prod"],
      ["token", "test-server", "--scope", "no/such"],
    );
    everything.push(decoded, refused, called, ...mistakes);
    const { header, claims } = JSON.parse(decoded.stdout);
    const { caller, claims: claimsOfCall } = JSON.parse(called.stdout);

    expect([decoded.code, refused.code, called.code]).toEqual([0, 2, 0]);
    expect(Object.keys(header)).toEqual(["kid", "alg"]);
    expect(claims).toMatchObject({ token_use: "access", scope: "test_resource/test", version: 2 });
    expect(claims.sub).toBe(claims.client_id);
    expect(claims.exp - claims.iat).toBe(3600);
    expect(claimsOfCall).toMatchObject({ client_id: caller, scope: "test_resource/test" });
    expect(refused.stdout).toBe('{"message":"Unauthorized"}\n');
    expect(refused.stderr).toMatch(
      /^HTTP 401\nRoute: POST \/access\nAPI Gateway refused the request: .*\nClients with access: test-server\.\n$/,
    );
    expect(mistakes.map(({ code, stderr }) => [code, stderr])).toEqual([
      [64, 'error: dev has no client "unknown". It has test-server.\n'],
      [64, "error: dev has no route for GET /nowhere. It has POST /access.\n"],
      [64, 'error: access.yaml has no environment "prod". It has dev.\n'],
      [1, expect.stringContaining("refused a token: invalid_scope")],
    ]);
  });

  it("gives plain curl a token and an answer under AWS's own URLs, and gives back the shell's exit code", async () => {
    const commands = [
      "basic=$(node cli/access.cjs token test-server --basic) &&",
      "token=$(curl -sS https://cc-demo-dev.auth.ap-northeast-1.amazoncognito.com/oauth2/token",
      '-H "Authorization: Basic $basic" -d "grant_type=client_credentials&scope=test_resource/test"',
      `| node -p 'JSON.parse(require("fs").readFileSync(0)).access_token') &&`,
      "url=$(terraform -chdir=.local/cdktf.out/stacks/dev output -json route_urls",
      `| node -p 'JSON.parse(require("fs").readFileSync(0))["POST /access"]') &&`,
      'curl -sS -o /dev/null -w "%{http_code} " -X POST "$url" &&',
      'curl -sS -o /dev/null -w "%{http_code} " -X POST "$url" -H "Authorization: $token" &&',
      'curl -sS -o /dev/null -w "%{http_code}" -X POST "$url" -H "Authorization: Bearer $token" && exit 7',
    ].join(" ");

    expect(await noted(inside(["bash", "-c", commands]))).toEqual({ code: 7, stdout: "401 200 200", stderr: "" });
  });

  it("lets curl go nowhere else", async () => {
    const { code, stderr } = await noted(run(["curl", "-sS", "https://example.com"], folder, project.environment()));

    expect(code).not.toBe(0);
    expect(stderr).toContain("502");
  });

  it("lists what an out-of-band change removed, and has no drift after the next deployment", async () => {
    const { issuer, clientIds } = await project.deployed();
    const environment = project.environment();
    const proxyUrl = environment["HTTPS_PROXY"] ?? "";
    const cognito = new CognitoIdentityProviderClient(sdkOptions({ proxyUrl, environment }, "ap-northeast-1"));
    const client = { UserPoolId: issuer.split("/").at(-1), ClientId: clientIds["test-server"] };
    await cognito.send(new UpdateUserPoolClientCommand(client));
    cognito.destroy();

    const [refused, drift] = await together(["token", "test-server"], ["drift", "dev", "--json"]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("invalid_grant")]);
    expect(drift.code).toBe(2);
    expect(JSON.parse(drift.stdout).findings).toContainEqual({
      address: expect.stringMatching(/^aws_cognito_user_pool_client\./),
      attribute: "allowed_oauth_scopes",
      expected: '["test_resource/test"]',
      found: "[]",
      severity: "warning",
      verdict: "out-of-band-change",
    });
    expect((await noted(project.terraform("apply", "-auto-approve"))).stdout).toContain("1 changed, 0 destroyed");
    const [token, repaired] = await together(["token", "test-server"], ["drift", "dev"]);
    everything.push(refused, drift, token, repaired);
    expect(token.code).toBe(0);
    expect([repaired.code, repaired.stdout]).toEqual([
      0,
      expect.stringMatching(
        /^clean: dev matches the code and the Terraform state\.\n\nnot checked: \d+ kinds of resources that/,
      ),
    ]);
  });

  it("reports a program that does not exist", async () => {
    expect(await inside(["no-such-program"])).toMatchObject({
      code: 127,
      stderr: 'error: the program "no-such-program" was not found\n',
    });
  });

  // `cdktf destroy` is run by the demo, in the test of a fresh machine.
  it("is destroyed, with nothing left in the state or the account", async () => {
    const { code, stdout } = await noted(project.terraform("destroy", "-auto-approve"));

    expect([code, stdout]).toEqual([0, expect.stringContaining("Destroy complete! Resources: 26 destroyed.")]);
    const read = (name: string) => JSON.parse(readFileSync(join(folder, ".local", name), "utf8"));
    expect(read("terraform.dev.tfstate").resources).toEqual([]);
    const account = new AccountStore(join(folder, ".local", "account.json"), () => true).read();
    expect(thingsIn(account?.entries ?? new Map())).toEqual([]);
  });

  it("keeps its authority's key in one place", () => {
    // Some versions of Node.js follow the link to the packages, of which some speak of keys.
    const names = readdirSync(folder).filter((name) => name !== "node_modules");
    const paths = names.flatMap((name) => filesIn(join(folder, name)));
    const holding = paths.filter(
      (path) => !path.endsWith(".ts") && readFileSync(path).includes("-----BEGIN PRIVATE KEY-----"),
    );

    expect(holding.map((path) => relative(folder, path))).toEqual([join(".local", "ca-key.pem")]);
  });

  it("never told a secret to whoever did not ask for it", async () => {
    const backup = readFileSync(join(folder, ".local", "terraform.dev.tfstate.backup"), "utf8");
    const secret = /"client_secret": "([a-z0-9]{51})"/.exec(backup)?.[1] ?? "no secret";
    await kill(served.server, "SIGINT");
    const { code, stdout, stderr } = await served.result;

    expect(secret).toHaveLength(51);
    expect(code).toBe(0);
    expect([stdout, stderr, ...everything.flatMap((one) => [one.stdout, one.stderr])].join("\n")).not.toContain(secret);
  });
});

describe("npx access demo", () => {
  it("ends what it started when it is interrupted", async () => {
    const demo = start(script("cli/demo.ts"), folder);
    const result = ended(demo);
    await untilWritten(demo, "An embedded AWS");
    demo.kill("SIGINT");

    expect(await result).toMatchObject({ code: 130, stderr: expect.stringContaining("interrupted") });
    expect((await run(["ls", "-A", ".local"], folder)).stdout).not.toContain("demo-");
  });
});

// Last, because the variable stays.
describe("a machine without a fit Terraform", () => {
  const tooOld = join(folder, "too-old-terraform");
  writeFileSync(tooOld, `#!/bin/sh\necho '{"terraform_version":"1.9.8"}'\n`, { mode: 0o755 });
  const needed = (what: string) =>
    `Terraform 1.10 or later is needed, and ${what}. Get it from https://developer.hashicorp.com/terraform/install, or set TERRAFORM_BINARY_NAME=tofu to use OpenTofu.`;

  it("ends a command with what is needed", async () => {
    const env = cleanEnvironment({ TERRAFORM_BINARY_NAME: tooOld });
    const { code, stderr } = await run(script("cli/demo.ts"), folder, env);

    expect([code, stderr]).toEqual([1, `error: ${needed(`"${tooOld}" is 1.9.8`)}\n`]);
  });

  it.each([
    ["no-terraform", 'the program "no-terraform" was not found'],
    ["false", '"false version" failed'],
  ])("is told which one is needed when it is %s", async (binary, what) => {
    process.env["TERRAFORM_BINARY_NAME"] = binary;

    await expect(requireTerraform()).rejects.toThrow(new UserError(needed(what)));
  });
});

/** The file, or the files in the folder. */
function filesIn(path: string): readonly string[] {
  if (statSync(path).isFile()) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
