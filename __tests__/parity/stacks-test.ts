/**
 * The real provider takes the shipped stack and those of the examples, as main.ts synthesizes them, through their life.
 * Without PARITY=full, an example has the one environment only that has the most resources, and the example with a firewall,
 * whose types the tests of states have, is left out: the schema of a firewall makes every run more than twice as long.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { readAccessModel } from "../../access/access-model";
import { emulatedOf } from "../../cli/embedded-aws/emulated-environments";
import { emulatorOptions } from "../../cli/embedded-aws/local-aws";
import { liftProtection } from "../../operations/deployed/protection";
import { sdkOptions } from "../support/aws-sdk";
import { isFullParity } from "../support/parity/parity-kinds";
import type { RunReport } from "../support/parity/run-report";
import { KNOWN, TerraformLifecycle } from "../support/parity/terraform-lifecycle";
import { cleanEnvironment, run, script } from "../support/processes";
import { describeWithRealProvider, RealTerraform } from "../support/real-provider";

jest.setTimeout(300_000);

const project = join(__dirname, "..", "..");

/** Folder for the output of every run, for a look at all of them. */
const REPORT = process.env["PARITY_REPORT"];

/** A folder with an access.yaml, and one of its environments. */
type Place = readonly [folder: string, environment: string];

const WITH_FIREWALL: Place = ["examples/public-api", "prod"];
const SHOWN: readonly Place[] = [
  [".", "dev"],
  ["examples/one-service", "prod"],
  ["examples/several-teams", "prod"],
  ...(isFullParity ? [WITH_FIREWALL] : []),
];
/** Environments that are like others, with fewer resources. */
const FURTHER: readonly Place[] = [
  ["examples/one-service", "dev"],
  ["examples/several-teams", "staging"],
];

/** No two places may be in one region: where a region has several accounts, STS cannot tell in which a caller is. */
function startFor(file: string, places: readonly Place[]): Promise<RealTerraform> {
  const emulated = places.flatMap(([folder, environment]) =>
    readAccessModel(join(project, folder, "access.yaml"))
      .environments.filter(({ name }) => name === environment)
      .map(emulatedOf),
  );
  return RealTerraform.start(file, emulatorOptions(emulated));
}

/** One environment of a folder with an access.yaml. */
class Stack {
  private constructor(
    readonly terraform: RealTerraform,
    readonly cycle: TerraformLifecycle,
  ) {}

  /** Puts the stack into the folder of that Terraform, in place of what is there. */
  static async open(terraform: RealTerraform, folder: string, environment: string): Promise<Stack> {
    const output = join(mkdtempSync(join(tmpdir(), "synthesized-")), "cdktf.out");
    const synthesized = await run(script(join(project, "main.ts")), folder, cleanEnvironment({ CDKTF_OUTDIR: output }));
    if (synthesized.code !== 0) throw new Error(synthesized.stderr);
    const { path } = terraform.folder;
    for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true });
    cpSync(join(output, "stacks", environment), path, { recursive: true });
    rmSync(join(output, ".."), { recursive: true, force: true });
    useOlderRuntime(path);
    const local = { path: "terraform.tfstate" };
    writeFileSync(join(path, "backend_override.tf.json"), JSON.stringify({ terraform: { backend: { local } } }));
    const stack = new Stack(terraform, new TerraformLifecycle(terraform.folder, terraform.environment));
    await stack.cycle.init();
    return stack;
  }

  /** Ends the protection of what an environment that is not ephemeral protects, in Terraform and of user pools on AWS. */
  async unprotect(): Promise<void> {
    liftProtection(this.terraform.folder.path);
    const pools = this.cycle.resources().filter(({ type }) => type === "aws_cognito_user_pool");
    for (const { values } of pools) {
      const region = String(values["arn"]).split(":")[3];
      const cognito = new CognitoIdentityProvider(sdkOptions(this.terraform.emulator, region));
      await cognito.updateUserPool({ UserPoolId: String(values["id"]), DeletionProtection: "INACTIVE" });
      cognito.destroy();
    }
  }
}

/** The real provider, 5.100, does not know nodejs24.x: differences.json has it. */
function useOlderRuntime(folder: string): void {
  const stack = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));
  const names = Object.keys(stack.resource.aws_lambda_function ?? {});
  const aws_lambda_function = Object.fromEntries(names.map((name) => [name, { runtime: "nodejs22.x" }]));
  writeFileSync(join(folder, "runtime_override.tf.json"), JSON.stringify({ resource: { aws_lambda_function } }));
}

describeWithRealProvider("stacks", (file) => {
  describe.each([
    { what: "with the most resources", places: SHOWN },
    ...(isFullParity ? [{ what: "with fewer resources", places: FURTHER }] : []),
  ])("$what", ({ places }) => {
    let terraform: RealTerraform;
    beforeAll(async () => {
      terraform = await startFor(file, places);
    });
    afterAll(() => terraform.close());

    describe.each(places)("%s in %s", (folder, environment) => {
      let stack: Stack;
      beforeAll(async () => {
        stack = await Stack.open(terraform, join(project, folder), environment);
      });

      const reported = (step: string, report: RunReport) => {
        const name = `${folder.replaceAll(/[/.]/g, "-")}-${environment}-${step}.txt`;
        if (REPORT !== undefined) writeFileSync(join(REPORT, name), report.output);
        return report;
      };
      const refused = (report: RunReport) =>
        Object.entries(report.all()).flatMap(([address, { errors = [] }]) =>
          errors.map((text) => `${address}: ${text}`),
        );

      it("is created", async () => {
        const report = reported("create", await stack.cycle.apply());

        expect(refused(report)).toEqual([]);
        expect(report.code).toBe(0);
      });

      it("is planned without a change", async () => {
        expect(reported("plan", await stack.cycle.plan()).all()).toEqual({});
      });

      it("is destroyed, and the account is empty", async () => {
        await stack.unprotect();

        expect(refused(reported("destroy", await stack.cycle.destroy(KNOWN)))).toEqual([]);
        expect(stack.terraform.emulator.resourceCount()).toEqual({});
      });
    });
  });
});
