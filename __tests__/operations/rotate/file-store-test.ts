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
import { FileStore } from "../../../operations/rotate/file-store";
import type { Credentials } from "../../../operations/rotate/secret-store";

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
  const folder = mkdtempSync(join(tmpdir(), "store-"));
  const file = join(folder, "billing.json");
  return { folder, file, store: new FileStore(file, client) };
};
/** Delivers a secret as a rotation does. */
const deliver = async (store: FileStore, secret: Credentials) => {
  const from = await store.read("current");
  await store.create(from, secret);
  await store.finish(from, secret);
};

describe("FileStore", () => {
  it("keeps a secret beside the file, where no service reads it, for its owner only", async () => {
    const { folder, file, store } = inFolder();
    await store.create(undefined, one);

    expect([existsSync(file), await store.read("current"), await store.read("pending")]).toEqual([
      false,
      undefined,
      one,
    ]);
    expect(readdirSync(folder)).toEqual(["billing.json.pending"]);
    expect(statSync(`${file}.pending`).mode & 0o777).toBe(0o600);
  });

  it("delivers what services read for its owner only, also where others could read the file", async () => {
    const { folder, file, store } = inFolder();
    await deliver(store, other);
    chmodSync(file, 0o644);
    await deliver(store, one);

    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      client_id: "client-1",
      client_secret: "one",
      token_url: "https://shop.example/oauth2/token",
      scope: "orders/read",
      client_secret_id: "client-1--1",
      replaced_secret_ids: ["client-1--0"],
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["billing.json", "billing.json.previous"]);
  });

  it("keeps what was delivered before until the rotation is settled, and then notes the id", async () => {
    const { folder, store } = inFolder();
    await deliver(store, one);
    await store.settle(one);
    await deliver(store, { ...other, id: undefined });
    expect([await store.read("previous"), (await store.read("pending"))?.value]).toEqual([
      { ...one, replaced: [] },
      "other",
    ]);

    await store.settle(other);
    expect([await store.read("previous"), await store.read("pending")]).toEqual([undefined, undefined]);
    expect(await store.read("current")).toEqual({ ...other, replaced: [] });
    expect(readdirSync(folder)).toEqual(["billing.json"]);
  });

  it("keeps the secret of the run that was first", async () => {
    const { store } = inFolder();

    expect([await store.create(undefined, one), await store.create(undefined, other)]).toEqual([one, one]);
  });

  it("keeps nothing when services read something else than a run has read", async () => {
    const { store } = inFolder();
    await deliver(store, one);

    expect(await store.create(undefined, other)).toBeUndefined();
    expect(await store.read("pending")).toEqual(one);
  });

  it("delivers nothing that is not pending any more", async () => {
    const { store } = inFolder();
    await deliver(store, one);
    await store.create(one, other);
    await store.settle(other);

    await expect(store.finish(one, other)).rejects.toThrow("cannot be written: ENOENT");
    expect(await store.read("current")).toEqual(one);
  });

  it("replaces only what was read", async () => {
    const { store } = inFolder();
    await deliver(store, one);

    await expect(store.deliver(other, one)).rejects.toThrow("was changed by another run");
    await store.deliver(one, other);
    expect(await store.read("current")).toEqual(other);
  });

  it.each(["{}", "no JSON", '{"client_id":"client-2","client_secret":"x"}'])("does not write over %s", async (text) => {
    const { file, store } = inFolder();
    writeFileSync(file, text);

    await expect(store.read("current")).rejects.toThrow('does not hold credentials of "billing"');
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("does not read through a link, nor from a folder", async () => {
    const { folder, file, store } = inFolder();
    writeFileSync(join(folder, "elsewhere"), JSON.stringify({ client_id: "client-1", client_secret: "x" }));
    symlinkSync("elsewhere", file);

    await expect(store.read("current")).rejects.toThrow("is a link. Name the file itself.");
    expect(() => new FileStore(folder, client)).toThrow("is a folder");
  });

  it("reports which file cannot be written, without its content", async () => {
    const store = new FileStore(join(tmpdir(), "no-such-folder", "billing.json"), client);

    await expect(store.create(undefined, credentials("canary"))).rejects.toThrow(
      /json\.pending cannot be written: ENOENT \(open\)$/,
    );
  });
});
