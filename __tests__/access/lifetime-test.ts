/** When access ends, by the day that is given. */
import { type AccessModel, AccessModelError, isEnabled, todayOf } from "../../access/access-model";
import { fileWith, mistakesIn, parse } from "../support/access-text";

const ENVIRONMENTS = [
  "  dev: { region: eu-west-1, domainPrefix: d }",
  "  prod: { region: eu-west-1, domainPrefix: p }",
].join("\n");

/** A file whose only client has line 7. */
function fileWithClient(client: string, others: Readonly<Record<string, string>> = {}): string {
  const routes = "  POST /access: { lambda: access, scopes: [orders/read, orders/write] }";
  return fileWith({ environments: ENVIRONMENTS, clients: `  billing: { ${client} }`, routes, ...others });
}

function on(today: string, client: string, others: Readonly<Record<string, string>> = {}): AccessModel {
  return parse(fileWithClient(client, others), undefined, today);
}

function warningsOn(today: string, client: string, others: Readonly<Record<string, string>> = {}) {
  return on(today, client, others).warnings.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

/** The strict setting is at the end. */
const STRICT = { strict: " true" };

describe("todayOf", () => {
  const clock = () => new Date("2027-03-31T23:59:59.999Z");

  it("is the date of the clock in UTC", () => {
    expect(todayOf({}, clock)).toBe("2027-03-31");
    expect(todayOf({ ACCESS_TODAY: "" }, clock)).toBe("2027-03-31");
  });

  it("is ACCESS_TODAY where that is set", () => {
    expect(todayOf({ ACCESS_TODAY: "2030-02-28" }, clock)).toBe("2030-02-28");
  });

  it.each(["31.3.2027", "2027-02-30", "2027-3-1", "tomorrow"])("refuses %s, which is not a date", (text) => {
    const refused = () => todayOf({ ACCESS_TODAY: text }, clock);

    expect(refused).toThrow(AccessModelError);
    expect(refused).toThrow(
      `The environment variable ACCESS_TODAY must be a date such as 2027-03-31, but is "${text}". Without it, the date is that of the clock in UTC.`,
    );
  });
});

describe("expires of a client", () => {
  const CLIENT = "scopes: [orders/read, orders/write], expires: 2027-03-31";

  it("lets it get tokens on its last day, and none on the day after", () => {
    const [last, after] = ["2027-03-31", "2027-04-01"].flatMap((today) => on(today, CLIENT).clients);

    expect(last && isEnabled(last, "dev")).toBe(true);
    expect(after && isEnabled(after, "dev")).toBe(false);
    // Its functions stay as they are.
    expect(after?.scopes).toEqual(last?.scopes);
  });

  it("is announced thirty days before, in strict files too", () => {
    const message =
      '7:60: client "billing" expires in 30 days, after 2027-03-31. Set a later date if it is still needed.';

    expect(warningsOn("2027-02-28", CLIENT)).toEqual([]);
    expect(warningsOn("2027-03-01", CLIENT)).toEqual([message]);
    expect(warningsOn("2027-03-01", CLIENT, STRICT)).toEqual([message]);
    expect(warningsOn("2027-03-30", CLIENT)[0]).toContain("expires in 1 day, after");
    expect(warningsOn("2027-03-31", CLIENT)[0]).toContain("expires today, after");
  });

  it("is announced as many days before as the file says", () => {
    expect(warningsOn("2027-03-24", CLIENT, { expiryWarningDays: " 7" })).toHaveLength(1);
    expect(warningsOn("2027-03-23", CLIENT, { expiryWarningDays: " 7" })).toEqual([]);
    expect(warningsOn("2027-03-30", CLIENT, { expiryWarningDays: " 0" })).toEqual([]);
  });

  it("causes a warning once it is over, and is a mistake in strict files", () => {
    const message =
      '7:60: client "billing" expired on 2027-03-31: it gets no tokens once this is deployed. Set a later date or enabled: false, or remove the client.';

    expect(warningsOn("2027-04-01", CLIENT)).toEqual([message]);
    expect(() => on("2027-04-01", CLIENT, STRICT)).toThrow(message);
  });

  it("is passed over where the client is disabled in all environments", () => {
    expect(warningsOn("2027-04-01", `${CLIENT}, enabled: false`, STRICT)).toEqual([]);
    expect(warningsOn("2027-04-01", `${CLIENT}, enabled: { dev: false, prod: false }`, STRICT)).toEqual([]);
    expect(() => on("2027-04-01", `${CLIENT}, enabled: { dev: false }`, STRICT)).toThrow("expired on");
  });

  it.each(["2027-02-30", "31.03.2027", "2027-3-31", "2027", "soon"])("refuses %s", (text) => {
    expect(mistakesIn(fileWithClient(`scopes: [orders/read], expires: ${text}`))[0]).toMatch(
      /^7:46: expires of client "billing" must be a date such as 2027-03-31, but is "?[\w.-]+"?\.$/,
    );
  });
});

describe("until of a scope of a client", () => {
  const CLIENT = "scopes: [orders/read, { scope: orders/write, until: 2027-03-31 }]";

  it("grants the scope on its last day, and not on the day after", () => {
    const [last, after] = ["2027-03-31", "2027-04-01"].flatMap((today) => on(today, CLIENT).clients);

    expect(last?.scopes).toEqual(["orders/read", "orders/write"]);
    expect(after?.scopes).toEqual(["orders/read"]);
    expect(after && isEnabled(after, "dev")).toBe(true);
    expect(after?.grants).toEqual([
      { scope: "orders/read", until: undefined },
      { scope: "orders/write", until: "2027-03-31" },
    ]);
  });

  it("is announced, then causes a warning, or is a mistake in strict files", () => {
    const over =
      '7:66: scope "orders/write" of client "billing" was granted until 2027-03-31: the next deployment takes it away. Set a later date, or remove the scope.';

    expect(warningsOn("2027-02-28", CLIENT)).toEqual([]);
    expect(warningsOn("2027-03-19", CLIENT)).toEqual([
      '7:66: scope "orders/write" of client "billing" ends in 12 days, after 2027-03-31. Set a later date if it is still needed.',
    ]);
    expect(warningsOn("2027-04-01", CLIENT)).toEqual([over]);
    expect(() => on("2027-04-01", CLIENT, STRICT)).toThrow(over);
  });

  it("disables the client once all its scopes have ended, with the scopes that it had last", () => {
    const client = "scopes: [{ scope: orders/read, until: 2027-03-31 }, { scope: orders/write, until: 2027-01-31 }]";
    const [before, after] = ["2027-03-31", "2027-04-01"].flatMap((today) => on(today, client).clients);

    expect(before && isEnabled(before, "dev")).toBe(true);
    expect(after && isEnabled(after, "dev")).toBe(false);
    expect(after?.scopes).toEqual(before?.scopes);
    expect(after?.scopes).toEqual(["orders/read"]);
  });

  it("still checks that the scope exists when it has ended", () => {
    const client = "scopes: [orders/read, { scope: orders/wrote, until: 2020-01-31 }]";

    expect(mistakesIn(fileWithClient(client))).toEqual([
      '7:36: client "billing" requests scope "orders/wrote", which resource server "orders" does not have. Did you mean "orders/write"?',
    ]);
  });

  it.each([
    [
      "{ scope: orders/read, until: 2027-02-30 }",
      '7:52: until of scope of client "billing" must be a date such as 2027-03-31, but is "2027-02-30".',
    ],
    ["{ until: 2027-03-31 }", '7:23: scope of client "billing" needs scope: <identifier>/<scope>.'],
    [
      "{ scope: orders/read, untl: 2027-03-31 }",
      '7:45: scope of client "billing" has no setting "untl". Did you mean "until"?',
    ],
    [
      "7",
      '7:23: scope of client "billing" must be <identifier>/<scope> or a map of settings (scope, until), but is 7. Put it in quotes.',
    ],
  ])("refuses %s", (grant, mistake) => {
    expect(mistakesIn(fileWithClient(`scopes: [${grant}]`))).toEqual([mistake]);
  });

  it("refuses a scope that is granted twice with different ends", () => {
    expect(mistakesIn(fileWithClient("scopes: [orders/read, { scope: orders/read, until: 2027-03-31 }]"))).toEqual([
      '7:36: client "billing" has scope "orders/read" twice, with different ends. Keep one of them.',
    ]);
  });
});

describe("enabled of a client", () => {
  it.each([
    ["enabled: true", []],
    ["enabled: false", ["dev", "prod"]],
    ["enabled: { prod: false }", ["prod"]],
    ["enabled: { prod: true, dev: false }", ["dev"]],
  ])("%s disables it there", (enabled, disabledIn) => {
    const { clients, warnings } = on("2026-11-30", `scopes: [orders/read, orders/write], ${enabled}`);

    expect(clients).toMatchObject([{ disabledIn, scopes: ["orders/read", "orders/write"] }]);
    expect(warnings).toEqual([]);
  });

  it("causes neither a warning nor a mistake about routes that only that client can call", () => {
    expect(warningsOn("2026-11-30", "scopes: [orders/read, orders/write], enabled: false", STRICT)).toEqual([]);
  });

  it.each([
    [
      "enabled: off",
      '7:46: enabled of client "billing" must be true, false or a map with at least one environment, but is "off".',
    ],
    [
      "enabled: {}",
      '7:46: enabled of client "billing" must be true, false or a map with at least one environment, but is empty.',
    ],
    [
      "enabled: { prd: false }",
      '7:48: enabled of client "billing" names environment "prd", which does not exist. Did you mean "prod"?',
    ],
    [
      "enabled: { prod: no }",
      '7:54: enabled of environment "prod" of client "billing" must be true or false, but is "no".',
    ],
  ])("refuses %s", (enabled, mistake) => {
    expect(mistakesIn(fileWithClient(`scopes: [orders/read], ${enabled}`))).toEqual([mistake]);
  });
});
