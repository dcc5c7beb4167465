/** Runs of the real Terraform over one configuration that changes, with the real provider or the embedded one. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformFolder } from "../terraform-folder";
import { RunReport } from "./run-report";

/** A resource in Terraform's state file. */
export interface StateResource {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

interface StateFile {
  readonly resources?: readonly {
    readonly mode: string;
    readonly type: string;
    readonly name: string;
    readonly instances: readonly {
      readonly index_key?: string | number;
      readonly attributes: Readonly<Record<string, unknown>>;
    }[];
  }[];
}

/** Nothing has changed since Terraform read it, so that reading it again would show nothing. */
export const KNOWN = "-refresh=false";

export class TerraformLifecycle {
  private readonly file: string;

  /** @param environment that of an embedded AWS, and of the provider that Terraform is to use */
  constructor(
    private readonly folder: TerraformFolder,
    private readonly environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.file = join(folder.path, "terraform.tfstate");
  }

  /** @throws {Error} when Terraform refuses the folder */
  async init(): Promise<void> {
    const { code, output } = await this.folder.run(this.environment, "init");
    if (code !== 0) throw new Error(output);
  }

  /** @param refresh options of a plan: {@link KNOWN} where what a plan before it read is still true */
  async apply(...refresh: readonly string[]): Promise<RunReport> {
    return await this.run("apply", "-auto-approve", ...refresh);
  }

  /** Code 0: nothing is to change. */
  async plan(): Promise<RunReport> {
    return await this.run("plan", "-detailed-exitcode");
  }

  /** As {@link apply}. */
  async destroy(...refresh: readonly string[]): Promise<RunReport> {
    return await this.run("destroy", "-auto-approve", ...refresh);
  }

  private async run(...args: readonly string[]): Promise<RunReport> {
    return new RunReport(await this.folder.run(this.environment, ...args));
  }

  /** The state file's text, for {@link restore}; an empty state when nothing was created. */
  state(): string {
    return existsSync(this.file) ? readFileSync(this.file, "utf8") : "{}";
  }

  /** @param state `undefined`: an empty one */
  restore(state: string | undefined): void {
    if (state === undefined) rmSync(this.file, { force: true });
    else writeFileSync(this.file, state);
  }

  /** What the state holds, read from the file: Terraform itself needs seconds for it. */
  resources(): readonly StateResource[] {
    return resourcesOf(this.state());
  }
}

/** @param state text of a state file */
export function resourcesOf(state: string): readonly StateResource[] {
  const { resources = [] } = JSON.parse(state) as StateFile;
  return resources
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ type, name, instances }) =>
      instances.map(({ index_key, attributes }) => {
        const index = index_key === undefined ? "" : `[${JSON.stringify(index_key)}]`;
        return { address: `${type}.${name}${index}`, type, values: attributes };
      }),
    );
}
