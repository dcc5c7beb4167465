import { stripVTControlCharacters } from "node:util";
import { driftText, reportOf } from "../../../operations/drift/drift-text";
import type { Sifted } from "../../../operations/drift/ignore-file";
import type { Finding } from "../../../operations/plan-file/finding";

function finding(changes: Partial<Finding> = {}): Finding {
  return {
    address: "method.one",
    attribute: "scopes",
    expected: "[]",
    found: '["a"]',
    verdict: "out-of-band-change",
    severity: "warning",
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
    ["noise alone", [finding({ verdict: "provider-noise" })], true],
    ["noise and something else", [finding({ verdict: "provider-noise" }), finding({ verdict: "still-live" })], false],
    ["code that is not applied", [finding({ verdict: "not-applied" })], false],
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
        '  scopes     -         ["a"]  out-of-band-change',
        "",
        "out-of-band-change: to revert it: npx access deploy dev. To keep it: add it to the code.",
      ].join("\n"),
    );
  });

  it("shows whole resources in one table", () => {
    const gone = { attribute: null, expected: "exists", found: "gone" };
    const text = textOf([finding({ ...gone, address: "one" }), finding({ ...gone, address: "two" })]);

    expect(text).toContain(
      [
        "  resource  expected  found  verdict",
        "  one       exists    gone   out-of-band-change",
        "  two       exists    gone   out-of-band-change",
      ].join("\n"),
    );
  });

  it("says that a client that is gone gets another id", () => {
    const gone = { address: "aws_cognito_user_pool_client.a", attribute: null, expected: "exists", found: "gone" };

    expect(textOf([finding(gone)])).toContain("A deleted client is recreated with a new id and a new secret.");
    expect(textOf([finding({ ...gone, address: "aws_lambda_function.a" })])).not.toContain("another id");
  });

  it("shows long values from a little before they differ", () => {
    const same = "x".repeat(500);
    const text = textOf([finding({ expected: `"${same}1"`, found: `"${same}2"` })]);

    expect(text).toContain(`  …${"x".repeat(20)}1"  …${"x".repeat(20)}2"  out-of-band-change`);
  });

  it("prints the consequences of critical findings first, each once", () => {
    const open = finding({ severity: "critical", effect: "PUBLIC: anyone can call GET /a" });

    expect(textOf([open, open])).toContain("of dev.\n\nPUBLIC: anyone can call GET /a\n\nmethod.one");
  });

  it("prints the commands that undo before those that deploy, which would take additions along", () => {
    const text = textOf([finding({ undo: "aws apigateway delete-method" }), finding({ verdict: "still-live" })]);

    expect(text).toMatch(/ {2}aws apigateway delete-method\n\nstill-live: replace the deployment:/);
  });

  it("names each operation that AWS refused once", () => {
    const refused = { address: "a.b", attribute: "group", operation: "cognito-idp:ListGroups", code: "AccessDenied" };
    const report = reportOf("dev", "", { findings: [], expired: [], unused: [] }, [
      refused,
      { ...refused, address: "a.c" },
    ]);

    expect(report.isClean).toBe(true);
    expect(stripVTControlCharacters(driftText(report))).toMatch(
      /^clean: .*\n\nnot checked: group\. AWS refused cognito-idp:ListGroups \(AccessDenied\)\.$/,
    );
  });

  it("counts the kinds that the endpoint does not support, at the end", () => {
    const kinds = ["group", "user", "user"].map((attribute) => {
      return { address: "a.b", attribute, operation: "cognito-idp:List", code: "UnknownOperationException" };
    });
    const refused = { address: "a.b", attribute: "url", operation: "lambda:GetFunctionUrl", code: "AccessDenied" };
    const report = reportOf("dev", "", { findings: [], expired: [], unused: [] }, [...kinds, refused]);

    expect(stripVTControlCharacters(driftText(report)).split("\n\n").slice(1)).toEqual([
      "not checked: url. AWS refused lambda:GetFunctionUrl (AccessDenied).",
      "not checked: 2 kinds of resources that this endpoint does not support.",
    ]);
  });

  it("prints each command that undoes once, and no deployment for it", () => {
    const added = finding({ undo: "aws iam detach-role-policy" });

    expect(textOf([added, added])).toMatch(
      /out-of-band-change\n\nno deployment undoes this; these commands do:\n {2}aws iam detach-role-policy$/,
    );
    expect(textOf([added, finding()])).toContain("out-of-band-change: to revert it: npx access deploy dev.");
  });

  it("prints how to replace the deployment where the snapshot differs", () => {
    expect(textOf([finding({ verdict: "still-live" })])).toContain(
      'still-live: replace the deployment: terraform -chdir=cdktf.out/stacks/dev apply -replace="$(terraform',
    );
  });

  it("is clean with noise, and prints its reason", () => {
    const text = textOf([finding({ verdict: "provider-noise", reason: "Known" })]);

    expect(text).toMatch(/^clean: dev matches the code and the Terraform state\. 1 difference by the provider alone:/);
    expect(text).toContain("provider-noise: Known");
  });

  it("names entries that expired, and that match nothing", () => {
    expect(textOf([], { expired: [ENTRY], unused: [ENTRY] })).toBe(
      [
        "clean: dev matches the code and the Terraform state.",
        "",
        "drift-ignore.yaml:4: a.* b expired on 2026-01-31 and is ignored.",
        "drift-ignore.yaml:4: a.* b matches nothing; remove it.",
      ].join("\n"),
    );
  });

  it("prints commands as they run where the user is", () => {
    process.env["ACCESS_LOCAL"] = "1";
    try {
      const undo = "npx access rotate billing --env dev --finish";
      const text = textOf([finding({ verdict: "unmanaged-resource" }), finding({ attribute: "app_client", undo })]);

      expect(text).toContain(`\n  npx access local ${undo}\n`);
      expect(text).toContain("first npx access local npx access deploy dev, ");
      expect(text).toContain("then npx access local npx access drift dev");
    } finally {
      delete process.env["ACCESS_LOCAL"];
    }
  });
});
