/** Where things are, whatever folder a command is run from. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type AccessModel, type Environment, readAccessModel } from "../constructs/access-model";
import { UserError } from "./user-error";

/** Folder of `package.json`, `main.ts` and these commands. */
export const packageFolder = join(__dirname, "..");

/**
 * Folder of the access.yaml that the commands are about, and of its `cdktf.json` and functions: the nearest one from
 * where the user is (npm changes the folder, and says where it was), else that of the package. One of both files is
 * enough: what is deployed can be taken down when its access.yaml is gone.
 */
export const projectFolder = nearestProject(process.env["INIT_CWD"] ?? process.cwd());

function nearestProject(folder: string): string {
  if (relative(packageFolder, folder).startsWith("..")) return packageFolder;
  const isProject = ["access.yaml", "cdktf.json"].some((file) => existsSync(join(folder, file)));
  return isProject ? folder : nearestProject(dirname(folder));
}

/** The access model of the project. @throws {AccessModelError} with everything that is wrong with the file */
export function projectModel(): AccessModel {
  return readAccessModel(join(projectFolder, "access.yaml"));
}

/** Folder in which Terraform runs for an environment, as cdktf has it; its setting `CDKTF_OUTPUT` is honoured. */
export function stackFolder(environment: string): string {
  return join(resolve(projectFolder, outputFolder()), "stacks", environment);
}

function outputFolder(): string {
  const config = JSON.parse(readFileSync(join(projectFolder, "cdktf.json"), "utf8")) as { readonly output?: string };
  return process.env["CDKTF_OUTPUT"] ?? config.output ?? "cdktf.out";
}

/**
 * The environment of that name or, without one, the only environment there is.
 * @throws {UserError} when there is no such environment, or more than one to choose from
 */
export function findEnvironment(model: AccessModel, name: string | undefined): Environment {
  const names = model.environments.map((environment) => environment.name).join(", ");
  const [first, second] = model.environments;
  if (name === undefined && second !== undefined) {
    throw new UserError(`which environment? Add --env with one of ${names}.`, 2);
  }
  const found = name === undefined ? first : model.environments.find((environment) => environment.name === name);
  if (found === undefined) throw new UserError(`access.yaml has no environment "${name}". It has ${names}.`, 2);
  return found;
}
