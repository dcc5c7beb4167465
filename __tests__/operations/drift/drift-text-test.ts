import { stripVTControlCharacters } from "node:util";
import { driftText, reportOf } from "../../../operations/drift/drift-text";
import type { Sifted } from "../../../operations/drift/noise";
import type { Finding } from "../../../operations/plan-file/finding";

function finding(changes: Partial<Finding> = {}): Finding {
  return {
    address: "method.one",
    attribute: "scopes",
    expected: "[]",
    found: '["a"]',
    verdict: "changed outside",
    ...changes,
  };
}

function textOf(findings: readonly Finding[], others: Partial<Sifted> = {}): string {
  const report = reportOf("dev", "cdktf.out/stacks/dev", { findings, expired: [], unused: [], ...others });
  return stripVTControlCharacters(driftText(report));
}

const ENTRY = { address: "a.*", attribute: "b", reason: "Known", expires: "2026-01-31", line: 4 };

describe("reportOf", () => {
  it.each([
    ["nothing", [], true],
    ["noise alone", [finding({ verdict: "provider noise" })], true],
    ["noise and something else", [finding({ verdict: "provider noise" }), finding({ verdict: "still live" })], false],
    ["code that is not applied", [finding({ verdict: "code not applied yet" })], false],
  ])("says of %s whether it is clean", (_what, findings, isClean) => {
    expect(reportOf("dev", "", { findings, expired: [], unused: [] }).isClean).toBe(isClean);
  });
});

describe("driftText", () => {
  it("shows attribute, expected, found and verdict by resource, and what to do", () => {
    expect(textOf([finding()])).toBe(
      [
        "drift: 1 difference in 1 resource of dev.",
        "",
        "method.one",
        "  attribute  expected  found  verdict",
        '  scopes     []        ["a"]  changed outside',
        "",
        "changed outside: to put it back: npx cdktf deploy dev. To keep it: write it into the code.",
      ].join("\n"),
    );
  });

  it("shows whole resources in one table", () => {
    const gone = { attribute: null, expected: "exists", found: "gone" };
    const text = textOf([finding({ ...gone, address: "one" }), finding({ ...gone, address: "two" })]);

    expect(text).toContain(
      [
        "  resource  expected  found  verdict",
        "  one       exists    gone   changed outside",
        "  two       exists    gone   changed outside",
      ].join("\n"),
    );
  });

  it("says that a client that is gone comes back as another one", () => {
    const gone = { address: "aws_cognito_user_pool_client.a", attribute: null, expected: "exists", found: "gone" };

    expect(textOf([finding(gone)])).toContain("A client that is gone comes back with another id and another secret.");
    expect(textOf([finding({ ...gone, address: "aws_lambda_function.a" })])).not.toContain("another id");
  });

  it("shows long values from a little before they differ", () => {
    const same = "x".repeat(500);
    const text = textOf([finding({ expected: `"${same}1"`, found: `"${same}2"` })]);

    expect(text).toContain(`  …${"x".repeat(20)}1"  …${"x".repeat(20)}2"  changed outside`);
  });

  it("says loudly that a route is open", () => {
    const open = finding({ route: "GET /a", verdict: "not live", isLoud: true });

    expect(textOf([open])).toContain("\n\nPUBLIC: anybody can call GET /a, without a token\n\n");
  });

  it("says of an open route that is not deployed yet from when on", () => {
    const open = finding({ attribute: "method", route: "GET /a", isLoud: true, undo: "aws apigateway delete-method" });

    expect(textOf([open])).toContain("\n\nPUBLIC: anybody can call GET /a from the next deployment on\n\n");
  });

  it("has what was added undone before a deployment is made, which would take it along", () => {
    const text = textOf([finding({ undo: "aws apigateway delete-method" }), finding({ verdict: "still live" })]);

    expect(text).toMatch(/ {2}aws apigateway delete-method\n\nstill live: make the deployment anew:/);
  });

  it("says loudly that a function lets in everybody", () => {
    const open = finding({ address: "aws_lambda_function.one", attribute: "policy", isLoud: true });

    expect(textOf([open])).toContain("\n\nPUBLIC: anybody can invoke aws_lambda_function.one, past the API\n\n");
  });

  it("says loudly what a finding leads to", () => {
    expect(textOf([finding({ isLoud: true, effect: "shop can get tokens" })])).toContain("\n\nshop can get tokens\n\n");
  });

  it("tells the commands that undo what no deployment does, each once, and no deployment for it", () => {
    const added = finding({ undo: "aws iam detach-role-policy" });

    expect(textOf([added, added])).toMatch(
      /changed outside\n\nno deployment undoes this; these commands do:\n {2}aws iam detach-role-policy$/,
    );
    expect(textOf([added, finding()])).toContain("changed outside: to put it back: npx cdktf deploy dev.");
  });

  it("says how to make the deployment anew where the snapshot is not as it should be", () => {
    expect(textOf([finding({ verdict: "still live" })])).toContain(
      'still live: make the deployment anew: terraform -chdir=cdktf.out/stacks/dev apply -replace="$(terraform',
    );
  });

  it("is clean with noise, whose reason it tells", () => {
    const text = textOf([finding({ verdict: "provider noise", reason: "Known" })]);

    expect(text).toMatch(
      /^clean: dev is as the code says and as Terraform left it\. 1 difference by the provider alone:/,
    );
    expect(text).toContain("provider noise: Known");
  });

  it("tells of entries that expired, and that match nothing", () => {
    expect(textOf([], { expired: [ENTRY], unused: [ENTRY] })).toBe(
      [
        "clean: dev is as the code says and as Terraform left it.",
        "",
        "drift-ignore.yaml:4: a.* b expired on 2026-01-31 and no longer counts.",
        "drift-ignore.yaml:4: a.* b matches nothing; it can go.",
      ].join("\n"),
    );
  });
});
