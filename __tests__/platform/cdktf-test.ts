/** Where cdktf's command line is. */
import { execFileSync } from "node:child_process";
import { findCdktf } from "../../platform/cdktf";

it("is the program that the installed package names", () => {
  const { TF_CLI_CONFIG_FILE: _, ...env } = process.env;
  const printed = execFileSync(process.execPath, [findCdktf(), "--version"], { encoding: "utf8", env, stdio: "pipe" });

  expect(printed).toMatch(/^0\.21\.0$/m);
});
