/** What CloudWatch Logs refuses, in its own words. */
import { AwsError } from "../../../emulator/errors";
import { Examples } from "../../support/examples";

const GROUP = "aws_cloudwatch_log_group";

describe(GROUP, () => {
  it("is there once in a region", async () => {
    const examples = new Examples();
    await examples.make(GROUP);

    await expect(examples.another(GROUP)).rejects.toEqual(
      new AwsError("ResourceAlreadyExistsException", "The specified log group already exists"),
    );
  });

  it("has a name of its own when none is given", async () => {
    const examples = new Examples();
    const [a, b] = [await examples.another(GROUP, { name: null }), await examples.another(GROUP, { name: null })];

    expect(a["name"]).toMatch(/^terraform-/);
    expect(a["name"]).not.toBe(b["name"]);
  });
});
