/** The one comment of a review, against what stands in for GitHub. */
import { failedReview, fingerprintIn, readComment, writeComment } from "../../../operations/github/comment";
import { GitHub, settingsIn } from "../../../operations/github/github";
import { BOT, MALLORY, PretendGitHub } from "../../support/pretend-github";

const PULL = 7;
const mark = { kind: "machine-access-review", environment: "dev" } as const;
const author = BOT.login;
const review = (text: string, environment = "dev") =>
  `<!-- machine-access-review environment=${environment} fingerprint=${"a".repeat(64)} -->\n${text}`;

const server = new PretendGitHub();
let github: GitHub;

beforeAll(async () => {
  await server.start();
  github = new GitHub(settingsIn(server.environment));
});
afterAll(() => server.stop());
beforeEach(() => server.clear());

const write = (body: string) => writeComment(github, PULL, mark, body, author);

it.each([`dev fingerprint=${"a".repeat(64)} -->`, "dev -->", "dev\n"])("refuses the environment %j", (environment) => {
  expect(() => failedReview(environment, "https://github.com/acme/access/actions/runs/1")).toThrow(
    "is not a valid environment name",
  );
});

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

    await expect(write(body)).rejects.toThrow("characters; GitHub allows 65,536");
    expect(server.requests).toEqual([]);
  });

  it("refuses a file that is no review of the environment", async () => {
    await expect(write(review("other", "prod"))).rejects.toThrow("the file is not a review of dev.");
    expect(server.requests).toEqual([]);
  });
});

it("reads the fingerprint of a review of the environment", () => {
  expect(fingerprintIn(review("one"), "dev")).toBe("a".repeat(64));
  expect(fingerprintIn(review("one"), "prod")).toBeUndefined();
});
