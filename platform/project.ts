/** Where things are, whatever folder a command is run from. */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { z } from "zod";
import { type AccessModel, type Environment, readAccessModel } from "../access/access-model";
import { namesInstead } from "../access/nearest-name";
import { localStatePath } from "../constructs/contract/local-state";
import { UsageError, UserError } from "./user-error";

/** Folder of `package.json`, `main.ts` and these commands. */
export const packageFolder = join(__dirname, "..");

/** Where the user is: npm changes the folder, and says where it was. */
export const userFolder = process.env["INIT_CWD"] ?? process.cwd();

/** What the commands and cdktf make in a project. */
const OUTPUTS = ["cdktf.out", ".local", ".bootstrap"];

/**
 * Folder of the access.yaml that the commands are about, and of its `cdktf.json` and functions: the nearest one from
 * where the user is (npm changes the folder, and says where it was), else that of the package. One trace of a project
 * is enough: what is deployed can be taken down when its access.yaml is gone, and is never mistaken for another
 * project's whose folder is further up.
 */
export const projectFolder = nearestProject(userFolder);

function nearestProject(folder: string): string {
  if (relative(packageFolder, folder).startsWith("..")) return packageFolder;
  return isProject(folder) ? folder : nearestProject(dirname(folder));
}

function isProject(folder: string): boolean {
  if (folder === packageFolder || dirname(folder) === join(packageFolder, "examples")) return true;
  // Their own output folders are parts of a project.
  if (OUTPUTS.includes(basename(folder))) return false;
  return ["access.yaml", "cdktf.json", ...OUTPUTS].some((name) => existsSync(join(folder, name)));
}

/** The project's folder for people: as seen from the package. */
export function projectName(): string {
  return relative(packageFolder, projectFolder) || basename(packageFolder);
}

/** A path as the user can type it. */
export function shownPath(path: string): string {
  const below = relative(userFolder, path);
  return below.startsWith("..") ? path : below;
}

/** The access model of the project. @throws {AccessModelError} with everything that is wrong with the file */
export function projectModel(): AccessModel {
  return readAccessModel(join(projectFolder, "access.yaml"));
}

/** Folder in which Terraform runs for an environment, as cdktf has it; its setting `CDKTF_OUTPUT` is honoured. */
export function stackFolder(environment: string): string {
  return join(resolve(projectFolder, outputFolder()), "stacks", environment);
}

/** Folder of the embedded AWS: its account, Terraform's state, and the synthesized stacks. */
export const localFolder = join(projectFolder, ".local");

/** Whether the environment is deployed on the embedded AWS of this folder, running or not. */
export function isDeployedLocally(environment: string): boolean {
  try {
    const folder = join(localFolder, "cdktf.out", "stacks", environment);
    const state: unknown = JSON.parse(readFileSync(resolve(folder, localStatePath(environment)), "utf8"));
    return z.object({ resources: z.array(z.unknown()) }).parse(state).resources.length > 0;
  } catch {
    return false;
  }
}

function outputFolder(): string {
  const file = join(projectFolder, "cdktf.json");
  const content = existsSync(file) ? readFileSync(file, "utf8") : "{}";
  return process.env["CDKTF_OUTPUT"] ?? outputIn(file, content) ?? "cdktf.out";
}

function outputIn(file: string, content: string): string | undefined {
  try {
    return z.object({ output: z.string().optional() }).parse(JSON.parse(content)).output;
  } catch {
    throw new UserError(`${file} is not valid JSON. Fix it, or set CDKTF_OUTPUT.`);
  }
}

/**
 * The environment of that name or, without one, the only environment there is.
 * @throws {UsageError} when there is no such environment, or more than one to choose from
 */
export function findEnvironment(model: AccessModel, name: string | undefined): Environment {
  const names = model.environments.map((environment) => environment.name);
  const [first, second] = model.environments;
  if (name === undefined && second !== undefined) {
    throw new UsageError(`access.yaml has more than one environment. Name one of ${names.join(", ")}.`);
  }
  const found = name === undefined ? first : model.environments.find((environment) => environment.name === name);
  if (found === undefined) throw unknownEnvironment(name ?? "", names);
  return found;
}

/** Names the nearest one, or all. */
export function unknownEnvironment(name: string, known: readonly string[]): UsageError {
  return new UsageError(`access.yaml has no environment "${name}".${namesInstead(name, known)}`);
}
