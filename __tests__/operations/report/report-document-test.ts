/** The document by its Markdown, its HTML and its CSV. */
import { visible } from "../../../access/visible";
import type { AccessReport, ReportClient } from "../../../operations/report/report";
import { reportCsv } from "../../../operations/report/report-csv";
import { sinceText } from "../../../operations/report/report-document";
import { reportHtml } from "../../../operations/report/report-html";
import { reportMarkdown } from "../../../operations/report/report-markdown";
import { dangersInLines, dangersInMarkdown, HOSTILE_TEXTS } from "../../support/hostile-texts";

const since = { date: "2026-01-02", commit: "1".repeat(40), isAtLeast: false };
const last = { lastCall: "2026-11-01", use: "used" } as const;
const none = { lastCall: null, use: "unused" } as const;
const client: ReportClient = {
  ...{ client: "shop", owner: "web", contact: "web at example", purpose: "The shop", clientId: "abc" },
  ...{ isEnabled: true, expires: null, tokenMinutes: 60, secretReaders: null },
  use: {
    ...{ verdict: "used", lastToken: "2026-11-02", lastCall: "2026-11-01", secretCreated: "2026-01-02" },
    ...{ secretAgeDays: 304, rotateAfterDays: 90, isSecretOverdue: true },
  },
  calls: [
    {
      route: "GET /a",
      scopes: ["o/r"],
      since,
      until: "2027-01-31",
      isDeployed: true,
      callerCheck: "client-id",
      ...last,
    },
    { route: "GET /b", scopes: ["o/r"], since: null, until: null, isDeployed: false, callerCheck: "none", ...none },
  ],
};
const report: AccessReport = {
  ...{ environment: "dev", date: "2026-11-30", commit: "2".repeat(40), isDirty: true, notes: ["A note"] },
  ...{ clients: [client], protections: [{ name: "firewall", value: "none" }] },
  publicRoutes: [{ route: "GET /health", reason: "For probes", since: { ...since, isAtLeast: true } }],
  deployedOnly: [{ client: "gone", route: "GET /a" }],
  usageDays: 90,
  sensitiveScopes: [{ scope: "o/r", approvers: ["@acme/security"], clients: [] }],
};
const changes = {
  ...{ commit: "3".repeat(40), date: "2025-01-01", hadEnvironment: false },
  ...{
    gained: [{ client: "shop", route: "GET /a", scopes: ["o/r"] }],
    lost: [{ client: null, route: "GET /", scopes: [] }],
  },
};

/** The report with a text wherever one comes from access.yaml. */
const hostile = (text: string): AccessReport => ({
  ...report,
  notes: [text],
  clients: [
    {
      ...client,
      ...{ client: text, owner: text, contact: text, purpose: text, secretReaders: [text] },
      calls: client.calls.map((call) => ({ ...call, route: text, scopes: [text, text] })),
    },
  ],
  publicRoutes: [{ route: text, reason: text, since }],
  protections: [{ name: "firewall", value: text }],
  deployedOnly: [{ client: text, route: text }],
  sensitiveScopes: [{ scope: text, approvers: [text], clients: [text] }],
});

describe("a report as Markdown", () => {
  it("begins with its origin and with what stands out", () => {
    expect(reportMarkdown(report).split("\n").slice(0, 10)).toEqual([
      "# Access in `dev`",
      "",
      "Made on 2026-11-30 from access.yaml at commit `222222222222`, with changes that are not committed.",
      "",
      "- 1 client of 1 owner may make 2 calls.",
      "- **1 route can be called without a token.**",
      "- **1 secret overdue for rotation.**",
      "- **1 call not deployed yet.**",
      "- **1 call deployed that access.yaml does not grant.**",
      "- **Note:** A note",
    ]);
  });

  it("has a row for each call", () => {
    expect(reportMarkdown(report)).toContain(
      [
        "| `GET /a` | `o/r` | 2026-01-02, `111111111111` | 2027-01-31 | yes | 2026-11-01 | client id |",
        "| `GET /b` | `o/r` | not committed | no date | **no** | none in 90 days | nothing |",
      ].join("\n"),
    );
  });

  it("has sensitive scopes", () => {
    expect(reportMarkdown(report)).toContain("| `o/r` | `@acme/security` | no client |");
  });

  it("has when the client was last used, and the age of its secret", () => {
    const use = { verdict: "unused", lastToken: null, lastCall: null, secretCreated: "2026-01-02" } as const;
    const young = { secretAgeDays: 1, rotateAfterDays: null, isSecretOverdue: false };
    const unused = reportMarkdown({ ...report, clients: [{ ...client, use: { ...use, ...young } }] });

    expect(reportMarkdown(report)).toContain(
      "created on 2026-01-02, 304 days old, **to be rotated after 90 days**\n- last token: 2026-11-02\n- last call: 2026-11-01",
    );
    expect(unused).toContain("created on 2026-01-02, 1 day old\n- last token: **none in 90 days**");
    expect(unused).toContain("- **1 client unused for 90 days.**");
  });

  it("has what changed, and that the environment is new", () => {
    const markdown = reportMarkdown({ ...report, changes });

    expect(markdown).toContain("1 call gained, 1 call lost. The environment `dev` did not exist.");
    expect(markdown).toContain("| gained | `shop` | `GET /a` | `o/r` |\n| lost | **without a token** | `GET /` |  |");
  });

  it.each(Object.entries(HOSTILE_TEXTS))("keeps texts of access.yaml within code: %s", (_, text) => {
    const markdown = reportMarkdown(hostile(text.slice(0, 2_000)));

    expect(dangersInMarkdown(markdown)).toEqual([]);
  });
});

