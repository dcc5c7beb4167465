/** A host on loopback that has the archives of releases, as releases.hashicorp.com has them. */
import { createHash } from "node:crypto";
import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer as createHttps, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { strToU8, zipSync } from "fflate";

/** An archive with files of those contents. */
export function archiveOf(files: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const entries = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === "string" ? strToU8(content) : content,
  ]);
  return zipSync(Object.fromEntries(entries), { level: 0 });
}

/** Checksum as a SHA256SUMS file has it. */
export function sha256Of(archive: Uint8Array): string {
  return createHash("sha256").update(archive).digest("hex");
}

/** A program that answers `version -json` as Terraform does. */
export function pretendTerraform(version: string): string {
  return `#!/bin/sh\necho '{"terraform_version":"${version}"}'\n`;
}

/** What was requested, and with which credentials. */
export interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
}

/** A host that has started. */
export class ReleaseHost {
  readonly received: Received[] = [];
  /** What is answered by path: the content, a status, or the URL of a redirect. */
  readonly contents = new Map<string, Uint8Array | number | string>();
  private readonly server;

  constructor(private readonly tls?: ServerOptions) {
    const answer: RequestListener = (request, response) => {
      const path = request.url ?? "";
      this.received.push({ path, authorization: request.headers.authorization });
      const found = this.contents.get(path) ?? 404;
      if (typeof found === "string") response.writeHead(302, { location: found }).end();
      else if (typeof found === "number") response.writeHead(found).end();
      else response.writeHead(200, { "content-length": found.length }).end(found);
    };
    this.server = tls === undefined ? createHttp(answer) : createHttps(tls, answer);
  }

  /** @returns its URL */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const { port } = this.server.address() as AddressInfo;
    return this.tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
