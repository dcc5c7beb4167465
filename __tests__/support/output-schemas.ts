/** The JSON Schemas of what `--json` prints: generated from the types of `cli/json-output.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ValidateFunction } from "ajv";

const project = join(__dirname, "..", "..");

/** Types by the name of the schema's file, which is that of the command. */
export const OUTPUTS = {
  adopt: "AdoptOutput",
  matrix: "MatrixOutput",
  capacity: "CapacityOutput",
  review: "ReviewOutput",
  apply: "ApplyOutput",
  drift: "DriftOutput",
  usage: "UsageOutput",
  verify: "VerifyOutput",
  rotate: "RotateOutput",
  kill: "KillOutput",
  teardown: "TeardownOutput",
  preflight: "PreflightOutput",
  bootstrap: "BootstrapOutput",
  report: "ReportOutput",
  handout: "HandoutOutput",
  postman: "PostmanOutput",
  "github-environments": "GithubEnvironmentsOutput",
} as const;

/** Path of a schema's file. */
export function schemaFile(name: string): string {
  return join(project, "docs", "json", `${name}.schema.json`);
}

/**
 * The text of each schema's file, from the types as they are now.
 * @throws {Error} when a type comes from a package that is not read
 */
export function generatedSchemas(): ReadonlyMap<string, string> {
  const generators = require("ts-json-schema-generator") as typeof import("ts-json-schema-generator");
  const config = {
    ...generators.DEFAULT_CONFIG,
    path: join(project, "cli", "json-output.ts"),
    tsconfig: join(__dirname, "output-schemas.tsconfig.json"),
    skipTypeCheck: true,
    topRef: false,
    additionalProperties: false,
  };
  const generator = generators.createGenerator(config);
  return new Map(
    Object.entries(OUTPUTS).map(([name, type]) => {
      const text = JSON.stringify(generator.createSchema(type), null, 2);
      if (/"(?!definitions")\w+": \{\}/.test(text))
        throw new Error(`${type} has a value of any type: is it of a package in node_modules?`);
      return [name, `${text}\n`];
    }),
  );
}

const validators = new Map<string, ValidateFunction>();

/**
 * Checks a command's output against its schema.
 * @param args of the command, with its name; nothing is checked without `--json`
 * @throws {Error} with the mistakes of the output
 */
export function requireValidOutput(args: readonly string[], stdout: string): void {
  const name = args[0] === "github" ? `github-${args[1]}` : (args[0] ?? "");
  if (!args.includes("--json") || !(name in OUTPUTS) || stdout === "") return;
  const validate = validators.get(name) ?? compiled(name);
  validators.set(name, validate);
  if (!validate(JSON.parse(stdout))) throw new Error(`${args.join(" ")}: ${JSON.stringify(validate.errors, null, 2)}`);
}

/** Loaded only where it is used: most tests print no JSON. */
function compiled(name: string): ValidateFunction {
  const { default: Ajv } = require("ajv") as typeof import("ajv");
  return new Ajv().compile(JSON.parse(readFileSync(schemaFile(name), "utf8")));
}

if (require.main === module) for (const [name, text] of generatedSchemas()) writeFileSync(schemaFile(name), text);
