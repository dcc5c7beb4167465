import type { Finding } from "../../../operations/plan-file/finding";
import { contextOf } from "../../../operations/review/plan-context";
import { takenNames } from "../../../operations/review/taken-names";
import { planWith } from "../../support/plan-json";

const orphan = (address: string): Finding => ({
  address,
  attribute: "orphan",
  expected: "not there",
  found: "{}",
  verdict: "unmanaged-resource",
  severity: "warning",
  effect: "secret orders/shop is scheduled for deletion",
  undo: "aws secretsmanager restore-secret && terraform import",
});
const alerts = (type: string, address: string, before?: object) => {
  const plan = planWith([{ type, after: { name: "shop" }, ...(before && { before: { ...before } }) }]);
  return takenNames(contextOf("dev", plan, {}, { findings: [orphan(address)], notChecked: [] }));
};

describe("takenNames", () => {
  it.each(["aws_secretsmanager_secret", "aws_iam_role", "aws_lambda_function"])(
    "reports that %s cannot be created, with the commands that help",
    (type) => {
      expect(alerts(type, `${type}.it`)).toEqual([
        {
          severity: "critical",
          message: `This deployment fails, as the name of \`${type}.it\` is taken: \`secret orders/shop is scheduled for deletion\`. Unless it is another stack's, run this first, and review again: \`aws secretsmanager restore-secret && terraform import\``,
        },
      ]);
    },
  );

  it("reports nothing where the state is lost, since the commands would remove what is in use", () => {
    const [pool, role] = ["aws_cognito_user_pool", "aws_iam_role"].map((type) => ({ type, after: { name: "shop" } }));
    const findings = [orphan("aws_iam_role.it"), { ...orphan("aws_cognito_user_pool.it"), found: '"user pool"' }];
    const plan = planWith([pool, role].filter((one) => one !== undefined));

    expect(takenNames(contextOf("dev", plan, {}, { findings, notChecked: [] }))).toEqual([]);
  });

  it("reports nothing where the name may be shared, or the plan does not create the resource", () => {
    expect(alerts("aws_cognito_user_pool", "aws_cognito_user_pool.it")).toEqual([]);
    expect(alerts("aws_iam_role", "aws_iam_role.other")).toEqual([]);
    expect(alerts("aws_iam_role", "aws_iam_role.it", { name: "old" })).toEqual([]);
  });
});
