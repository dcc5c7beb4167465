import { FailedApply } from "../../../operations/apply/terraform-apply";
import { type StateAfter, unfinished } from "../../../operations/apply/unfinished";

const calm = { isAsked: false, exitCode: 130 };
const failing = (hasDone: boolean, state: StateAfter, interruption = calm) =>
  unfinished(new FailedApply("terraform apply ended with 1:\nno", hasDone), state, "dev", interruption);

describe("unfinished", () => {
  it.each<[string, boolean, StateAfter, RegExp]>([
    ["again where nothing was done", false, { kind: "unchanged" }, /fix the error, and run the same command again\.$/],
    [
      "not again where the state changed",
      false,
      { kind: "changed" },
      /cannot be applied again.*npx access review dev$/,
    ],
    ["not again where something was done", true, { kind: "unchanged" }, /cannot be applied again/],
    ["not again where the state is unknown", false, { kind: "unknown" }, /is unknown.*npx access review dev$/],
    [
      "not again where the state is not saved",
      true,
      { kind: "unsaved", file: "/stack/errored.tfstate", saving: "Save it, and review again" },
      /are in \/stack\/errored\.tfstate only\. Save it, and review again: npx access review dev$/,
    ],
  ])("lets a plan be applied %s", (_what, hasDone, state, expected) => {
    const error = failing(hasDone, state);

    expect(error.message).toMatch(/^terraform apply ended with 1:\nno\nnpx access preflight dev prints /);
    expect(error.message.split("\n").at(-1)).toMatch(expected);
    expect(error.exitCode).toBe(1);
  });

  it("points to drift where the API has a method without an integration", () => {
    const refused = new FailedApply(
      "aws_api_gateway_deployment.api: BadRequestException: No integration defined for method",
      false,
    );
    const [, hint] = unfinished(refused, { kind: "unchanged" }, "dev", calm).message.split("\n");

    expect(hint).toBe(
      "npx access drift dev prints a method that was added out of band, and the command that removes it.",
    );
  });

  it("leaves out what was halted by the interruption", () => {
    const halted = new FailedApply(
      "terraform apply ended with 1:\na.b: execution halted\na.c: execution halted",
      false,
    );
    const error = unfinished(halted, { kind: "unchanged" }, "dev", { isAsked: true, exitCode: 130 });

    expect(error.message).toBe(
      "interrupted.\nNo change was completed, and the state is as before: run the same command again.",
    );
  });

  it("has the signal's exit code when it was interrupted", () => {
    const error = failing(true, { kind: "changed" }, { isAsked: true, exitCode: 143 });

    expect([error.exitCode, error.message]).toEqual([
      143,
      expect.stringMatching(
        /^interrupted\. Terraform printed:\nno\nOnly .*they are in the state.* again: review the remaining changes/s,
      ),
    ]);
  });

  it("prints commands as they run where the user is", () => {
    process.env["ACCESS_LOCAL"] = "1";
    try {
      expect(failing(true, { kind: "changed" }).message).toMatch(
        /^npx access local npx access preflight dev prints .*: npx access local npx access review dev$/ms,
      );
    } finally {
      delete process.env["ACCESS_LOCAL"];
    }
  });
});
