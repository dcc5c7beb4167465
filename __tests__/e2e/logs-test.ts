/** `npx access logs` and `usage` on a deployed project: lines, events, last tokens and calls, and an embedded AWS that is killed and started again. */
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudWatchLogsClient, DeleteLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { command } from "../../cli/logs";
import { sdkOptions } from "../support/aws-sdk";
import { cleanEnvironment, ended, kill, run, script, start, untilWritten } from "../support/processes";
import { ServedProject } from "../support/served-project";

jest.setTimeout(180_000);

const PASSWORD = "correct-horse-battery";
const A_TOKEN = /eyJ[\w-]{10}/;

const project = new ServedProject();
let server: Awaited<ReturnType<ServedProject["serve"]>>["server"];
beforeAll(async () => {
  ({ server } = await project.serve());
  await project.deploy();
  await call();
});
const started: ChildProcess[] = [];
afterAll(async () => {
  for (const child of started) await kill(child, "SIGKILL");
  await project.remove();
});

const logs = (...args: readonly string[]) => project.ask("logs", ...args);
async function call(): Promise<void> {
  const { code, stderr } = await project.ask(
    "call",
    ...[
      "POST",
      "/access?page=2",
      "--client",
      "test-server",
      "--data",
      JSON.stringify({ order: 17, password: PASSWORD }),
    ],
  );
  if (code !== 0) throw new Error(stderr);
}
/** Starts a command that runs until it is ended. */
function follow(...command: readonly string[]) {
  const child = start(command, project.folder, project.environment());
  started.push(child);
  return child;
}

describe("npx access logs --event", () => {
  it("shows the event of each call, with its claims, and without its token and its password", async () => {
    const { code, stdout } = await logs("access", "--event");
    const [, head = "", json = ""] = /^(.*\n)([\s\S]*)$/.exec(stdout) ?? [];
    const event = JSON.parse(json);

    expect(code).toBe(0);
    expect(head).toMatch(/^\d{4}-\d\d-\d\d [\d:.]{12} {2}access {2}request [0-9a-f-]{36}\n$/);
    expect(event).toMatchObject({
      resource: "/access",
      httpMethod: "POST",
      multiValueQueryStringParameters: { page: ["2"] },
      requestContext: { authorizer: { claims: { token_use: "access", scope: "test_resource/test" } } },
      body: '{"order":17,"password":"***"}',
    });
    expect(event.headers.Authorization).toBe("Bearer ***");
    expect(event).not.toHaveProperty("multiValueHeaders");
    expect(stdout).not.toMatch(A_TOKEN);
    expect(stdout).not.toContain(PASSWORD);
  });

  it("prints a JSON object for each event", async () => {
    const { stdout } = await logs("--event", "--json");

    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        source: "access",
        time: expect.stringMatching(/Z$/),
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        event: expect.objectContaining({ resource: "/access" }),
      },
    ]);
  });

  it("has neither token nor password on disk", () => {
    const folder = join(project.folder, ".local", "events");
    const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));

    expect(texts.join("")).toContain("/access");
    expect(texts.join("")).not.toMatch(A_TOKEN);
    expect(texts.join("")).not.toContain(PASSWORD);
  });

  it("is refused on AWS, and for what is not a function", async () => {
    const onAws = await run(script("cli/logs.ts", "access", "--event"), project.folder, cleanEnvironment());
    expect(onAws).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: --event works only on the embedded AWS: on AWS, Lambda does not keep/),
    });
    expect(await logs("api", "--event")).toMatchObject({
      code: 64,
      stderr: "error: --event is for functions, and api has none.\n",
    });
  });
});

