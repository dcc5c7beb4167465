import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { clientOfSecret, OUTPUT, secretDescription } from "../../../constructs/contract/contract";

const room = join(__dirname, "../../../constructs/contract");

describe("the contract", () => {
  it.each(readdirSync(room))("%s loads neither CDKTF nor its bindings", (file) => {
    expect(readFileSync(join(room, file), "utf8")).not.toMatch(/from "(?:cdktf|constructs|@cdktf\/)/);
  });

  it("names every output once", () => {
    expect(new Set(Object.values(OUTPUT)).size).toBe(Object.keys(OUTPUT).length);
  });

  it.each(["billing", "a client of a client", ""])("finds client %j by its secret's description", (name) => {
    expect(clientOfSecret(secretDescription(name))).toBe(name);
  });

  it.each(["Credentials of a client billing", undefined, null, 1])("finds no client by %j", (description) => {
    expect(clientOfSecret(description)).toBeUndefined();
  });
});
