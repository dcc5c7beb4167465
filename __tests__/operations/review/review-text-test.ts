import { stripVTControlCharacters } from "node:util";
import type { Finding } from "../../../operations/plan-file/finding";
import type { ReviewedResource } from "../../../operations/review/resource-changes";
import { type Review, reviewOf } from "../../../operations/review/review";
import { reviewMarkdown } from "../../../operations/review/review-markdown";
import { type ReviewStyle, reviewText } from "../../../operations/review/review-text";
import { planWith } from "../../support/plan-json";

const empty = reviewOf("dev", planWith([]), {});

function resource(
  name: string,
  action: ReviewedResource["action"],
  forcedBy: readonly string[] = [],
): ReviewedResource {
  return { address: `aws_iam_role.${name}`, name, type: "aws_iam_role", action, forcedBy, attributes: [] };
}

const textOf = (review: Partial<Review>, style?: ReviewStyle) =>
  stripVTControlCharacters(reviewText({ ...empty, ...review }, style));

describe("reviewText", () => {
  it("is one line when nothing changes", () => {
    expect(textOf({})).toBe("dev: nothing changes");
  });

  it("shows alerts first, as text", () => {
    const message = "**Look** at ``a`b``: `POST /x` is public.";

    expect(textOf({ alerts: [{ severity: "critical", message }] })).toBe(
      "dev: nothing changes\n\ncritical: Look at a`b: POST /x is public.",
    );
  });

  it("groups gained and lost calls by client", () => {
    const access = ["GET /a", "GET /b"].map(
      (route) => ({ client: "shop", route, before: "no", after: "yes" }) as const,
    );
    const lost = { client: null, route: "GET /c", before: "yes", after: "no" } as const;

    expect(textOf({ access: [...access, lost] })).toContain(
      "Who can call what\n  shop                     gains  GET /a, GET /b\n  anyone, without a token  loses  GET /c",
    );
  });

  it("names what is destroyed and replaced, and counts what is only created", () => {
    const created = Array.from({ length: 20 }, (_, index) => resource(`r${index}`, "create"));
    const resources = [resource("old", "destroy"), resource("moved", "replace", ["name"]), ...created];
    const counts = { create: 20, update: 0, replace: 1, destroy: 1, forget: 0 };

    expect(textOf({ hasChanges: true, resources, counts })).toBe(
      [
        "dev: 20 to create, 1 to replace, 1 to destroy",
        "",
        "Resources",
        "  destroy  1 × aws_iam_role: old",
        "  replace  1 × aws_iam_role: moved (because of name)",
        "  create   20 resources. To list them: npx access review dev",
      ].join("\n"),
    );
  });

  it("shows the commands of alerts as they run where the user is", () => {
    process.env["ACCESS_LOCAL"] = "1";
    try {
      const message = "Services use the old scopes until `npx access rotate billing --env dev --deliver`.";
      expect(textOf({ alerts: [{ severity: "warning", message }] })).toContain(
        "until npx access local npx access rotate",
      );
    } finally {
      delete process.env["ACCESS_LOCAL"];
    }
  });

  it("counts what is not in the plan and not an alert, and names the command that has more", () => {
    const user: Finding = {
      address: "aws_cognito_user_pool.pool",
      attribute: "user",
      expected: "not there",
      found: "{}",
      verdict: "unmanaged-resource",
      severity: "warning",
    };
    const findings = [user, user, { ...user, attribute: "identity_provider", severity: "critical" as const }];

    expect(textOf({ notInPlan: { findings, notChecked: [] } })).toBe(
      "dev: nothing changes\n\nNot in the plan. For more: npx access drift dev\n  2 × user of aws_cognito_user_pool.pool",
    );
  });

  it("names what goes live with the deployment that the plan makes", () => {
    const notLive: Finding = {
      address: "aws_api_gateway_method.get",
      attribute: null,
      expected: "deployed",
      found: "not deployed",
      verdict: "not-live",
      severity: "warning",
      route: "GET /billing",
    };
    const notInPlan = { findings: [notLive], notChecked: [] };
    const deployment = { ...resource("api", "replace"), type: "aws_api_gateway_deployment" };

    for (const isComplete of [true, false]) {
      const text = textOf({ notInPlan, resources: [deployment] }, { isComplete });
      expect(text).toContain("Goes live with this plan: GET /billing");
      expect(text).not.toContain("Not in the plan");
      expect(textOf({ notInPlan }, { isComplete })).toContain("Not in the plan");
    }
    expect(reviewMarkdown({ ...empty, notInPlan, resources: [deployment] })).toContain("Goes live with this plan");
    expect(reviewMarkdown({ ...empty, notInPlan })).not.toContain("Goes live");
  });

  it("counts what does not fit", () => {
    const resources = Array.from({ length: 20 }, (_, index) => ({ ...resource("r", "update"), type: `aws_${index}` }));

    expect(textOf({ resources })).toContain("  … and 12 more lines");
  });

  it("lists everything where it is to be complete, wrapped to the terminal", () => {
    const secret = { attribute: "tags", isShown: false, before: null, after: null, isUnknown: false };
    const name = { attribute: "name", isShown: true, before: '"shop"', after: '"market"', isUnknown: false };
    const updated = { ...resource("shop", "update"), attributes: [name, secret] };
    const created = Array.from({ length: 12 }, (_, index) => resource(`role-${index}`, "create"));
    const traffic = [{ label: "million calls", usd: 3.5, differsByRegion: true }];
    const lines = [{ label: "app client", usdEach: 0.5, before: 1, after: 2, differsByRegion: false }];
    const costs = { ...empty.costs, lines, traffic, before: 0.5, after: 1, region: "us-east-1", date: "2026-01-31" };
    const counts = { ...empty.counts, create: 12, update: 1 };
    const alerts = [{ severity: "warning", message: `\`POST /x\` ${"is public ".repeat(6)}.` }] as const;

    const review = { hasChanges: true, alerts, resources: [updated, ...created], counts, costs, outputs: ["api_url"] };
    expect(textOf(review, { width: 60, isComplete: true }).split("\n")).toEqual([
      "dev: 12 to create, 1 to update",
      "",
      "warning: POST /x is public is public is public is public is",
      "         public is public .",
      "",
      "Resources",
      "  update   aws_iam_role: shop",
      '           name: "shop" → "market"',
      "           tags changed",
      "  create   12 × aws_iam_role: role-0, role-1, role-2,",
      "           role-3, role-4, role-5, role-6, role-7, role-8,",
      "           role-9, role-10, role-11",
      "",
      "Outputs that change: api_url",
      "",
      "Monthly costs",
      "  app client      $0.50 each  1 → 2",
      "  before traffic              $0.50 → $1.00",
      "  for each:",
      "  $3.50  million calls *",
      "  List prices of us-east-1 as of 2026-01-31, without free",
      "  tiers; * differs by region.",
      "",
      `Fingerprint ${empty.fingerprint}`,
    ]);
  });

  it("shows costs that change", () => {
    expect(textOf({ costs: { ...empty.costs, before: 0.4, after: 1.2 } })).toContain(
      "Monthly costs before traffic: $0.40 → $1.20",
    );
  });
});
