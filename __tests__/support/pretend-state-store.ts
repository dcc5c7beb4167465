/** What Terraform's S3 backend talks to: STS, which says whose credentials these are, and a bucket in memory. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An object that was written, in the order of writing. */
export interface WrittenObject {
  readonly key: string;
  /** Headers that say how S3 is to keep it. */
  readonly headers: IncomingMessage["headers"];
}

export class PretendStateStore {
  /** Everything that was ever written. */
  readonly written: WrittenObject[] = [];
  /** What is there now. */
  readonly objects = new Map<string, Buffer>();
  private readonly server: Server;

  /** @param accountId that the caller is told to belong to */
  constructor(private readonly accountId: string) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Leads Terraform here; the proxy, because the bucket is part of the host's name. */
  get environment(): Readonly<Record<string, string | undefined>> {
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return {
      AWS_ENDPOINT_URL_S3: "http://s3.test",
      AWS_ENDPOINT_URL_STS: "http://sts.test",
      HTTP_PROXY: url,
      AWS_ACCESS_KEY_ID: "id",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_EC2_METADATA_DISABLED: "true",
      CHECKPOINT_DISABLE: "1",
      ...Object.fromEntries(LEADS_ELSEWHERE.map((name) => [name, undefined])),
    };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray());
    const { pathname, searchParams } = new URL(request.url ?? "", "http://s3.test");
    const key = decodeURIComponent(pathname.slice(1));
    response.setHeader("Content-Type", "application/xml");
    if (body.includes("Action=GetCallerIdentity")) return void response.end(this.identity());
    if (searchParams.has("list-type")) return void response.end(EMPTY_LIST);
    if (request.method === "PUT") return this.put(key, body, request, response);
    if (request.method === "DELETE") return this.delete(key, response);
    const found = this.objects.get(key);
    if (found === undefined) return void response.writeHead(404).end(NO_SUCH_KEY);
    response.writeHead(200, { "Content-Length": found.length }).end(request.method === "HEAD" ? undefined : found);
  }

  private put(key: string, body: Buffer, { headers }: IncomingMessage, response: ServerResponse): void {
    if (headers["if-none-match"] === "*" && this.objects.has(key)) return void response.writeHead(412).end(EXISTS);
    this.objects.set(key, body);
    this.written.push({ key, headers });
    response.writeHead(200, { ETag: '"0"' }).end();
  }

  private delete(key: string, response: ServerResponse): void {
    this.objects.delete(key);
    response.writeHead(204).end();
  }

  private identity(): string {
    const arn = `arn:aws:iam::${this.accountId}:user/deployer`;
    const result = `<Arn>${arn}</Arn><UserId>AIDA</UserId><Account>${this.accountId}</Account>`;
    return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${result}</GetCallerIdentityResult></GetCallerIdentityResponse>`;
  }
}

const EMPTY_LIST = "<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>";
const NO_SUCH_KEY = "<Error><Code>NoSuchKey</Code></Error>";
const EXISTS = "<Error><Code>PreconditionFailed</Code></Error>";
const LEADS_ELSEWHERE = [
  "AWS_PROFILE",
  "AWS_SESSION_TOKEN",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "no_proxy",
  "TF_CLI_CONFIG_FILE",
  "TF_REATTACH_PROVIDERS",
];
