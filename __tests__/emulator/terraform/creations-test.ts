import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account, type Operation } from "../../../emulator/account/account";
import { Creations } from "../../../emulator/terraform/creations";

const file = () => join(mkdtempSync(join(tmpdir(), "creations-")), "account.json");
const role = (key: string): Operation => ({ action: "create", type: "aws_iam_role", key });

/** An account with these roles in it. */
async function accountWith(path: string, ...keys: readonly string[]): Promise<Account> {
  const account = new Account({ file: path });
  await account.change(async () => {
    for (const key of keys) account.put("aws_iam_role", key, { id: key });
    return { result: undefined, operation: null };
  });
  return account;
}

describe("Creations", () => {
  it("takes what an undisturbed Terraform was told of for known", async () => {
    const account = await accountWith(file(), "a");
    new Creations(account).add("one", role("a"), true);

    expect(account.leftovers).toEqual([]);
  });

  it("doubts all that was made for a Terraform that is interrupted, before and after, and nothing of others", async () => {
    const account = await accountWith(file(), "a", "b", "c");
    const creations = new Creations(account);
    creations.add("one", role("a"), true);
    creations.add("other", role("b"), true);
    creations.markUnacknowledged("one");
    creations.add("one", role("c"), true);

    expect(account.leftovers).toEqual([role("a"), role("c")]);
  });

  it("doubts what nobody was there to hear of", async () => {
    const account = await accountWith(file(), "a");
    new Creations(account).add("one", role("a"), false);

    expect(account.leftovers).toEqual([role("a")]);
  });

  it("doubts no more once Terraform asks for it", async () => {
    const account = await accountWith(file(), "a");
    new Creations(account).add("one", role("a"), false);
    account.confirm("aws_iam_role", "a");

    expect(account.leftovers).toEqual([]);
  });

  it("still doubts after a proper end and a new start", async () => {
    const path = file();
    const account = await accountWith(path, "a");
    new Creations(account).add("one", role("a"), false);
    await account.close();

    expect(new Account({ file: path }).leftovers).toEqual([role("a")]);
  });
});
