import { REFERENCED_VALUE } from "../../../operations/deployed/missing-values";
import { functionAlerts } from "../../../operations/review/function-alerts";
import { contextOf } from "../../../operations/review/plan-context";
import { type MadeChange, planWith } from "../../support/plan-json";

type Values = Readonly<Record<string, unknown>>;

const OWN = "arn:aws:lambda:eu-west-1:111111111111:layer:tools:3";
const FOREIGN = "arn:aws:lambda:eu-west-1:222222222222:layer:agent:7";
const json = { provider: { aws: [{ allowed_account_ids: ["111111111111"] }] } };

const fn = (before: Values | undefined, after: Values | undefined, unknown: Values = {}): MadeChange => ({
  type: "aws_lambda_function",
  ...(before && { before: { function_name: "orders", ...before } }),
  ...(after && { after: { function_name: "orders", ...after } }),
  unknown,
});

describe("functionAlerts", () => {
  it.each<[string, MadeChange, readonly string[]]>([
    [
      "a layer",
      fn({ layers: [] }, { layers: [OWN] }),
      [`warning: The function \`orders\` runs the code of layers, with the rights of its role: \`${OWN}\`.`],
    ],
    [
      "another account's layer of a new function",
      fn(undefined, { layers: [OWN, FOREIGN] }),
      [
        `warning: The function \`orders\` runs the code of layers, with the rights of its role: \`${OWN}\`, \`${FOREIGN}\`. Of another account: \`${FOREIGN}\`.`,
      ],
    ],
    [
      "another version alone",
      fn({ layers: [OWN, FOREIGN] }, { layers: [FOREIGN, OWN.replace(/3$/, "4")] }),
      [
        `warning: The function \`orders\` runs the code of layers, with the rights of its role: \`${OWN.replace(/3$/, "4")}\`.`,
      ],
    ],
    [
      "layers that are not known yet",
      fn({ layers: [] }, {}, { layers: true }),
      ["warning: The layers of the function `orders` are known only after apply."],
    ],
    ["no layer that stays or goes", fn({ layers: [OWN, FOREIGN] }, { layers: [OWN] }), []],
    ["no function that is destroyed", fn({ layers: [OWN] }, undefined), []],
    [
      "an older runtime",
      fn({ runtime: "nodejs24.x" }, { runtime: "nodejs22.x" }),
      ["info: The function `orders` runs on an older runtime: `nodejs22.x` (was `nodejs24.x`)."],
    ],
    [
      "an older minor version",
      fn({ runtime: "python3.10" }, { runtime: "python3.9" }),
      ["info: The function `orders` runs on an older runtime: `python3.9` (was `python3.10`)."],
    ],
    ["no newer runtime", fn({ runtime: "nodejs22.x" }, { runtime: "nodejs24.x" }), []],
    ["no other kind of runtime", fn({ runtime: "nodejs24.x" }, { runtime: "python3.13" }), []],
  ])("reports %s", (_what, change, expected) => {
    const alerts = functionAlerts(contextOf("dev", planWith([change]), json));

    expect(alerts.map(({ severity, message }) => `${severity}: ${message}`)).toEqual(expected);
  });

  it("reports a value that is missing, with the command that creates it", () => {
    const finding = {
      address: "aws_lambda_function.orders",
      attribute: REFERENCED_VALUE,
      expected: "a value",
      found: "",
      verdict: "out-of-band-change",
      severity: "warning",
      effect: "the secret orders/db does not exist: aws_lambda_function.orders answers 500",
      undo: "aws secretsmanager create-secret --name orders/db",
    } as const;
    const context = contextOf("dev", planWith([]), json, { findings: [finding], notChecked: [] });

    expect(functionAlerts(context).map(({ message }) => message)).toEqual([
      `\`${finding.effect}\`. Before the deployment: \`${finding.undo}\``,
    ]);
  });
});
