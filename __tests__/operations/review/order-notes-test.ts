import { orderNotes } from "../../../operations/review/order-notes";
import { contextOf } from "../../../operations/review/plan-context";
import { type MadeChange, planWith } from "../../support/plan-json";

const notes = (changes: readonly MadeChange[], json: unknown) => orderNotes(contextOf("prod", planWith(changes), json));
const ORDERED = { output: { deployed_after: { value: "dev" } } };
const change = { type: "aws_cognito_user_pool", after: { name: "p" } };

describe("orderNotes", () => {
  it("names the environment that is deployed before, when there is something to deploy", () => {
    expect(notes([change], ORDERED)).toEqual([
      {
        severity: "info",
        message: "`prod` is deployed after `dev`: the workflow waits until that is deployed and verified.",
      },
    ]);
    expect(notes([], ORDERED)).toEqual([]);
    expect(notes([change], {})).toEqual([]);
  });
});
