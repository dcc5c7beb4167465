/** What one evaluation of a mapping template reads and changes. */
import type { ContextVariables } from "./context-variables";
import { TemplateFailure } from "./template-failure";
import { MAX_DEPTH } from "./template-tree";
import { type TemplateValue, textOf } from "./template-values";
import { MAX_WORK, type TemplatePayload, TemplateVariables } from "./template-variables";

/** Values by path, such as `responseOverride.header.Location`. */
export type Overrides = ReadonlyMap<string, string>;

/** Groups of `$context` that a template may change. */
export const OVERRIDES: readonly string[] = ["requestOverride", "responseOverride"];

/** How long an evaluation keeps all other calls waiting. */
const MAX_MILLISECONDS = 5000;

/** Prints a part of a template. */
export type Printer = (scope: Scope) => string;

/** What one evaluation changes. */
export class Scope {
  readonly global: TemplateVariables;
  readonly variables = new Map<string, TemplateValue>();
  /** Bodies of `#define`. */
  readonly blocks = new Map<string, Printer>();
  /** Paths of overrides that this template has set. */
  readonly overridden = new Set<string>();
  isBreaking = false;
  private depth = 0;
  private work = MAX_WORK;
  private readonly deadline = performance.now() + MAX_MILLISECONDS;

  constructor(payload: TemplatePayload, context: ContextVariables, earlier: Overrides) {
    this.global = new TemplateVariables(payload, context, (characters) => this.spend(characters));
    prepareOverrides(this.global.context, earlier);
  }

  spend(characters: number): void {
    this.work -= characters + 1;
    if (this.work < 0 || performance.now() > this.deadline) throw new TemplateFailure("the template does not end");
  }

  nested<Result>(evaluate: () => Result): Result {
    this.depth += 1;
    if (this.depth > MAX_DEPTH)
      throw new TemplateFailure(`#macro or #define is nested in more than ${MAX_DEPTH} levels`);
    const result = evaluate();
    this.depth -= 1;
    return result;
  }
}

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  requestOverride: ["header", "path", "querystring"],
  responseOverride: ["header"],
};

function prepareOverrides(context: Map<string, TemplateValue>, earlier: Overrides): void {
  for (const [root, groups] of Object.entries(GROUPS)) {
    const kept = [...earlier].filter(([path]) => path.startsWith(`${root}.`));
    const at = (prefix: string) =>
      kept
        .filter(([path]) => path.startsWith(prefix))
        .map(([path, value]) => [path.slice(prefix.length), value] as const);
    const others = at(`${root}.`).filter(([name]) => !groups.some((group) => name.startsWith(`${group}.`)));
    const maps = groups.map((group) => [group, new Map<string, TemplateValue>(at(`${root}.${group}.`))] as const);
    context.set(root, new Map<string, TemplateValue>([...others, ...maps]));
  }
}

/** What the template has overridden, by path. */
export function overridesIn(context: Map<string, TemplateValue>): Overrides {
  const values = OVERRIDES.flatMap((root) => {
    const members = context.get(root);
    return members instanceof Map ? [...members].map(([name, value]) => [`${root}.${name}`, value] as const) : [];
  });
  const single = values.filter(([, value]) => !(value instanceof Map));
  const grouped = values.flatMap(([path, value]) =>
    value instanceof Map ? [...value].map(([name, each]) => [`${path}.${name}`, each] as const) : [],
  );
  return new Map(
    [...single, ...grouped].flatMap(([path, value]) => {
      const text = textOf(value);
      return text === undefined ? [] : [[path, text] as const];
    }),
  );
}
