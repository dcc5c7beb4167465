/** The page of the differences is what the script generates. */
import { readFileSync } from "node:fs";
import { readDifferences } from "../support/parity/allowed-differences";
import { PAGE, parityPage } from "../support/parity/parity-page";

describe("docs/parity.md", () => {
  it("is current; npm run parity-page writes it", () => {
    expect(readFileSync(PAGE, "utf8")).toBe(parityPage(readDifferences()));
  });
});
