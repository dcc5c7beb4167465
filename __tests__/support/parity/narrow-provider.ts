/**
 * The real provider with a small schema: calls are handed on as they are, but the schema has only the types that Terraform's
 * folder names. Terraform asks for it in every run, and that of all 1,500 types takes several seconds to read; nine tenths of
 * what the types of the embedded AWS need is the schema of web ACLs.
 */
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import {
  type ClientHttp2Session,
  connect,
  createServer,
  constants as http2,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { connect as connectSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { RealProvider } from "../../../cli/embedded-aws/real-provider";
import { dataSources } from "../../../emulator/services/data-sources";
import { resourceTypes } from "../../../emulator/terraform/schema/resource-types";

/** Names of the types that stay in the schema, by the number of the schema's field in the protocol. */
const KEPT: Readonly<Record<number, ReadonlySet<string>>> = {
  2: new Set<string>(resourceTypes),
  3: new Set(dataSources.keys()),
  // Functions and ephemeral resources.
  7: new Set(),
  8: new Set(),
};

/** Value of `TF_REATTACH_PROVIDERS`. */
type Reattach = Readonly<Record<string, { readonly Addr: { readonly String: string } }>>;

/**
 * Puts itself between Terraform and a provider that is running; closing it closes the provider.
 * @param folder in which Terraform runs
 * @throws {Error} when it cannot listen
 */
export async function narrowProvider(provider: RealProvider, folder: string): Promise<RealProvider> {
  const reattach = JSON.parse(provider.environment["TF_REATTACH_PROVIDERS"] ?? "{}") as Reattach;
  const [address = ""] = Object.values(reattach).map(({ Addr }) => Addr.String);
  const upstream = connect("http://localhost", { createConnection: () => connectSocket(address) });
  // Each call reports that the connection ended; without calls, nothing depends on it.
  upstream.on("error", () => undefined);
  let schema: Promise<Buffer> | undefined;
  const socketFolder = mkdtempSync(join(tmpdir(), "aws-"));
  const socket = join(socketFolder, "narrow.sock");
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer({ settings: WIDE })
    .on("session", (session) => sessions.add(session.once("close", () => sessions.delete(session))))
    .on("stream", (stream, headers) => {
      stream.on("error", () => stream.destroy());
      if (!headers[":path"]?.endsWith("/GetSchema")) return handOn(upstream, stream, headers);
      schema ??= callOf(upstream, headers).then(narrowed);
      schema.then(
        (answer) => answerWith(stream, narrowed(answer, textsOf(folder))),
        () => stream.close(http2.NGHTTP2_INTERNAL_ERROR),
      );
    })
    .listen(socket);
  await once(server, "listening");
  const named = Object.entries(reattach).map(([name, at]) => [name, { ...at, Addr: { ...at.Addr, String: socket } }]);
  return {
    environment: { ...provider.environment, TF_REATTACH_PROVIDERS: JSON.stringify(Object.fromEntries(named)) },
    async close() {
      for (const session of sessions) session.destroy();
      upstream.destroy();
      server.close();
      rmSync(socketFolder, { recursive: true, force: true });
      await provider.close();
    },
  };
}

/** Without a larger window, the schema would be sent in many parts, each after an acknowledgement. */
const WIDE = { initialWindowSize: 2 ** 20 };

/** What Terraform reads of the folder: its configuration, also in JSON, and its state. */
function textsOf(folder: string): string {
  const names = readdirSync(folder).filter((name) => /\.(tf|tf\.json|tfstate)$/.test(name));
  return names.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
}

/** Headers of a request that are handed on: those of the connection belong to each connection itself. */
function requestOf(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const names = Object.keys(headers).filter((name) => name !== ":authority" && name !== ":scheme");
  return Object.fromEntries(names.map((name) => [name, headers[name]]));
}

/** A call as it is, in both directions: gRPC's status is in the trailers or, without an answer, in the headers. */
function handOn(upstream: ClientHttp2Session, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const request = upstream.request(requestOf(headers));
  request.on("error", () => stream.close(http2.NGHTTP2_INTERNAL_ERROR));
  stream.on("aborted", () => request.close(http2.NGHTTP2_CANCEL));
  request.on("response", (answered, flags) => {
    if ((flags & http2.NGHTTP2_FLAG_END_STREAM) !== 0) return stream.respond(answered, { endStream: true });
    let trailers = {};
    request.on("trailers", (received) => (trailers = received));
    stream.respond(answered, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    request.pipe(stream);
  });
  stream.pipe(request);
}

/** The length and the flags before a message of gRPC. */
const PREFIX_BYTES = 5;

/** Makes a call without a request. @returns the message of the answer */
async function callOf(upstream: ClientHttp2Session, headers: IncomingHttpHeaders): Promise<Buffer> {
  const request = upstream.request(requestOf(headers));
  request.end(Buffer.alloc(PREFIX_BYTES));
  return (await buffer(request)).subarray(PREFIX_BYTES);
}

function answerWith(stream: ServerHttp2Stream, message: Buffer): void {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  stream.respond({ "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.resume();
  stream.end(Buffer.concat([prefix, message]));
}

/**
 * The answer without the schemas of other types: maps are repeated fields, whose entries begin with the key.
 * @param texts left out: no further type is left out. Otherwise those that are not in the texts are
 */
export function narrowed(answer: Buffer, texts?: string): Buffer {
  const kept: Buffer[] = [];
  for (let start = 0; start < answer.length; ) {
    const tag = varint(answer, start);
    if ((tag.value & 7) !== 2) throw new Error(`field ${tag.value >> 3} of the schema has no length`);
    const length = varint(answer, tag.end);
    const end = length.end + length.value;
    const types = KEPT[tag.value >> 3];
    const key = types && keyOf(answer.subarray(length.end, end));
    const isKept = key === undefined || (types?.has(key) && texts?.includes(key) !== false);
    if (isKept) kept.push(answer.subarray(start, end));
    start = end;
  }
  return Buffer.concat(kept);
}

/** Key of a map's entry, in which it is the first field. */
function keyOf(entry: Buffer): string {
  const { value, end } = varint(entry, 1);
  return entry.toString("utf8", end, end + value);
}

function varint(bytes: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let end = start; end < bytes.length; end++) {
    const byte = bytes[end] ?? 0;
    value += (byte & 127) * 128 ** (end - start);
    if (byte < 128) return { value, end: end + 1 };
  }
  throw new Error("the schema ends within a number");
}
