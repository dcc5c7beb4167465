import { ClientSecrets } from "../../../operations/rotate/client-secrets";
import { aws } from "../../../platform/aws";
import { openRotation } from "../../support/rotation";

describe("ClientSecrets", () => {
  const accepted = { access_token: "t", expires_in: 3600, token_type: "Bearer" };

  it.each([
    [accepted, true],
    [{ error: "invalid_client" }, false],
  ])("isAccepted of %j", async (response, isAccepted) => {
    const { client } = await openRotation("a file");
    const secrets = new ClientSecrets(aws(client.region), client, async () => response);
    expect(await secrets.isAccepted("secret")).toBe(isAccepted);
  });

  it("takes no other refusal for one of the secret", async () => {
    const { client } = await openRotation("a file");
    const secrets = new ClientSecrets(aws(client.region), client, async () => ({ error: "invalid_grant" }));
    await expect(secrets.isAccepted("canary")).rejects.toThrow("refuses the client with any secret: invalid_grant");
  });

  it("adds a secret once, and deletes it once", async () => {
    const { context } = await openRotation("a file");
    const { secrets } = context();
    const id = await secrets.add("s".repeat(30));
    expect((await secrets.list()).map((one) => one.id)).toContain(id);
    expect([await secrets.add("s".repeat(30)), await secrets.add("t".repeat(30))]).toEqual([undefined, undefined]);
    await secrets.delete(id ?? "");
    await secrets.delete(id ?? "");
    expect(await secrets.list()).toHaveLength(1);
  });
});
