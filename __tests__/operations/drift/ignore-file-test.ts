import { type IgnoreEntry, parseIgnoreFile, siftNoise } from "../../../operations/drift/ignore-file";
import type { Finding } from "../../../operations/plan-file/finding";

const TODAY = "2026-11-22";

function finding(changes: Partial<Finding> = {}): Finding {
  const values = { expected: "1", found: "2", verdict: "out-of-band-change", severity: "warning" } as const;
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
    ["an unmanaged resource", finding({ attribute: "schema", verdict: "unmanaged-resource" }), entry()],
    ["code that is never applied", finding({ verdict: "not-applied" }), entry()],
  ])("takes %s for noise, with its reason", (_what, found, listed) => {
    const { findings, unused, expired } = siftNoise([found], [listed], TODAY);

    expect(findings).toEqual([{ ...found, verdict: "provider-noise", reason: "Known" }]);
    expect([unused, expired]).toEqual([[], []]);
  });

  it.each([
    ["another resource", finding({ address: "aws_cognito_user_pool.mainly" })],
    ["an attribute whose name only begins alike", finding({ attribute: "schemas" })],
    ["a resource that is gone", finding({ attribute: null })],
    ["a change of who gets in", finding({ severity: "critical" })],
    ["a method of the deployed snapshot", finding({ verdict: "not-live" })],
    ["a method that should be gone", finding({ verdict: "still-live" })],
  ])("never takes %s for noise, and names the entry as unused", (_what, found) => {
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
  const right = "- { address: a_b.*, attribute: b, reason: Known, expires: 2027-01-31 }\n";
  const parse = (text: string) => parseIgnoreFile(text, TODAY);

  it("reads entries with their lines", () => {
    expect(parse(`# noise\n${right}`)).toEqual([
      { address: "a_b.*", attribute: "b", reason: "Known", expires: "2027-01-31", line: 2 },
    ]);
  });

  it.each(["", "# nothing yet\n", "[]\n"])("takes %j for an empty list", (text) => {
    expect(parse(text)).toEqual([]);
  });

  it.each([
    ["an unknown setting", `${right}- { adress: x, ${right.slice(4)}`, '2:5: an entry has no setting "adress".'],
    ["no reason", "- { address: a_b.c, attribute: b, expires: 2027-01-31 }", '1:3: the entry has no "reason".'],
    ["an empty reason", right.replace("Known", '" "'), '1:43: "reason" must not be empty.'],
    ["a day that does not exist", right.replace("01-31", "02-30"), '1:59: "expires" must be a valid day'],
    ["no day", right.replace("2027-01-31", "never"), '1:59: "expires" must be a valid day'],
    ["a number", right.replace("a_b.*", "7"), '1:14: "address" must be text.'],
    ["no list", "address: a\n", "1:1: expected a list of entries"],
    ["a list of texts", "- a\n", "1:3: expected an entry with address"],
    ["broken YAML", "- { address: a\n", ":"],
  ])("refuses %s, and says where", (_what, text, message) => {
    expect(() => parse(text)).toThrow(`drift-ignore.yaml:${message === ":" ? "" : message}`);
  });

  it.each([
    ["any resource", "a_b.*", '"*"'],
    ["any type", "a_b.*", '"*.main"'],
    ["types that begin alike", "a_b.*", "aws_*.main"],
    ["a type without a name", "a_b.*", "aws_iam_role"],
    ["a part of a type", "a_b.*", "aws_cognito*"],
  ])("refuses %s for an address", (_what, from, to) => {
    expect(() => parse(right.replace(from, to))).toThrow(
      'drift-ignore.yaml:1:14: "address" must begin with a resource type, such as aws_cognito_user_pool.*.',
    );
  });

  it.each(["aws_iam_role.a-b_*", "aws_iam_role.*", "module.a.aws_iam_role.b"])("takes the address %s", (address) => {
    expect(parse(right.replace("a_b.*", address))).toMatchObject([{ address }]);
  });

  it.each([
    "authorization",
    "authorization_scopes",
    "authorizer_id",
    "provider_arns",
    "allowed_oauth_flows",
    "allowed_oauth_scopes",
    "policy",
    "assume_role_policy",
    "inline_policy",
    "managed_policy_arns",
    "principal",
    "source_arn",
    "environment",
    "environment.variables.LOG_LEVEL",
    "environment.variables.ALLOWED_CLIENT_IDS",
    "variables.ALLOWED_CLIENT_IDS",
    "variables.ALLOWED_BY_ROUTE",
    "app_client",
    "resource_server",
    "client_secrets",
    "function_url",
  ])("refuses the attribute %s, which decides who gets in", (attribute) => {
    expect(() => parse(right.replace("attribute: b", `attribute: ${attribute}`))).toThrow(
      'drift-ignore.yaml:1:32: "attribute" is a security decision, which is never noise',
    );
  });

  it.each(['"*"', '"tags.*"'])("refuses the attribute %s: a whole resource is never noise", (attribute) => {
    expect(() => parse(right.replace("attribute: b", `attribute: ${attribute}`))).toThrow(
      'drift-ignore.yaml:1:32: "attribute" must name one attribute, without *',
    );
  });

  it("takes no day more than twelve months ahead", () => {
    expect(parse(right.replace("2027-01-31", "2027-11-22"))).toMatchObject([{ expires: "2027-11-22" }]);
    expect(() => parse(right.replace("2027-01-31", "2027-11-23"))).toThrow(
      'drift-ignore.yaml:1:59: "expires" must be within twelve months, 2027-11-22 at the latest',
    );
  });

  it("names all mistakes at once", () => {
    expect(() => parse("- {}\n- a\n")).toThrow(/:1:3: .*"address".*\n.*"attribute".*\n.*\n.*\n.*:2:3:/);
  });
});
