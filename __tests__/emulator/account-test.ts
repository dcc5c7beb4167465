/** The account: what is on disk and when, what a failed change leaves behind, and what a cut-off run may have left. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account, type Operation } from "../../emulator/account";

const POOL = "aws_cognito_user_pool";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "account-"));
  file = join(folder, "account.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a pool and says that Terraform is going to be told of it. */
function putPool(account: Account, key: string, action: Operation["action"] = "create"): Promise<string> {
  return account.change(async () => {
    account.put(POOL, key, { attributes: { id: key } });
    return { result: key, operation: { action, type: POOL, key } };
  });
}

function deletePool(account: Account, key: string): Promise<void> {
  return account.change(async () => {
    account.delete(POOL, key);
    return { result: undefined, operation: { action: "delete", type: POOL, key } };
  });
}

/** What the file says, whoever wrote it. */
function onDisk(): { entries: Record<string, Record<string, unknown>> } {
  return JSON.parse(readFileSync(file, "utf8"));
}

describe("Account", () => {
  it("makes its folder for its owner alone", () => {
    new Account({ file: join(folder, "deep", "account.json") });

    expect(statSync(join(folder, "deep")).mode & 0o777).toBe(0o700);
  });

  it("tells the time as AWS's APIs write it", () => {
    const account = new Account({ file, clock: () => Date.parse("2026-07-02T11:43:54.321Z") });

    expect(account.timestamp()).toBe("2026-07-02T11:43:54Z");
  });

  it("counts what there is, without types of which nothing is left", async () => {
    const account = new Account({ file });
    await putPool(account, "a");
    await putPool(account, "b");
    expect(account.count()).toEqual({ [POOL]: 2 });

    await deletePool(account, "a");
    await deletePool(account, "b");
    expect(account.count()).toEqual({});
  });
});

