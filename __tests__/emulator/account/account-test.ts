/** The account: what is on disk and when, what a failed change leaves behind, and what a cut-off run may have left. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import promises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account, type Operation } from "../../../emulator/account/account";
import { AccountFileError } from "../../../emulator/account/file";
import { seal, unseal } from "../../../emulator/account/seal";
import { AccountStore } from "../../../emulator/account/store";

const POOL = "aws_cognito_user_pool";

let folder: string;
let file: string;
let journal: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "account-"));
  file = join(folder, "account.json");
  journal = join(folder, "account.journal");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a pool and says that Terraform is going to be told of it. */
function putPool(account: Account, key: string, action: Operation["action"] = "create"): Promise<string> {
  return account.change(async () => {
    account.put(POOL, key, { id: key });
    return { result: key, operation: { action, type: POOL, key } };
  });
}

function deletePool(account: Account, key: string): Promise<void> {
  return account.change(async () => {
    account.delete(POOL, key);
    return { result: undefined, operation: { action: "delete", type: POOL, key } };
  });
}

/** Keys of the pools that are on disk, as whoever comes next finds them. */
function poolsOnDisk(): readonly string[] {
  return [...(new AccountStore(file, () => true).read()?.entries.get(POOL)?.keys() ?? [])];
}

describe("Account", () => {
  it("makes its folder for its owner alone", () => {
    new Account({ file: join(folder, "deep", "account.json") });

    expect(statSync(join(folder, "deep")).mode & 0o777).toBe(0o700);
  });
});

