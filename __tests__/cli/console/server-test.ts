/** The console's server, attacked: by other sites, other ports of this machine, other users of it, and by paths. */
import { request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import { type ConsoleRequest, type ConsoleServer, startConsoleServer } from "../../../cli/console/server";
import { html } from "../../../platform/html";

let server: ConsoleServer;
let urls: string[];
let asked: ConsoleRequest[];
const bugs: unknown[] = [];
beforeEach(async () => {
  [urls, asked] = [[], []];
  server = await startConsoleServer({
    port: 0,
    answer: async (request) => {
      asked.push(request);
      if (request.path === "go") return { goTo: "there" };
      return request.path === "" || request.method === "POST" ? { page: html`<p>secret page</p>` } : undefined;
    },
    eventsAfter: () => [{ id: 1, content: html`<li>${"<event>"}</li>` }],
    onUrl: (url) => urls.push(url),
    onBug: (error) => bugs.push(error),
  });
});
afterEach(async () => {
  await server.close();
  expect(bugs).toEqual([]);
});

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

const origin = () => new URL(urls[0] ?? "").origin;
const codeOf = (url = "") => new URL(url).hash.slice(1);

function send({ method = "GET", path = "/", headers = {}, body = "" }: Sent): Promise<Reply> {
  const { port, host } = new URL(origin());
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      method,
      path,
      headers: { Host: host, ...headers },
      agent: false,
    } as const;
    const request = httpRequest(options, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        // The stream of events does not end.
        if (path.includes("events")) request.destroy();
      });
      response.on("error", () => undefined);
      response.on("close", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

const post = (path: string, body: string, headers: OutgoingHttpHeaders = {}) =>
  send({ method: "POST", path, body, headers: { Origin: origin(), ...headers } });

/** A session: its cookie, and the path of the console. */
async function opened() {
  const { headers, body } = await post("/open", `code=${codeOf(urls.at(-1))}`);
  const [setCookie = ""] = [headers["set-cookie"] ?? []].flat();
  return { setCookie, cookie: setCookie.split(";")[0] ?? "", run: body };
}

describe("the code", () => {
  it("is in the fragment of the URL, opens the console once, and is replaced then", async () => {
    const [first = ""] = urls;
    expect(first).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{22}$/);
    const { cookie, run, setCookie } = await opened();
    expect(setCookie).toMatch(/^access-console=[\w-]{32}; Path=\/[\w-]{16}\/; HttpOnly; SameSite=Strict$/);
    expect(setCookie).toContain(`Path=${run};`);
    expect(await send({ path: run, headers: { Cookie: cookie } })).toMatchObject({ status: 200 });
    expect(urls).toHaveLength(2);
    expect(await post("/open", `code=${codeOf(first)}`)).toMatchObject({ status: 403 });
    expect(codeOf(urls[1])).not.toBe(codeOf(first));
  });

  it("is not used by a GET, and not by a wrong one", async () => {
    const code = codeOf(urls[0]);
    for (const path of ["/", `/?code=${code}`, `/open?code=${code}`]) await send({ path });
    expect(await post("/open", "code=wrong")).toMatchObject({ status: 403 });
    expect(await post("/open", "")).toMatchObject({ status: 403 });
    expect(urls).toHaveLength(1);
    expect(await post("/open", `code=${code}`)).toMatchObject({ status: 200 });
  });
});

describe("another user of this machine", () => {
  it("gets nothing without the cookie, whatever the path", async () => {
    const { run } = await opened();
    for (const path of [run, `${run}requests`, `${run}events`, "/requests", "/x/"]) {
      const reply = await send({ path });
      expect([reply.status, reply.body]).toEqual([401, expect.not.stringContaining("secret")]);
    }
    const cookies = ["access-console=", "access-console=x", "other=1", `access-console=${"A".repeat(32)}`];
    for (const Cookie of cookies) expect(await send({ path: run, headers: { Cookie } })).toMatchObject({ status: 401 });
    expect(await post(`${run}call`, "path=/")).toMatchObject({ status: 401 });
    expect(asked).toEqual([]);
  });

  it("gets the entrance alone, which shows nothing", async () => {
    const { status, body } = await send({});
    expect(status).toBe(200);
    expect(body).toContain("Opening the console");
    expect(body).not.toContain(codeOf(urls[0]));
  });

  it("does not lock the user out with a cookie of the same name", async () => {
    const { cookie, run } = await opened();
    const Cookie = `access-console=planted; ${cookie}`;
    expect(await send({ path: run, headers: { Cookie } })).toMatchObject({ status: 200 });
  });
});

