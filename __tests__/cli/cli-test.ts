/** Texts that come from outside, in everything that the operations make for people: lines for a terminal, and Markdown. */
import { stripVTControlCharacters } from "node:util";
import { matrixJson, matrixMarkdown, matrixText } from "../../operations/access-graph/access-matrix-text";
import { driftText, reportOf } from "../../operations/drift/drift-text";
import { failedReview } from "../../operations/github/comment";
import { driftBody } from "../../operations/github/drift-issue";
import type { Finding } from "../../operations/plan-file/finding";
import { PROTECTIONS } from "../../operations/review/protections";
import { type Review, reviewOf } from "../../operations/review/review";
import { reviewMarkdown } from "../../operations/review/review-markdown";
import { reviewText } from "../../operations/review/review-text";
import { describeReceipt, type Receipt, receiptText } from "../../operations/teardown/receipt";
import type { Check } from "../../operations/verify/check";
import { verifyText } from "../../operations/verify/verify-text";
import { printable } from "../../platform/terminal";
import { widthOf } from "../../platform/terminal-table";
import { dangersInLines, dangersInMarkdown, HOSTILE_TEXTS } from "../support/hostile-texts";
import { planWith } from "../support/plan-json";

const styleOf = (width: number | undefined) => ({
  width,
  alarm: (text: string) => `\u001b[31m${text}\u001b[39m`,
  heading: (text: string) => text,
});

function matrixOf(text: string) {
  const judged = {
    refusedByFunction: [text],
    function: text,
    url: text,
    callerCheck: "none" as const,
  };
  const route = { route: text, api: text, isAmbiguous: true as const, scopes: [text], catches: [text], ...judged };
  return {
    environment: text,
    clients: [text, "shop"],
    withoutDomain: [text],
    routes: (["public", "clients", "unknown"] as const).map((access) => ({
      ...route,
      access,
      callers: [text],
      notes: [`callable without a token: ${text}`],
    })),
  };
}

function findingsOf(text: string): readonly Finding[] {
  const found = { address: text, expected: text, found: text, reason: text, route: text, undo: `aws x '${text}'` };
  return [null, text].flatMap((attribute) => [
    { ...found, attribute, verdict: "unmanaged-resource", severity: "critical", effect: text } as const,
    { ...found, attribute, verdict: "out-of-band-change", severity: "warning" } as const,
  ]);
}

const notCheckedOf = (text: string) => [{ kind: text, attribute: text, address: text, operation: text, code: text }];

function driftOf(text: string) {
  const entry = { address: text, attribute: text, reason: text, expires: "2026-01-31", line: 1 };
  const sifted = { findings: findingsOf(text), expired: [entry], unused: [entry] };
  return reportOf("dev", "cdktf.out/stacks/dev", sifted, notCheckedOf(text) as never);
}

/** Each protected type is destroyed, and changed, with the text as each of its values. */
function reviewWith(text: string): Review {
  const values = (suffix: string) =>
    Object.fromEntries(
      ["name", "id", "arn", "description", "policy", "identifier", "domain", "function_name", "uri", "scope"].map(
        (attribute) => [attribute, `${text}${suffix}`],
      ),
    );
  const changes = Object.keys(PROTECTIONS).flatMap((type) => [
    { type, name: `${text}1`, before: values("") },
    { type, name: `${text}2`, before: values(""), after: values("x") },
    { type, name: `${text}3`, after: values("") },
  ]);
  const review = reviewOf("dev", planWith(changes), {});
  const notInPlan = { findings: findingsOf(text), notChecked: notCheckedOf(text) as never };
  const access = ["yes", "no"].flatMap((after) =>
    [text, null].map((client) => ({ client, route: text, before: "unknown", after }) as Review["access"][number]),
  );
  return { ...review, access, notInPlan, outputs: [text] };
}

function verificationOf(text: string, width?: number) {
  const check = { route: text, caller: text, method: text, expected: "allow", found: text } as const;
  const advice = { text, commands: [`npx access rotate '${text}'`] };
  const checks = (["as-expected", "unexpected-allow", "unexpected-deny"] as const).map(
    (verdict) => ({ ...check, verdict, advice }) as unknown as Check,
  );
  const names = { routes: [text], clients: [text] };
  return verifyText(
    {
      environment: "dev",
      isAsExpected: false,
      isStopped: true,
      isPartial: true,
      checks,
      notDeployed: names,
      notInCode: names,
      notApplied: names,
      untestedRoutes: [{ route: text, reason: text }],
      unknownSecrets: [text],
      routesWithoutIdCheck: [text],
      withoutDomain: [text],
      hasUpdatedIssuer: true,
      staleRoutes: [text],
      unmanagedRoutes: [],
      missingPermissions: [text],
    },
    { width, isComplete: true },
  );
}

const receiptOf = (text: string): Receipt => ({
  environment: "dev",
  project: text,
  region: "eu-west-1",
  account: "123456789012",
  startedAt: "2026-01-31T00:00:00Z",
  finishedAt: "2026-01-31T00:00:01Z",
  isProtectionLifted: false,
  destroyed: 1,
  gone: [text],
  counts: { [text]: 1 },
  clients: [{ name: text, id: text, note: text }],
  leftovers: [
    { kind: "log group", type: "aws_cloudwatch_log_group", name: text, detail: text, remove: `aws x '${text}'` },
    { kind: "role", type: "aws_iam_role", name: text, detail: "", remove: `aws y '${text}'` },
    {
      kind: "secret",
      type: "aws_secretsmanager_secret",
      name: text,
      detail: "",
      remove: "aws z",
      restore: `aws u '${text}'`,
    },
  ],
  notChecked: [text],
});

