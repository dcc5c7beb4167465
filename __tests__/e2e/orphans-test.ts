/** A deployment that is killed before Terraform has saved its state: what it left is found by name, and can be removed. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { runAwsCommand } from "../support/aws-command";
import { kill, run, start } from "../support/processes";
import { ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const ACCESS = `environments:
  dev: { region: eu-west-1, domainPrefix: orphaned-dev }
resourceServers:
  orders: { scopes: { read: Read orders } }
clients:
  shop: { scopes: [orders/read] }
routes:
  GET /orders: { lambda: access, scopes: [orders/read] }
`;

const project = new ServedProject("dev", ACCESS);
const stack = join(project.folder, ".local", "cdktf.out", "stacks", "dev");
const before = { ...process.env };
/** Keeps a state that is sent to it; Terraform sends one every 20 seconds, and at the end. */
const stateStore = createServer((_request, response) => response.writeHead(404).end());

beforeAll(async () => {
  await new Promise<void>((resolve) => stateStore.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(stateStore.address() as AddressInfo).port}/`;
  await project.serve();
  mkdirSync(stack, { recursive: true });
  writeFileSync(
    join(stack, "backend_override.tf.json"),
    JSON.stringify({ terraform: { backend: { http: { address } } } }),
  );
  await project.synthesize();
  Object.assign(process.env, project.environment());
  const terraform = start(["terraform", "apply", "-auto-approve", "-no-color"], stack, project.environment());
  const isThere = (type: string) => project.inAccount().some((thing) => thing.startsWith(`${type} `));
  await project.untilAccount(() => isThere("aws_cognito_user_pool") && isThere("aws_api_gateway_rest_api"));
  await kill(terraform, "SIGKILL");
});

afterAll(async () => {
  process.env = before;
  stateStore.closeAllConnections();
  stateStore.close();
  await project.remove();
});

const commandsIn = (text: string) => text.match(/(?<=^ {2})aws .*$/gm) ?? [];
const POOL =
  /^aws cognito-idp update-user-pool .* INACTIVE && aws cognito-idp delete-user-pool --region eu-west-1 --user/;

describe("a deployment that was killed", () => {
  let commands: readonly string[] = [];

  it("is found by teardown and drift, with the commands that remove what it left", async () => {
    const torn = await project.ask("teardown", "dev", "--yes");
    const drift = await project.ask("drift", "dev");
    commands = commandsIn(torn.stderr);

    expect([torn.code, torn.stdout, drift.code, drift.stdout]).toEqual([1, "", 1, ""]);
    expect(torn.stderr).toContain(
      "the state of dev is empty, but in eu-west-1 of account 123456789012 of the embedded AWS there are",
    );
    expect(torn.stderr).toMatch(/^ {2}user pool orphaned-dev eu-west-1_\w+$/m);
    expect(torn.stderr).toMatch(/^ {2}REST API orphaned-dev \w+$/m);
    expect(commands).toEqual(
      expect.arrayContaining([expect.stringMatching(POOL), expect.stringMatching(/^aws apigateway delete-rest-api /)]),
    );
    expect(commandsIn(drift.stderr)).toEqual(commands);
  });

  it("is found by the review before it is deployed a second time", async () => {
    const { code, stdout } = await project.ask("review", "dev");

    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/> \[!CAUTION\]\n> The state is empty, but resources of the same names exist: `user pool/),
    ]);
    for (const command of commands) expect(stdout).toContain(`\`${command}\``);
  });

  it("leaves nothing when the commands were run", async () => {
    const isInstalled = spawnSync("aws", ["--version"]).status === 0;
    for (const command of commands) {
      // A process of the AWS CLI for each would take long, and the pool's command is the one with a condition.
      if (!isInstalled || !POOL.test(command)) await runAwsCommand(command);
      else expect(await run(["sh", "-c", command], stack, project.environment())).toMatchObject({ code: 0 });
    }
    const { code, stdout } = await project.ask("teardown", "dev", "--yes");

    expect([code, stdout]).toEqual([0, expect.stringContaining("Nothing was found.")]);
    expect(project.inAccount()).toEqual([]);
  });
});
