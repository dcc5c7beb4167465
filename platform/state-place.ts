/** Where Terraform looks for a stack's state. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { StackJson } from "../constructs/contract/stack-json";

/** File that takes the place of the synthesized backend. */
export const OVERRIDE = "backend_override.tf.json";

/** As Terraform reads them. */
const FILES = [OVERRIDE, "cdk.tf.json"];

type Settings = Readonly<Record<string, unknown>>;

/** The place of the state, for people. @param folder folder of the stack */
export function statePlaceOf(folder: string): string {
  const [kind, settings] = backendOf(folder);
  if (kind === "local") return localFile(folder, settings);
  if (kind === "cloud") return `HCP Terraform: ${textsIn(settings)}`;
  if (kind === "s3")
    return `s3://${String(settings["bucket"])}/${String(settings["key"])} (${String(settings["region"])})`;
  return `${kind}: ${textsIn(settings)}`;
}

/**
 * Path of the state where it is a file on this machine, else `undefined`.
 * @param folder folder of the stack
 */
export function localStateOf(folder: string): string | undefined {
  const [kind, settings] = backendOf(folder);
  return kind === "local" ? localFile(folder, settings) : undefined;
}

/**
 * Whether an override file keeps the state on this machine, as on the embedded AWS.
 * @param folder folder of the stack
 */
export function isKeptLocally(folder: string): boolean {
  const file = join(folder, OVERRIDE);
  return existsSync(file) && new StackJson(JSON.parse(readFileSync(file, "utf8"))).backend?.[0] === "local";
}

/** Type and settings of the backend; HCP Terraform's block is of the type `cloud`. */
function backendOf(folder: string): readonly [kind: string, settings: Settings] {
  for (const file of FILES.map((name) => join(folder, name)).filter(existsSync)) {
    const found = new StackJson(JSON.parse(readFileSync(file, "utf8"))).backend;
    if (found !== undefined) return found;
  }
  return ["local", {}];
}

function localFile(folder: string, settings: Settings): string {
  return resolve(folder, String(settings["path"] ?? "terraform.tfstate"));
}

/** Organization and workspace; a token may be among the settings, so not all of them are shown. */
function textsIn(settings: Settings): string {
  const { name } = Object(settings["workspaces"]) as { readonly name?: unknown };
  return [settings["organization"], name].filter((value) => typeof value === "string").join("/");
}
