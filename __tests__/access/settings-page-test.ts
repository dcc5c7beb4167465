/** The page of all settings. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { settingsPage } from "../../access/settings-page";

const page = settingsPage();

describe("docs/settings.md", () => {
  it("is what the schemas say", () => {
    expect(readFileSync(join(__dirname, "..", "..", "docs", "settings.md"), "utf8")).toBe(page);
  });

  it("has settings of maps, of their entries and of items of lists, with what is required", () => {
    expect(page).toContain("| `region` | Required. AWS region of the stack.");
    expect(page).toContain("| `backend.s3.bucket` | Required. An existing bucket.");
    expect(page).toContain("| `scopes.<name>.description` | Required. Description of what the scope permits.");
    expect(page).toContain("| `statements[].actions` | Required. ");
    expect(page).toContain("| `cors.origins` | Required. ");
  });

  it("has tables of two columns, which fit a page", () => {
    expect(new Set(page.match(/^\| -.*$/gm))).toEqual(new Set(["| --- | --- |"]));
  });

  it("explains each setting once", () => {
    for (const section of page.split("\n## ")) {
      const names = Array.from(section.matchAll(/^\| `([^`]+)`/gm), ([, name]) => name);

      expect(names).toEqual([...new Set(names)]);
    }
  });

  it("has no setting without an explanation", () => {
    expect(page.match(/^\| `[^`]+` \| *(Required\. *)?\|$/gm)).toBeNull();
  });
});
