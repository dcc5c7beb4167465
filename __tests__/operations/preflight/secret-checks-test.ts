/** Whether the advice works with the real Terraform is tested in `e2e/rotate-test.ts`. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkValues, findTakenNames } from "../../../operations/preflight/secret-checks";
import { awsBy } from "../../support/aws-endpoint";
import { openRotation } from "../../support/rotation";

const planned = {
  name: "billing",
  address: "aws_secretsmanager_secret.s",
  versionAddress: "aws_secretsmanager_secret_version.v",
};

describe("findTakenNames", () => {
  it.each([
    ["a new name", "other", false, [], true, "no secret name is already in use"],
    ["a secret in the state", "billing", false, ["arn"], true, "no secret name is already in use"],
    ["a secret that is not in the state", "billing", false, [], false, "ResourceExistsException"],
    [
      "a deployed secret that is scheduled for deletion",
      "billing",
      true,
      ["arn"],
      false,
      "although it is deployed: .*InvalidRequestException",
    ],
    [
      "a secret that is scheduled for deletion",
      "billing",
      true,
      [],
      false,
      "keeps its name until then: .*InvalidRequestException",
    ],
  ])("finds %s", async (_, name, isDeleted, managed, isRight, found) => {
    const { client, send } = await openRotation("Secrets Manager");
    const sdk = awsBy(send);
    const manager = await sdk.secretsManager();
    const SecretId = client.store?.arn;
    if (isDeleted) await manager.deleteSecret({ SecretId, RecoveryWindowInDays: 7 });
    const state = { arns: managed.map(() => SecretId), folder: "cdktf.out/stacks/dev" };
    const [finding] = await findTakenNames(sdk, [{ ...planned, name }], state);

    expect(finding).toMatchObject({ check: "secret", isRight, found: expect.stringMatching(found) });
    const commands = finding?.remedy.join("\n") ?? "";
    expect({
      restore: commands.includes("aws secretsmanager restore-secret"),
      import: commands.includes(`terraform -chdir=cdktf.out/stacks/dev import ${planned.address} ${SecretId}\n`),
      importOfValue: commands.includes(`import ${planned.versionAddress} '${SecretId}|`),
      forcedDeletion: commands.includes("--force-delete-without-recovery"),
    }).toEqual({
      restore: isDeleted,
      import: !isRight && managed.length !== 1,
      importOfValue: !isRight && managed.length !== 1,
      forcedDeletion: isDeleted && managed.length !== 1,
    });
  });
});

describe("checkValues", () => {
  it("is wrong about a value that does not exist, and has nothing to report without references", async () => {
    const { send } = await openRotation("Secrets Manager");
    const folder = mkdtempSync(join(tmpdir(), "values-"));
    const checked = async (references: object) => {
      const variables = { VARIABLE_REFERENCES: JSON.stringify(references) };
      const json = { resource: { aws_lambda_function: { orders: { environment: { variables } } } } };
      writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(json));
      return await checkValues(awsBy(send), folder);
    };

    // The rotation's client has its secret in billing.
    expect(await checked({ A: { secret: "billing" } })).toEqual([]);
    expect(await checked({ A: { secret: "billing" }, B: { secret: "orders/db" } })).toEqual([
      {
        check: "value",
        isRight: false,
        found: "the secret orders/db does not exist: aws_lambda_function.orders answers 500",
        remedy: ["Before the deployment:", expect.stringMatching(/^ {2}aws secretsmanager create-secret .*orders\/db/)],
      },
    ]);
    rmSync(folder, { recursive: true });
  });
});
