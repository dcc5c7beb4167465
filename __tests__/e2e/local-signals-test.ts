/** The end of a served embedded AWS while another process uses it. */
import { readFileSync, rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { copyOfProject, ended, run, script, start, untilWritten } from "../support/processes";

const folder = copyOfProject();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("npx access local", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("waits for a user after the first %s, and not after the second", async (signal, code) => {
    const server = start(script("cli/local.ts"), folder);
    const served = ended(server);
    await untilWritten(server, "Press Ctrl-C to stop.");
    const { proxyUrl } = JSON.parse(readFileSync(join(folder, ".local", "environment.json"), "utf8"));
    const lease = await new Promise<IncomingMessage>((resolve) => get(`${proxyUrl}/hold`, resolve));
    lease.on("error", () => undefined);
    server.kill(signal);
    await untilWritten(server, "Stopping");
    server.kill(signal);

    expect(await served).toMatchObject({ code, stderr: "" });
  });

  it("says where another one is served, and ends when its folder is deleted", async () => {
    const server = start(script("cli/local.ts"), folder);
    const served = ended(server);
    await untilWritten(server, "Press Ctrl-C to stop.");
    const place = String.raw`\.local is already being served at http://127\.0\.0\.1:\d+ by process ${server.pid}\.`;
    const second = await run(script("cli/local.ts", "--port", "0"), folder);
    rmSync(join(folder, ".local"), { recursive: true });

    expect(second).toMatchObject({ code: 1, stderr: expect.stringMatching(new RegExp(place)) });
    expect(await served).toMatchObject({
      code: 1,
      stderr: "error: .local was deleted, so the embedded AWS stopped. Start it: npx access local\n",
    });
  });
});
