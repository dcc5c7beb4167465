/** The AWS SDK on an embedded AWS: real sockets through its proxy, and TLS that its own authority vouches for. */
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { Agent } from "node:https";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import type { Emulator } from "../../emulator";
import { REGION } from "./pretend-account";

// It would warn of the Node version that the project is bound to.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

type ProxiedEmulator = Pick<Emulator, "proxyUrl" | "environment">;

/**
 * What the constructor of any client of the SDK is given. A call is tried once, so that every refusal is seen.
 * Connections are kept alive: end them with the client's `destroy()`.
 */
export function sdkOptions(emulator: ProxiedEmulator, region: string = REGION) {
  return {
    region,
    credentials: { accessKeyId: "embedded-aws", secretAccessKey: "embedded-aws" },
    requestHandler: { httpsAgent: proxyAgent(emulator) },
    maxAttempts: 1,
  };
}

/** In place of a client's `signer`: it leaves requests unsigned. */
export const unsigned = { sign: <Request>(request: Request): Promise<Request> => Promise.resolve(request) };

/** An agent all of whose connections are tunnels through the proxy; it trusts only the embedded AWS. */
export function proxyAgent({ proxyUrl, environment }: ProxiedEmulator): Agent {
  return new TunnelAgent(proxyUrl, readFileSync(String(environment["NODE_EXTRA_CA_CERTS"]), "utf8"));
}

/** What a promise is refused with. @throws {Error} when it is not refused */
export async function refusalOf(promise: Promise<unknown>): Promise<Error> {
  const failed = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failed instanceof Error) return failed;
  throw new Error("it was not refused");
}

interface Target {
  readonly host?: string | null;
  readonly port?: number | string | null;
}

type Connected = (error: Error | null, stream: Duplex) => void;

class TunnelAgent extends Agent {
  constructor(
    private readonly proxyUrl: string,
    private readonly ca: string,
  ) {
    super({ keepAlive: true });
  }

  override createConnection({ host, port }: Target, connected: Connected): undefined {
    const { username, password } = new URL(this.proxyUrl);
    const authority = `${host}:${port}`;
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    const headers = { Host: authority, "Proxy-Authorization": authorization };
    const fail = connected as (error: Error) => void;
    const request = httpRequest(this.proxyUrl, { method: "CONNECT", path: authority, headers, agent: false });
    request.on("connect", ({ statusCode }, socket) => {
      if (statusCode !== 200) return fail(new Error(`the proxy answers ${statusCode} to CONNECT ${authority}`));
      const secure = connectTls({ socket, servername: String(host), ca: this.ca });
      secure.once("secureConnect", () => connected(null, secure)).once("error", fail);
    });
    request.on("error", fail).end();
  }
}