describe("Account.change", () => {
  it("has the change on disk before it tells of it", async () => {
    await putPool(new Account({ file }), "a");

    expect(onDisk().entries[POOL]).toEqual({ a: { attributes: { id: "a" } } });
    expect(new Account({ file }).get(POOL, "a")).toEqual({ attributes: { id: "a" } });
  });

  it("keeps secrets from other users", async () => {
    await putPool(new Account({ file }), "a");

    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("replaces the file as a whole: who has the old one open reads the old account to its end", async () => {
    const account = new Account({ file });
    await putPool(account, "a");
    const before = statSync(file).ino;
    await putPool(account, "b");

    expect(statSync(file).ino).not.toBe(before);
    expect(readdirSync(folder)).toEqual(["account.json"]);
  });

  it("leaves the old account in place when it cannot write the new one", async () => {
    const account = new Account({ file });
    await putPool(account, "a");
    const before = readFileSync(file, "utf8");
    const failure = account.change(async () => {
      account.put(POOL, "b", {
        attributes: { id: "b" },
        internal: {
          toJSON: () => {
            throw new Error("no space left");
          },
        },
      });
      return { result: null, operation: null };
    });

    await expect(failure).rejects.toThrow("no space left");
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(account.get(POOL, "b")).toBeUndefined();
  });

  it("leaves nothing behind when it throws, in whatever order it put, replaced and deleted", async () => {
    const account = new Account({ file });
    await putPool(account, "a");
    const before = readFileSync(file, "utf8");
    const failure = account.change(async () => {
      account.put(POOL, "a", { attributes: { id: "changed" } });
      account.delete(POOL, "a");
      account.put(POOL, "a", { attributes: { id: "again" } });
      account.put(POOL, "b", { attributes: { id: "b" } });
      account.delete(POOL, "b");
      account.delete(POOL, "a");
      throw new Error("refused");
    });

    await expect(failure).rejects.toThrow("refused");
    expect(account.list(POOL)).toEqual([{ id: "a" }]);
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  it("goes on after a change that threw", async () => {
    const account = new Account({ file });
    const failure = account.change(() => Promise.reject(new Error("refused")));
    const next = putPool(account, "a");

    await expect(failure).rejects.toThrow("refused");
    await expect(next).resolves.toBe("a");
  });

  it("runs changes one after the other, in the order in which they were asked for", async () => {
    const account = new Account({ file });
    const order: string[] = [];
    const slowly = (name: string, turns: number) =>
      account.change(async () => {
        order.push(`${name} begins`);
        for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
        order.push(`${name} ends`);
        return { result: name, operation: null };
      });

    await expect(Promise.all([slowly("first", 9), slowly("second", 1)])).resolves.toEqual(["first", "second"]);
    expect(order).toEqual(["first begins", "first ends", "second begins", "second ends"]);
  });
});

describe("Account.leftovers", () => {
  const created = (key: string): Operation => ({ action: "create", type: POOL, key });

  it("names a creation that was under way when the run was cut off", async () => {
    await putPool(new Account({ file }), "a");

    expect(new Account({ file }).leftovers).toEqual([created("a")]);
  });

  it("names none before the run is cut off", async () => {
    const account = new Account({ file });
    await putPool(account, "a");

    expect(account.leftovers).toEqual([]);
  });

  it("takes a creation for known once the next change begins", async () => {
    const account = new Account({ file });
    await putPool(account, "a");
    await putPool(account, "b");

    expect(new Account({ file }).leftovers).toEqual([created("b")]);
  });

  it("names none after a proper end", async () => {
    const account = new Account({ file });
    await putPool(account, "a");
    await account.close();

    expect(new Account({ file }).leftovers).toEqual([]);
    expect(new Account({ file }).get(POOL, "a")).toBeDefined();
  });

  it("keeps naming it, over further changes and runs, until it is confirmed", async () => {
    await putPool(new Account({ file }), "a");
    const second = new Account({ file });
    await putPool(second, "b");
    await second.close();
    const third = new Account({ file });
    expect(third.leftovers).toEqual([created("a")]);

    third.confirm(POOL, "b");
    expect(third.leftovers).toEqual([created("a")]);
    third.confirm(POOL, "a");
    expect(third.leftovers).toEqual([]);
    await third.close();
    expect(new Account({ file }).leftovers).toEqual([]);
  });

  it("forgets it once it is deleted", async () => {
    await putPool(new Account({ file }), "a");
    const account = new Account({ file });
    await deletePool(account, "a");

    expect(account.leftovers).toEqual([]);
  });

  it("names no update and no deletion that was cut off", async () => {
    const account = new Account({ file });
    await putPool(account, "a");
    await putPool(account, "a", "update");
    expect(new Account({ file }).leftovers).toEqual([]);

    await deletePool(account, "a");
    expect(new Account({ file }).leftovers).toEqual([]);
  });
});

describe("an account's file that cannot be read", () => {
  const good = { format: 1, underWay: null, leftovers: [], entries: {} };

  it.each([
    ["empty", "", "it is damaged"],
    ["cut off in the middle", JSON.stringify(good).slice(0, -9), "it is damaged"],
    ["not JSON", "# Notes", "it is damaged"],
    ["another program's", '{"version": 4, "resources": []}', "this is not an account"],
    ["a list", "[]", "this is not an account"],
    ["null", "null", "this is not an account"],
    ["of a newer format", JSON.stringify({ ...good, format: 2 }), "the account has format 2, expected 1"],
    ["without entries", JSON.stringify({ ...good, entries: null }), "it is damaged"],
    ["with entries that are none", JSON.stringify({ ...good, entries: { [POOL]: 1 } }), "it is damaged"],
    ["without leftovers", JSON.stringify({ ...good, leftovers: undefined }), "it is damaged"],
  ])("is refused by name and left as it is: %s", (_, content, why) => {
    writeFileSync(file, content);

    expect(() => new Account({ file })).toThrow(why);
    expect(() => new Account({ file })).toThrow(file);
    expect(readFileSync(file, "utf8")).toBe(content);
    expect(readdirSync(folder)).toEqual(["account.json"]);
  });

  it("is ignored when it is what a killed process had not yet renamed", async () => {
    await putPool(new Account({ file }), "a");
    writeFileSync(`${file}.new`, "half an acc");

    const account = new Account({ file });
    await putPool(account, "b");
    expect(account.list(POOL)).toHaveLength(2);
  });
});

describe("Account.close", () => {
  it("does not bring back a folder that was deleted meanwhile", async () => {
    const account = new Account({ file });
    rmSync(folder, { recursive: true });
    await account.close();

    expect(existsSync(folder)).toBe(false);
  });
});

describe("Account.randomId", () => {
  it("has the length and the letters that were asked for", () => {
    const account = new Account({ file });

    expect(account.randomId(26)).toMatch(/^[a-z0-9]{26}$/);
    expect(account.randomId(9, "AB")).toMatch(/^[AB]{9}$/);
    expect(account.randomId(26)).not.toBe(account.randomId(26));
  });

  it("skips bytes that would make some letters likelier", () => {
    // 256 = 25 * 10 + 6: the bytes 250 to 255 would favour the first six digits.
    const account = new Account({
      file,
      random: (length) => Uint8Array.from({ length }, (_, at) => [255, 250, 249][at % 3] ?? 0),
    });

    expect(account.randomId(3, "0123456789")).toBe("999");
  });
});

describe("Account.uuid", () => {
  it.each([
    ["the system's", {}],
    ["given", { random: (length: number) => new Uint8Array(length).fill(7) }],
  ])("is one of version 4, from %s random bytes", (_, options) => {
    const uuid = new Account({ file, ...options }).uuid();

    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
