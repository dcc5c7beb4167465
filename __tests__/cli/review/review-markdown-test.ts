import fc from "fast-check";
import type { Alert } from "../../../cli/review/alert";
import { code, row } from "../../../cli/review/markdown-text";
import type { ReviewedResource } from "../../../cli/review/resource-changes";
import { type Review, reviewOf } from "../../../cli/review/review";
import { FEWEST_CHARACTERS, MOST_CHARACTERS, reviewMarkdown } from "../../../cli/review/review-markdown";
import { planWith } from "../../support/plan-json";

const empty = reviewOf("dev", planWith([]), {});
const many = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

const resource = (name: string, attribute = "name"): ReviewedResource => ({
  address: `aws_iam_role.${name}`,
  name,
  type: "aws_iam_role",
  action: "update",
  forcedBy: [],
  attributes: [{ attribute, isShown: true, before: '"old"', after: '"new"', isUnknown: false }],
});

describe("reviewMarkdown", () => {
  it("says when nothing changes", () => {
    const text = reviewMarkdown(empty);

    expect(text).toContain("**Nothing changes.**");
    expect(text).toContain("Nobody gains or loses a call.");
    expect(text).not.toMatch(/### Resources|### Costs|Cut here/);
  });

  it("begins with a marker that tells environment and fingerprint", () => {
    expect(reviewMarkdown(empty)).toMatch(
      new RegExp(
        `^<!-- machine-access-review environment=dev fingerprint=${empty.fingerprint} -->\n## Review of \`dev\`\n`,
      ),
    );
  });

  it("puts loud lines before everything else", () => {
    const text = reviewMarkdown({ ...empty, alerts: [{ level: "caution", message: "Look." }] });

    expect(text).toMatch(/## Review of `dev`\n\n> \[!CAUTION\]\n> Look\.\n\n\*\*Nothing changes/);
  });

  it("tells attributes by old and new value, and of others only that they change", () => {
    const hidden = { attribute: "policy", isShown: false, before: null, after: null, isUnknown: false };
    const text = reviewMarkdown({
      ...empty,
      resources: [{ ...resource("r"), attributes: [...resource("r").attributes, hidden] }],
    });

    expect(text).toContain('| update | `r`<br>`aws_iam_role` | `name`: `"old"` → `"new"`<br>`policy` changed |\n');
  });

  it("cuts attributes first, then resources, then calls, and says how much", () => {
    const review: Review = {
      ...empty,
      resources: many(60, (index) => resource(`resource${index}`, "x".repeat(250))),
      access: many(20, (index) => ({ client: "shop", route: `GET /${index}`, before: "no", after: "yes" })),
    };
    const cuts = (length: number) => reviewMarkdown(review, length).match(/_Cut here: .*_/g) ?? [];

    expect(cuts(MOST_CHARACTERS)).toEqual([]);
    expect(cuts(9000)).toEqual([expect.stringMatching(/^_Cut here: \d+ resources without their attributes\._$/)]);
    expect(cuts(FEWEST_CHARACTERS)).toEqual([
      expect.stringMatching(/\d+ more resources\._$/),
      expect.stringMatching(/\d+ resources without their attributes\._$/),
    ]);
    const more = {
      ...review,
      access: many(200, (index) => ({ client: "shop", route: `GET /${index}`, before: "no", after: "yes" }) as const),
    };
    expect(reviewMarkdown(more, FEWEST_CHARACTERS)).toMatch(
      /_Cut here: \d+ more gained or lost calls\._.*_Cut here: 60 more resources\._/s,
    );
  });

  it("is never longer than it may be, and keeps every loud line that fits", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 400 });
    const reviews = fc.record({
      alerts: fc.array(fc.record<Alert>({ level: fc.constantFrom("caution", "warning"), message: text.map(code) }), {
        maxLength: 6,
      }),
      access: fc.array(
        fc.record({
          client: fc.option(text),
          route: text,
          before: fc.constant("no" as const),
          after: fc.constant("yes" as const),
        }),
        { maxLength: 60 },
      ),
      resources: fc.array(
        fc.tuple(text, text).map(([name, attribute]) => resource(name, attribute)),
        { maxLength: 60 },
      ),
      outputs: fc.array(text, { maxLength: 40 }),
    });
    fc.assert(
      fc.property(reviews, fc.integer({ min: FEWEST_CHARACTERS, max: 30_000 }), (parts, length) => {
        const shown = reviewMarkdown({ ...empty, ...parts }, length);
        const loud = parts.alerts.reduce((sum, { message }) => sum + message.length + 20, 0);

        expect(shown.length).toBeLessThanOrEqual(length);
        if (loud < length - 2000) for (const { message } of parts.alerts) expect(shown).toContain(`\n> ${message}\n`);
      }),
      { numRuns: 150 },
    );
  });

  it("says how many loud lines there are too many of", () => {
    const alerts = many(200, (index): Alert => ({ level: "caution", message: `Look at ${"x".repeat(90)} ${index}.` }));
    const text = reviewMarkdown({ ...empty, alerts }, FEWEST_CHARACTERS);

    expect(text.length).toBeLessThanOrEqual(FEWEST_CHARACTERS);
    expect(text).toMatch(/_Cut here: 1\d\d more loud lines\._/);
  });
});

describe("row", () => {
  it("escapes bars, which end a cell even within code, and nothing else", () => {
    expect(row(code("a|b"), code("c`d"), "e")).toBe("| `a\\|b` | `` c`d `` | e |");
  });
});

describe("code", () => {
  it.each([
    ["plain", "`plain`"],
    ["a|b", "`a|b`"],
    ["a\nb\r\n| c", "`a b | c`"],
    ["`", "`` ` ``"],
    ["``x` y", "``` ``x` y ```"],
    ["@octocat <img src=x> [a](b) #1", "`@octocat <img src=x> [a](b) #1`"],
    ["a\u202eb\u200bc\u0007", "`a\\u{202e}b\\u{200b}c\\u{7}`"],
    ["", "(empty)"],
    [" \n ", "(empty)"],
    ["x".repeat(301), `\`${"x".repeat(300)}… (301 characters)\``],
  ])("writes %j as %j", (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  it("lets nothing out of its fence, and breaks no row", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("`", "|", "\\", "\n", "@", "<", "a", " ", "-->"), maxLength: 30 }),
        (text) => {
          const written = code(text);
          if (written === "(empty)") return;
          const [, fence = ""] = /^(`+)/.exec(written) ?? [];
          const inner = written.slice(fence.length, -fence.length);

          expect(written.endsWith(fence)).toBe(true);
          expect(inner.match(/`+/g) ?? []).not.toContain(fence);
          expect(written).not.toContain("\n");
          expect(row(written).slice(2, -2)).not.toMatch(/(?<!\\)\|/);
        },
      ),
    );
  });
});