describe("Account.change", () => {
  it("names the file and the reason when the system cannot write it, and goes on once it can", async () => {
    const account = new Account({ file });
    mkdirSync(`${file}.new`);
    const refused = putPool(account, "first");

    await expect(refused).rejects.toThrow(AccountFileError);
    await expect(refused).rejects.toThrow(
      /account\.json: the account cannot be written, nothing was changed \(EISDIR.+\)\. Free/,
    );
    rmSync(`${file}.new`, { recursive: true });
    await putPool(account, "second");
    expect(poolsOnDisk()).toEqual(["second"]);
  });

  it("has the change on disk before it tells of it", async () => {
    const account = new Account({ file });
    await putPool(account, "a");
    expect(new Account({ file }).get(POOL, "a")).toEqual({ id: "a" });

    await putPool(account, "b");
    await deletePool(account, "a");
    expect(poolsOnDisk()).toEqual(["b"]);
    expect(new Account({ file }).get(POOL, "b")).toEqual({ id: "b" });
  });

  it("keeps them from other users in files that were there before", async () => {
    for (const path of [`${file}.new`, journal]) writeFileSync(path, "", { mode: 0o644 });
    const account = new Account({ file });
    await putPool(account, "a");
    await putPool(account, "b");

    expect([file, journal].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
  });

  it("has the file's new name on disk, too, before it tells of it", async () => {
    const { open } = promises;
    const synced: (readonly [path: string, isInPlace: boolean])[] = [];
    jest.spyOn(promises, "open").mockImplementation(async (path, ...rest) => {
      const handle = await open(path, ...rest);
      const sync = handle.sync.bind(handle);
      handle.sync = () => {
        synced.push([String(path), existsSync(file)]);
        return sync();
      };
      return handle;
    });
    await putPool(new Account({ file }), "a");
    jest.restoreAllMocks();

    expect(synced).toEqual([
      [`${file}.new`, false],
      [folder, true],
    ]);
  });

  it("leaves the old account in place when it cannot write the new one", async () => {
    const account = new Account({ file });
    await putPool(account, "a");
    const before = readFileSync(file, "utf8");
    const failure = account.change(async () => {
      account.put(POOL, "b", {
        record: {
          id: "b",
          toJSON: () => {
            throw new Error("no space left");
          },
        },
      });
      return { result: null, operation: null };
    });

    await expect(failure).rejects.toThrow("no space left");
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(readdirSync(folder)).toEqual(["account.json"]);
    expect(account.get(POOL, "b")).toBeUndefined();
  });

  it("leaves nothing behind when it throws, in whatever order it put, replaced and deleted", async () => {
    const account = new Account({ file });
    await putPool(account, "a");
    const before = readFileSync(file, "utf8");
    const failure = account.change(async () => {
      account.put(POOL, "a", { id: "changed" });
      account.delete(POOL, "a");
      account.put(POOL, "a", { id: "again" });
      account.put(POOL, "b", { id: "b" });
      account.delete(POOL, "b");
      account.delete(POOL, "a");
      throw new Error("refused");
    });

    await expect(failure).rejects.toThrow("refused");
    expect(account.list(POOL)).toEqual([{ id: "a" }]);
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(readdirSync(folder)).toEqual(["account.json"]);
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

describe("a change of which somebody is to be told", () => {
  it("holds up the next one until they were told", async () => {
    const account = new Account({ file });
    let tell = () => {};
    const told = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const order: string[] = [];
    const change = (name: string) => async () => {
      order.push(name);
      return { result: name, operation: null };
    };
    await account.change(change("first"), () => told);
    const second = account.change(change("second"));
    const others = [putPool(new Account({ file: join(folder, "other.json") }), "a"), new Promise(setImmediate)];
    await Promise.all(others);
    expect(order).toEqual(["first"]);

    tell();
    await second;
    expect(order).toEqual(["first", "second"]);
  });

  it("holds up none when it threw: there is nothing to be told", async () => {
    const account = new Account({ file });
    const failure = account.change(
      () => Promise.reject(new Error("refused")),
      () => new Promise(() => {}),
    );

    await expect(failure).rejects.toThrow("refused");
    await expect(putPool(account, "a")).resolves.toBe("a");
  });
});

describe("an account's journal", () => {
  const linesOfJournal = () => readFileSync(journal, "utf8").split("\n").slice(0, -1).map(unseal);

  /** An account of three changes: the file holds the first, the journal the others. */
  async function writeThree(): Promise<Account> {
    const account = new Account({ file });
    for (const key of ["a", "b", "c"]) await putPool(account, key);
    return account;
  }

  it("takes the changes, and the file stays as it is", async () => {
    const account = new Account({ file });
    await putPool(account, "a");
    const before = readFileSync(file, "utf8");
    await putPool(account, "b");
    await deletePool(account, "a");

    expect(readFileSync(file, "utf8")).toBe(before);
    const operation = (action: Operation["action"], key: string) => ({ action, type: POOL, key });
    const changes = [
      { underWay: operation("create", "b"), changed: [{ type: POOL, key: "b", record: { id: "b" } }] },
      { underWay: operation("delete", "a"), changed: [{ type: POOL, key: "a" }] },
    ];
    expect(linesOfJournal()).toEqual([
      { generation: 0 },
      ...changes.map(({ underWay, changed }) => ({ underWay, leftovers: [], changed })),
    ]);
  });

  it("holds what is left of a change, however often it touched a thing", async () => {
    const account = new Account({ file });
    await putPool(account, "a");
    await account.change(async () => {
      account.put(POOL, "a", { id: "changed" });
      account.put(POOL, "b", { id: "b" });
      account.put(POOL, "a", { id: "again" });
      account.delete(POOL, "b");
      return { result: null, operation: null };
    });

    const changed = [
      { type: POOL, key: "a", record: { id: "again" } },
      { type: POOL, key: "b" },
    ];
    expect(linesOfJournal()[1]).toMatchObject({ changed });
    expect(new Account({ file }).list(POOL)).toEqual([{ id: "again" }]);
  });

  it("goes into the file at a proper end", async () => {
    await (await writeThree()).close();

    expect(readdirSync(folder)).toEqual(["account.json"]);
    expect(poolsOnDisk()).toEqual(["a", "b", "c"]);
  });

  it("goes into the file with the first change after a cut-off", async () => {
    await writeThree();
    const next = new Account({ file });
    expect(next.list(POOL)).toHaveLength(3);

    await putPool(next, "d");
    expect(poolsOnDisk()).toEqual(["a", "b", "c", "d"]);
    await putPool(next, "e");
    expect(readFileSync(journal, "utf8").split("\n")).toHaveLength(3);
    expect(poolsOnDisk()).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("goes into the file once it has outgrown it", async () => {
    const account = new Account({ file });
    const code = "x".repeat(100_000);
    for (let count = 0; count < 40; count++) {
      await account.change(async () => {
        account.put(POOL, "a", { id: "a", code, count });
        return { result: null, operation: null };
      });
      expect(statSync(journal, { throwIfNoEntry: false })?.size ?? 0).toBeLessThan(1_200_000);
    }

    expect(new Account({ file }).get(POOL, "a")).toEqual({ id: "a", code, count: 39 });
  });

  it("is not read when it is older than the file: its writer was killed before the next one began", async () => {
    const account = await writeThree();
    const old = readFileSync(journal, "utf8");
    await deletePool(account, "a");
    await account.close();
    writeFileSync(journal, old);

    expect(poolsOnDisk()).toEqual(["b", "c"]);
    const next = new Account({ file });
    await putPool(next, "d");
    await putPool(next, "e");
    expect(poolsOnDisk()).toEqual(["b", "c", "d", "e"]);
  });

  it.each([
    ["within its last line", (text: string) => text.slice(0, -20)],
    ["before the end of its last line", (text: string) => text.slice(0, -1)],
  ])("loses what nobody was told of when it was cut off %s", async (_, cut) => {
    await writeThree();
    writeFileSync(journal, cut(readFileSync(journal, "utf8")));

    expect(poolsOnDisk()).toEqual(["a", "b"]);
    const next = new Account({ file });
    expect(next.leftovers).toEqual([{ action: "create", type: POOL, key: "b" }]);
    await putPool(next, "d");
    await putPool(next, "e");
    expect(poolsOnDisk()).toEqual(["a", "b", "d", "e"]);
  });

  it.each([
    ["empty", ""],
    ["cut off within its first line", '{"gener'],
  ])("says nothing when it is %s", async (_, content) => {
    await putPool(new Account({ file }), "a");
    writeFileSync(journal, content);

    expect(poolsOnDisk()).toEqual(["a"]);
  });

  it.each([
    ["a line that is no JSON", 2, "{"],
    ["a last line that is whole, but no JSON", 3, "\0\0\0"],
    ["a first line of something else", 1, "# Notes"],
    ["a line that is not sealed", 2, '{"underWay":null,"leftovers":[],"changed":[]}'],
  ])("is refused by file and line, and left as it is: %s", async (_, number, line) => {
    await writeThree();
    const lines = readFileSync(journal, "utf8").split("\n");
    const content = lines.map((before, index) => (index + 1 === number ? line : before)).join("\n");
    writeFileSync(journal, content);

    expect(() => new Account({ file })).toThrow(
      `${journal}: line ${number} cannot be read, it is damaged. Put back copies of account.json and account.journal, or delete ${folder}, which also has Terraform's states, to start over.`,
    );
    expect(readFileSync(journal, "utf8")).toBe(content);
    expect(readdirSync(folder)).toEqual(["account.journal", "account.json"]);
  });

  it("is refused without the file that it continues", async () => {
    await writeThree();
    rmSync(file);

    expect(() => new Account({ file })).toThrow(`${journal}: it continues ${file}, which is missing. Put back copies`);
    expect(readdirSync(folder)).toEqual(["account.journal"]);
  });

  it("is refused with an earlier file than the one that it continues", async () => {
    await putPool(new Account({ file }), "a");
    const earlier = readFileSync(file, "utf8");
    const account = new Account({ file });
    await putPool(account, "b");
    await putPool(account, "c");
    writeFileSync(file, earlier);

    expect(() => new Account({ file })).toThrow(`${journal}: it continues a later ${file} than the one that is there.`);
  });

  it("is left behind for a whole file when a change could not be written to it", async () => {
    const account = new Account({ file });
    await putPool(account, "a");
    await putPool(account, "b");
    rmSync(journal);
    mkdirSync(journal);
    await expect(putPool(account, "c")).rejects.toThrow("EISDIR");
    expect(account.get(POOL, "c")).toBeUndefined();
    rmSync(journal, { recursive: true });

    await putPool(account, "d");
    expect(poolsOnDisk()).toEqual(["a", "b", "d"]);
  });
});

describe("an account whose folder is another's by now", () => {
  it("refuses a change, and writes nothing", async () => {
    let isOurs = true;
    const account = new Account({ file, isOurs: () => isOurs });
    await putPool(account, "a");
    await putPool(account, "b");
    const before = [file, journal].map((path) => readFileSync(path, "utf8"));
    isOurs = false;

    await expect(putPool(account, "c")).rejects.toThrow(
      `${file}: the folder was deleted or taken over while it was in use. Stop this embedded AWS and start it again.`,
    );
    await account.close();
    expect([file, journal].map((path) => readFileSync(path, "utf8"))).toEqual(before);
    expect(account.list(POOL)).toHaveLength(2);
  });
});

describe("Account.ids", () => {
  it("are those given, or the one of AWS's examples", () => {
    expect(new Account({ file }).ids).toEqual(["123456789012"]);
    expect(new Account({ file, ids: [] }).ids).toEqual(["123456789012"]);
    expect(new Account({ file, ids: ["111122223333", "444455556666"] })).toMatchObject({
      id: "111122223333",
      ids: ["111122223333", "444455556666"],
    });
  });

  it.each(["", "1234", "12345678901x", "1234567890123"])("are refused when one is no account id: %j", (id) => {
    expect(() => new Account({ file, ids: ["111122223333", id] })).toThrow(
      `"${id}" is not an AWS account id: expected 12 digits`,
    );
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

  it("names a part of something that was there before, until it is made again or deleted", async () => {
    const part: Operation = { action: "create", type: "aws_part", key: "a/part" };
    const withPart = (of: Account, operation: Operation | null, parts: readonly string[]) =>
      of.change(async () => {
        of.put(POOL, "a", { id: "a", parts });
        return { result: null, operation };
      });
    const cutOff = async () => {
      rmSync(file, { force: true });
      rmSync(join(folder, "account.journal"), { force: true });
      const first = new Account({ file });
      await putPool(first, "a");
      await withPart(first, part, ["part"]);
      return new Account({ file });
    };

    const kept = await cutOff();
    expect(kept.leftovers).toMatchObject([part]);
    await withPart(kept, null, ["part", "another"]);
    expect(kept.leftovers).toMatchObject([part]);

    const again = await cutOff();
    await withPart(again, part, ["part"]);
    expect(again.leftovers).toEqual([]);

    const deleted = await cutOff();
    await withPart(deleted, { ...part, action: "delete" }, []);
    expect(deleted.leftovers).toEqual([]);

    const gone = await cutOff();
    await deletePool(gone, "a");
    expect(gone.leftovers).toEqual([]);
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

function isAccepted(): boolean {
  try {
    new Account({ file });
    return true;
  } catch (error) {
    if (error instanceof AccountFileError) return false;
    throw error;
  }
}

describe("an account's file that cannot be read", () => {
  const good = { format: 3, generation: 0, underWay: null, leftovers: [], entries: {} };

  it.each([
    ["empty", "", "it is damaged"],
    ["cut off in the middle", seal(good).slice(0, -9), "it is damaged"],
    ["not JSON", "# Notes", "it is damaged"],
    ["changed by hand", seal(good).replace('"generation":0', '"generation":1'), "it is damaged"],
    ["another program's", '{"version": 4, "resources": []}', "this is not an account"],
    ["a list", "[]", "this is not an account"],
    ["null", "null", "it is damaged"],
    [
      "of an older format",
      JSON.stringify({ ...good, format: 2 }),
      "the account has format 2, expected 3: another version of this project wrote it. Use that version, or delete ",
    ],
    [
      "of a newer format",
      seal({ ...good, format: 4 }),
      "the account has format 4, expected 3: another version of this project wrote it. Use that version, or delete ",
    ],
  ])("is refused by name and left as it is: %s", (_, content, why) => {
    writeFileSync(file, content);

    expect(() => new Account({ file })).toThrow(why);
    expect(() => new Account({ file })).toThrow(file);
    expect(readFileSync(file, "utf8")).toBe(content);
    expect(readdirSync(folder)).toEqual(["account.json"]);
  });

  it("is refused with any of its bits changed, and so is its journal", async () => {
    const account = new Account({ file });
    for (const id of ["a", "b", "c"]) await putPool(account, id);
    const accepted = [file, join(folder, "account.journal")].flatMap((path) => {
      const content = readFileSync(path);
      const found = [...content.keys()].filter((index) => {
        writeFileSync(path, content.with(index, (content[index] ?? 0) ^ (1 << (index % 8))));
        return isAccepted();
      });
      writeFileSync(path, content);
      return found;
    });

    expect(isAccepted()).toBe(true);
    expect(accepted).toEqual([]);
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
