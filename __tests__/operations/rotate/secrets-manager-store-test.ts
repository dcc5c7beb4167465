/** What happens in between, and at the same time, is tested by whole rotations in `e2e/rotate-interrupted-test.ts`. */
import { awsBy } from "../../support/aws-endpoint";
import { openRotation } from "../../support/rotation";

describe("SecretsManagerStore", () => {
  const open = async () => {
    const { client, context, send } = await openRotation("Secrets Manager");
    return { client, store: context().store, manager: await awsBy(send).secretsManager(), SecretId: client.store?.arn };
  };

  it("reads what services read, and nothing before it was written", async () => {
    const { client, store } = await open();
    expect(await store.read("current")).toMatchObject({ value: client.knownSecret, id: undefined, replaced: [] });
    expect([await store.read("pending"), await store.read("previous")]).toEqual([undefined, undefined]);
  });

  it("names the command that restores a secret that is scheduled for deletion", async () => {
    const { client, store, manager, SecretId } = await open();
    await manager.deleteSecret({ SecretId, RecoveryWindowInDays: 7 });
    await expect(store.read("current")).rejects.toThrow(
      `aws secretsmanager restore-secret --region ${client.region} --secret-id billing`,
    );
  });

  it("reads nothing else than the client's credentials, and shows none of it", async () => {
    const { store, manager, SecretId } = await open();
    await manager.putSecretValue({ SecretId, SecretString: '{"client_id":"other","client_secret":"canary"}' });
    const message = await store.read("current").catch((error: Error) => error.message);
    expect(message).toContain("terraform apply -replace=aws_secretsmanager_secret_version.billing");
    expect(message).not.toContain("canary");
  });
});
