/** Pages about the embedded AWS are what their scripts generate. */
import { readFileSync } from "node:fs";
import { readDifferences } from "../support/parity/allowed-differences";
import * as parity from "../support/parity/parity-page";
import * as sources from "../support/parity/sources-page";

describe("docs/parity.md", () => {
  it("is current; npm run parity-page writes it", () => {
    expect(readFileSync(parity.PAGE, "utf8")).toBe(parity.parityPage(readDifferences()));
  });
});

describe("docs/sources.md", () => {
  it("is current; npm run sources-page writes it", () => {
    expect(readFileSync(sources.PAGE, "utf8")).toBe(sources.sourcesPage());
  });
});
