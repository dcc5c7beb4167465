import crypto from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { requireSameCode, requireSameState, requireSameTerraform } from "../../../operations/apply/checks";
import { packBundle, unpackBundle } from "../../../operations/plan-file/bundle";
import { passphraseIn } from "../../../operations/plan-file/encryption";
import type { Manifest } from "../../../operations/plan-file/manifest";
import { restoreStack, stackFiles } from "../../../operations/plan-file/stack-files";
import { locatePlanFile, readPlanFile, writePrivately } from "../../../platform/private-file";

const PASSPHRASE = "a passphrase for tests";

/** A key takes a third of a second: one that was derived before is taken again. */
const { scryptSync } = crypto;
const keys = new Map<string, ReturnType<typeof scryptSync>>();
jest.spyOn(crypto, "scryptSync").mockImplementation((...given) => {
  const name = JSON.stringify(given);
  const key = keys.get(name) ?? scryptSync(...given);
  keys.set(name, key);
  return key;
});
// The module is shared with the tests that this worker runs next.
afterAll(() => jest.restoreAllMocks());

const described: Omit<Manifest, "parts"> = {
  format: 1,
  environment: "dev",
  commit: "a".repeat(40),
  isDirty: false,
  state: { serial: 3, lineage: "line" },
  terraformVersion: "1.11.4",
  fingerprint: "0".repeat(64),
  createdAt: "2026-01-01T00:00:00.000Z",
};
const parts = {
  plan: strToU8("the plan"),
  "cdk.tf.json": strToU8("{}"),
  "assets/fn/hash/function.zip": strToU8("code"),
};
const packed = (passphrase?: string) => packBundle(described, parts, passphrase);
const encrypted = packed(PASSPHRASE);
const folder = () => mkdtempSync(join(tmpdir(), "bundle-"));

/** The bundle with other files in its zip. */
function repacked(change: (files: Record<string, Uint8Array>) => Record<string, Uint8Array>): Uint8Array {
  return zipSync(change(unzipSync(packed())));
}

describe("unpackBundle", () => {
  it.each([
    ["readable", packed(), undefined],
    ["encrypted", encrypted, PASSPHRASE],
  ])("gives back what was packed, %s", (_what, bytes, passphrase) => {
    const { manifest, parts: found } = unpackBundle(bytes, passphrase);

    expect(manifest).toMatchObject(described);
    expect(Object.entries(found).map(([path, bytes]) => [path, strFromU8(bytes)])).toEqual(
      Object.entries(parts).map(([path, bytes]) => [path, strFromU8(bytes)]),
    );
  });

  it("is never the same when it is encrypted", () => {
    expect(Buffer.from(packed(PASSPHRASE)).equals(Buffer.from(encrypted))).toBe(false);
  });

  it.each<[string, Uint8Array, string | undefined, RegExp]>([
    ["another passphrase", encrypted, "another passphrase", /PLAN_PASSPHRASE is wrong, or the file was changed/],
    ["no passphrase", encrypted, undefined, /is encrypted\. Set PLAN_PASSPHRASE/],
    ["a plan that anybody can have made", packed(), PASSPHRASE, /not encrypted, though PLAN_PASSPHRASE is set/],
    ["no plan", strToU8("none"), undefined, /not saved by review/],
    ["nothing", new Uint8Array(), undefined, /not saved by review/],
    ["a broken zip", packed().subarray(0, 100), undefined, /cannot be read/],
    [
      "a part that was changed",
      repacked((files) => ({ ...files, plan: strToU8("another") })),
      undefined,
      /plan was changed/,
    ],
    [
      "a part too many",
      repacked((files) => ({ ...files, "assets/more": strToU8("x") })),
      undefined,
      /not those of its manifest/,
    ],
    ["a part too few", repacked(({ "cdk.tf.json": _, ...files }) => files), undefined, /not those of its manifest/],
    [
      "a manifest that is to fill the memory",
      repacked((files) => ({ ...files, "manifest.json": new Uint8Array((10 << 20) + 1) })),
      undefined,
      /too large/,
    ],
    [
      "more parts than any stack has",
      repacked((files) => ({
        ...files,
        ...Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`assets/${index}`, new Uint8Array()])),
      })),
      undefined,
      /too large/,
    ],
    ["no manifest", repacked(({ "manifest.json": _, ...files }) => files), undefined, /manifest is missing/],
    [
      "another format",
      repacked((files) => ({ ...files, "manifest.json": strToU8('{"format":2}') })),
      undefined,
      /of another version/,
    ],
  ])("refuses %s", (_what, bytes, passphrase, message) => {
    expect(() => unpackBundle(bytes, passphrase)).toThrow(message);
  });

  it.each([
    "../outside",
    "assets/../../outside",
    "assets/./x",
    "/etc/passwd",
    "assets//x",
    "assets\\..\\x",
    "assets/c:x",
    "assets/\u001b[2J",
    "backend_override.tf.json",
    "more.tf.json",
    ".terraform/plugins",
  ])("refuses a part at %j", (path) => {
    expect(() =>
      unpackBundle(
        repacked((files) => ({ ...files, [path]: strToU8("x") })),
        undefined,
      ),
    ).toThrow(/not a file of a stack/);
    expect(() => packBundle(described, { ...parts, [path]: strToU8("x") }, undefined)).toThrow(/not a file of a stack/);
  });

  it.each([
    ["environment", "dev\u001b[2J"],
    ["environment", "../dev"],
    ["commit", "HEAD"],
    ["terraformVersion", "1.11.4\n"],
    ["createdAt", "today"],
  ])("refuses a manifest whose %s is %j", (field, value) => {
    const bytes = repacked((files) => {
      const manifest = JSON.parse(strFromU8(files["manifest.json"] ?? new Uint8Array()));
      return { ...files, "manifest.json": strToU8(JSON.stringify({ ...manifest, [field]: value })) };
    });

    expect(() => unpackBundle(bytes, undefined)).toThrow(/manifest is missing/);
  });

  it("finds every changed byte of what is encrypted", () => {
    for (const at of [0, 25, 40, 55, 70, encrypted.length - 1]) {
      const changed = Uint8Array.from(encrypted, (byte, index) => (index === at ? byte ^ 1 : byte));

      expect(() => unpackBundle(changed, PASSPHRASE)).toThrow();
    }
  });
});

