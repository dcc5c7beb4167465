/** Keys of pools that were begun while Terraform plans. */
import { generateSigningKeys, prepareSigningKeys } from "../../../../emulator/services/cognito/signing-keys";
import { openAccount } from "../../../support/workspace";

describe("generateSigningKeys", () => {
  it("gives a prepared key to one pool only", async () => {
    const account = openAccount();
    prepareSigningKeys();
    prepareSigningKeys();
    const pools = await Promise.all([generateSigningKeys(account), generateSigningKeys(account)]);
    const keys = pools.flat();
    expect(new Set(keys.map(({ jwk }) => jwk["n"])).size).toBe(2);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(2);
  });
});
