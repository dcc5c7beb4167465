/** The client of GitHub, against a server that emulates its REST API. */
import { z } from "zod";
import { GitHub, settingsIn } from "../../../operations/github/github";
import { PretendGitHub, TOKEN } from "../../support/pretend-github";

const COMMENTS = "/issues/7/comments";
const server = new PretendGitHub();
let github: GitHub;

beforeAll(async () => {
  await server.start();
  github = new GitHub(settingsIn(server.environment), { retry: { retryAfterBaseValue: 1 } });
});
afterAll(() => server.stop());
beforeEach(() => server.clear());

const post = () => github.call("POST", COMMENTS, z.unknown(), { body: { body: "one" } });
const list = () => github.all(COMMENTS, z.unknown());

describe("GitHub", () => {
  it.each([
    [401, "Bad credentials", "GITHUB_TOKEN is not valid."],
    [403, "Resource not accessible by integration", "The job's permissions do not allow it"],
    [403, "You have exceeded a secondary rate limit", "Run the workflow again later."],
    [404, "Not Found", "It does not exist, or GITHUB_TOKEN cannot see it."],
    [502, "Server Error", "Run the workflow again later."],
  ])("reports the reason of a %i and what to do", async (status, message, remedy) => {
    server.failures.push(...Array.from({ length: 4 }, () => ({ status, message })));

    await expect(list()).rejects.toThrow(`of acme/access with ${status}: ${message}. ${remedy}`);
  });

  it("returns all pages", async () => {
    for (let count = 0; count < 250; count++) server.addComment(7, String(count));

    expect(await list()).toHaveLength(250);
    expect(server.requests).toHaveLength(3);
  });

  it("never repeats the token", async () => {
    server.failures.push({ status: 422, message: `no ${TOKEN}` });

    await expect(post()).rejects.toThrow("with 422: no ….");
  });

  it("retries while GitHub is down, three times at most", async () => {
    server.failures.push({ status: 502, message: "" }, { status: 503, message: "" });
    expect(await list()).toEqual([]);

    server.failures.push(...Array.from({ length: 10 }, () => ({ status: 502, message: "Server Error" })));
    await expect(list()).rejects.toThrow("with 502: Server Error.");
    expect(server.failures).toHaveLength(6);
  });

  it("does not retry a POST, which may have been carried out", async () => {
    server.failures.push({ status: 502, message: "Server Error" });

    await expect(post()).rejects.toThrow("with 502");
    expect(server.requests).toEqual([`POST ${COMMENTS}`]);
  });
});

describe("settingsIn", () => {
  const environment = { GITHUB_REPOSITORY: "acme/access", GITHUB_TOKEN: TOKEN };

  it("uses api.github.com by default", () => {
    expect(settingsIn(environment)).toEqual({ url: "https://api.github.com", repository: "acme/access", token: TOKEN });
  });

  it.each([
    [{ ...environment, GITHUB_TOKEN: "" }, "GITHUB_TOKEN is not set."],
    [{ ...environment, GITHUB_REPOSITORY: "acme/access/../other" }, "GITHUB_REPOSITORY is not set to a repository"],
    [{ ...environment, GITHUB_API_URL: "http://github.example.com" }, "expected a URL that begins with https://"],
    [{ ...environment, GITHUB_API_URL: "nowhere" }, "expected a URL that begins with https://"],
  ])("refuses settings that would not work or would reveal the token: %#", (wrong, message) => {
    expect(() => settingsIn(wrong)).toThrow(message);
  });
});
