/**
 * The real provider with a small schema: calls are handed on as they are, but the schema has only the types that the
 * embedded AWS has. Terraform asks for it in every run, and that of all 1,500 types takes several seconds to read.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Client,
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  type ServiceError,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { RealProvider } from "../../../cli/embedded-aws/real-provider";
import { dataSources } from "../../../emulator/services/data-sources";
import { resourceTypes } from "../../../emulator/terraform/schema/resource-types";

const UNLIMITED = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
const messages = join(__dirname, "..", "..", "..", "emulator", "terraform", "messages.proto");
const { tfplugin5 } = loadPackageDefinition(loadSync(messages)) as unknown as {
  readonly tfplugin5: { readonly Provider: ServiceClientConstructor };
};

/** Names of the types that stay in the schema, by the number of the schema's field in the protocol. */
const KEPT: Readonly<Record<number, ReadonlySet<string>>> = {
  2: new Set<string>(resourceTypes),
  3: new Set(dataSources.keys()),
  // Functions and ephemeral resources.
  7: new Set(),
  8: new Set(),
};

/**
 * Puts itself between Terraform and a provider that is running; closing it closes the provider.
 * @throws {Error} when it cannot listen
 */
export async function narrowProvider(provider: RealProvider): Promise<RealProvider> {
  const reattach = JSON.parse(provider.environment["TF_REATTACH_PROVIDERS"] ?? "{}") as Reattach;
  const [address = ""] = Object.values(reattach).map(({ Addr }) => Addr.String);
  const client = new Client(`unix:${address}`, credentials.createInsecure(), UNLIMITED);
  const call = (path: string, request: Buffer) =>
    new Promise<Buffer>((resolve, reject) =>
      client.makeUnaryRequest(path, same, same, request, (error, answer) =>
        error === null && answer !== undefined ? resolve(answer) : reject(error),
      ),
    );
  let schema: Promise<Buffer> | undefined;
  const answer = (path: string, request: Buffer): Promise<Buffer> => {
    if (!path.endsWith("/GetSchema")) return call(path, request);
    schema ??= call(path, request).then(narrowed);
    return schema;
  };
  const folder = mkdtempSync(join(tmpdir(), "aws-"));
  const socket = join(folder, "narrow.sock");
  const server = await listen(socket, answer);
  const named = Object.entries(reattach).map(([name, at]) => [name, { ...at, Addr: { ...at.Addr, String: socket } }]);
  return {
    environment: { ...provider.environment, TF_REATTACH_PROVIDERS: JSON.stringify(Object.fromEntries(named)) },
    async close() {
      server.forceShutdown();
      client.close();
      rmSync(folder, { recursive: true, force: true });
      await provider.close();
    },
  };
}

/** Value of `TF_REATTACH_PROVIDERS`. */
type Reattach = Readonly<Record<string, { readonly Addr: { readonly String: string } }>>;

const same = (bytes: Buffer) => bytes;

async function listen(socket: string, answer: (path: string, request: Buffer) => Promise<Buffer>): Promise<Server> {
  const server = new Server(UNLIMITED);
  for (const { path } of Object.values(tfplugin5.Provider.service)) {
    const codec = {
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    };
    const method = { path, requestStream: false, responseStream: false, ...codec };
    const handle = ({ request }: { readonly request: Buffer }, answered: sendUnaryData<Buffer>) => {
      answer(path, request).then(
        (bytes) => answered(null, bytes),
        (error: ServiceError) => answered(error),
      );
    };
    server.addService({ [path]: method }, { [path]: handle });
  }
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    ),
  );
  return server;
}

/** The answer without the schemas of other types: maps are repeated fields, whose entries begin with the key. */
export function narrowed(answer: Buffer): Buffer {
  const kept: Buffer[] = [];
  for (let start = 0; start < answer.length; ) {
    const tag = varint(answer, start);
    if ((tag.value & 7) !== 2) throw new Error(`field ${tag.value >> 3} of the schema has no length`);
    const length = varint(answer, tag.end);
    const end = length.end + length.value;
    const types = KEPT[tag.value >> 3];
    if (types?.has(keyOf(answer.subarray(length.end, end))) !== false) kept.push(answer.subarray(start, end));
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
