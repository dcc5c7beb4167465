/** What a run of Terraform planned and what was refused, read from its output. */
import type { TerraformRun } from "../terraform-folder";

/** What Terraform does with a resource. */
export type Action = "create" | "update" | "replace" | "delete" | "import";

/** What a run says of one resource; a resource that it leaves alone has neither. */
export interface ResourceReport {
  readonly action?: Action;
  /** Errors in one line each. */
  readonly errors?: readonly string[];
}

const ACTIONS: Readonly<Record<string, Action>> = {
  "will be created": "create",
  "will be updated in-place": "update",
  "must be replaced": "replace",
  "will be replaced, as requested": "replace",
  "will be destroyed": "delete",
  "will be imported": "import",
};

export class RunReport {
  readonly code: number | null;
  readonly output: string;

  constructor({ code, output }: TerraformRun) {
    this.code = code;
    this.output = output;
  }

  /** Every resource with an action or an error, by address. */
  all(): Readonly<Record<string, ResourceReport>> {
    const found: Record<string, { action?: Action; errors?: string[] }> = {};
    for (const [address, action] of this.actions()) found[address] = { action };
    for (const [address, text] of this.errors()) {
      const { errors = [], ...report } = found[address] ?? {};
      found[address] = { ...report, errors: [...errors, text] };
    }
    return found;
  }

  of(address: string): ResourceReport {
    return this.all()[address] ?? {};
  }

  /** The plan of a resource, attribute by attribute; empty when it is left alone. */
  planOf(address: string): string {
    const start = this.output.search(new RegExp(`^ {2}# ${escaped(address)} (?:will|must) be `, "m"));
    if (start === -1) return "";
    const rest = this.output.slice(start);
    const end = /^ {4}\}$/m.exec(rest);
    return end === null ? rest : rest.slice(0, end.index + end[0].length);
  }

  private actions(): readonly (readonly [string, Action])[] {
    return [...this.output.matchAll(/^ {2}# (\S+) (.+?)$/gm)].flatMap(([, address = "", text = ""]) => {
      const action = Object.entries(ACTIONS).find(([beginning]) => text.startsWith(beginning))?.[1];
      return action === undefined ? [] : [[address, action] as const];
    });
  }

  /** Errors with the address of the resource, or an empty one. */
  private errors(): readonly (readonly [string, string])[] {
    const [, ...texts] = this.output.split(/^Error: /m);
    return texts.map((text) => {
      const [error = ""] = text.split(/^Warning: /m);
      const [, address = ""] = /^ {2}with ([\w.[\]"-]+),$/m.exec(error) ?? [];
      const told = error.split("\n").filter((line) => !/^ +(with|on|\d+:) /.test(line) && line.trim() !== "");
      return [address, told.join(" ")] as const;
    });
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.[\]]/g, "\\$&");
}
