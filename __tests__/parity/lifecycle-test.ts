/**
 * The real provider takes the example of every resource type through its whole life on the embedded AWS. Terraform needs
 * seconds for the real provider's schema alone, so all types share each run, and each test looks at one type. With PARITY=full
 * web ACLs take part as well: their schema makes every run more than twice as long.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configOf, importIds, type Resources } from "../support/kind-examples";
import {
  changedByImport,
  deletionWaves,
  kindChanges,
  kindReplacements,
  unreadSettings,
} from "../support/kind-lifecycles";
import { AwsDeletions, isDeletable, NOT_DELETED } from "../support/parity/aws-deletions";
import { isFullParity, parityExamples, parityTypes } from "../support/parity/parity-kinds";
import type { Action, RunReport } from "../support/parity/run-report";
import { KNOWN, type StateResource, TerraformLifecycle } from "../support/parity/terraform-lifecycle";
import { describeWithRealProvider, RealTerraform } from "../support/real-provider";
import { functionZip, kindOf } from "../support/workspace";

jest.setTimeout(600_000);

const REGION = "eu-west-1";
const one = (type: string) => `${type}.one`;
const types = parityTypes.filter((type) => isFullParity || !type.startsWith("aws_wafv2_"));
const examples: Resources = Object.fromEntries(types.map((type) => [type, parityExamples[type] ?? {}]));
const isThere = (type: string) => types.includes(type);
const hasTags = (type: string) => kindOf(type).schema.attributes["tags_all"] !== undefined;

/** Names that 6.x of the provider changes in place; in 5.x another name is another resource. */
const RENAMED = ["aws_cognito_user_pool", "aws_cognito_resource_server"];
const changes: Resources = Object.fromEntries(
  Object.entries(kindChanges).map(([type, settings]) => {
    const { name, ...others } = { name: null, ...settings };
    return [type, RENAMED.includes(type) ? others : settings];
  }),
);
const changed = types.filter((type) => changes[type] !== undefined || hasTags(type));
const deletions = deletionWaves.map((types) => types.filter((type) => isThere(type) && isDeletable(type)));
const replacements = kindReplacements.map((changes) =>
  Object.fromEntries(Object.entries(changes).filter(([type]) => isThere(type))),
);

/** A mapping's id holds its base path: under another path, the mapping of before is gone. */
const CHANGED_BY_RETURN: Readonly<Record<string, Action>> = { aws_api_gateway_base_path_mapping: "create" };
/** The real provider does not see that a usage plan's quota was removed out of band; it is still missing at the import. */
const CHANGED_BY_IMPORT: readonly string[] = [...changedByImport, "aws_api_gateway_usage_plan"];
/**
 * AWS answers a secret without a policy, as if there was never one: the real provider takes it for an empty one. In place
 * of a gateway response that was deleted, AWS answers its default one.
 */
const CHANGED_BY_DELETION: Readonly<Record<string, Action>> = {
  aws_api_gateway_gateway_response: "update",
  aws_secretsmanager_secret_policy: "update",
};

/** Folder for the output of every run, for a look at all of them. */
const REPORT = process.env["PARITY_REPORT"];

type Step = "create" | "change" | "return" | "import" | `delete ${number}` | `replace ${number}` | "destroy";
type Check = "changed" | "imported" | "deleted" | "replaced";

/** Runs that change something, and plans after them. */
class Lifecycle {
  readonly runs = new Map<Step, RunReport>();
  readonly plans = new Map<Check, RunReport>();
  /** What AWS refused to delete, by type. */
  readonly notDeleted = new Map<string, unknown>();
  left: object = {};

  private constructor(
    private readonly terraform: RealTerraform,
    private readonly cycle: TerraformLifecycle,
  ) {}

  static async run(file: string): Promise<Lifecycle> {
    const terraform = await RealTerraform.start(file);
    const life = new Lifecycle(terraform, new TerraformLifecycle(terraform.folder, terraform.environment));
    try {
      writeFileSync(join(terraform.folder.path, "function.zip"), functionZip);
      await life.runAll();
    } finally {
      await terraform.close();
    }
    return life;
  }

  private async runAll(): Promise<void> {
    await this.createAndChange();
    await this.import();
    await this.delete();
    await this.replace();
    this.runs.set("destroy", reported("destroy", await this.cycle.destroy(KNOWN)));
    this.left = this.terraform.emulator.resourceCount();
  }

  private async createAndChange(): Promise<void> {
    this.terraform.folder.write(configOf(examples));
    await this.cycle.init();
    await this.apply("create");
    const before = this.cycle.state();
    this.terraform.folder.write(configOf(examples, changes, { default_tags: { tags: { stage: "dev" } } }));
    await this.apply("change", KNOWN);
    await this.plan("changed");
    // To the state before, each change was made out of band.
    this.cycle.restore(before);
    this.terraform.folder.write(configOf(examples));
    await this.apply("return");
  }

