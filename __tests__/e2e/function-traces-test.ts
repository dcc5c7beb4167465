/** Stack traces of bundled functions name the lines of the TypeScript files, as Lambda's do with --enable-source-maps. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFunction } from "../../constructs/functions/function-bundle";
import type { DeployedFunction } from "../../emulator/protocols/runtime";
import { deployed, RunnerInTest } from "../support/deployed-function";

const folder = mkdtempSync(join(tmpdir(), "traces-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

mkdirSync(join(folder, "lambda/shared"), { recursive: true });
writeFileSync(
  join(folder, "lambda/shared/price.ts"),
  `interface Price {
  readonly amount: number;
}

export function priceOf(id: string): Price {
  if (id === "") return { amount: 1 };
  throw new RangeError(\`no price of \${id}\`);
}
`,
);
writeFileSync(
  join(folder, "lambda/orders.ts"),
  `/** Fails in each way. */
import { priceOf } from "./shared/price";

export type Order = { readonly how: string };

export async function handler({ how }: Order): Promise<unknown> {
  if (how === "throw") return priceOf(how);
  if (how === "print") console.error("failed:", new Error("printed"));
  if (how === "reject") void Promise.reject(new Error("rejected"));
  if (how === "later") setTimeout(() => priceOf("later"));
  if (how === "print") return 1;
  return new Promise(() => setTimeout(() => undefined, 60_000));
}
`,
);

const test = new RunnerInTest();
const { zip, sha256 } = bundleFunction(join(folder, "lambda/orders.ts"));
const event = (how: string) => ({ how, httpMethod: "GET", resource: "/", requestContext: { stage: "dev" } });
const orders = (changes: Partial<DeployedFunction> = {}) =>
  deployed("", {
    zip,
    codeSha256: sha256,
    environment: { ALLOWED_BY_ROUTE: "dev;*=GET /", NODE_OPTIONS: "--enable-source-maps" },
    timeoutSeconds: 30,
    ...changes,
  });

/** Lines of a trace that name a TypeScript file, without the folder that the function runs in. */
const sourceLines = (trace: readonly string[] = []) =>
  trace.flatMap((line) => /\/(lambda\/[^)]+\.ts:\d+:\d+)\)?$/.exec(line)?.[1] ?? []);

const THROWN = ["lambda/shared/price.ts:7:9", "lambda/orders.ts:7:31"];
const LATER = ["lambda/shared/price.ts:7:9", "lambda/orders.ts:10:41"];
const REJECTED = ["lambda/orders.ts:9:45"];

describe("the trace of an error", () => {
  it("is in what the caller of Invoke gets, below the error's own line", async () => {
    const result = await test.invoke(orders(), event("throw"));

    expect(result).toMatchObject({ kind: "error", errorType: "RangeError", errorMessage: "no price of throw" });
    if (result.kind === "answer") throw new Error("an answer");
    expect(result.trace?.[0]).toBe("RangeError: no price of throw");
    expect(sourceLines(result.trace)).toEqual(THROWN);
  });

  it.each([
    ["throw", { errorType: "RangeError", errorMessage: "no price of throw" }, THROWN],
    ["later", { errorType: "RangeError", errorMessage: "no price of later" }, LATER],
  ] as const)("is in the log record of an error that nothing catches: %s", async (how, message, lines) => {
    await test.invoke(orders({ logFormat: "JSON" }), event(how));
    const [record] = test.logged.map(([, , line]) => JSON.parse(line));

    expect(record).toMatchObject({ level: "ERROR", message });
    expect(sourceLines(record.message.stackTrace)).toEqual(lines);
  });

  it.each(["JSON", "Text"] as const)(
    "is that of the reason, of a rejection that nothing handles: %s",
    async (logFormat) => {
      const result = await test.invoke(orders({ logFormat }), event("reject"));
      const [line = ""] = test.logged.map(([, , text]) => text);
      const { errorMessage, reason } =
        logFormat === "JSON" ? JSON.parse(line).message : JSON.parse(line.slice(line.indexOf("{")));

      expect(result).toMatchObject({ errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "Error: rejected" });
      expect([errorMessage, reason.errorMessage]).toEqual(["Error: rejected", "rejected"]);
      expect(sourceLines(reason.stackTrace ?? reason.stack)).toEqual(REJECTED);
    },
  );

  it("is in the record of what the function prints itself", async () => {
    await test.answer(orders({ logFormat: "JSON" }), event("print"));
    const [record] = test.logged.map(([, , line]) => JSON.parse(line));

    expect(sourceLines(record.stackTrace)).toEqual(["lambda/orders.ts:8:49"]);
  });

  it("names the bundle without the option, as on AWS", async () => {
    const environment = { ALLOWED_BY_ROUTE: "dev;*=GET /" };
    const result = await test.invoke(orders({ environment }), event("throw"));

    expect(JSON.stringify(result)).toMatch(/index\.js:\d+:\d+/);
    expect(JSON.stringify(result)).not.toContain("lambda/");
  });
});