/** Texts with tables. @param width columns of the terminal, if there is one */
const TABLES: Readonly<Record<string, (text: string, width?: number) => string>> = {
  matrix: (text, width) => matrixText(matrixOf(text), styleOf(width)),
  drift: (text, width) => driftText(driftOf(text), width),
  review: (text, width) => reviewText(reviewWith(text), { width, isComplete: true }),
  "short review": (text, width) => reviewText(reviewWith(text), { width }),
  verify: verificationOf,
  "receipt of a teardown": (text, width) => receiptText(receiptOf(text), width),
};

const LINES: Readonly<Record<string, (text: string, width?: number) => string>> = {
  ...TABLES,
  receipt: (text) => describeReceipt(receiptOf(text)),
};

const MARKDOWN: Readonly<Record<string, (text: string) => string>> = {
  matrix: (text) => matrixMarkdown([matrixOf(text)]),
  "matrix of many clients": (text) => {
    const matrix = matrixOf(text);
    return matrixMarkdown([{ ...matrix, clients: [...matrix.clients, ...Array(30).keys()].map(String) }]);
  },
  review: (text) => reviewMarkdown(reviewWith(text), 1_000_000),
  "issue about drift": (text) => driftBody(JSON.parse(JSON.stringify(driftOf(text)))),
  receipt: (text) => describeReceipt(receiptOf(text)),
  "failed review": () => failedReview("dev", "https://github.com/acme/access/actions/runs/1"),
};

/** A tenth of the great length is as much longer than a line. With SOAK it is as long as elsewhere. */
const LENGTH = process.env["SOAK"] === undefined ? 2000 : undefined;
const texts = Object.entries(HOSTILE_TEXTS).map(([what, text]) => [what, text.slice(0, LENGTH)] as const);
const each = <Make>(made: Readonly<Record<string, Make>>) =>
  Object.entries(made).flatMap(([name, make]) => texts.map(([what, text]) => [name, what, text, make] as const));

describe("lines for a terminal", () => {
  it.each(each(LINES))("of %s keep %s as text", (_name, _what, text, make) => {
    const lines = make(text);
    expect(dangersInLines(printable(lines))).toEqual([]);
    // Each piece was a cell or a line before it was printed, so that it makes no line of its own.
    expect(lines.split("\n")).toHaveLength(make("evil").split("\n").length);
  });

  it.each(each(TABLES))("of %s keep %s as text in a narrow terminal", (_name, _what, text, make) => {
    expect(dangersInLines(printable(make(text, 60)))).toEqual([]);
  });
});

describe("tables", () => {
  const names = {
    "a long name": "the-service-of-the-warehouse-that-sends-orders-to-the-suppliers-of-all-regions",
    "a name without breaks": "x".repeat(100),
    "wide characters": "東京の倉庫から注文を送るサービス".repeat(4),
    "a mixed name": "注文 service — 한국 orders/読み取り ".repeat(3),
  };

  it.each([60, 80, 120].flatMap((width) => Object.keys(TABLES).map((table) => [width, table] as const)))(
    "fit into %d columns: %s",
    (width, table) => {
      for (const name of Object.values(names)) {
        const lines = stripVTControlCharacters(TABLES[table]?.(name, width) ?? "").split("\n");
        // Sentences are wrapped by the terminal; commands are not wrapped, so that they can be copied.
        const ofTables = lines.filter((line) => line.startsWith("  ") && !/^ +(?:aws|npx) /.test(line));

        expect(ofTables.length).toBeGreaterThan(2);
        expect(ofTables.filter((line) => widthOf(line) > width)).toEqual([]);
      }
    },
  );

  it.each(Object.keys(TABLES))("are not wrapped without a terminal: %s", (table) => {
    const name = names["a long name"];

    expect(TABLES[table]?.(name).split("\n").length).toBe(TABLES[table]?.("x").split("\n").length);
    expect(TABLES[table]?.(name)).toContain(name);
  });
});

describe("Markdown", () => {
  it.each(each(MARKDOWN))("of %s keeps %s as code", (name, _what, text, make) => {
    const markdown = make(text);
    const made = name === "failed review" ? markdown.replace("[it failed](https://", "") : markdown;
    expect(dangersInMarkdown(made)).toEqual([]);
    expect(markdown.split("\n")).toHaveLength(make("evil").split("\n").length);
  });

  it("has the same cells in each row", () => {
    for (const [, text] of texts) {
      const rows = matrixMarkdown([matrixOf(text)])
        .split("\n")
        .filter((line) => line.startsWith("|"));
      const cells = rows.map((line) => line.replace(/\\\|/g, "").split("|").length);
      expect(new Set(cells).size).toBe(1);
    }
  });
});

it("JSON has every text exactly", () => {
  for (const [, text] of texts) {
    const json = matrixJson([matrixOf(text)]);
    expect(JSON.parse(json)).toEqual([matrixOf(text)]);
    expect(dangersInLines(json)).toEqual([]);
  }
});