  /** Imports everything; where that fails, the state is put back, so that the other steps can be done. */
  private async import(): Promise<void> {
    const before = this.cycle.state();
    const imports = this.cycle.resources().map(importOf);
    const config = configOf(examples, unreadSettings);
    this.cycle.restore(undefined);
    this.terraform.folder.write({ ...config, import: imports });
    await this.apply("import");
    this.terraform.folder.write(config);
    if (this.runs.get("import")?.code !== 0) this.cycle.restore(before);
    await this.plan("imported");
  }

  private async delete(): Promise<void> {
    this.terraform.folder.write(configOf(examples));
    const aws = new AwsDeletions(this.terraform.emulator, REGION);
    try {
      for (const [wave, types] of deletions.entries()) {
        const values = new Map(this.cycle.resources().map((resource) => [resource.type, resource.values]));
        for (const type of types) {
          await aws.delete(type, values.get(type) ?? {}).catch((error) => this.notDeleted.set(type, error));
        }
        await this.apply(`delete ${wave}`);
      }
    } finally {
      aws.close();
    }
    await this.plan("deleted");
  }

  private async replace(): Promise<void> {
    for (const [step, changes] of replacements.entries()) {
      this.terraform.folder.write(configOf(examples, changes));
      await this.apply(`replace ${step}`, KNOWN);
    }
    await this.plan("replaced");
  }

  private async apply(step: Step, ...refresh: readonly string[]): Promise<void> {
    this.runs.set(step, reported(step, await this.cycle.apply(...refresh)));
  }

  private async plan(check: Check): Promise<void> {
    this.plans.set(check, reported(check, await this.cycle.plan()));
  }
}

function reported(name: string, report: RunReport): RunReport {
  if (REPORT !== undefined) writeFileSync(join(REPORT, `${name.replace(" ", "-")}.txt`), report.output);
  return report;
}

function importOf({ address, type, values }: StateResource): object {
  const names = (importIds[type] ?? "id").split("/");
  return { to: address, id: names.map((name) => values[name]).join("/") };
}

describeWithRealProvider("lifecycle", (file) => {
  let life: Lifecycle;
  beforeAll(async () => {
    life = await Lifecycle.run(file);
  });

  const run = (step: Step, type: string) => life.runs.get(step)?.of(one(type));
  const plan = (check: Check, type: string) => {
    const report = life.plans.get(check);
    return { ...report?.of(one(type)), plan: report?.planOf(one(type)) };
  };
  const unchanged = { plan: "" };

  describe("a creation", () => {
    it.each(types)("of %s is done", (type) => {
      expect(run("create", type)).toEqual({ action: "create" });
    });
  });

  describe("a change in place", () => {
    it.each(changed)("of %s is done, and the second plan is empty", (type) => {
      expect(run("change", type)).toEqual({ action: "update" });
      expect(plan("changed", type)).toEqual(unchanged);
    });
  });

  describe("a change out of band", () => {
    it.each(changed)("of %s is found and repaired", (type) => {
      expect(run("return", type)).toEqual({ action: CHANGED_BY_RETURN[type] ?? "update" });
    });
  });

  describe("an import", () => {
    it.each(types)("of %s is done, and the second plan is empty", (type) => {
      expect(run("import", type)).toEqual({ action: CHANGED_BY_IMPORT.includes(type) ? "update" : "import" });
      expect(plan("imported", type)).toEqual(unchanged);
    });
  });

  describe("a deletion out of band", () => {
    it("is possible for every type, but for those of which AWS deletes nothing", () => {
      expect(types.filter((type) => !isDeletable(type) && !NOT_DELETED.includes(type))).toEqual([]);
    });

    it.each(deletions.flatMap((types, wave) => types.map((type) => [type, wave] as const)))(
      "of %s is found and repaired (%i)",
      (type, wave) => {
        expect(life.notDeleted.get(type)).toBeUndefined();
        expect(run(`delete ${wave}`, type)).toEqual({ action: CHANGED_BY_DELETION[type] ?? "create" });
        expect(plan("deleted", type)).toEqual(unchanged);
      },
    );

    // Nearly all of them were just created, some for the second time.
    it.each(types)("leaves nothing to change of %s in the end", (type) => {
      expect(plan("deleted", type)).toEqual(unchanged);
    });
  });

  describe("a replacement", () => {
    it.each(replacements.flatMap((changes, step) => Object.keys(changes).map((type) => [type, step] as const)))(
      "of %s is done, and the second plan is empty (%i)",
      (type, step) => {
        expect(run(`replace ${step}`, type)).toEqual({ action: "replace" });
        expect(plan("replaced", type)).toEqual(unchanged);
      },
    );
  });

  it("ends with an empty account", () => {
    expect(life.runs.get("destroy")?.code).toBe(0);
    expect(life.left).toEqual({});
  });
});
