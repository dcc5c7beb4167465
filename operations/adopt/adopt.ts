/** Adopts an existing user pool and REST API: writes access.yaml, the code of the functions, and adopted.json. Changes nothing at AWS. */
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { isMap, isPair, isScalar, visit, Document as YamlDocument } from "yaml";
import { ADOPTED_FILE } from "../../constructs/contract/adopted";
import { StackJson } from "../../constructs/contract/stack-json";
import type { Aws } from "../../platform/aws";
import { packageFolder } from "../../platform/project";
import { synthesizeInto } from "../../platform/stack";
import { withTemporaryFolder } from "../../platform/temporary-folder";
import { UserError } from "../../platform/user-error";
import { inParallel } from "../deployed/in-parallel";
import { readSnapshot } from "../deployed/snapshot";
import { findUnmanaged, notCheckedLines } from "../deployed/unmanaged";
import { type AccessContent, accessOf, functionNames, type LeftOut, type Remark } from "./adopted-access";
import { type ExistingSystem, readSystem, type SystemIds } from "./existing-system";
import { CodeError, type FunctionCode, readCode } from "./function-code";
import { type Change, type Matching, matchStack } from "./matching";
import { undeployed } from "./undeployed";

/** What is adopted, and what is not. */
export interface Adoption {
  /** Name of the environment, which is that of the stage. */
  readonly environment: string;
  readonly region: string;
  readonly userPool: string;
  readonly restApi: string;
  readonly clients: readonly string[];
  readonly routes: readonly string[];
  /** Names of the functions in access.yaml. */
  readonly functions: readonly string[];
  /** Terraform addresses of what is imported. */
  readonly imported: readonly string[];
  /** Terraform addresses of what the first deployment creates. */
  readonly created: readonly string[];
  /** What the first deployment changes in imported resources, beside code, CORS and the deployment of the API. */
  readonly changes: readonly Change[];
  /** What access.yaml does not have; it stays as it is. */
  readonly leftOut: readonly LeftOut[];
  /** What to look at before the first deployment. */
  readonly remarks: readonly Remark[];
  /** Lists that AWS refused, one line for each error. */
  readonly notChecked: readonly string[];
}

export interface AdoptOptions extends SystemIds {
  /** Where access.yaml, lambda/ and adopted.json are written; made when it is missing. */
  readonly folder: string;
  /** Prefix of the token endpoint's host, where the pool has none. */
  readonly domainPrefix: string | undefined;
  /** Names of functions at AWS that are not adopted, and their methods. */
  readonly without: readonly string[];
  readonly onProgress: (text: string) => void;
}

const LAMBDA = "lambda";
const ACCESS = "access.yaml";
/** What CDKTF's own commands need in the folder; one that is there stays. */
const CDKTF = "cdktf.json";
/** In the order in which they are put in place: a folder is a project once it has access.yaml. */
const WRITTEN = [LAMBDA, ADOPTED_FILE, ACCESS] as const;

/** @throws {UserError} when something is in the way, AWS refuses, or nothing can be adopted; then nothing is written */
export async function adopt(aws: Aws, options: AdoptOptions): Promise<Adoption> {
  requireFree(options.folder);
  options.onProgress(`Reading ${options.poolId} and ${options.apiId} in ${aws.region}`);
  const system = await readSystem(aws, options);
  const { code, withoutCode } = await readCodes(system, options.without);
  const access = accessOf(system, { domainPrefix: options.domainPrefix, withoutCode });
  const environment = system.stage.stageName;
  const stage = { region: system.region, restApiId: system.api.id, stageName: environment };
  const notLive = undeployed(system, (await readSnapshot(stage, () => aws)) ?? new Map());
  const codes = [...access.functions.keys()].flatMap((name) => code.get(name) ?? []);
  options.onProgress(`Synthesizing ${environment}`);
  const matching = await inFolder(options.folder, async (folder) => {
    write(folder, access.content, codes, header(system, options.folder));
    writeFileSync(join(folder, CDKTF), cdktfText(options.folder, environment));
    const stack = await synthesized(folder, environment);
    const found = matchStack(stack, system, access);
    writeFileSync(join(folder, ADOPTED_FILE), `${JSON.stringify({ [environment]: found.adopted }, null, 2)}\n`);
    // With names that are kept, the stack has to be accepted as well.
    await synthesized(folder, environment);
    return found;
  });
  const beside = await besideStack(aws, matching, environment);
  return {
    environment,
    region: system.region,
    userPool: system.pool.Id,
    restApi: system.api.id,
    clients: [...access.clients.keys()],
    routes: Object.keys(Object(access.content["routes"])),
    functions: [...access.functions.keys()],
    imported: matching.imported,
    created: matching.created,
    changes: matching.changes,
    leftOut: [...access.leftOut, ...beside.leftOut],
    remarks: [
      ...access.remarks,
      ...[...notLive, ...codes.flatMap((one) => one.remarks)].map((text) => ({ text, commands: [] })),
    ],
    notChecked: beside.notChecked,
  };
}

/** @throws {UserError} naming what would be overwritten */
function requireFree(folder: string): void {
  const there = WRITTEN.filter((name) => lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined);
  if (there.length === 0) return;
  throw new UserError(
    `${folder} already has ${there.join(" and ")}, which would be overwritten. Name another folder with --into <folder>.`,
  );
}

