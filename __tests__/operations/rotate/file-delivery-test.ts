import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Credentials } from "../../../operations/rotate/credentials";
import { FileDelivery } from "../../../operations/rotate/file-delivery";

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
const credentials = (value: string, id?: string, replaced: readonly string[] = []): Credentials => ({
  value,
  id,
  replaced,
  version: undefined,
});
const one = credentials("one", "client-1--1", ["client-1--0"]);
const other = credentials("other", "client-1--2", ["client-1--1"]);
const inFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "delivery-"));
  const file = join(folder, "billing.json");
  return { folder, file, delivery: new FileDelivery(file, client) };
};
/** Delivers a secret as a rotation does. */
const deliver = async (delivery: FileDelivery, secret: Credentials) => {
  const from = await delivery.current();
  await delivery.stage(from, secret);
  await delivery.promote(from, secret);
};

describe("FileDelivery", () => {
  it("keeps a secret beside the file, where no service reads it, for its owner only", async () => {
    const { folder, file, delivery } = inFolder();
    await delivery.stage(undefined, one);

    expect([existsSync(file), await delivery.current(), await delivery.pending()]).toEqual([false, undefined, one]);
    expect(readdirSync(folder)).toEqual(["billing.json.pending"]);
    expect(statSync(`${file}.pending`).mode & 0o777).toBe(0o600);
  });

  it("delivers what services read, and nothing is beside it", async () => {
    const { folder, file, delivery } = inFolder();
    await deliver(delivery, one);

    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      client_id: "client-1",
      client_secret: "one",
      token_url: "https://shop.example/oauth2/token",
      scope: "orders/read",
      client_secret_id: "client-1--1",
      replaced_secret_ids: ["client-1--0"],
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["billing.json"]);
  });

  it("keeps what was delivered before until the rotation is settled", async () => {
    const { folder, delivery } = inFolder();
    await deliver(delivery, one);
    await delivery.settle("one");
    await deliver(delivery, other);
    expect([await delivery.previous(), await delivery.pending()]).toEqual([{ ...one, replaced: [] }, other]);

    await delivery.settle("other");
    expect([await delivery.previous(), await delivery.pending()]).toEqual([undefined, undefined]);
    expect(await delivery.current()).toEqual({ ...other, replaced: [] });
    expect(readdirSync(folder)).toEqual(["billing.json"]);
  });

  it("keeps the secret of the run that was first", async () => {
    const { delivery } = inFolder();

    expect([await delivery.stage(undefined, one), await delivery.stage(undefined, other)]).toEqual([one, one]);
  });

  it("keeps nothing when services get something else than a run has seen", async () => {
    const { delivery } = inFolder();
    await deliver(delivery, one);

    expect(await delivery.stage(undefined, other)).toBeUndefined();
    expect(await delivery.pending()).toEqual(one);
  });

  it("delivers nothing that is not kept any more", async () => {
    const { delivery } = inFolder();
    await deliver(delivery, one);
    const from = await delivery.current();
    await delivery.stage(from, other);
    await delivery.settle("other");

    await expect(delivery.promote(from, other)).rejects.toThrow("cannot be written: ENOENT");
    expect(await delivery.current()).toEqual(one);
  });

  it("replaces only what was seen", async () => {
    const { delivery } = inFolder();
    await deliver(delivery, one);

    await expect(delivery.replace(other, one)).rejects.toThrow("was changed by somebody else");
    await delivery.replace(one, other);
    expect(await delivery.current()).toEqual(other);
  });

  it("takes a file from others that could read it", async () => {
    const { file, delivery } = inFolder();
    await deliver(delivery, one);
    chmodSync(file, 0o644);
    await deliver(delivery, other);

    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each(["{}", "no JSON", '{"client_id":"client-2","client_secret":"x"}'])("does not write over %s", async (text) => {
    const { file, delivery } = inFolder();
    writeFileSync(file, text);

    await expect(delivery.current()).rejects.toThrow("holds something else");
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("does not read through a link", async () => {
    const { folder, file, delivery } = inFolder();
    writeFileSync(join(folder, "elsewhere"), JSON.stringify({ client_id: "client-1", client_secret: "x" }));
    symlinkSync("elsewhere", file);

    await expect(delivery.current()).rejects.toThrow("is a link. Name the file itself.");
  });

  it("says what cannot be written, without what", async () => {
    const delivery = new FileDelivery(join(tmpdir(), "no-such-folder", "billing.json"), client);
    const canary = credentials("canary");

    await expect(delivery.stage(undefined, canary)).rejects.toThrow(
      /json\.pending cannot be written: ENOENT \(open\)$/,
    );
  });
});
