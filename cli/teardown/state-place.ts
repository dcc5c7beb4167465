/** Where Terraform looks for a stack's state, for people. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";

const record = z.record(z.string(), z.unknown());
const stack = z.looseObject({
  terraform: z.looseObject({ backend: z.record(z.string(), record).optional(), cloud: record.optional() }).default({}),
});

/** As Terraform reads them: an override file takes the place of what was synthesized. */
const FILES = ["backend_override.tf.json", "cdk.tf.json"];

/** @param folder folder of the stack */
export function statePlaceOf(folder: string): string {
  for (const file of FILES.map((name) => join(folder, name)).filter(existsSync)) {
    const { backend = {}, cloud } = stack.parse(JSON.parse(readFileSync(file, "utf8"))).terraform;
    const [found] = Object.entries(backend);
    if (found !== undefined) return described(folder, ...found);
    if (cloud !== undefined) return `HCP Terraform: ${textsIn(cloud)}`;
  }
  return described(folder, "local", {});
}

function described(folder: string, kind: string, settings: Readonly<Record<string, unknown>>): string {
  if (kind === "local") return resolve(folder, String(settings["path"] ?? "terraform.tfstate"));
  if (kind === "s3")
    return `s3://${String(settings["bucket"])}/${String(settings["key"])} (${String(settings["region"])})`;
  return `${kind}: ${textsIn(settings)}`;
}

/** Organization and workspace; a token may be among the settings, so that not all of them are told. */
function textsIn(settings: Readonly<Record<string, unknown>>): string {
  const { name } = Object(settings["workspaces"]) as { readonly name?: unknown };
  return [settings["organization"], name].filter((value) => typeof value === "string").join("/");
}
