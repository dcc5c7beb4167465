/**
 * Terraform's plugin protocol on a socket: decode, delegate, encode, written once for all calls and all kinds.
 * Of AWS it knows nothing but the name that Terraform has for the provider.
 *
 * @see https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
 */
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import {
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { type Method, Root, type Type } from "protobufjs";
import { Activity } from "./activity";
import { callerDirectories } from "./caller-directory";
import { asDiagnostic } from "./diagnostic";
import {
  type Caller,
  type ProviderCall,
  type ProviderContext,
  type ProviderServices,
  providerCalls,
} from "./provider-calls";

/** Terraform refuses larger messages than its own 256 MB; the default of gRPC, 4 MB, is too small for a schema. */
const MAX_MESSAGE_BYTES = 256 << 20;

/** Time that a caller has to receive an answer when the provider is closed. */
const ACKNOWLEDGEMENT_MS = 1000;

/** A provider that is listening. */
export interface RunningProvider {
  /** Value of `TF_REATTACH_PROVIDERS`, which makes Terraform and OpenTofu use this provider. */
  readonly reattach: string;
  /** Resolves when no Terraform is connected. */
  waitUntilFree(): Promise<void>;
  /** Stops listening, lets calls under way be answered, and drops connections, also those that read no answers. */
  close(): Promise<void>;
}

/**
 * Listens on a socket in a folder which no other user of this machine can enter: the protocol has no password, and a
 * caller that can deploy a function can run code.
 * @param folder of the socket
 * @param activity counts the calls that are under way
 */
export async function startProvider(
  provided: ProviderServices,
  context: ProviderContext,
  folder: string,
  activity = new Activity(),
): Promise<RunningProvider> {
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  const underWay: UnderWay = { answers: new Set(), acknowledgements: new Map() };
  const sockets: Connections = new Map();
  // Short, since the path of a socket may have about 100 characters.
  const path = join(folder, "provider.sock");
  const callerOf = callerIn(sockets, path);
  const calls = Object.entries(providerCalls(provided, context)).map(([name, call]) => [
    name,
    unary(name, call, callerOf, { ...underWay, activity }),
  ]);
  server.addService(loadService(), Object.fromEntries(calls));
  const listener = await listen(server, sockets, path);
  return {
    reattach: reattachValue(path),
    waitUntilFree: () => listener.waitUntilFree(),
    close: async () => {
      listener.stop();
      // The next change of the account waits for a caller who reads no answers, too.
      const timer = setInterval(() => listener.drop(unreadIn(underWay)), ACKNOWLEDGEMENT_MS);
      await Promise.all(underWay.answers);
      await Promise.all(underWay.acknowledgements.keys());
      clearInterval(timer);
      server.forceShutdown();
      listener.dropAll();
    },
  };
}

/** Calls that are not answered yet, and answers that their caller may not have yet, with connection and time. */
interface UnderWay {
  readonly answers: Set<Promise<void>>;
  readonly acknowledgements: Map<Promise<void>, { readonly connection: string; readonly since: number }>;
}

/** Connections whose caller has not read an answer in time. */
function unreadIn({ acknowledgements }: UnderWay): readonly string[] {
  const before = performance.now() - ACKNOWLEDGEMENT_MS;
  return [...acknowledgements.values()].filter(({ since }) => since < before).map(({ connection }) => connection);
}

/** Sockets that are open, by the name of the connection. */
type Connections = Map<string, Socket>;

/** Hands connections to the server, each under a name of its own: gRPC's own listener cannot tell them apart. */
async function listen(server: Server, sockets: Connections, path: string) {
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  let count = 0;
  const listener = createServer((socket) => {
    const connection = `connection-${++count}`;
    Object.defineProperty(socket, "remoteAddress", { value: connection });
    sockets.set(connection, socket);
    socket.on("close", () => sockets.delete(connection)).on("error", () => socket.destroy());
    injector.injectConnection(socket);
  });
  await new Promise<void>((resolve, reject) => listener.once("error", reject).listen(path, resolve));
  return {
    waitUntilFree: async () => {
      for (const socket of sockets.values())
        if (!socket.destroyed) await new Promise((resolve) => socket.once("close", resolve));
    },
    stop: () => listener.close(),
    drop: (connections: readonly string[]) => {
      for (const connection of connections) sockets.get(connection)?.destroy();
    },
    dropAll: () => {
      injector.destroy();
      for (const socket of sockets.values()) socket.destroy();
    },
  };
}

/** The calls of the protocol by their names. */
function loadService() {
  const root = new Root().loadSync(join(__dirname, "messages.proto"), { keepCase: true });
  root.resolveAll();
  return Object.fromEntries(root.lookupService(SERVICE).methodsArray.map((method) => [method.name, methodOf(method)]));
}

const SERVICE = "tfplugin5.Provider";

function methodOf({ name, resolvedRequestType, resolvedResponseType }: Method): MethodDefinition<object, object> {
  const request = codecOf(resolvedRequestType);
  const response = codecOf(resolvedResponseType);
  return {
    path: `/${SERVICE}/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: request.serialize,
    requestDeserialize: request.deserialize,
    responseSerialize: response.serialize,
    responseDeserialize: response.deserialize,
  };
}

function codecOf(type: Type | null) {
  if (type === null) throw new Error("messages.proto lacks the type of a message");
  return {
    serialize: (message: object): Buffer => {
      const { buffer, byteOffset, byteLength } = type.encode(type.fromObject(message)).finish();
      return Buffer.from(buffer, byteOffset, byteLength);
    },
    deserialize: (bytes: Buffer): object => type.toObject(type.decode(bytes), { longs: Number, enums: String }),
  };
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

type Received = ServerUnaryCall<never, object>;

/**
 * Makes the caller of a call. gRPC says "cancelled" of every call that is over: once the last of its answer was handed
 * to HTTP/2, or when the other side is gone. HTTP/2 sends in the event loop's next turn what it is handed in this one.
 *
 * @param path of the provider's socket
 */
function callerIn(sockets: Connections, path: string): (received: Received) => Caller {
  // A connection's process may end, and its directory with it; what was found for the connection stays.
  const directories = new WeakMap<Socket, readonly string[]>();
  return (received) => {
    const isOver = new Promise<void>((resolve) => {
      if (received.cancelled) resolve();
      else received.once("cancelled", () => setImmediate(() => setImmediate(resolve)));
    });
    const connection = received.getPeer();
    return {
      connection,
      isConnected: () => !received.cancelled,
      acknowledged: () => isOver,
      directories: () => {
        const socket = sockets.get(connection);
        if (socket === undefined) return undefined;
        const found = directories.get(socket) ?? callerDirectories(socket, path);
        if (found?.length === 1) directories.set(socket, found);
        return found;
      },
    };
  };
}

/** Answers one call; only what is wrong with this program itself becomes an error of the transport. */
function unary(
  name: string,
  call: ProviderCall,
  callerOf: (received: Received) => Caller,
  { answers, acknowledgements, activity }: UnderWay & { readonly activity: Activity },
) {
  const answerOne = async (received: Received, caller: Caller, answer: sendUnaryData<object>): Promise<void> => {
    try {
      answer(null, await call(received.request, caller));
    } catch (error) {
      const refusal = asDiagnostic(error);
      if (refusal !== undefined) answer(null, { diagnostics: [refusal] });
      else
        answer({ code: status.INTERNAL, details: `${name}: ${error instanceof Error ? error.stack : String(error)}` });
    }
  };
  return (received: Received, answer: sendUnaryData<object>): void => {
    const caller = callerOf(received);
    const answered = activity.during(answerOne(received, caller, answer)).finally(() => {
      answers.delete(answered);
      const acknowledged = caller.acknowledged().finally(() => acknowledgements.delete(acknowledged));
      acknowledgements.set(acknowledged, { connection: caller.connection, since: performance.now() });
    });
    answers.add(answered);
  };
}
