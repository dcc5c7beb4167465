/**
 * Terraform's plugin protocol on a socket: decode, delegate, encode, written once for all calls and all kinds.
 * Holds no word of AWS but the name that Terraform knows the provider by.
 *
 * @see https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
 */
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
import type { Kind } from "./kind";
import { asDiagnostic, type ProviderCall, providerCalls, type Surroundings } from "./provider-calls";

/** Terraform refuses larger messages than its own 256 MB; the default of gRPC, 4 MB, is too small for a schema. */
const MAX_MESSAGE_BYTES = 256 << 20;

/** A provider that is listening. */
export interface RunningProvider {
  /** Value of `TF_REATTACH_PROVIDERS`, which makes Terraform and OpenTofu use this provider. */
  readonly reattach: string;
  /** Stops listening and drops connections. */
  close(): void;
}

/** Listens on a loopback port chosen by the system. */
export async function startProvider(
  kinds: ReadonlyMap<string, Kind>,
  surroundings: Surroundings,
): Promise<RunningProvider> {
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  const calls = Object.entries(providerCalls(kinds, surroundings)).map(([name, call]) => [name, unary(name, call)]);
  server.addService(loadService(), Object.fromEntries(calls));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return { reattach: reattachValue(port), close: () => server.forceShutdown() };
}

function loadService() {
  const definition = loadSync(join(__dirname, "messages.proto"), { keepCase: true, longs: Number, enums: String });
  const loaded = loadPackageDefinition(definition) as unknown as {
    readonly tfplugin5: { readonly Provider: ServiceClientConstructor };
  };
  return loaded.tfplugin5.Provider.service;
}

/** The same provider under the registries of Terraform and of OpenTofu. */
function reattachValue(port: number): string {
  const provider = {
    Protocol: "grpc",
    ProtocolVersion: 5,
    Pid: process.pid,
    Test: true,
    Addr: { Network: "tcp", String: `127.0.0.1:${port}` },
  };
  return JSON.stringify({
    "registry.terraform.io/hashicorp/aws": provider,
    "registry.opentofu.org/hashicorp/aws": provider,
  });
}

/** Answers one call; only what is wrong with this program itself becomes an error of the transport. */
function unary(name: string, call: ProviderCall) {
  return async (received: ServerUnaryCall<never, object>, answer: sendUnaryData<object>): Promise<void> => {
    try {
      answer(null, await call(received.request, received.getPeer()));
    } catch (error) {
      const refusal = asDiagnostic(error);
      if (refusal !== undefined) answer(null, { diagnostics: [refusal] });
      else
        answer({ code: status.INTERNAL, details: `${name}: ${error instanceof Error ? error.stack : String(error)}` });
    }
  };
}
