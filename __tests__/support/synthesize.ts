/** Synthesizes an access model as main.ts does, into a folder of its own. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { parseAccessModel } from "../../access/access-model";
import { addStacks } from "../../main";

/** Settings of one resource as Terraform reads them. */
export type Settings = Readonly<Record<string, unknown>>;

/** A synthesized stack. */
export interface Synthesized {
  /** Everything in `cdk.tf.json`. */
  readonly json: Settings;
  /** Folder that `cdk.tf.json` is in. */
  readonly folder: string;
  /** Resources of a type by their names, without CDKTF's own comments. */
  resources(type: string): Readonly<Record<string, Settings>>;
  /** The only resource of its type. */
  resource(type: string): Settings;
  readonly outputs: Readonly<Record<string, Settings>>;
}

/** The example that ships with the project. */
export const shippedAccessYaml = readFileSync(join(__dirname, "..", "..", "access.yaml"), "utf8");

/** @param accessYaml text of an access.yaml whose functions are all `access` */
export function synthesize(accessYaml: string = shippedAccessYaml, environment = "dev"): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), "synth-"));
  const app = new App({ outdir });
  addStacks(app, parseAccessModel(accessYaml, { file: "access.yaml", functions: ["access"] }));
  app.synth();
  const folder = join(outdir, "stacks", environment);
  const json = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"), withoutComments) as Settings;
  const all = json["resource"] as Readonly<Record<string, Readonly<Record<string, Settings>>>>;
  return {
    json,
    folder,
    resources: (type) => all[type] ?? {},
    resource: (type) => {
      const [found, ...others] = Object.values(all[type] ?? {});
      if (found === undefined || others.length > 0) throw new Error(`${others.length + 1} resources of ${type}`);
      return found;
    },
    outputs: json["output"] as Readonly<Record<string, Settings>>,
  };
}

function withoutComments(key: string, value: unknown): unknown {
  return key === "//" ? undefined : value;
}
