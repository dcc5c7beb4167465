/**
 * An upgrade of this project replaces and destroys nothing. `fixtures/previous-version.json` has stacks as the previous version
 * synthesized them, with their access.yaml; each is applied by real Terraform, and what is synthesized now of the same
 * access.yaml is planned on its state. A new fixture is made at a release:
 * `main.ts` in the shipped folder and in the examples, each `cdk.tf.json` without its comments (`//`).
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { zipFiles } from "../../constructs/functions/function-bundle";
import { DeployedProject } from "../support/deployed-project";
import { copyOfProject } from "../support/processes";

jest.setTimeout(180_000);

interface Previous {
  readonly folder: string;
  readonly environment: string;
  readonly accessYaml: string;
  readonly stack: {
    readonly resource: Readonly<Record<string, Readonly<Record<string, { readonly filename?: string }>>>>;
  };
}

const previous: readonly Previous[] = JSON.parse(
  readFileSync(join(__dirname, "fixtures", "previous-version.json"), "utf8"),
);

describe("an upgrade", () => {
  const copy = copyOfProject();

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it.each(previous)("of $folder $environment replaces and destroys nothing", async (version) => {
    const { folder, environment, accessYaml, stack } = version;
    writeFileSync(join(copy, folder, "access.yaml"), accessYaml);
    const project = new DeployedProject(join(copy, folder), environment);
    try {
      await project.synthesize();
      const now = `${project.stack}-now`;
      cpSync(project.stack, now, { recursive: true });
      writePrevious(project.stack, stack);
      const resources = Object.values(stack.resource).flatMap((named) => Object.keys(named));
      expect(await project.apply()).toContain(`Resources: ${resources.length} added`);
      cpSync(now, project.stack, { recursive: true });
      const destructive = (await project.changes()).filter(({ actions }) => actions.includes("delete"));

      expect(destructive).toEqual([]);
    } finally {
      await project.remove();
    }
  });
});

function writePrevious(folder: string, stack: Previous["stack"]): void {
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(stack));
  for (const { filename = "" } of Object.values(stack.resource["aws_lambda_function"] ?? {})) {
    mkdirSync(dirname(join(folder, filename)), { recursive: true });
    const code = Buffer.from('exports.handler = async () => ({ statusCode: 200, body: "" });');
    writeFileSync(join(folder, filename), zipFiles({ "index.js": code }));
  }
}