/** The code of the functions by their names in access.yaml, and why others have none, by their names at AWS. */
async function readCodes(system: ExistingSystem, without: readonly string[]) {
  const code = new Map<string, FunctionCode>();
  const withoutCode = new Map<string, string>();
  const known = [...system.functions.values()].map(({ name }) => name);
  const unknown = without.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UserError(`the API invokes no function ${unknown}. It invokes ${known.join(", ") || "none"}.`);
  }
  await inParallel([...functionNames(system)], async ([name, one]) => {
    if (without.includes(one.name)) withoutCode.set(one.name, "is left out by --without");
    else {
      try {
        code.set(name, await readCode(name, one));
      } catch (error) {
        if (!(error instanceof CodeError)) throw error;
        withoutCode.set(one.name, error.message);
      }
    }
  });
  return { code, withoutCode };
}

/** Runs the body in a folder of its own, and puts what it wrote into place. Nothing is left behind when it fails. */
async function inFolder<Result>(folder: string, body: (temporary: string) => Promise<Result>): Promise<Result> {
  const first = mkdirSync(folder, { recursive: true });
  try {
    return await withTemporaryFolder(async (temporary) => {
      const result = await body(temporary);
      requireFree(folder);
      putInPlace(temporary, folder);
      return result;
    }, folder);
  } catch (error) {
    if (first !== undefined) removeEmpty(folder, dirname(first));
    throw error;
  }
}

function putInPlace(from: string, to: string): void {
  const moved: string[] = [];
  try {
    const isThere = (name: string) => existsSync(join(to, name));
    for (const name of [CDKTF, ...WRITTEN].filter((one) => existsSync(join(from, one)) && !isThere(one))) {
      renameSync(join(from, name), join(to, name));
      moved.push(name);
    }
  } catch (error) {
    for (const name of moved) rmSync(join(to, name), { recursive: true, force: true });
    throw error;
  }
}

/** Removes the folder and those above it, up to the one that was there before. */
function removeEmpty(folder: string, until: string): void {
  for (let one = folder; one !== until && one !== dirname(one); one = dirname(one)) rmdirSync(one);
}

function write(folder: string, content: AccessContent, codes: readonly FunctionCode[], comment: string): void {
  writeFileSync(join(folder, ACCESS), accessText(content, comment));
  for (const [path, bytes] of codes.flatMap(({ files }) => [...files])) {
    const file = join(folder, LAMBDA, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}

function header({ pool, api }: ExistingSystem, folder: string): string {
  const schema = relative(folder, join(packageFolder, "access.schema.json"));
  return ` yaml-language-server: $schema=${schema}\n Who may call what: adopted from the user pool ${pool.Id} and the REST API ${api.id}.`;
}

/** @param folder where it will be */
function cdktfText(folder: string, environment: string): string {
  const path = (...parts: readonly string[]) => {
    const below = relative(folder, join(packageFolder, ...parts));
    return below.startsWith(".") ? below : `./${below}`;
  };
  const app = `node --require ${path("cli", "typescript.cjs")} ${path("main.ts")}`;
  const rest = { sendCrashReports: "false", terraformProviders: [], terraformModules: [], context: {} };
  const settings = { language: "typescript", app, projectId: `machine-access-${environment}`, ...rest };
  return `${JSON.stringify(settings, null, 2)}\n`;
}

/** Entries of the file's maps have a line each, like those that `access new` writes. */
export function accessText(content: AccessContent, comment: string): string {
  const document = new YamlDocument(content);
  document.commentBefore = comment;
  visit(document, {
    Map(_key, map, path) {
      const isEntry = path.filter(isMap).length === 2;
      const inEnvironment =
        isEntry && path.some((one) => isPair(one) && isScalar(one.key) && one.key.value === "environments");
      if (isEntry && !inEnvironment) map.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

async function synthesized(folder: string, environment: string): Promise<StackJson> {
  const output = join(folder, "cdktf.out");
  try {
    await synthesizeInto(output, folder);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `what AWS has makes no stack, so nothing was written. Change it there, or leave out a function and its methods with --without <function>.\n${error.message}`,
    );
  }
  const file = join(output, "stacks", environment, "cdk.tf.json");
  return new StackJson(JSON.parse(readFileSync(file, "utf8")));
}

/** Kinds that have a reason of their own, or that every system has. */
const ELSEWHERE: readonly (string | null)[] = [
  ...["app_client", "deployment", "domain", "method", "resource", "resource_server", "stage", "user", "version"],
];

/** What the adopted resources hold beside the stack: what `access drift` will report. */
async function besideStack(aws: Aws, { left, adopted }: Matching, environment: string) {
  const clients = () => aws;
  const { findings, notChecked } = await findUnmanaged(left, { environment, clients, isLenient: true });
  const leftOut = findings
    .filter(({ attribute }) => !ELSEWHERE.includes(attribute))
    .map(({ address, attribute, found, severity }): LeftOut => {
      const what = `${attribute?.replaceAll("_", " ")} ${shortName(found)} of ${adopted.imports[address]}`;
      return {
        what,
        why: `access.yaml does not have it${severity === "critical" ? "; drift reports it as critical" : ""}`,
      };
    });
  return { leftOut, notChecked: notCheckedLines(notChecked) };
}

/** Of a finding's JSON: its name, if it has one. */
function shortName(json: string): string {
  const value: unknown = JSON.parse(json);
  if (typeof value !== "object" || value === null) return String(value);
  const { name, Sid, type, id } = value as Readonly<Record<string, unknown>>;
  const [found] = [name, Sid, type, id].filter((one) => typeof one === "string");
  return found === undefined ? json : String(found);
}
