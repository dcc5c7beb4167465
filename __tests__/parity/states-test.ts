/**
 * Both providers create the same examples, one after the other: the states are compared, and each provider plans and destroys
 * what the other one created.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configOf } from "../support/kind-examples";
import { AllowedDifferences, type FoundDifference, STATES } from "../support/parity/allowed-differences";
import { parityExamples, parityTypes } from "../support/parity/parity-kinds";
import type { RunReport } from "../support/parity/run-report";
import { compareStates } from "../support/parity/state-comparison";
import { KNOWN, type StateResource, TerraformLifecycle } from "../support/parity/terraform-lifecycle";
import { describeWithRealProvider, RealTerraform } from "../support/real-provider";
import { functionZip } from "../support/workspace";

jest.setTimeout(600_000);

/** Folder for the output of every run, for a look at all of them. */
const REPORT = process.env["PARITY_REPORT"];

/** What one provider created and the other one took over. */
interface Crossing {
  readonly created: RunReport;
  readonly resources: readonly StateResource[];
  readonly planned: RunReport;
  readonly destroyed: RunReport;
  readonly left: object;
}

/**
 * @param terraform with an empty account, which is empty again afterwards
 * @param creator provider that creates; the other one plans and destroys
 */
async function cross(terraform: RealTerraform, creator: "real" | "embedded"): Promise<Crossing> {
  const { folder, emulator } = terraform;
  const real = new TerraformLifecycle(folder, terraform.environment);
  const embedded = new TerraformLifecycle(folder, emulator.environment);
  const [first, second] = creator === "real" ? [real, embedded] : [embedded, real];
  const created = reported(`${creator}-created`, await first.apply());
  const resources = first.resources();
  const planned = reported(`${creator}-planned`, await second.plan());
  const destroyed = reported(`${creator}-destroyed`, await second.destroy(KNOWN));
  return { created, resources, planned, destroyed, left: emulator.resourceCount() };
}

function reported(name: string, report: RunReport): RunReport {
  if (REPORT !== undefined) writeFileSync(join(REPORT, `${name}.txt`), report.output);
  return report;
}

describeWithRealProvider("states", (file) => {
  const allowed = AllowedDifferences.about(STATES);
  let byReal: Crossing;
  let byEmbedded: Crossing;
  let differences: ReturnType<typeof compareStates>;
  beforeAll(async () => {
    const terraform = await RealTerraform.start(file);
    try {
      writeFileSync(join(terraform.folder.path, "function.zip"), functionZip);
      terraform.folder.write(configOf(parityExamples));
      await new TerraformLifecycle(terraform.folder, terraform.environment).init();
      byReal = await cross(terraform, "real");
      byEmbedded = await cross(terraform, "embedded");
    } finally {
      await terraform.close();
    }
    differences = compareStates(byEmbedded.resources, byReal.resources);
  });

  describe("the states of both providers", () => {
    it.each(parityTypes)("are the same for %s", (type) => {
      const address = `${type}.one`;
      const found = differences
        .filter((one) => one.address === address)
        .map(({ at, embedded, real }) => ({ ...difference(type, "state", at), embedded, real }));

      expect(found.filter((one) => !allowed.has(one))).toEqual([]);
    });
  });

  describe("the embedded provider", () => {
    it.each(parityTypes)("plans no change of %s that the real one created", (type) => {
      expect(crossings(byReal, type).filter((one) => !allowed.has(one))).toEqual([]);
    });

    it("plans and destroys what the real one created", () => {
      expect(byReal.planned.all()[""]).toBeUndefined();
      expect([byReal.destroyed.code, byReal.left]).toEqual([0, {}]);
    });
  });

  describe("the real provider", () => {
    it.each(parityTypes)("plans no change of %s that the embedded one created", (type) => {
      expect(crossings(byEmbedded, type).filter((one) => !allowed.has(one))).toEqual([]);
    });

    it("plans and destroys what the embedded one created", () => {
      expect(byEmbedded.planned.all()[""]).toBeUndefined();
      expect([byEmbedded.destroyed.code, byEmbedded.left]).toEqual([0, {}]);
    });
  });

  it("need every line about them in differences.json", () => {
    expect(allowed.unused()).toEqual([]);
  });
});

function difference(resource: string, differs: "state" | "crossing", at: string): FoundDifference {
  return { resource, differs, at, changed: "", mutation: "none", embedded: "", real: "" };
}

/** Attributes and blocks that the plan changes, each with its line, and errors. */
function crossings({ planned }: Crossing, type: string): readonly FoundDifference[] {
  const address = `${type}.one`;
  const { action, errors = [] } = planned.of(address);
  const lines = [...planned.planOf(address).matchAll(/^ {6}[~+-] ([a-z_]+)\b.*$/gm)];
  const unclear =
    action === undefined || lines.length > 0 ? [] : [{ ...difference(type, "crossing", "*"), real: action }];
  return [
    ...lines.map(([line, name = ""]) => ({ ...difference(type, "crossing", name), real: `${action}: ${line.trim()}` })),
    ...unclear,
    ...errors.map((error) => ({ ...difference(type, "crossing", ""), real: error })),
  ];
}
