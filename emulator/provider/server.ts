/**
 * Terraform's plugin protocol on a socket: decode, delegate, encode, written once for all calls and all kinds.
 * Of AWS it knows nothing but the name that Terraform has for the provider.
 *
 * @see https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceClientConstructor,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { asDiagnostic } from "./diagnostic";
import { type Caller, type Offer, type ProviderCall, providerCalls, type Surroundings } from "./provider-calls";

/** Terraform refuses larger messages than its own 256 MB; the default of gRPC, 4 MB, is too small for a schema. */
const MAX_MESSAGE_BYTES = 256 << 20;

/** A provider that is listening. */
export interface RunningProvider {
  /** Value of `TF_REATTACH_PROVIDERS`, which makes Terraform and OpenTofu use this provider. */
  readonly reattach: string;
  /** Resolves when no Terraform is connected. */
  waitUntilFree(): Promise<void>;
  /** Stops listening, lets calls under way be answered, and drops connections. */
  close(): Promise<void>;
}

/**
 * Listens on a socket in a folder of its own, which nobody else on this machine can enter: the protocol knows no
 * password, and whoever may deploy a function may run code.
 */
export async function startProvider(offer: Offer, surroundings: Surroundings): Promise<RunningProvider> {
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  const underWay = new Set<Promise<void>>();
  const calls = Object.entries(providerCalls(offer, surroundings)).map(([name, call]) => [
    name,
    unary(name, call, underWay),
  ]);
  server.addService(loadService(), Object.fromEntries(calls));
  const listener = await listen(server);
  return {
    reattach: reattachValue(listener.path),
    waitUntilFree: () => listener.waitUntilFree(),
    close: async () => {
      listener.stop();
      await Promise.all(underWay);
      server.forceShutdown();
      listener.dropConnections();
    },
  };
}

/** Hands connections to the server, each under a name of its own: gRPC's own listener cannot tell them apart. */
async function listen(server: Server) {
  // Short, since the path of a socket may have about 100 characters.
  const folder = mkdtempSync(join(tmpdir(), "aws-"));
  const path = join(folder, "provider.sock");
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  let count = 0;
  const listener = createServer((socket) => {
    Object.defineProperty(socket, "remoteAddress", { value: `connection-${++count}` });
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    injector.injectConnection(socket);
  });
  await new Promise<void>((resolve, reject) => listener.once("error", reject).listen(path, resolve));
  return {
    path,
    waitUntilFree: async () => {
      for (const socket of sockets)
        if (!socket.destroyed) await new Promise((resolve) => socket.once("close", resolve));
    },
    stop: () => {
      listener.close();
      rmSync(folder, { recursive: true, force: true });
    },
    dropConnections: () => {
      injector.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function loadService() {
  const definition = loadSync(join(__dirname, "messages.proto"), { keepCase: true, longs: Number, enums: String });
  const loaded = loadPackageDefinition(definition) as unknown as {
    readonly tfplugin5: { readonly Provider: ServiceClientConstructor };
  };
  return loaded.tfplugin5.Provider.service;
}

/** The same provider under the registries of Terraform and of OpenTofu. */
function reattachValue(path: string): string {
  const provider = {
    Protocol: "grpc",
    ProtocolVersion: 5,
    Pid: process.pid,
    Test: true,
    Addr: { Network: "unix", String: path },
  };
  return JSON.stringify({
    "registry.terraform.io/hashicorp/aws": provider,
    "registry.opentofu.org/hashicorp/aws": provider,
  });
}

/**
 * Whoever made the call. gRPC says "cancelled" of every call that is over: once the last of its answer was handed to
 * HTTP/2, or when the other side is gone. HTTP/2 sends in the event loop's next turn what it is handed in this one.
 */
function callerOf(received: ServerUnaryCall<never, object>): Caller {
  const isOver = new Promise<void>((resolve) => {
    if (received.cancelled) resolve();
    else received.once("cancelled", () => setImmediate(() => setImmediate(resolve)));
  });
  return { connection: received.getPeer(), isHeard: () => !received.cancelled, told: () => isOver };
}

/** Answers one call; only what is wrong with this program itself becomes an error of the transport. */
function unary(name: string, call: ProviderCall, underWay: Set<Promise<void>>) {
  const answerOne = async (received: ServerUnaryCall<never, object>, answer: sendUnaryData<object>): Promise<void> => {
    const caller = callerOf(received);
    try {
      answer(null, await call(received.request, caller));
    } catch (error) {
      const refusal = asDiagnostic(error);
      if (refusal !== undefined) answer(null, { diagnostics: [refusal] });
      else
        answer({ code: status.INTERNAL, details: `${name}: ${error instanceof Error ? error.stack : String(error)}` });
    }
    await caller.told();
  };
  return (received: ServerUnaryCall<never, object>, answer: sendUnaryData<object>): void => {
    const answered = answerOne(received, answer).finally(() => underWay.delete(answered));
    underWay.add(answered);
  };
}
