/** GitHub's REST API for one repository, by Octokit, with a workflow's own token. */
import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";
import { retry } from "@octokit/plugin-retry";
import type { z } from "zod";
import { openFetch } from "../../platform/http";
import { UserError } from "../../platform/user-error";

/** Which repository, and the token to use. */
export interface GitHubSettings {
  /** Such as `https://api.github.com`, without a slash at the end. */
  readonly url: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
}

/** @throws {UserError} naming the variable that is missing or wrong; the token is never shown */
export function settingsIn(environment: NodeJS.ProcessEnv): GitHubSettings {
  const url = (environment["GITHUB_API_URL"] ?? "https://api.github.com").replace(/\/+$/, "");
  requireSafe(url);
  const repository = environment["GITHUB_REPOSITORY"] ?? "";
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new UserError('GITHUB_REPOSITORY is not set to a repository such as "acme/access". GitHub Actions sets it.');
  }
  const token = environment["GITHUB_TOKEN"] ?? "";
  if (token === "") {
    throw new UserError(`GITHUB_TOKEN is not set. In a workflow's step: env: { GITHUB_TOKEN: "$\{{ github.token }}" }`);
  }
  return { url, repository, token };
}

/** A token is sent over TLS, or does not leave this machine. */
function requireSafe(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isLoopback = ["127.0.0.1", "[::1]", "localhost"].includes(parsed?.hostname ?? "");
  if (parsed?.protocol === "https:" || (parsed?.protocol === "http:" && isLoopback)) return;
  throw new UserError(`GITHUB_API_URL is "${url}", expected a URL that begins with https://.`);
}

/** What of Octokit's error is used; its class differs between copies of the package. */
interface RequestError extends Error {
  readonly status: number;
  readonly response?: { readonly data?: { readonly message?: string } };
}

/** Requests to one repository. Failures are retried, but for POST: sent again, it could write a second comment. */
export class GitHub {
  private readonly octokit;

  /** @param options of Octokit; tests shorten its waits */
  constructor(
    private readonly settings: GitHubSettings,
    options: object = {},
  ) {
    const { url: baseUrl, token: auth } = settings;
    const request = { fetch: openFetch().fetch };
    this.octokit = new (Octokit.plugin(paginateRest, retry))({ auth, baseUrl, request, ...options });
  }

  /**
   * One request.
   *
   * @param path below the repository, such as `/issues/1`
   * @param missing what to return instead of an error for a 404
   * @throws {UserError} when GitHub refuses
   */
  async call<Shape extends z.ZodType, Missing = never>(
    method: string,
    path: string,
    shape: Shape,
    { body = {}, missing }: { readonly body?: object; readonly missing?: Missing } = {},
  ): Promise<z.infer<Shape> | Missing> {
    const once = method === "POST" ? { request: { retries: 0 } } : {};
    try {
      const { data } = await this.octokit.request(this.route(method, path), { ...body, ...HEADERS, ...once });
      return shape.parse(data);
    } catch (error) {
      if (missing !== undefined && (error as RequestError).status === 404) return missing;
      throw this.explained(error, method, path);
    }
  }

  /** All pages of a list. @throws {UserError} as {@link call} does */
  async all<Shape extends z.ZodType>(path: string, shape: Shape): Promise<readonly z.infer<Shape>[]> {
    try {
      const found = await this.octokit.paginate(this.route("GET", path), { per_page: 100, ...HEADERS });
      return found.map((item) => shape.parse(item));
    } catch (error) {
      throw this.explained(error, "GET", path);
    }
  }

  private route(method: string, path: string): string {
    return `${method} /repos/${this.settings.repository}${path}`;
  }

  private explained(error: unknown, method: string, path: string): unknown {
    if (!(error instanceof Error) || !("status" in error)) return error;
    const { status, response, message } = error as RequestError;
    const reason = (response?.data?.message ?? message).replaceAll(this.settings.token, "…").replace(/\s+/g, " ");
    return new UserError(
      `GitHub answered ${method} ${path} of ${this.settings.repository} with ${status}: ${reason.slice(0, 300)}.${advice(status, reason)}`,
    );
  }
}

const HEADERS = { headers: { "x-github-api-version": "2022-11-28" } };

/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits */
function advice(status: number, reason: string): string {
  if (status === 429 || (status === 403 && /rate limit/i.test(reason))) return " Run the workflow again later.";
  if (status === 401) return " GITHUB_TOKEN is not valid.";
  if (status === 403) return " The job's permissions do not allow it: see `permissions` in the workflow.";
  if (status === 404) return " It does not exist, or GITHUB_TOKEN cannot see it.";
  if (status >= 500) return " Run the workflow again later.";
  return "";
}
