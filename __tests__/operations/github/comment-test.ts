/** The one comment of a review, against what stands in for GitHub. */
import { z } from "zod";
import { GitHub } from "../../../operations/github/api";
import { readComment, writeComment } from "../../../operations/github/comment";
import { failedReview } from "../../../operations/github/failed-review";
import { settingsIn } from "../../../operations/github/settings";
import { send } from "../../../platform/http";
import { BOT, MALLORY, PretendGitHub, TOKEN } from "../../support/pretend-github";

const PULL = 7;
const mark = { kind: "machine-access-review", environment: "dev" } as const;
const author = BOT.login;
const review = (text: string, environment = "dev") =>
  `<!-- machine-access-review environment=${environment} fingerprint=${"a".repeat(64)} -->\n${text}`;

const server = new PretendGitHub();
const waits: number[] = [];
let github: GitHub;

beforeAll(async () => {
  await server.start();
  github = new GitHub(settingsIn(server.environment), { send, wait: async (seconds) => waits.push(seconds) });
});
afterAll(() => server.stop());
beforeEach(() => {
  server.clear();
  waits.length = 0;
});

const write = (body: string) => writeComment(github, PULL, mark, body, author);

describe("writeComment", () => {
  it("writes a comment where there is none", async () => {
    expect(await write(review("one"))).toBe("created");
    expect(server.comments.map(({ issue, body }) => [issue, body])).toEqual([[PULL, review("one")]]);
  });

  it("brings the comment up to date in its place", async () => {
    await write(review("one"));

    expect(await write(review("two"))).toBe("updated");
    expect(server.comments.map(({ body }) => body)).toEqual([review("two")]);
  });

  it("leaves a comment alone that says the same", async () => {
    await write(review("one"));

    expect(await write(review("one"))).toBe("unchanged");
    expect(server.requests.filter((request) => request.startsWith("PATCH"))).toEqual([]);
  });

  it("finds its comment behind 150 others", async () => {
    for (let count = 0; count < 150; count++) server.addComment(PULL, "Looks good.", MALLORY);
    const own = server.addComment(PULL, review("old"));

    expect(await write(review("new"))).toBe("updated");
    expect(own.body).toBe(review("new"));
    expect(server.comments).toHaveLength(151);
  });

  it("asks for a second page when the first is full, even if nothing is on it", async () => {
    for (let count = 0; count < 100; count++) server.addComment(PULL, "Looks good.", MALLORY);

    expect(await write(review("new"))).toBe("created");
    expect(server.requests).toEqual([
      `GET /issues/${PULL}/comments`,
      `GET /issues/${PULL}/comments`,
      `POST /issues/${PULL}/comments`,
    ]);
  });

  it.each([
    ["another environment", review("other", "prod"), BOT],
    ["an environment whose name only begins alike", review("other", "dev-2"), BOT],
    ["somebody who forged the hidden line", review("forged"), MALLORY],
    ["another bot", review("forged"), { login: "helper[bot]", type: "Bot" as const }],
    ["a person with the bot's name", review("forged"), { ...MALLORY, login: BOT.login }],
    ["the bot, quoting somebody", `> ${review("quoted")}`, BOT],
    ["nobody any more", review("ghost"), null],
  ])("never changes the comment of %s", async (_who, body, user) => {
    const other = server.addComment(PULL, body, user);

    expect(await write(review("mine"))).toBe("created");
    expect(other.body).toBe(body);
    expect(await readComment(github, PULL, mark, author)).toBe(review("mine"));
  });

  it("takes the place of a review with the note that there is none", async () => {
    await write(review("one"));

    expect(await write(failedReview("dev", "https://github.com/acme/access/actions/runs/1"))).toBe("updated");
    expect(await readComment(github, PULL, mark, author)).not.toContain("fingerprint");
    expect(await write(review("two"))).toBe("updated");
    expect(server.comments).toHaveLength(1);
  });

  it("refuses a text that is too long for GitHub, and says so", async () => {
    const body = review("x".repeat(65_536));

    await expect(write(body)).rejects.toThrow("characters, and GitHub takes 65,536");
    expect(server.requests).toEqual([]);
  });

  it("refuses a file that is no review of the environment", async () => {
    await expect(write(review("other", "prod"))).rejects.toThrow("the file is no review of dev.");
    expect(server.requests).toEqual([]);
  });
});

describe("GitHub", () => {
  it.each([
    [401, "Bad credentials", "GITHUB_TOKEN is not valid, or no longer."],
    [403, "Resource not accessible by integration", "The job's permissions do not allow it"],
    [404, "Not Found", "There is no such thing, or GITHUB_TOKEN may not see it."],
  ])("says of %i what GitHub says and what to look at", async (status, message, remedy) => {
    server.failures.push({ status, message });

    const refused = write(review("one"));

    await expect(refused).rejects.toThrow(`of acme/access with ${status}: ${message}. ${remedy}`);
    expect(waits).toEqual([]);
  });

  it("never repeats the token", async () => {
    server.failures.push({ status: 422, message: `no ${TOKEN}` });

    await expect(write(review("one"))).rejects.toThrow("with 422: no ….");
  });

  it("asks again while GitHub is down, and no more than four times", async () => {
    server.failures.push({ status: 502, message: "" }, { status: 503, message: "" });
    expect(await write(review("one"))).toBe("created");
    expect(waits).toEqual([2, 8]);

    server.failures.push(...Array.from({ length: 10 }, () => ({ status: 502, message: "Server Error" })));
    await expect(write(review("two"))).rejects.toThrow("with 502: Server Error. That is GitHub's own failure");
    expect(server.failures).toHaveLength(6);
  });

  it("does not write a second comment when nobody knows whether the first was written", async () => {
    server.failures.push({ status: 502, message: "Server Error" });
    const posted = github.call("POST", `/issues/${PULL}/comments`, z.unknown(), { body: {} });

    await expect(posted).rejects.toThrow("with 502");
    expect(server.requests.filter((request) => request.startsWith("POST"))).toHaveLength(1);
  });

  it.each([
    [403, "You have exceeded a secondary rate limit.", "60"],
    [429, "Too many requests", "60"],
  ])("waits as long as GitHub says when it is asked too often (%i)", async (status, message, retryAfter) => {
    server.failures.push({ status, message, retryAfter });

    expect(await write(review("one"))).toBe("created");
    expect(waits).toEqual([60]);
  });

  it("does not wait for an hour", async () => {
    server.failures.push({ status: 403, message: "You have exceeded a secondary rate limit.", retryAfter: "3600" });

    await expect(write(review("one"))).rejects.toThrow("It is asked too often: run the workflow again later.");
    expect(waits).toEqual([]);
  });
});

describe("settingsIn", () => {
  const environment = { GITHUB_REPOSITORY: "acme/access", GITHUB_TOKEN: TOKEN };

  it("asks api.github.com where nothing else is said", () => {
    expect(settingsIn(environment)).toEqual({ url: "https://api.github.com", repository: "acme/access", token: TOKEN });
  });

  it.each([
    [{ ...environment, GITHUB_TOKEN: "" }, "GITHUB_TOKEN is not set."],
    [{ ...environment, GITHUB_REPOSITORY: "acme/access/../other" }, "GITHUB_REPOSITORY is not set to a repository"],
    [{ ...environment, GITHUB_API_URL: "http://github.example.com" }, "expected a URL that begins with https://"],
    [{ ...environment, GITHUB_API_URL: "nowhere" }, "expected a URL that begins with https://"],
  ])("refuses what would not work, or show the token: %#", (wrong, message) => {
    expect(() => settingsIn(wrong)).toThrow(message);
  });
});
