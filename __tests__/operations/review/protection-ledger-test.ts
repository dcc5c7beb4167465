import { ledgerOf } from "../../../operations/review/protection-ledger";
import { planOfProtected, protectedStack } from "../../support/protected-stack";

const CLIENT = "aws_cognito_user_pool_client";
const BOTH = { "client/a": `${CLIENT}.a`, pool: "aws_cognito_user_pool.pool" };

const namesOf = (...args: Parameters<typeof ledgerOf>) => {
  const { before, after } = ledgerOf(...args);
  return [[...before.keys()], [...after.keys()]];
};

describe("ledgerOf", () => {
  it("reads what is deployed, also what the plan has moved out of it, and what the code protects", () => {
    const { before, after } = ledgerOf(planOfProtected(BOTH, []), protectedStack(BOTH));

    expect([Object.fromEntries(before), Object.fromEntries(after)]).toEqual([BOTH, BOTH]);
    expect(namesOf(planOfProtected({ pool: BOTH.pool }, [], "lifted_by_allowDestroy"), {})).toEqual([["pool"], []]);
  });

  it("leaves out what Terraform would destroy in spite of it", () => {
    const ledger = "terraform_data.protected_unless_in_allowDestroy";

    expect(namesOf(planOfProtected({}, []), protectedStack(BOTH, [`${CLIENT}.a`]))).toEqual([[], ["pool"]]);
    expect(namesOf(planOfProtected({}, []), protectedStack(BOTH, [ledger]))).toEqual([[], []]);
  });
});
