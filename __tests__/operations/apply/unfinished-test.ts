import { FailedApply } from "../../../operations/apply/terraform-apply";
import { type StateAfter, unfinished } from "../../../operations/apply/unfinished";

const calm = { isAsked: false, exitCode: 130 };
const said = (hasDone: boolean, state: StateAfter, interruption = calm) =>
  unfinished(new FailedApply("terraform apply ended with 1:\nno", hasDone), state, "dev", interruption);

describe("unfinished", () => {
  it.each<[string, boolean, StateAfter, RegExp]>([
    ["again where nothing was done", false, { kind: "as before" }, /state is as it was.*apply the same plan again\.$/],
    [
      "not again where the state changed",
      false,
      { kind: "changed" },
      /cannot be applied again.*npm run review -- dev$/,
    ],
    ["not again where something was done", true, { kind: "as before" }, /cannot be applied again/],
    ["not again where nobody knows", false, { kind: "not known" }, /Nobody can tell now.*npm run review -- dev$/],
    [
      "not again where the state lies beside",
      true,
      { kind: "not saved", file: "/stack/errored.tfstate", saving: "Save it, and review again" },
      /stands in \/stack\/errored\.tfstate only\. Save it, and review again: npm run review -- dev$/,
    ],
  ])("lets a plan be applied %s", (_what, hasDone, state, expected) => {
    const error = said(hasDone, state);

    expect(error.message).toMatch(/^terraform apply ended with 1:\nno\n/);
    expect(error.message.split("\n").at(-1)).toMatch(expected);
    expect(error.exitCode).toBe(1);
  });

  it("leaves out what was halted by the interruption, and asks nobody to put something right", () => {
    const halted = new FailedApply(
      "terraform apply ended with 1:\na.b: execution halted\na.c: execution halted",
      false,
    );
    const error = unfinished(halted, { kind: "as before" }, "dev", { isAsked: true, exitCode: 130 });

    expect(error.message).toBe(
      "interrupted.\nNo change came to its end, and the state is as it was: apply the same plan again.",
    );
  });

  it("ends as the signal wants it when it was interrupted, and says so", () => {
    const error = said(true, { kind: "changed" }, { isAsked: true, exitCode: 143 });

    expect([error.exitCode, error.message]).toEqual([
      143,
      expect.stringMatching(
        /^interrupted\. Terraform said:\nno\nOnly .*it is in the state.* again: review what is left/s,
      ),
    ]);
  });
});
