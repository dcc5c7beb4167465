/** Calls of every sort, each with the answer that it has to get, over real sockets and as fast as they are answered. */
import { type Dispatcher, fetch, type RequestInit } from "undici";
import { type Deployed, dispatcherFor, tokenOf } from "./every-pair";

/** An access model with callers that may and callers that may not. */
export const trafficYaml = `environments:
  dev: { region: eu-west-1, domainPrefix: traffic-dev, ephemeral: true }
resourceServers:
  orders: { scopes: { read: Read orders, write: Write orders } }
clients:
  reader: { scopes: [orders/read] }
  writer: { scopes: [orders/read, orders/write] }
routes:
  GET /orders: { lambda: access, scopes: [orders/read] }
  POST /orders: { lambda: access, scopes: [orders/write], cors: true }
`;

/** One sort of call. */
export interface Call {
  readonly name: string;
  readonly url: string;
  readonly init: RequestInit;
  /** Status, and what the body is or holds. */
  readonly expected: readonly [status: number, text: string];
}

/** What came of it. */
export interface Traffic {
  /** Calls with the right answer, by sort. */
  readonly right: Readonly<Record<string, number>>;
  /** The first calls that were answered otherwise. */
  readonly wrong: readonly string[];
}

const WRONG_AT_MOST = 20;
const UNAUTHORIZED = [401, '{"message":"Unauthorized"}'] as const;

/** Every sort of call to what `trafficYaml` deploys. */
export async function callsTo(deployed: Deployed): Promise<readonly Call[]> {
  const { tokenUrl, routeUrls, clientIds } = deployed;
  const dispatcher = dispatcherFor(deployed);
  const [reader, writer] = await Promise.all(["reader", "writer"].map((name) => tokenOf(name, deployed, dispatcher)));
  await dispatcher.close();
  const get = routeUrls["GET /orders"] ?? "";
  const post = routeUrls["POST /orders"] ?? "";
  const bearer = (token: string | undefined) => ({ headers: { Authorization: `Bearer ${token}` } });
  const form = (id: string | undefined, secret: string | undefined) => ({
    method: "POST",
    headers: {
      Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
      "Content-Type": "application/x-www-form-urlencoded",
    },
    body: "grant_type=client_credentials",
  });
  const json = { "Content-Type": "application/json" };
  const order = JSON.stringify({ items: Array.from({ length: 50 }, (_, item) => ({ item })) });
  const toWrite = (token: string | undefined) => ({
    method: "POST",
    headers: { ...bearer(token).headers, ...json },
    body: order,
  });
  const tokenForm = form(clientIds["writer"], deployed.clientSecrets["writer"]);
  return [
    { name: "token", url: tokenUrl, init: tokenForm, expected: [200, '"token_type":"Bearer"'] },
    {
      name: "wrong secret",
      url: tokenUrl,
      init: form(clientIds["writer"], "wrong"),
      expected: [400, '{"error":"invalid_client"}'],
    },
    { name: "no such page", url: `${tokenUrl}s`, init: {}, expected: [404, ""] },
    { name: "read", url: get, init: bearer(reader), expected: [200, `"caller":"${clientIds["reader"]}"`] },
    { name: "write", url: post, init: toWrite(writer), expected: [200, `"caller":"${clientIds["writer"]}"`] },
    { name: "scope missing", url: post, init: toWrite(reader), expected: UNAUTHORIZED },
    { name: "no token", url: get, init: {}, expected: UNAUTHORIZED },
    { name: "forged token", url: get, init: bearer(`${reader?.slice(0, -9)}AAAAAAAAA`), expected: UNAUTHORIZED },
    {
      name: "no such route",
      url: `${get}/none`,
      init: {},
      expected: [403, '{"message":"Missing Authentication Token"}'],
    },
    { name: "preflight", url: post, init: { method: "OPTIONS" }, expected: [200, ""] },
  ];
}

/**
 * Calls until it is told to stop, with so many calls at a time.
 * @param random what decides which call is next
 */
export async function call(
  calls: readonly Call[],
  dispatcher: Dispatcher,
  atATime: number,
  random: () => number,
  isOver: () => boolean,
): Promise<Traffic> {
  const right: Record<string, number> = Object.fromEntries(calls.map(({ name }) => [name, 0]));
  const wrong: string[] = [];
  const caller = async () => {
    while (!isOver() && wrong.length < WRONG_AT_MOST) {
      const next = calls[Math.floor(random() * calls.length)];
      if (next === undefined) return;
      const mistake = await mistakeOf(next, dispatcher);
      if (mistake === undefined) right[next.name] = (right[next.name] ?? 0) + 1;
      else wrong.push(`${next.name}: ${mistake}`);
    }
  };
  await Promise.all(Array.from({ length: atATime }, caller));
  return { right, wrong };
}

/** `undefined` when the answer is right. */
async function mistakeOf({ url, init, expected }: Call, dispatcher: Dispatcher): Promise<string | undefined> {
  const [status, text] = expected;
  try {
    const response = await fetch(url, { ...init, dispatcher });
    const body = await response.text();
    const isRight = response.status === status && (text === "" ? body === "" : body.includes(text));
    return isRight ? undefined : `expected ${status} ${text}, found ${response.status} ${body.slice(0, 200)}`;
  } catch (error) {
    return `expected ${status} ${text}, found ${String(error)}: ${String((error as Error).cause)}`;
  }
}
