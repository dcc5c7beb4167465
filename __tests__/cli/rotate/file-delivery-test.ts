import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileDelivery } from "../../../cli/rotate/file-delivery";

const client = {
  name: "billing",
  id: "client-1",
  userPoolId: "eu-west-1_abc",
  region: "eu-west-1",
  tokenUrl: "https://shop.example/oauth2/token",
  scope: "orders/read",
  address: "aws_cognito_user_pool_client.billing",
  knownSecret: "",
  store: undefined,
};
const one = { id: "client-1--1", createdAt: new Date(1) };
const other = { id: "client-1--2", createdAt: new Date(2) };
const inFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "delivery-"));
  const file = join(folder, "billing.json");
  return { folder, file, delivery: new FileDelivery(file, client) };
};

describe("FileDelivery", () => {
  it("writes what the stack keeps of a client, for its owner only", async () => {
    const { folder, file, delivery } = inFolder();
    await delivery.put(one, "secret");

    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      client_id: "client-1",
      client_secret: "secret",
      token_url: "https://shop.example/oauth2/token",
      scope: "orders/read",
      client_secret_id: "client-1--1",
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["billing.json"]);
  });

  it("takes a file from others that could read it", async () => {
    const { file, delivery } = inFolder();
    await delivery.put(one, "secret");
    chmodSync(file, 0o644);
    await delivery.put(other, "newer");

    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("knows which of the client's secrets it holds", async () => {
    const { delivery } = inFolder();
    await delivery.put(one, "secret");
    const delivered = await delivery.current();

    expect([delivered?.value, delivered?.is(one), delivered?.is(other)]).toEqual(["secret", true, false]);
  });

  it("may miss a secret only from when it is kept ready until one is delivered", async () => {
    const { delivery } = inFolder();
    expect(await delivery.current()).toBeUndefined();
    await delivery.prepare();
    expect(await delivery.current()).toMatchObject({ value: "", mayMissOne: true });
    await delivery.put(one, "secret");
    expect(await delivery.current()).toMatchObject({ value: "secret", mayMissOne: false });
    await delivery.prepare();
    expect(await delivery.current()).toMatchObject({ value: "secret", mayMissOne: true });
  });

  it.each(["{}", "no JSON", '{"client_id":"client-2","client_secret":"x"}'])("does not write over %s", async (text) => {
    const { file, delivery } = inFolder();
    writeFileSync(file, text);

    await expect(delivery.prepare()).rejects.toThrow("holds something else");
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("says what cannot be written, without what", async () => {
    const delivery = new FileDelivery(join(tmpdir(), "no-such-folder", "billing.json"), client);

    await expect(delivery.put(one, "canary")).rejects.toThrow(/billing\.json cannot be written: ENOENT \(open\)$/);
  });
});
