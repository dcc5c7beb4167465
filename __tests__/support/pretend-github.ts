/** What stands in for GitHub's REST API, strict about how it is asked, with the comments and issues of one repository. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface User {
  readonly login: string;
  readonly type: "User" | "Bot";
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  body: string;
  readonly user: User | null;
}

export interface Issue {
  readonly number: number;
  title: string;
  body: string | null;
  state: "open" | "closed";
  readonly user: User | null;
  labels: string[];
  readonly pull_request?: object;
}

/** Whom the token of a workflow writes as. */
export const BOT: User = { login: "github-actions[bot]", type: "Bot" };

/** Somebody. */
export const MALLORY: User = { login: "mallory", type: "User" };

export const REPOSITORY = "acme/access";
export const TOKEN = "ghs_0123456789canary";

/** An answer in place of the next one. */
export interface Failure {
  readonly status: number;
  readonly message: string;
  readonly retryAfter?: string;
}

type Answer = readonly [status: number, body: unknown];

const NOT_FOUND: Answer = [404, { message: "Not Found" }];

export class PretendGitHub {
  readonly comments: Comment[] = [];
  readonly issues: Issue[] = [];
  /** By commit. */
  readonly pulls = new Map<string, readonly object[]>();
  /** Types of the protection rules, by environment. */
  readonly protection = new Map<string, readonly string[]>();
  /** `METHOD path` of all requests that came, without the repository. */
  readonly requests: string[] = [];
  readonly failures: Failure[] = [];
  private readonly server: Server;
  private lastId = 0;

  constructor() {
    this.server = createServer((request, response) => void this.receive(request, response));
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get environment() {
    const { port } = this.server.address() as AddressInfo;
    return { GITHUB_API_URL: `http://127.0.0.1:${port}`, GITHUB_REPOSITORY: REPOSITORY, GITHUB_TOKEN: TOKEN };
  }

  /** Forgets everything. */
  clear(): void {
    for (const list of [this.comments, this.issues, this.requests, this.failures]) list.length = 0;
    this.pulls.clear();
    this.protection.clear();
  }

  addComment(issue: number, body: string, user: User | null = BOT): Comment {
    const comment = { id: ++this.lastId, issue, body, user };
    this.comments.push(comment);
    return comment;
  }

  addIssue(given: Partial<Issue> & { readonly body: string | null }): Issue {
    const number = ++this.lastId;
    const issue: Issue = { number, title: "Something", state: "open", user: BOT, labels: [], ...given };
    this.issues.push(issue);
    return issue;
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray()).toString("utf8");
    const { pathname, searchParams } = new URL(request.url ?? "", "http://github.test");
    const path = pathname.replace(`/repos/${REPOSITORY}`, "");
    this.requests.push(`${request.method} ${path}`);
    const failure = this.failures.shift();
    if (failure !== undefined) {
      if (failure.retryAfter !== undefined) response.setHeader("retry-after", failure.retryAfter);
      return reply(response, [failure.status, { message: failure.message }]);
    }
    const wrong = wrongWith(request, pathname, body);
    if (wrong !== undefined) return reply(response, wrong);
    const answer = this.answer(request.method ?? "", path, searchParams, body === "" ? {} : JSON.parse(body));
    const isFull = Array.isArray(answer[1]) && answer[1].length === Number(searchParams.get("per_page") ?? 30);
    if (request.method === "GET" && isFull) response.setHeader("link", this.nextPage(request.url ?? ""));
    reply(response, answer);
  }

  private nextPage(path: string): string {
    const next = new URL(path, this.environment.GITHUB_API_URL);
    next.searchParams.set("page", String(Number(next.searchParams.get("page") ?? 1) + 1));
    return `<${next}>; rel="next"`;
  }

  private answer(method: string, path: string, query: URLSearchParams, body: Record<string, unknown>): Answer {
    const [, kind, first = "", second, third] = path.split("/");
    const route = `${method} /${kind}`;
    if (route === "GET /commits" && second === "pulls") return [200, page(this.pulls.get(first) ?? [], query)];
    if (route === "GET /environments") return this.environmentOf(decodeURIComponent(first));
    if (kind !== "issues") return NOT_FOUND;
    if (method === "GET" && first === "") return [200, page(this.found(query), query)];
    if (method === "POST" && first === "") return this.open(body);
    if (method === "PATCH" && first === "comments") return this.changeComment(Number(second), body);
    if (second === "comments") return this.commentsOf(method, Number(first), query, body);
    if (method === "DELETE" && second === "labels") return this.takeOff(Number(first), third ?? "");
    if (method === "PATCH" && second === undefined) return this.changeIssue(Number(first), body);
    return NOT_FOUND;
  }

  private environmentOf(name: string): Answer {
    const rules = this.protection.get(name);
    return rules === undefined ? NOT_FOUND : [200, { name, protection_rules: rules.map((type) => ({ type })) }];
  }

  private found(query: URLSearchParams): readonly Issue[] {
    const label = query.get("labels");
    return this.issues.filter(
      ({ state, labels }) => state === (query.get("state") ?? "open") && (label === null || labels.includes(label)),
    );
  }

  private open({ title, body }: Record<string, unknown>): Answer {
    return [201, this.addIssue({ title: String(title), body: String(body) })];
  }

  private commentsOf(method: string, issue: number, query: URLSearchParams, body: Record<string, unknown>): Answer {
    if (method === "POST") return [201, this.addComment(issue, String(body["body"]))];
    return [
      200,
      page(
        this.comments.filter((one) => one.issue === issue),
        query,
      ),
    ];
  }

  private changeComment(id: number, { body }: Record<string, unknown>): Answer {
    const comment = this.comments.find((one) => one.id === id);
    if (comment === undefined) return NOT_FOUND;
    comment.body = String(body);
    return [200, comment];
  }

  private changeIssue(number: number, body: Record<string, unknown>): Answer {
    const issue = this.issues.find((one) => one.number === number);
    if (issue === undefined) return NOT_FOUND;
    Object.assign(issue, body);
    return [200, issue];
  }

  private takeOff(number: number, label: string): Answer {
    const issue = this.issues.find((one) => one.number === number);
    if (!issue?.labels.includes(label)) return [404, { message: "Label does not exist" }];
    issue.labels = issue.labels.filter((one) => one !== label);
    return [200, []];
  }
}

function wrongWith({ method, headers }: IncomingMessage, pathname: string, body: string): Answer | undefined {
  if (![`Bearer ${TOKEN}`, `token ${TOKEN}`].includes(headers.authorization ?? ""))
    return [401, { message: "Bad credentials" }];
  if (!pathname.startsWith(`/repos/${REPOSITORY}/`)) return NOT_FOUND;
  if (!headers.accept?.startsWith("application/vnd.github")) return [415, { message: "Unsupported Accept" }];
  if (headers["x-github-api-version"] !== "2022-11-28") return [400, { message: "Version of the API?" }];
  if (headers["user-agent"] === undefined) return [403, { message: "Request forbidden by administrative rules." }];
  const isJson = headers["content-type"]?.startsWith("application/json") === true;
  if (["POST", "PATCH"].includes(method ?? "") && !isJson) return [400, { message: "Problems parsing JSON" }];
  return body.length > 70_000 ? [422, { message: "Validation Failed: body is too long" }] : undefined;
}

function page<Item>(items: readonly Item[], query: URLSearchParams): readonly Item[] {
  const size = Math.min(100, Number(query.get("per_page") ?? 30));
  const start = (Number(query.get("page") ?? 1) - 1) * size;
  return items.slice(start, start + size);
}

function reply(response: ServerResponse, [status, body]: Answer): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}
