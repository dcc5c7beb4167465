import { stripVTControlCharacters } from "node:util";
import { describeReceipt, type Receipt, receiptText } from "../../../operations/teardown/receipt";

const receipt: Receipt = {
  environment: "dev",
  project: "shop",
  region: "eu-west-1",
  account: "123456789012",
  startedAt: "2026-01-31T00:00:00Z",
  finishedAt: "2026-01-31T00:01:00Z",
  isProtectionLifted: true,
  destroyed: 3,
  gone: [],
  counts: { aws_iam_role: 1, aws_lambda_function: 2 },
  clients: [{ name: "billing", id: "abc", note: "" }],
  leftovers: [],
  notChecked: [],
};

const textOf = (changes: Partial<Receipt> = {}) =>
  stripVTControlCharacters(receiptText({ ...receipt, ...changes }, 80));

describe("receiptText", () => {
  it("has no Markdown", () => {
    expect(textOf()).toBe(
      [
        "Teardown of dev: 3 resources were destroyed.",
        "Project shop, eu-west-1, account 123456789012, 2026-01-31T00:00:00Z to 2026-01-31T00:01:00Z",
        "",
        "Destroyed",
        "  1  aws_iam_role",
        "  2  aws_lambda_function",
        "",
        "Client ids that no longer exist",
        "  billing  abc",
        "",
        "Remaining resources",
        "  Nothing was found.",
      ].join("\n"),
    );
  });

  it("says that the account is of the embedded AWS, also in the file", () => {
    const before = { ...process.env };
    Object.assign(process.env, { ACCESS_LOCAL: "1", HTTPS_PROXY: "http://127.0.0.1:40001" });
    try {
      expect(textOf()).toContain("eu-west-1, account 123456789012 of the embedded AWS, 2026-01-31");
      expect(describeReceipt(receipt)).toContain("Project shop, account 123456789012 of the embedded AWS. 2026");
    } finally {
      for (const name of ["ACCESS_LOCAL", "HTTPS_PROXY"]) delete process.env[name];
      Object.assign(process.env, before);
    }
  });

  it("prints the commands for what remains on lines of their own, unwrapped", () => {
    const remove = `aws secretsmanager delete-secret --secret-id ${"x".repeat(80)}`;
    const group = { kind: "log group", type: "aws_cloudwatch_log_group", name: "/aws/lambda/a", detail: "", remove };
    const secret = { ...group, kind: "secret", name: "shop/billing", detail: "deleted", restore: "aws restore" };
    const text = textOf({ leftovers: [group, secret], gone: ["aws_iam_role.a"], notChecked: ["roles: refused"] });

    expect(text).toContain(
      [
        "Deleted before, outside Terraform",
        "  aws_iam_role.a",
        "",
        "Remaining resources",
        "  log group /aws/lambda/a",
        `    ${remove}`,
        "  secret shop/billing: deleted",
        "    To restore it:",
        "      aws restore",
        "    To delete it without recovery:",
        `      ${remove}`,
        "",
        "Not checked",
        "  roles: refused",
      ].join("\n"),
    );
  });
});
