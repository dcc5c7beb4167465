import fc from "fast-check";
import type { Finding } from "../../../operations/plan-file/finding";
import type { Alert } from "../../../operations/review/alert";
import type { ReviewedResource } from "../../../operations/review/resource-changes";
import { type Review, reviewOf } from "../../../operations/review/review";
import { MIN_CHARACTERS, reviewMarkdown } from "../../../operations/review/review-markdown";
import { code, MAX_GITHUB_CHARACTERS } from "../../../platform/markdown";
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

const unmanaged = (index: number): Finding => ({
  address: "aws_cognito_user_pool.pool",
  attribute: "user",
  expected: "not there",
  found: `{"name":"${index}"}`,
  verdict: "unmanaged-resource",
  severity: "warning",
});

describe("reviewMarkdown", () => {
  it("reports that nothing changes", () => {
    const text = reviewMarkdown(empty);

    expect(text).toContain("**Nothing changes.**");
    expect(text).toContain("No client gains or loses a call.");
    expect(text).not.toMatch(/### Resources|### Costs|Cut here/);
  });

  it("names what was changed outside Terraform", () => {
    const resources = many(5, (index) => resource(`role${index}`));
    const drifted = resources.map(({ address }) => address);

    expect(reviewMarkdown({ ...empty, hasChanges: true, resources, drifted })).toContain(
      " 5 resources of these changed outside Terraform: `role0`, `role1`, `role2` and 2 more. Fingerprint",
    );
  });

  it("begins with a marker of environment and fingerprint", () => {
    expect(reviewMarkdown(empty)).toMatch(
      new RegExp(
        `^<!-- machine-access-review environment=dev fingerprint=${empty.fingerprint} -->\n## Review of \`dev\`\n`,
      ),
    );
  });

  it("puts alerts first", () => {
    const text = reviewMarkdown({ ...empty, alerts: [{ severity: "critical", message: "Look." }] });

    expect(text).toMatch(/## Review of `dev`\n\n> \[!CAUTION\]\n> Look\.\n\n\*\*Nothing changes/);
  });

  it("shows old and new values of attributes, and of others only that they change", () => {
    const hidden = { attribute: "policy", isShown: false, before: null, after: null, isUnknown: false };
    const text = reviewMarkdown({
      ...empty,
      resources: [{ ...resource("r"), attributes: [...resource("r").attributes, hidden] }],
    });

    expect(text).toContain('| update | `r`<br>`aws_iam_role` | `name`: `"old"` → `"new"`<br>`policy` changed |\n');
  });

  it("cuts attributes first, then resources, then calls, and reports how much", () => {
    const review: Review = {
      ...empty,
      resources: many(60, (index) => resource(`resource${index}`, `${"x".repeat(247)}${index}`)),
      access: many(20, (index) => ({ client: "shop", route: `GET /${index}`, before: "no", after: "yes" })),
    };
    const cuts = (length: number) => reviewMarkdown(review, length).match(/_Cut here: .*_/g) ?? [];

    expect(cuts(MAX_GITHUB_CHARACTERS)).toEqual([]);
    expect(cuts(9000)).toEqual([expect.stringMatching(/^_Cut here: \d+ resources without their attributes\._$/)]);
    expect(cuts(MIN_CHARACTERS)).toEqual([
      expect.stringMatching(/\d+ more resources\._$/),
      expect.stringMatching(/\d+ resources without their attributes\._$/),
    ]);
    const more = {
      ...review,
      access: many(200, (index) => ({ client: "shop", route: `GET /${index}`, before: "no", after: "yes" }) as const),
    };
    expect(reviewMarkdown(more, MIN_CHARACTERS)).toMatch(
      /_Cut here: \d+ more gained or lost calls\._.*_Cut here: 60 more resources\._/s,
    );
  });

  it("lists what is not in the plan with the commands that undo it, the most severe first", () => {
    const command = `aws cognito-idp admin-delete-user --username ${"e".repeat(400)}`;
    const text = reviewMarkdown({
      ...empty,
      notInPlan: {
        findings: [unmanaged(1), { ...unmanaged(2), severity: "critical", effect: "a | b @everyone", undo: command }],
        notChecked: [{ address: "a.b", attribute: "group", operation: "cognito-idp:ListGroups", code: "AccessDenied" }],
      },
    });

    expect(text).toMatch(/### Who can call what.*### Not in the plan\n\nAWS differs .*\n\n- critical/s);
    expect(text.match(/^- .*$/gm)).toEqual([
      `- critical: \`user of aws_cognito_user_pool.pool\`: \`{"name":"2"}\`<br>\`a | b @everyone\`<br>\`${command}\``,
      '- warning: `user of aws_cognito_user_pool.pool`: `{"name":"1"}`',
    ]);
    expect(text).toContain("\n`not checked: group. AWS refused cognito-idp:ListGroups (AccessDenied).`\n");
  });

  it("counts the kinds that the endpoint does not support, at the end", () => {
    const kinds = ["group", "user", "user"].map((attribute) => {
      return { address: "a.b", attribute, operation: "cognito-idp:List", code: "UnknownOperationException" };
    });
    const text = reviewMarkdown({ ...empty, notInPlan: { findings: [], notChecked: kinds } });

    expect(text).toMatch(/\n\nnot checked: 2 kinds of resources that this endpoint does not support\.\n$/);
    expect(text.match(/not checked/g)).toHaveLength(1);
  });

  it("cuts resources before what is not in the plan, and reports how many it cut", () => {
    const resources = many(60, (index) => resource(`resource${index}`, `attribute${index}`));
    const of = (count: number) => ({ findings: many(count, unmanaged), notChecked: [] });
    const cuts = (count: number) =>
      reviewMarkdown({ ...empty, resources, notInPlan: of(count) }, MIN_CHARACTERS).match(/_Cut here: .*_/g);

    expect(cuts(20)?.at(0)).toMatch(/ more resources\._$/);
    expect(cuts(200)?.slice(0, 2)).toEqual([
      expect.stringMatching(/ more findings\._$/),
      expect.stringMatching(/ more resources\._$/),
    ]);
  });

  it("shows many that change alike in one row, after those that do not", () => {
    const policy = { attribute: "policy", isShown: false, before: null, after: null, isUnknown: false };
    const review = {
      ...empty,
      resources: [...many(312, (index) => resource(`role${index}`)), { ...resource("other"), attributes: [policy] }],
    };

    expect(reviewMarkdown(review).match(/^\| update.*$/gm)).toEqual([
      "| update | `other`<br>`aws_iam_role` | `policy` changed |",
      '| update | 312 × `aws_iam_role`<br>`role0`, `role1`, `role2` and 309 more | `name`: `"old"` → `"new"` |',
    ]);
  });

  it("shows another value among many that are created alike", () => {
    const method = (index: number, authorization: string): ReviewedResource => ({
      ...resource(`method${index}`),
      action: "create",
      type: "aws_api_gateway_method",
      attributes: [
        { attribute: "authorization", isShown: true, before: null, after: authorization, isUnknown: false },
        { attribute: "http_method", isShown: true, before: null, after: `"M${index}"`, isUnknown: false },
      ],
    });
    const resources = [...many(40, (index) => method(index, '"COGNITO"')), method(40, '"NONE"')];

    expect(reviewMarkdown({ ...empty, resources }).match(/^\| create.*$/gm)).toEqual([
      '| create | `method40`<br>`aws_api_gateway_method` | `authorization`: `"NONE"`<br>`http_method`: `"M40"` |',
      '| create | 40 × `aws_api_gateway_method`<br>`method0`, `method1`, `method2` and 37 more | `authorization`: `"COGNITO"`<br>`http_method`: 40 different values |',
    ]);
  });

  it("keeps different changes of what is updated apart", () => {
    const resources = many(20, (index) => ({
      ...resource(`role${index}`),
      attributes: [{ attribute: "name", isShown: true, before: '"a"', after: `"${index}"`, isUnknown: false }],
    }));

    expect(reviewMarkdown({ ...empty, resources }).match(/^\| update/gm)).toHaveLength(20);
  });

  it("is never longer than the maximum, and keeps every alert that fits", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 400 });
    const reviews = fc.record({
      alerts: fc.array(
        fc.record<Alert>({ severity: fc.constantFrom("critical", "warning"), message: text.map(code) }),
        {
          maxLength: 6,
        },
      ),
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
      fc.property(reviews, fc.integer({ min: MIN_CHARACTERS, max: 30_000 }), (parts, length) => {
        const shown = reviewMarkdown({ ...empty, ...parts }, length);
        const alertLength = parts.alerts.reduce((sum, { message }) => sum + message.length + 20, 0);

        expect(shown.length).toBeLessThanOrEqual(length);
        if (alertLength < length - 2000)
          for (const { message } of parts.alerts) expect(shown).toContain(`\n> ${message}\n`);
      }),
      { numRuns: 150 },
    );
  });

  it("reports how many alerts are cut", () => {
    const alerts = many(
      200,
      (index): Alert => ({ severity: "critical", message: `Look at ${"x".repeat(90)} ${index}.` }),
    );
    const text = reviewMarkdown({ ...empty, alerts }, MIN_CHARACTERS);

    expect(text.length).toBeLessThanOrEqual(MIN_CHARACTERS);
    expect(text).toMatch(/_Cut here: 1\d\d more alerts\._/);
  });
});
