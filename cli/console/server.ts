/**
 * The server of the console, on a port of its own on loopback. Who must neither read nor use it, and what prevents that:
 *
 * - *Another user of this machine* can connect to every port of loopback. Without a session, the server shows nothing but
 *   a page that takes a code. The code is random, printed on the terminal alone, and replaced as soon as it was used.
 * - *A page of another site* in the user's browser. A name of its own that was made to point here (DNS rebinding) is
 *   refused by `Host`, which must be the address that was printed; its requests by `Sec-Fetch-Site` and, of those that
 *   change something, by `Origin`, which must be this one. The cookie is `SameSite=Strict` besides.
 * - *A page that a function of the user's API returned*, or a server of another user on another port. Browsers take all
 *   ports of 127.0.0.1 for one site and send a cookie to all of them, so `SameSite` says nothing here: `same-site` is
 *   refused like `cross-site`. Its own port makes the console an origin that no other page can read. The cookie is limited
 *   to a path that begins with a random name of this run, so the browser sends it to no other server of the address.
 * - *A name or a text* that is shown: {@link html} escapes it, and the Content-Security-Policy permits no script and no
 *   style but the two files of the console.
 * - *Reading a URL*, in a history, a log or a `Referer`. The code is in the fragment, which a browser does not send;
 *   tokens and secrets are in no URL, and in no page until the user asks for one.
 *
 * A GET changes nothing, not even the state of the code. No path leads to a file: the two that there are were named here.
 *
 * @see https://fetch.spec.whatwg.org/#origin-header
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-8.5
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Html, html } from "../../platform/html";

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_BODY_BYTES = 1024 * 1024;
/** For a whole request, and for its headers, in milliseconds. */
const [REQUEST_TIMEOUT_MS, HEADERS_TIMEOUT_MS] = [30_000, 10_000];
/** Browsers that have a session. A further one ends the oldest. */
const MAX_SESSIONS = 8;
const MAX_STREAMS = 20;
const COOKIE = "access-console";

/** The files that are served, by their paths. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/console.css": ["browser.css", "text/css; charset=utf-8"],
  "/console.js": ["browser.js", "text/javascript; charset=utf-8"],
};

const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  // Without the origin of its own forms, they would have the Origin "null".
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** A request of a browser with a session. */
export interface ConsoleRequest {
  readonly method: "GET" | "POST";
  /** Below the console's own path, such as `requests/7`; empty for the start page. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Fields of the form; empty for GET. */
  readonly form: URLSearchParams;
}

/** What a page answers: HTML, a text, or where to go next, as a path below the console's own. */
export type ConsoleAnswer = { readonly page: Html } | { readonly text: string } | { readonly goTo: string };

/** Something that happened, for pages that are open. */
interface LiveEvent {
  /** A later one has a higher number. */
  readonly id: number;
  readonly content: Html;
}

export interface ConsoleOptions {
  /** 0 lets the system choose one. */
  readonly port: number;
  /** Answers a request; `undefined` where there is no such page. */
  readonly answer: (request: ConsoleRequest) => Promise<ConsoleAnswer | undefined>;
  /** Events that happened after the one of that number. */
  readonly eventsAfter: (id: number) => readonly LiveEvent[];
  /** Called with a URL that opens the console once: at the start, and when the one before was used. */
  readonly onUrl: (url: string, isFirst: boolean) => void;
  /** Called with errors that are this program's own fault. */
  readonly onBug: (error: unknown) => void;
}

/** A console that is served. */
export interface ConsoleServer {
  /** Sends an event to the pages that are open. @param make makes it, where there are any */
  publish(make: () => LiveEvent): void;
  /** Stops listening and drops connections. */
  close(): Promise<void>;
}

