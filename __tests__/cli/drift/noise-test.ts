import type { Finding } from "../../../cli/drift/finding";
import { type IgnoreEntry, parseIgnoreFile } from "../../../cli/drift/ignore-file";
import { siftNoise } from "../../../cli/drift/noise";

const TODAY = "2026-11-22";

function finding(changes: Partial<Finding> = {}): Finding {
  const values = { expected: "1", found: "2", verdict: "changed outside" } as const;
  return { address: "aws_cognito_user_pool.main", attribute: "schema.name", ...values, ...changes };
}

function entry(changes: Partial<IgnoreEntry> = {}): IgnoreEntry {
  const about = { address: "aws_cognito_user_pool.main", attribute: "schema", reason: "Known", line: 1 };
  return { ...about, expires: TODAY, ...changes };
}

describe("siftNoise", () => {
  it.each([
    ["the attribute itself", finding({ attribute: "schema" }), entry()],
    ["an attribute below it", finding(), entry()],
    ["an address that the pattern fits", finding(), entry({ address: "aws_cognito_*.main" })],
    ["code that is never applied", finding({ verdict: "code not applied yet" }), entry()],
  ])("takes %s for noise, with its reason", (_what, found, listed) => {
    const { findings, unused, expired } = siftNoise([found], [listed], TODAY);

    expect(findings).toEqual([{ ...found, verdict: "provider noise", reason: "Known" }]);
    expect([unused, expired]).toEqual([[], []]);
  });

  it.each([
    ["another resource", finding({ address: "aws_cognito_user_pool.mainly" })],
    ["an attribute whose name only begins alike", finding({ attribute: "schemas" })],
    ["a resource that is gone", finding({ attribute: null })],
    ["what callers meet", finding({ verdict: "not live" })],
    ["what should be gone", finding({ verdict: "still live" })],
  ])("never takes %s for noise, and tells that the entry is for nothing", (_what, found) => {
    expect(siftNoise([found], [entry()], TODAY)).toEqual({ findings: [found], unused: [entry()], expired: [] });
  });

  it("no longer counts what expired the day before", () => {
    const old = entry({ expires: "2026-11-21" });

    expect(siftNoise([finding()], [old], TODAY)).toEqual({ findings: [finding()], unused: [], expired: [old] });
  });

  it("takes dots in addresses for dots", () => {
    const other = finding({ address: "aws_cognito_user_poolxmain" });

    expect(siftNoise([other], [entry()], TODAY).findings).toEqual([other]);
  });
});

describe("parseIgnoreFile", () => {
  const right = "- { address: a.*, attribute: b, reason: Known, expires: 2027-01-31 }\n";

  it("reads entries with their lines", () => {
    expect(parseIgnoreFile(`# noise\n${right}`)).toEqual([
      { address: "a.*", attribute: "b", reason: "Known", expires: "2027-01-31", line: 2 },
    ]);
  });

  it.each(["", "# nothing yet\n", "[]\n"])("takes %j for an empty list", (text) => {
    expect(parseIgnoreFile(text)).toEqual([]);
  });

  it.each([
    ["an unknown setting", `${right}- { adress: x, ${right.slice(4)}`, '2:5: an entry has no setting "adress".'],
    ["no reason", "- { address: a, attribute: b, expires: 2027-01-31 }", '1:3: the entry has no "reason".'],
    ["an empty reason", right.replace("Known", '" "'), '1:41: "reason" must not be empty.'],
    ["a day that there is not", right.replace("01-31", "02-30"), '1:57: "expires" must be a day that there is'],
    ["no day", right.replace("2027-01-31", "never"), '1:57: "expires" must be a day that there is'],
    ["a number", right.replace("a.*", "7"), '1:14: "address" must be text.'],
    ["no list", "address: a\n", "1:1: expected a list of entries"],
    ["a list of texts", "- a\n", "1:3: expected an entry with address"],
    ["broken YAML", "- { address: a\n", ":"],
  ])("refuses %s, and says where", (_what, text, message) => {
    expect(() => parseIgnoreFile(text)).toThrow(`drift-ignore.yaml:${message === ":" ? "" : message}`);
  });

  it("tells all mistakes at once", () => {
    expect(() => parseIgnoreFile("- {}\n- a\n")).toThrow(/:1:3: .*"address".*\n.*"attribute".*\n.*\n.*\n.*:2:3:/);
  });
});
