import type { Handout } from "../../../operations/handout/handout";
import { handoutMarkdown } from "../../../operations/handout/handout-text";
import { dangersInMarkdown, HOSTILE_TEXTS } from "../../support/hostile-texts";

const handout: Handout = {
  environment: "dev",
  client: "shop",
  clientId: "abc",
  owner: null,
  purpose: null,
  expires: null,
  scopeEnds: [],
  rotateAfterDays: null,
  tokenUrl: "https://x.auth.eu-west-1.amazoncognito.com/oauth2/token",
  scopes: ["orders/read"],
  tokenSeconds: 450,
  renewBeforeSeconds: 45,
  routes: [{ route: "GET /a", url: "https://api.example.com/a", scopes: [] }],
  secret: null,
};

describe("a handout as Markdown", () => {
  it.each(Object.entries(HOSTILE_TEXTS))("keeps names within code: %s", (_, text) => {
    const short = text.slice(0, 2_000);
    const secret = { name: short, arn: short, region: "eu-west-1", readers: [short] };
    const markdown = handoutMarkdown({
      ...handout,
      client: short,
      owner: short,
      purpose: short,
      scopes: [short],
      secret,
    });
    // What is within the blocks is code.
    const outside = markdown.replace(/^(`{3,})\w+\n[\s\S]*?^\1$/gm, "");

    expect(dangersInMarkdown(outside)).toEqual([]);
  });

  it("tells how long to keep a token, to the second where it is not whole minutes", () => {
    expect(handoutMarkdown(handout)).toContain("Keep a token for 405 seconds");
    expect(handoutMarkdown({ ...handout, tokenSeconds: 3600, renewBeforeSeconds: 60 })).toContain("59 minutes");
  });

  it("tells in sentences where the new secret of a rotation comes from", () => {
    const secret = { name: "x/shop", arn: "arn:x", region: "eu-west-1", readers: [] };

    expect(handoutMarkdown(handout)).toContain("is finished. The team that runs the API sends the new one.");
    expect(handoutMarkdown({ ...handout, secret })).toContain("is finished. Read it from Secrets Manager again.");
  });

  it("names the token cache, and how it differs", () => {
    const markdown = handoutMarkdown({ ...handout, tokenCacheUrl: "https://cache.example.com/token" });

    expect(markdown).toContain("`https://cache.example.com/token`. Send the credentials with HTTP Basic");
  });
});