describe("a page of another site, or of another port", () => {
  it.each([
    ["a name that was made to point here", { Host: "evil.example:80" }],
    ["localhost", { Host: "localhost" }],
    ["another port", { Host: "127.0.0.1:1" }],
    ["a cross-site request", { "Sec-Fetch-Site": "cross-site" }],
    ["a page that a function returned, on another port", { "Sec-Fetch-Site": "same-site" }],
    ["an Origin of another port", { Origin: "http://127.0.0.1:8787" }],
    ["an Origin without a name", { Origin: "null" }],
  ])("is refused: %s", async (_what, headers) => {
    const { cookie, run } = await opened();
    for (const method of ["GET", "POST"]) {
      const own = method === "POST" ? { Origin: origin() } : {};
      const reply = await send({ method, path: run, headers: { ...own, Cookie: cookie, ...headers } });
      expect([403, 421]).toContain(reply.status);
      expect(reply.body).not.toContain("secret");
    }
    expect(asked).toEqual([]);
  });

  it("sends no form: a POST needs this origin", async () => {
    const { cookie, run } = await opened();
    const sent = { method: "POST", path: `${run}call`, body: "path=/" };
    expect(await send({ ...sent, headers: { Cookie: cookie } })).toMatchObject({ status: 403 });
    expect(asked).toEqual([]);
    expect(await send({ ...sent, headers: { Cookie: cookie, Origin: origin() } })).toMatchObject({ status: 200 });
    expect(asked[0]?.form.get("path")).toBe("/");
  });

  it("cannot frame it, and no response permits scripts or styles within a page", async () => {
    const { cookie, run } = await opened();
    const replies = [
      await send({}),
      await send({ path: run, headers: { Cookie: cookie } }),
      await send({ path: `${run}events`, headers: { Cookie: cookie } }),
      await send({ path: "/nothing" }),
      await send({ path: `${run}go`, headers: { Cookie: cookie } }),
    ];
    for (const { headers } of replies) {
      expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
      expect(headers["content-security-policy"]).toMatch(/frame-ancestors 'none'$/);
      expect(headers["content-security-policy"]).not.toMatch(/unsafe|\*/);
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
    expect(replies[4]).toMatchObject({ status: 303, headers: { location: `${run}there` } });
  });
});

describe("paths and methods", () => {
  it("lead to no file, and out of the console's own path to nothing", async () => {
    const { cookie, run } = await opened();
    const paths = [
      "/server.ts",
      "/console.js/../server.ts",
      "/%2e%2e/package.json",
      "//etc/passwd",
      "/..%2f..%2fpackage.json",
    ];
    for (const path of [...paths, `${run.slice(0, -1)}x/`, run.slice(0, -1), run.toUpperCase(), `/.${run}`]) {
      expect(await send({ path, headers: { Cookie: cookie } })).toMatchObject({ status: 401 });
    }
    const inside = ["../console.js", "%2e%2e/server.ts", "..%2fserver.ts", "__proto__", "constructor"];
    for (const path of inside) {
      expect(await send({ path: run + path, headers: { Cookie: cookie } })).toMatchObject({ status: 404 });
    }
    expect(asked.every(({ method }) => method === "GET")).toBe(true);
  });

  it.each(["PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"])("%s is refused", async (method) => {
    const { cookie, run } = await opened();
    const headers = { Cookie: cookie, Origin: origin() };
    expect(await send({ method, path: run, headers })).toMatchObject({ status: 405 });
    expect(asked).toEqual([]);
  });

  it("a body that is too large is refused", async () => {
    const { cookie, run } = await opened();
    const reply = await post(`${run}call`, "x".repeat(1024 * 1024 + 1), { Cookie: cookie }).catch(() => undefined);
    expect(reply?.status ?? 413).toBe(413);
    expect(asked).toEqual([]);
  });

  it("events have escaped texts", async () => {
    const { cookie, run } = await opened();
    const { body } = await send({ path: `${run}events?after=0`, headers: { Cookie: cookie } });
    expect(body).toBe('id: 1\ndata: "<li>&lt;event&gt;</li>"\n\n');
  });
});
