/** What IAM refuses, in its own words. */
import { AwsError } from "../../../emulator/errors";
import { Examples } from "../../support/examples";

const ROLE = "aws_iam_role";
const POLICY = "aws_iam_role_policy";

const malformed = new AwsError("MalformedPolicyDocument", "This policy contains invalid Json");

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

describe.each([
  [ROLE, "assume_role_policy"],
  [POLICY, "policy"],
])("%s.%s", (type, name) => {
  it.each([
    "",
    "{",
    "[]",
    "null",
    '"text"',
    "<policy/>",
  ])("is refused when it is no JSON object: %j", async (policy) => {
    await expect(examples.another(type, { [name]: policy })).rejects.toEqual(malformed);

    const made = await examples.make(type);
    const changed = await examples.configOf(type, { [name]: policy });
    await expect(examples.workspace.update(type, made, changed)).rejects.toEqual(malformed);
  });
});

describe(ROLE, () => {
  it("is there once in the account", async () => {
    await examples.make(ROLE);

    await expect(examples.another(ROLE)).rejects.toEqual(
      new AwsError("EntityAlreadyExists", "Role with name orders already exists.", 409),
    );
  });

  it("stays as long as it has policies", async () => {
    const policy = await examples.make(POLICY);
    const role = await examples.make(ROLE);

    await expect(examples.workspace.destroy(ROLE, role)).rejects.toEqual(
      new AwsError("DeleteConflict", "Cannot delete entity, must delete policies first.", 409),
    );
    await examples.workspace.destroy(POLICY, policy);
    await expect(examples.workspace.destroy(ROLE, role)).resolves.toBeUndefined();
  });

  it("takes its policies with it when it is told to detach them", async () => {
    const role = await examples.another(ROLE, { name: "other", force_detach_policies: true });
    await examples.another(POLICY, { role: "other" });
    await examples.make(POLICY);
    await examples.workspace.destroy(ROLE, role);

    expect(examples.workspace.account.list(POLICY)).toMatchObject([{ role: "orders" }]);
  });

  it("has an ARN with its path, and a unique id", async () => {
    expect(await examples.another(ROLE, { path: "/service/" })).toMatchObject({
      arn: "arn:aws:iam::123456789012:role/service/orders",
      unique_id: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
    });
  });
});

describe(POLICY, () => {
  it("needs a role that exists", async () => {
    await expect(examples.another(POLICY, { role: "gone" })).rejects.toEqual(
      new AwsError("NoSuchEntity", "The role with name gone cannot be found.", 404),
    );
  });
});
