/** Calls every route as every client, over real sockets, and compares what comes back with what the matrix says. */
import { type Dispatcher, fetch, ProxyAgent } from "undici";
import type { AccessMatrix, MatrixRoute } from "../../operations/access-graph/access-matrix";

/** What is deployed, and how to reach it. */
export interface Deployed {
  readonly tokenUrl: string;
  /** URL by route, with braces where a caller fills in. */
  readonly routeUrls: Readonly<Record<string, string>>;
  readonly clientIds: Readonly<Record<string, string>>;
  readonly clientSecrets: Readonly<Record<string, string>>;
  /** Proxy of the embedded AWS, with its password. */
  readonly proxyUrl: string;
  /** Certificate of its authority, in PEM. */
  readonly ca: string;
}

/** How many calls were answered as they should, and the first that were not. */
export interface Verdict {
  readonly right: number;
  readonly wrong: readonly string[];
}

const AT_A_TIME = 16;
const WRONG_AT_MOST = 20;

/** Every function and backend has to answer with 2xx and, in JSON, the `caller`'s client id. */
export async function callEveryPair(deployed: Deployed, { clients, ...matrix }: AccessMatrix): Promise<Verdict> {
  const dispatcher = dispatcherFor(deployed);
  // A token cache is a route as well, but none that clients call with a token.
  const routes = matrix.routes.filter(({ route }) => route in deployed.routeUrls);
  const wrong: string[] = [];
  let right = 0;
  try {
    for (const client of clients) {
      const bearer = await tokenOf(client, deployed, dispatcher);
      await inTurns(routes, async (route) => {
        const expected = expectedOf(route, client, deployed);
        const found = await call(route.route, deployed, { Authorization: bearer }, dispatcher);
        if (found === expected) right++;
        else if (wrong.length < WRONG_AT_MOST) {
          wrong.push(`${client} ${route.route}: expected ${expected}, found ${found}`);
        }
      });
    }
  } finally {
    await dispatcher.close();
  }
  return { right, wrong };
}

/** Sends through the embedded AWS's proxy, over so many connections to each host; to be closed. */
export function dispatcherFor(
  { proxyUrl, ca }: Pick<Deployed, "proxyUrl" | "ca">,
  connections = AT_A_TIME,
): ProxyAgent {
  const { username, password, origin } = new URL(proxyUrl);
  const token = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  return new ProxyAgent({ uri: origin, token, requestTls: { ca }, connections });
}

function expectedOf({ access, callers }: MatrixRoute, client: string, { clientIds }: Deployed): string {
  if (access === "public") return "answered";
  return callers.includes(client) ? `answered to ${clientIds[client]}` : "401 Unauthorized";
}

/** A token with all scopes that the client may have. */
export async function tokenOf(client: string, deployed: Deployed, dispatcher: Dispatcher): Promise<string> {
  const credentials = `${deployed.clientIds[client]}:${deployed.clientSecrets[client]}`;
  const response = await fetch(deployed.tokenUrl, {
    method: "POST",
    headers: { Authorization: `Basic ${Buffer.from(credentials).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
    dispatcher,
  });
  const { access_token } = (await response.json()) as { readonly access_token?: string };
  if (access_token === undefined) throw new Error(`${client} got no token: ${response.status}`);
  return access_token;
}

/** Calls the route, with something in the place of each parameter. @returns the answer in short */
export async function call(
  route: string,
  { routeUrls }: Deployed,
  headers: Readonly<Record<string, string>>,
  dispatcher: Dispatcher,
): Promise<string> {
  const [method = ""] = route.split(" ");
  const url = (routeUrls[route] ?? "").replace(/\{[^}]*\}/g, "anything");
  const response = await fetch(url, { method: method === "ANY" ? "GET" : method, headers, dispatcher });
  const { caller, message } = (await response.json()) as { readonly caller?: string; readonly message?: string };
  if (!response.ok) return `${response.status} ${message}`;
  return caller === undefined ? "answered" : `answered to ${caller}`;
}

/** So many at a time. */
async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}
