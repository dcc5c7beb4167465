/** The port for callers without the proxy, over real sockets: what it serves, and what browsers are kept from. */
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import type { HttpRequest } from "../../../emulator/protocols/http";
import { type LocalPort, startLocalPort } from "../../../emulator/proxy/local-port";

const API = "abc123.execute-api.eu-west-1.amazonaws.com";
const TOKEN = "shop.auth.eu-west-1.amazoncognito.com";
const COGNITO = "cognito-idp.eu-west-1.amazonaws.com";

let port: LocalPort;
let seen: HttpRequest[];

beforeAll(async () => {
  port = await startLocalPort({
    port: 0,
    isCustomHost: (host) => host === "api.example.com",
    endpoint: async (request) => {
      seen.push(request);
      return { status: 200, headers: [["Content-Type", "text/plain"]], body: "emulated" };
    },
  });
});
afterAll(() => port.close());
beforeEach(() => {
  seen = [];
});

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function call(path: string, { method = "GET", headers = {}, body }: Sent = {}) {
  return new Promise<{ readonly status: number | undefined; readonly text: string }>((resolve, reject) => {
    const sent = httpRequest(`${port.url}/`, { method, path, headers, agent: false }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, text });
    });
    sent.on("error", reject).end(body);
  });
}

/** Where a request arrived: host, path and query. */
const arrived = () => seen.map(({ host, path, query }) => `${host} ${path}${query === "" ? "" : `?${query}`}`);

describe("a request", () => {
  it.each([
    [`/${API}/dev/orders?id=1`, {}, `${API} /dev/orders?id=1`],
    [`/${API}`, {}, `${API} /`],
    [`/${API}?id=1`, {}, `${API} /?id=1`],
    [`/${TOKEN.toUpperCase()}/oauth2/token`, {}, `${TOKEN} /oauth2/token`],
    [`/${COGNITO}/eu-west-1_abc/.well-known/jwks.json`, {}, `${COGNITO} /eu-west-1_abc/.well-known/jwks.json`],
    ["/api.example.com/orders", {}, "api.example.com /orders"],
    ["/dev/orders", { Host: `${API}.localhost:8787` }, `${API} /dev/orders`],
  ])("for %s with %j goes to the host that is meant", async (path, headers, target) => {
    expect(await call(path, { headers })).toEqual({ status: 200, text: "emulated" });
    expect(arrived()).toEqual([target]);
  });

  it("arrives with the name of the API, its headers and its body", async () => {
    await call(`/${API}/dev/x`, { method: "POST", body: "{}", headers: { Authorization: "Bearer t" } });

    const headers = Object.fromEntries(seen[0]?.headers ?? []);
    expect([headers["Host"], headers["Authorization"], String(seen[0]?.body)]).toEqual([API, "Bearer t", "{}"]);
  });

  it("may come from a page of this machine", async () => {
    for (const origin of ["http://localhost:3000", "http://127.0.0.1:5173", `http://${API}.localhost:8787`]) {
      expect(await call(`/${API}/dev/x`, { headers: { Origin: origin } })).toMatchObject({ status: 200 });
    }
  });
});

describe("the help of a request without a host", () => {
  it("has this port in every URL", async () => {
    const { status, text } = await call("/");

    expect(status).toBe(404);
    expect(text.match(/http:\/\/127\.0\.0\.1:[^/]+/g)).toEqual([port.url, port.url, port.url]);
  });
});

describe("AWS's own APIs", () => {
  it.each([
    [COGNITO, "POST", "/"],
    [COGNITO, "GET", "/"],
    [COGNITO, "POST", "/eu-west-1_abc/.well-known/jwks.json"],
    ["iam.amazonaws.com", "POST", "/"],
    ["apigateway.eu-west-1.amazonaws.com", "GET", "/restapis"],
    ["lambda.eu-west-1.amazonaws.com", "POST", "/2015-03-31/functions/x/invocations"],
    ["state.s3.eu-west-1.amazonaws.com", "GET", "/terraform.tfstate"],
    ["awslambda-eu-west-1-tasks.s3.eu-west-1.amazonaws.com", "GET", "/x"],
    ["sqs.eu-west-1.amazonaws.com", "POST", "/"],
    ["example.com", "GET", "/"],
    ["", "GET", "/"],
  ])("at %s %s %s are not served", async (host, method, path) => {
    const within = await call(`/${host}${path}`, { method });
    const byName = await call(path, { method, headers: { Host: `${host}.localhost` } });

    expect(within).toMatchObject({ status: 404, text: expect.stringContaining("Put the host before the path") });
    expect(byName.status).toBe(404);
    expect(seen).toEqual([]);
  });
});

describe("a page of another site", () => {
  it.each([
    ["its own name for this machine", { Host: "evil.example:8787" }],
    ["a name that only ends like one", { Host: "evil-localhost" }],
    ["a name that begins like one", { Host: "localhost.evil.example" }],
    ["an address of the network", { Host: "192.168.0.7:8787" }],
    ["its origin", { Origin: "https://evil.example" }],
    ["an origin that is hidden", { Origin: "null" }],
    ["an origin that begins like one", { Origin: "http://localhost.evil.example" }],
    ["a mark of its browser", { "Sec-Fetch-Site": "cross-site" }],
  ])("does not get through with %s", async (_, headers) => {
    for (const method of ["GET", "POST", "OPTIONS"]) {
      const { status } = await call(`/${API}/dev/x`, { method, headers });
      expect([403, 421, 400]).toContain(status);
    }
    expect(seen).toEqual([]);
  });
});

it("reports a port that is taken", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const taken = (other.address() as AddressInfo).port;

  await expect(
    startLocalPort({
      port: taken,
      isCustomHost: () => false,
      endpoint: async () => ({ status: 200, headers: [], body: "" }),
    }),
  ).rejects.toMatchObject({ code: "EADDRINUSE" });
  other.close();
});

it("listens on loopback only", () => {
  expect(new URL(port.url).hostname).toBe("127.0.0.1");
});
