/** Bytes through a tunnel of the proxy, as no well-behaved client would send them, and what comes back. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import type { Endpoint } from "../../emulator/protocols/http";
import { openCertificateAuthority } from "../../emulator/proxy/certificate-authority";
import { startProxy } from "../../emulator/proxy/proxy";

/** An answer, as far as attacks are told by it. */
export interface WireAnswer {
  readonly status: number;
  /** `x-amzn-ErrorType`; `undefined` when API Gateway has not refused the call. */
  readonly errorType: string | undefined;
  readonly body: string;
}

/** A proxy in front of the endpoint. */
export interface RawTunnels {
  /** Sends the bytes to the host and reads until it closes the connection, which they have to ask for. */
  send(host: string, bytes: string): Promise<readonly WireAnswer[]>;
  /** What the proxy called its own mistakes. */
  readonly bugs: readonly unknown[];
  close(): Promise<void>;
}

/** Starts a proxy with an authority of its own. */
export async function openRawTunnels(endpoint: Endpoint): Promise<RawTunnels> {
  const folder = mkdtempSync(join(tmpdir(), "raw-tunnel-"));
  const bugs: unknown[] = [];
  const authority = await openCertificateAuthority(folder);
  const ca = readFileSync(authority.certificateFile, "utf8");
  const proxy = await startProxy({ authority, endpoint, onBug: (error) => bugs.push(error) });
  return {
    bugs,
    send: async (host, bytes) => {
      const secure = connectTls({ socket: await openTunnel(proxy.url, host), servername: host, ca });
      secure.write(bytes, "latin1");
      const chunks: Buffer[] = [];
      for await (const chunk of secure as AsyncIterable<Buffer>) chunks.push(chunk);
      return readAnswers(Buffer.concat(chunks).toString("latin1"));
    },
    close: async () => {
      await proxy.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function openTunnel(proxyUrl: string, host: string): Promise<Socket> {
  const { username, password } = new URL(proxyUrl);
  const credentials = Buffer.from(`${username}:${password}`).toString("base64");
  return new Promise((resolve, reject) => {
    const headers = { "Proxy-Authorization": `Basic ${credentials}` };
    const request = httpRequest(proxyUrl, { method: "CONNECT", path: `${host}:443`, headers, agent: false });
    request.on("connect", (_response, socket) => resolve(socket));
    request.on("error", reject).end();
  });
}

/** Answers one after the other; each is as long as it says. */
function readAnswers(text: string): readonly WireAnswer[] {
  const answers: WireAnswer[] = [];
  let rest = text;
  while (rest !== "") {
    const [head = ""] = rest.split("\r\n\r\n", 1);
    const headerOf = (name: string) => new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1]?.trim();
    const bodyAt = head.length + 4;
    const isEmptyChunk = rest.startsWith("0\r\n\r\n", bodyAt) && headerOf("Transfer-Encoding") === "chunked";
    const bodyEnd = bodyAt + (isEmptyChunk ? 5 : Number(headerOf("Content-Length") ?? 0));
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
    answers.push({
      status,
      errorType: headerOf("x-amzn-ErrorType"),
      body: isEmptyChunk ? "" : rest.slice(bodyAt, bodyEnd),
    });
    rest = rest.slice(bodyEnd);
  }
  return answers;
}