describe("a report as HTML", () => {
  it("is one page without scripts, and without requests", () => {
    const html = reportHtml({ ...report, changes });

    expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
    expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|\bhref=|url\(|@import|https?:/i);
    expect(html).toContain('<td data-head="until">2027-01-31</td>');
  });

  it("has an end for each beginning of an element", () => {
    const tags = [...reportHtml({ ...report, changes }).matchAll(/<(\/?)([a-z]+\d?)\b/g)];
    const open: string[] = [];
    for (const [, slash, name = ""] of tags.filter(([, , name]) => name !== "meta")) {
      if (slash === "") open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it.each(Object.entries(HOSTILE_TEXTS))("shows texts of access.yaml as text: %s", (_, text) => {
    const [plain, other] = [report, hostile(text)].map((one) => reportHtml(one));
    const tags = (html = "") => html.match(/<[^>]*>/g)?.filter((tag) => !/^<\/?(?:code|li|td)/.test(tag)) ?? [];

    expect(tags(other)).toEqual(tags(plain));
    expect(dangersInLines(other ?? "")).toEqual([]);
  });
});

/** Fields of CSV, as RFC 4180 has them. */
function fieldsOf(csv: string): readonly (readonly string[])[] {
  return csv
    .split("\n")
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
        ([, quoted, plain = ""]) => quoted?.replaceAll('""', '"') ?? plain,
      ),
    );
}

describe("a report as CSV", () => {
  it("has a row for each call and each route without a token, with the same columns", () => {
    const [head = [], ...rows] = fieldsOf(reportCsv(report));
    const at = (column: string) => rows.map((row) => row[head.indexOf(column)]);

    expect(rows.map((row) => row.length)).toEqual([head.length, head.length, head.length]);
    expect(at("client")).toEqual(["shop", "shop", "without a token"]);
    expect(at("route")).toEqual(["GET /a", "GET /b", "GET /health"]);
    expect(at("since")).toEqual(["2026-01-02", "not committed", "2026-01-02 or earlier"]);
    expect(at("deployed")).toEqual(["yes", "no", ""]);
  });

  it("has a row for a client without calls", () => {
    expect(fieldsOf(reportCsv({ ...report, clients: [{ ...client, calls: [] }] }))[1]).toContain("shop");
  });

  it("has only what changed with --since", () => {
    expect(fieldsOf(reportCsv({ ...report, changes }))).toEqual([
      ["environment", "from commit", "to commit", "change", "owner", "client", "route", "scopes"],
      ["dev", "3".repeat(40), "2".repeat(40), "gained", "web", "shop", "GET /a", "o/r"],
      ["dev", "3".repeat(40), "2".repeat(40), "lost", "", "without a token", "GET /", ""],
    ]);
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r\n=1", "＝1", '="a""b"'])(
    "has no field that a spreadsheet takes for a formula: %j",
    (text) => {
      const row = fieldsOf(reportCsv(hostile(text)))[1] ?? [];

      expect(row).toContain(`'${text.replace(/\s+/g, " ")}`);
      expect(row.filter((field) => /^\s*[=+\-@＝]/.test(field))).toEqual([]);
    },
  );

  it.each(Object.entries(HOSTILE_TEXTS))("keeps a text in its field: %s", (_, text) => {
    const [head = [], ...rows] = fieldsOf(reportCsv(hostile(text)));

    expect(rows.map((row) => row.length)).toEqual(Array(3).fill(head.length));
    expect(rows[0]?.[head.indexOf("purpose")]?.replace(/^'/, "")).toBe(visible(text.replace(/\s+/g, " ")));
    expect(dangersInLines(reportCsv(hostile(text)))).toEqual([]);
  });
});

it("prints that the date of a grant is unknown without a commit", () => {
  expect([sinceText(null, null), sinceText(null, "1"), sinceText(since, "1")]).toEqual([
    "unknown",
    "not committed",
    "2026-01-02",
  ]);
});
