/**
 * A small client of GitHub's REST API, as a workflow's own token may use it. What GitHub sends is unknown until parsed.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 */
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { type Incoming, type Outgoing, send } from "../../platform/http";
import { UserError } from "../../platform/user-error";

/** Which repository, and who asks. */
export interface GitHubSettings {
  /** Such as `https://api.github.com`, without a slash at the end. */
  readonly url: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
}

/** How requests are sent and waited for; tests put something in their place. */
export interface Transport {
  readonly send: (url: string, outgoing: Outgoing) => Promise<Incoming>;
  /** @param seconds until it is tried again */
  readonly wait: (seconds: number) => Promise<unknown>;
}

const REAL: Transport = { send, wait: (seconds) => setTimeout(seconds * 1000) };

const PAGE_SIZE = 100;
const MOST_PAGES = 100;

/** Seconds until each next attempt, where GitHub does not say how long to wait. */
const PAUSES = [2, 8, 30];

/** Longer than this nobody waits for; the workflow can be run again. */
const LONGEST_PAUSE = 120;

const failure = z.object({ message: z.string() });

/** Requests to one repository. */
export class GitHub {
  constructor(
    private readonly settings: GitHubSettings,
    private readonly transport: Transport = REAL,
  ) {}

  /**
   * One request.
   *
   * @param path below the repository, such as `/issues/1`
   * @param missing what to return instead of an error when there is no such thing
   * @throws {UserError} when GitHub refuses, or goes on failing
   */
  async call<Shape extends z.ZodType, Missing = never>(
    method: string,
    path: string,
    shape: Shape,
    { body, missing }: { readonly body?: object; readonly missing?: Missing } = {},
  ): Promise<z.infer<Shape> | Missing> {
    const incoming = await this.persist(method, path, body);
    if (incoming.status === 404 && missing !== undefined) return missing;
    if (incoming.status >= 300) throw this.refusal(method, path, incoming);
    const parsed = shape.safeParse(jsonIn(incoming.body));
    if (parsed.success) return parsed.data;
    throw new UserError(`GitHub answered ${method} ${path} with something else than its documentation says.`);
  }

  /** Everything in a list, page by page. @throws {UserError} as {@link call} does, or when it does not end */
  async all<Shape extends z.ZodType>(path: string, shape: Shape): Promise<readonly z.infer<Shape>[]> {
    const found: z.infer<Shape>[] = [];
    for (let page = 1; page <= MOST_PAGES; page++) {
      const query = `${path.includes("?") ? "&" : "?"}per_page=${PAGE_SIZE}&page=${page}`;
      const items: readonly z.infer<Shape>[] = await this.call("GET", `${path}${query}`, z.array(shape));
      found.push(...items);
      if (items.length < PAGE_SIZE) return found;
    }
    throw new UserError(`GitHub has more than ${MOST_PAGES * PAGE_SIZE} entries of ${path}: too many to look through.`);
  }

  /** Tries again while GitHub is down or says that it is asked too often. */
  private async persist(method: string, path: string, body: object | undefined): Promise<Incoming> {
    const { url, repository, token } = this.settings;
    const outgoing = {
      method,
      headers: {
        Accept: "application/vnd.github+json",
        Authorization: `Bearer ${token}`,
        "User-Agent": "machine-access",
        "X-GitHub-Api-Version": "2022-11-28",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    for (const pause of PAUSES) {
      const incoming = await this.transport.send(`${url}/repos/${repository}${path}`, outgoing);
      // Whether a failed POST was carried out nobody knows: sent again, it would write a second comment.
      if (!isRateLimit(incoming) && (incoming.status < 500 || method === "POST")) return incoming;
      const asked = Number(incoming.retryAfter ?? pause);
      if (!(asked <= LONGEST_PAUSE)) return incoming;
      await this.transport.wait(asked);
    }
    return await this.transport.send(`${url}/repos/${repository}${path}`, outgoing);
  }

  private refusal(method: string, path: string, incoming: Incoming): UserError {
    const { status, body } = incoming;
    const parsed = failure.safeParse(jsonIn(body));
    const message = parsed.success
      ? `: ${parsed.data.message.replaceAll(this.settings.token, "…").replace(/\s+/g, " ").slice(0, 300)}`
      : "";
    return new UserError(
      `GitHub answered ${method} ${path} of ${this.settings.repository} with ${status}${message}.${advice(incoming)}`,
    );
  }
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits */
function isRateLimit({ status, body, retryAfter }: Incoming): boolean {
  if (status === 429) return true;
  return status === 403 && (retryAfter !== undefined || /secondary rate limit/i.test(body));
}

function advice(incoming: Incoming): string {
  const { status } = incoming;
  if (isRateLimit(incoming)) return " It is asked too often: run the workflow again later.";
  if (status === 401) return " GITHUB_TOKEN is not valid, or no longer.";
  if (status === 403) return " The job's permissions do not allow it: look at `permissions` in the workflow.";
  if (status === 404) return " There is no such thing, or GITHUB_TOKEN may not see it.";
  if (status >= 500) return " That is GitHub's own failure: run the workflow again later.";
  return "";
}

function jsonIn(body: string): unknown {
  try {
    return body === "" ? null : JSON.parse(body);
  } catch {
    return undefined;
  }
}