/** Listens on loopback. */
export async function startConsoleServer(options: ConsoleOptions): Promise<ConsoleServer> {
  const state: State = {
    ...options,
    origin: "",
    run: `/${randomBytes(12).toString("base64url")}/`,
    code: "",
    sessions: [],
    streams: new Set(),
  };
  const timeouts = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS };
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, ...timeouts }, (incoming, response) => {
    handle(state, incoming, response).catch((error: unknown) => {
      options.onBug(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  state.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  renewCode(state, true);
  return {
    publish: (make) => {
      if (state.streams.size === 0) return;
      const message = messageOf(make());
      for (const stream of state.streams) stream.write(message);
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface State extends ConsoleOptions {
  origin: string;
  /** Path of all pages: a random name of this run between slashes. */
  readonly run: string;
  /** Opens the console once. */
  code: string;
  /** Hashes of the values of the cookie, oldest first. */
  sessions: readonly Buffer[];
  readonly streams: Set<ServerResponse>;
}

function renewCode(state: State, isFirst: boolean): void {
  state.code = randomBytes(16).toString("base64url");
  state.onUrl(`${state.origin}/#${state.code}`, isFirst);
}

const hash = (text: string) => createHash("sha256").update(text).digest();

async function handle(state: State, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "", url = "" } = incoming;
  const refused = refusalOf(state, incoming);
  if (refused !== undefined) return plain(response, ...refused);
  const [path = "", search] = url.split("?");
  const file = method === "GET" ? FILES[path] : undefined;
  if (file !== undefined) return send(response, 200, file[1], readFileSync(join(__dirname, file[0])));
  if (method === "GET" && path === "/") return page(response, 200, ENTRANCE);
  const body = await readBody(incoming);
  if (body === undefined) return plain(response, 413, "The request is too large.");
  const form = new URLSearchParams(body);
  if (method === "POST" && path === "/open") return open(state, form.get("code") ?? "", response);
  if (!hasSession(state, incoming) || !path.startsWith(state.run)) {
    return plain(response, 401, "Open the console by the URL that npx access local prints.");
  }
  const below = path.slice(state.run.length);
  const query = new URLSearchParams(search);
  if (method === "GET" && below === "events") return stream(state, incoming, query, response);
  const answer = await state.answer({ method: method === "POST" ? "POST" : "GET", path: below, query, form });
  if (answer === undefined) return plain(response, 404, "The console has no such page.");
  if ("goTo" in answer) {
    response.writeHead(303, { ...HEADERS, Location: state.run + answer.goTo }).end();
    return undefined;
  }
  if ("text" in answer) return send(response, 200, "text/plain; charset=utf-8", answer.text);
  return page(response, 200, answer.page);
}

/** Why a request is refused before anything of it is read. */
function refusalOf(
  { origin }: State,
  { method = "", headers }: IncomingMessage,
): readonly [status: number, text: string] | undefined {
  if (`http://${headers.host}` !== origin) return [421, `The console answers to ${origin} only.`];
  if (method !== "GET" && method !== "POST") return [405, "The console takes GET and POST only."];
  const site = headers["sec-fetch-site"];
  const isOwn = site === undefined || site === "same-origin" || (site === "none" && method === "GET");
  const { origin: sent } = headers;
  const isFromHere = method === "POST" ? sent === origin : sent === undefined || sent === origin;
  return isOwn && isFromHere ? undefined : [403, "The console serves its own pages only, not pages of other sites."];
}

/** Exchanges the code for a session. */
function open(state: State, code: string, response: ServerResponse): void {
  if (!timingSafeEqual(hash(code), hash(state.code))) {
    plain(response, 403, "This URL was used or is not the newest. npx access local prints the newest one.");
    return;
  }
  const session = randomBytes(24).toString("base64url");
  state.sessions = [...state.sessions, hash(session)].slice(-MAX_SESSIONS);
  const cookie = `${COOKIE}=${session}; Path=${state.run}; HttpOnly; SameSite=Strict`;
  response.setHeader("Set-Cookie", cookie);
  send(response, 200, "text/plain; charset=utf-8", state.run);
  renewCode(state, false);
}

/** Whether one of the cookies of the name is that of a session: another server of the address may have set others. */
function hasSession({ sessions }: State, { headers }: IncomingMessage): boolean {
  const values = (headers.cookie ?? "").split(/; */).flatMap((pair) => {
    const [name, value = ""] = pair.split("=");
    return name === COOKIE ? [hash(value)] : [];
  });
  return values.some((value) => sessions.some((session) => timingSafeEqual(value, session)));
}

function stream(state: State, incoming: IncomingMessage, query: URLSearchParams, response: ServerResponse): void {
  if (state.streams.size >= MAX_STREAMS) {
    plain(response, 503, "Too many pages of the console are open.");
    return;
  }
  response.writeHead(200, { ...HEADERS, "Content-Type": "text/event-stream" });
  response.flushHeaders();
  const last = Number(incoming.headers["last-event-id"] ?? query.get("after") ?? 0);
  for (const event of state.eventsAfter(last)) response.write(messageOf(event));
  state.streams.add(response);
  response.on("close", () => state.streams.delete(response));
}

function messageOf({ id, content }: LiveEvent): string {
  return `id: ${id}\ndata: ${JSON.stringify(content.markup)}\n\n`;
}

/** The body; `undefined` when it is too long, or the browser hung up. */
async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { ...HEADERS, "Content-Type": type, "Content-Length": Buffer.byteLength(body) }).end(body);
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.setHeader("Connection", "close");
  send(response, status, "text/plain; charset=utf-8", `${text}\n`);
}

function page(response: ServerResponse, status: number, { markup }: Html): void {
  send(response, status, "text/html; charset=utf-8", `<!doctype html>\n${markup}`);
}

/** Exchanges the code in the URL's fragment, by the script. */
const ENTRANCE = html`<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Machine access</title><link rel="stylesheet" href="/console.css"><link rel="icon" href="data:,">
<script src="/console.js" defer></script></head>
<body><main class="entrance" data-entrance><h1>Machine access</h1>
<p role="status">Opening the console …</p><noscript><p>The console needs JavaScript.</p></noscript></main></body></html>`;