describe("npx access logs", () => {
  it.each([
    [["acces"], 64, /^error: the stack has no log "acces"\. Did you mean "access"\?\n$/],
    [["nothing-like-it"], 64, /^error: the stack has no log "nothing-like-it"\. It has: access, api\.\n$/],
    [["--last", "0"], 64, /argument '0' is invalid\. Expected a number from 1\.\n/],
    [
      ["access", "--since", "0s"],
      0,
      /^No lines of access were found since \d{4}-.*Z\. For earlier lines, add --since 24h\.\n$/,
    ],
    [
      ["--event", "--since", "0s"],
      0,
      /^No events were found since \d{4}-.*Z\. For earlier events, add --since 24h\.\n$/,
    ],
  ])("%j ends with %d and one sentence", async (args, code, stderr) => {
    expect(await logs(...args)).toEqual({ code, stdout: "", stderr: expect.stringMatching(stderr) });
  });

  it.each([
    ["yesterday", /argument 'yesterday' is invalid\. Expected a duration such as 30m or 2h, or a time/],
    ["2026-13-01", /argument '2026-13-01' is invalid\. Expected a duration/],
  ])("refuses --since %s", (since, message) => {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    expect(() => command.parse(["--since", since], { from: "user" })).toThrow(message);
  });

  it("prints the last lines and events that are asked for, all without a terminal", async () => {
    await call();
    const all = (await logs("--event", "--json")).stdout.trim().split("\n");
    const { stdout, stderr } = await logs("--event", "--json", "--last", "1");

    expect(all).toHaveLength(2);
    expect([stdout.trim(), stderr]).toEqual([all.at(-1), ""]);
  });

  it("has its lines in the terminal that serves as well", async () => {
    const isPrinted = untilWritten(server, "  api  200  POST /access  test-server  ");
    await call();
    await isPrinted;
  });

  it("ends when the reader of its output has ended", async () => {
    const following = follow(
      "bash",
      "-c",
      `${script("cli/logs.ts", "api", "--follow").join(" ")} | head -n 1; echo "ended with \${PIPESTATUS[0]}"`,
    );
    const result = ended(following);
    await untilWritten(following, "\n");
    await call();

    expect(await result).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^.* api .*\nended with 0\n$/),
      stderr: "",
    });
  });

  it("follows through a restart after a kill, with each line once", async () => {
    const following = follow(...script("cli/logs.ts", "api", "--follow", "--json"));
    const result = ended(following);
    await untilWritten(following, "\n");
    const isStopped = untilWritten(following, "The embedded AWS has stopped.", following.stderr);
    await kill(server, "SIGKILL");
    await isStopped;
    ({ server } = await project.serve());
    const before = (await logs("api", "--json")).stdout;
    const isFollowed = untilWritten(following, "\n");
    await call();
    await isFollowed;
    await kill(following, "SIGINT");
    const { code, stdout, stderr } = await result;
    const lines = stdout.trim().split("\n");

    expect(before).toContain('"source":"api"');
    expect(stdout.startsWith(before)).toBe(true);
    expect(lines).toHaveLength(before.trim().split("\n").length + 1);
    expect(new Set(lines).size).toBe(lines.length);
    expect(stderr).toBe("The embedded AWS has stopped. Its lines follow when it is started again: npx access local\n");
    expect(code).toBe(130);
  });

  it("says that a log group does not exist", async () => {
    const environment = project.environment();
    const { HTTPS_PROXY: proxyUrl = "" } = environment;
    const client = new CloudWatchLogsClient(sdkOptions({ proxyUrl, environment }));
    const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/aws/lambda/" }));
    const [{ logGroupName } = {}] = logGroups;
    await client.send(new DeleteLogGroupCommand({ logGroupName }));
    client.destroy();

    expect((await logs("access")).stderr).toMatch(
      /^The log group \/aws\/lambda\/[\w-]+-access does not exist \(yet\)\.\nNo lines of access were found since .*\n$/,
    );
  });
});

// Last, because verify sends requests that the tests above would count.
describe("npx access usage", () => {
  const usage = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await project.ask("usage", ...args);
    return { code, stdout, stderr };
  };

  it("prints the last token and the last call of a client, which requests of verify do not change", async () => {
    const { code, stdout } = await usage("dev", "--unused", "90", "--json");
    const found = JSON.parse(stdout);
    const verified = await project.ask("verify", "dev");
    const { clients } = JSON.parse((await usage("dev", "--json")).stdout);

    expect([code, verified.code]).toEqual([0, 0]);
    expect(found.clients).toEqual([
      expect.objectContaining({
        client: "test-server",
        lastToken: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        lastCall: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        verdict: "used",
        routes: [{ route: "POST /access", lastCall: found.clients[0].lastCall, verdict: "used" }],
        secret: expect.objectContaining({ ageDays: 0, isOverdue: false }),
      }),
    ]);
    expect(clients).toEqual(found.clients);
  });

  it("prints a table, and refuses what cannot be answered", async () => {
    const { code, stdout, stderr } = await usage();

    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^ {2}test-server {2}\d{4}-\d\d-\d\d \d\d:\d\d .* 0 of 1 route +0 days +used$/m);
    expect(await usage("dev", "--unused", "0")).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("1 to 9999"),
    });
    expect(await usage("dev", "--unused", "90", "--since", "3d")).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("--since is less than 90 days ago"),
    });
    expect(await usage("prod")).toMatchObject({ code: 64, stderr: expect.stringContaining('no environment "prod"') });
  });
});