describe("passphraseIn", () => {
  it("takes an empty one for none, and refuses one that can be guessed", () => {
    expect(passphraseIn({ PLAN_PASSPHRASE: "" })).toBeUndefined();
    expect(passphraseIn({ PLAN_PASSPHRASE: PASSPHRASE })).toBe(PASSPHRASE);
    expect(() => passphraseIn({ PLAN_PASSPHRASE: "short" })).toThrow("fewer than 12 characters");
  });

  it("does not count what is around it, which nobody sees", () => {
    expect(passphraseIn({ PLAN_PASSPHRASE: ` ${PASSPHRASE}\r\n` })).toBe(PASSPHRASE);
    expect(() => passphraseIn({ PLAN_PASSPHRASE: " ".repeat(20) })).toThrow("PLAN_PASSPHRASE holds only spaces");
    expect(() => passphraseIn({ PLAN_PASSPHRASE: `short${"\n".repeat(20)}` })).toThrow("without the spaces");
  });
});

describe("writePrivately", () => {
  it("writes for the owner only, also over a file of others, and leaves nothing else", () => {
    const place = folder();
    writeFileSync(join(place, "plan"), "old", { mode: 0o644 });
    writePrivately(join(place, "plan"), strToU8("new"));

    expect([readFileSync(join(place, "plan"), "utf8"), statSync(join(place, "plan")).mode & 0o777]).toEqual([
      "new",
      0o600,
    ]);
    expect(readdirSync(place)).toEqual(["plan"]);
  });

  it("refuses a link, a folder, and a folder that is not there", () => {
    const place = folder();
    writeFileSync(join(place, "other"), "other");
    symlinkSync("other", join(place, "link"));
    mkdirSync(join(place, "folder"));

    expect(() => writePrivately(join(place, "link"), strToU8("new"))).toThrow("is a link");
    expect(() => writePrivately(join(place, "folder"), strToU8("new"))).toThrow("is a folder");
    expect(() => writePrivately(join(place, "missing", "plan"), strToU8("new"))).toThrow(
      /the folder .* does not exist/,
    );
    expect(() => writePrivately(join(place, "other", "plan"), strToU8("new"))).toThrow("other is not a folder");
    expect(readFileSync(join(place, "other"), "utf8")).toBe("other");
  });
});

