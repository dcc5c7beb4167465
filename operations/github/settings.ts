/** Where GitHub is and for which repository, as a workflow's environment tells it. */
import { UserError } from "../../platform/user-error";
import type { GitHubSettings } from "./api";

/** @throws {UserError} naming what is missing or wrong; the token is never shown */
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

/** A token goes over TLS, or does not leave this machine. */
function requireSafe(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isLoopback = ["127.0.0.1", "[::1]", "localhost"].includes(parsed?.hostname ?? "");
  if (parsed?.protocol === "https:" || (parsed?.protocol === "http:" && isLoopback)) return;
  throw new UserError(`GITHUB_API_URL is "${url}", expected a URL that begins with https://.`);
}
