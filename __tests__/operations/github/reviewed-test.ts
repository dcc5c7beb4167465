/** Whether what is deployed is what was reviewed, against what stands in for GitHub. */
import { GitHub, settingsIn } from "../../../operations/github/github";
import { checkProtection, lookUpReview, type Verdict } from "../../../operations/github/reviewed";
import { BOT, MALLORY, PretendGitHub, type User } from "../../support/pretend-github";

const COMMIT = "c".repeat(40);
const FINGERPRINT = "a".repeat(64);
const OTHER = "b".repeat(64);
const PULL = 7;
const merged = { number: PULL, merged_at: "2026-08-01T00:00:00Z", merge_commit_sha: COMMIT };
const review = (fingerprint: string, environment = "dev") =>
  `<!-- machine-access-review environment=${environment} fingerprint=${fingerprint} -->\n## Review`;

const server = new PretendGitHub();
let github: GitHub;

beforeAll(async () => {
  await server.start();
  github = new GitHub(settingsIn(server.environment));
});
afterAll(() => server.stop());
beforeEach(() => {
  server.clear();
  server.pulls.set(COMMIT, [merged]);
});

const lookUp = (): Promise<Verdict> =>
  lookUpReview(github, { environment: "dev", commit: COMMIT, fingerprint: FINGERPRINT, author: BOT.login });

describe("lookUpReview", () => {
  it("knows the plan that was reviewed", async () => {
    server.addComment(PULL, review(OTHER, "prod"));
    server.addComment(PULL, review(FINGERPRINT));

    expect(await lookUp()).toEqual({ kind: "same", pull: PULL });
  });

  it("knows another plan", async () => {
    server.addComment(PULL, review(OTHER));

    expect(await lookUp()).toEqual({ kind: "other", pull: PULL, reviewed: OTHER });
  });

  it.each<readonly [string, string, User]>([
    ["somebody who forged it", review(FINGERPRINT), MALLORY],
    ["the bot, quoting somebody", `> ${review(FINGERPRINT)}`, BOT],
    ["the bot, about another environment", review(FINGERPRINT, "prod"), BOT],
    ["the bot, after a review that failed", "<!-- machine-access-review environment=dev -->", BOT],
    ["the bot, with no whole fingerprint", review(FINGERPRINT.slice(1)), BOT],
  ])("does not believe a comment of %s", async (_who, body, user) => {
    server.addComment(PULL, body, user);

    expect(await lookUp()).toEqual({ kind: "none", pull: PULL });
  });

  it.each([
    ["was pushed without a pull request", []],
    ["is of a pull request that is not merged", [{ ...merged, merged_at: null }]],
    ["is an earlier commit of the pull request", [{ ...merged, merge_commit_sha: OTHER.slice(24) }]],
    ["is of two pull requests", [merged, { ...merged, number: 8 }]],
  ])("knows no review when the commit %s", async (_how, pulls) => {
    server.pulls.set(COMMIT, pulls);
    server.addComment(PULL, review(FINGERPRINT));

    expect(await lookUp()).toEqual({ kind: "none" });
  });
});

describe("checkProtection", () => {
  it.each([true, false])("is content with required reviewers (ephemeral: %s)", async (isEphemeral) => {
    server.protection.set("prod", ["wait_timer", "required_reviewers"]);

    expect(await checkProtection(github, "prod", isEphemeral)).toBeUndefined();
  });

  it.each([
    ["has none", ["wait_timer", "branch_policy"]],
    ["is not there", undefined],
  ])("refuses an environment that is not ephemeral and %s", async (_how, rules) => {
    if (rules !== undefined) server.protection.set("prod", rules);

    await expect(checkProtection(github, "prod", false)).rejects.toThrow(
      'the environment "prod" on GitHub has no required reviewers, so this plan would be applied without approval.',
    );
  });

  it.each([
    [["wait_timer"], expect.stringContaining("is open to every branch")],
    [undefined, expect.stringContaining("is open to every branch")],
    [["branch_policy"], undefined],
  ])("warns of an ephemeral environment that every branch can deploy to: %j", async (rules, expected) => {
    if (rules !== undefined) server.protection.set("dev", rules);

    expect(await checkProtection(github, "dev", true)).toEqual(expected);
  });
});