describe("locatePlanFile and readPlanFile", () => {
  it("find the plan itself behind a link, so that it is what is deleted", () => {
    const place = folder();
    writeFileSync(join(place, "real"), "plan");
    symlinkSync("real", join(place, "link"));
    const file = locatePlanFile(join(place, "link"));

    expect([basename(file), strFromU8(readPlanFile(file))]).toEqual(["real", "plan"]);
  });

  it("say what is there when it is no plan", () => {
    const place = folder();
    writeFileSync(join(place, "file"), "");

    expect(() => locatePlanFile(join(place, "missing"))).toThrow(/the plan .*missing does not exist\. Create it/);
    expect(() => locatePlanFile(join(place, "file", "plan"))).toThrow(/the plan .* does not exist/);
    expect(() => readPlanFile(place)).toThrow("is a folder. Name the file that review saved.");
    expect(() => readPlanFile("/dev/null")).toThrow("is not a regular file");
  });
});

describe("restoreStack", () => {
  const stack = JSON.stringify({ resource: { aws_lambda_function: { fn: { filename: "assets/fn/code.zip" } } } });

  it("puts back what was gathered, and can make it undone", () => {
    const from = folder();
    mkdirSync(join(from, "assets", "fn"), { recursive: true });
    writeFileSync(join(from, "assets", "fn", "code.zip"), "code");
    writeFileSync(join(from, "assets", "fn", "stale.zip"), "stale");
    writeFileSync(join(from, "cdk.tf.json"), stack);
    const gathered = stackFiles(from);
    const to = folder();
    writeFileSync(join(to, "cdk.tf.json"), "before");
    const undo = restoreStack(to, { ...gathered, plan: strToU8("secret") });

    expect(Object.keys(gathered).toSorted()).toEqual(["assets/fn/code.zip", "cdk.tf.json"]);
    expect(readdirSync(to).toSorted()).toEqual(["assets", "cdk.tf.json"]);
    expect(readFileSync(join(to, "assets/fn/code.zip"), "utf8")).toBe("code");
    undo();
    expect(readFileSync(join(to, "cdk.tf.json"), "utf8")).toBe("before");
    expect(readdirSync(join(to, "assets", "fn"))).toEqual([]);
  });
});

describe("what a plan was made from", () => {
  const manifest: Manifest = { ...described, parts: {} };
  const same = { id: "a".repeat(40), isDirty: false };

  it("is accepted when it is the same", () => {
    requireSameCode(manifest, same, true);
    requireSameCode(manifest, undefined, false);
    requireSameCode({ ...manifest, isDirty: true }, same, false);
    requireSameCode({ ...manifest, commit: null }, { id: null, isDirty: false }, false);
    requireSameTerraform(manifest, "1.11.4");
    requireSameState(manifest, { serial: 3, lineage: "line" });
    requireSameState({ ...manifest, state: null }, undefined);
  });

  it.each<[string, () => void, RegExp]>([
    ["no code at all, where CI is set", () => requireSameCode(manifest, undefined, true), /this folder is not in git/],
    [
      "other code",
      () => requireSameCode(manifest, { ...same, id: "b".repeat(40) }, false),
      /from commit aaaaaaaaaaaa, but bbbbbbbbbbbb/,
    ],
    ["code of which nobody knows", () => requireSameCode({ ...manifest, commit: null }, same, false), /outside of git/],
    [
      "code before the first commit, where CI is set",
      () => requireSameCode({ ...manifest, commit: null }, { id: null, isDirty: false }, true),
      /before the first commit/,
    ],
    [
      "code that was not committed",
      () => requireSameCode({ ...manifest, isDirty: true }, same, true),
      /uncommitted changes/,
    ],
    [
      "another Terraform",
      () => requireSameTerraform(manifest, "1.12.0"),
      /by Terraform 1\.11\.4, but this is 1\.12\.0/,
    ],
    ["a later state", () => requireSameState(manifest, { serial: 4, lineage: "line" }), /serial was 3, and is 4/],
    ["another state", () => requireSameState(manifest, { serial: 3, lineage: "other" }), /another state/],
    ["a state that is gone", () => requireSameState(manifest, undefined), /a state of dev, and there is none here/],
    [
      "a state that came",
      () => requireSameState({ ...manifest, state: null }, { serial: 1, lineage: "l" }),
      /when it was made, nothing was deployed to dev/,
    ],
  ])("is refused when it is %s", (_what, check, message) => {
    expect(check).toThrow(message);
    expect(check).toThrow(/^the plan is stale: .*Review again/s);
  });
});
