/**
 * The tree that velocityjs makes of a mapping template, and what is refused before and after it is made.
 *
 * @see https://velocity.apache.org/engine/1.7/vtl-reference.html
 */
import { UnsupportedError } from "../errors";

/** A node, as far as it is read here. */
export interface Node {
  readonly type: string;
  readonly id?: string | Node;
  readonly value?: unknown;
  readonly isEval?: boolean;
  readonly isRange?: boolean;
  readonly path?: readonly Node[] | null;
  readonly args?: readonly Node[] | false;
  readonly equal?: readonly [target: Node, value: Node];
  readonly condition?: Node;
  readonly expression?: readonly Node[];
  readonly operator?: string;
  readonly from?: Node;
  readonly to?: string;
}

export type Tree = string | Node | readonly Tree[];

const EMULATED =
  "#set, #if, #elseif, #else, #foreach; $input, $util, $context, $stageVariables; methods of texts, maps and lists";

/** The refusal of what templates may not have. */
export function notEmulated(what: string): UnsupportedError {
  return new UnsupportedError(`${what} is not emulated in a mapping template. Emulated: ${EMULATED}.`);
}

/** A sign in place of a `$` which is text, and one that marks the end. */
const PLAIN_DOLLAR = "\uE000";
const END = "\uE001";

/** Reads a text by velocityjs. @throws {UnsupportedError} where it cannot be parsed */
export function treeOf(source: string): readonly Tree[] {
  if (/[\uE000\uE001]/.test(source)) throw notEmulated("a letter of Unicode's private area");
  const refused = /#\{?(?:macro|define|break|stop|include|parse|evaluate|noescape)\b\}?|#@/.exec(source)?.[0];
  if (refused !== undefined) throw notEmulated(refused);
  const prepared = source
    .replace(/#\{(set|if|elseif|foreach)\}/g, "#$1")
    .replace(/\$(?=!?\{(?![a-zA-Z]))/g, PLAIN_DOLLAR);
  const blocks = source.match(/#\{?(?:if|foreach)/g)?.length ?? 0;
  // velocityjs takes exponential time for blocks that do not end, and drops what follows one #end too many.
  const lineEnd = /##[^\n]*$/.test(prepared) ? "\n" : "";
  const tree = parsed(`${prepared}${lineEnd}${END}${"#end".repeat(blocks)}`);
  const last = tree.at(-1);
  if (typeof last === "string" && last.endsWith(END)) return tree;
  throw notEmulated(hasEnd(tree) ? "#if or #foreach without its #end" : "#end, which nothing opens,");
}

/** Loaded when the first template is read: most APIs have none, and the start would wait for it. */
function velocity(): typeof import("velocityjs") {
  return require("velocityjs") as typeof import("velocityjs");
}

function parsed(source: string): readonly Tree[] {
  try {
    return velocity().parse(source) as unknown as readonly Tree[];
  } catch (error) {
    const [first = "", text = ""] = String(error instanceof Error ? error.message : error).split("\n");
    const what = `the mapping template cannot be parsed: ${first.replace(/[.:]$/, "")}`;
    throw new UnsupportedError(`${what} at ${plain(text).slice(-40)}`, { cause: error });
  }
}

function hasEnd(tree: Tree): boolean {
  return typeof tree === "string" ? tree.includes(END) : Array.isArray(tree) && tree.some((each: Tree) => hasEnd(each));
}

/** The text as it was written. */
export function plain(text: string): string {
  return text.replaceAll(PLAIN_DOLLAR, "$").replace(/\uE001(?:#end)*/, "");
}

/** How the reference is written. */
export function textOfReference(node: Node): string {
  return plain(velocity().Helper.getRefText(node as never));
}
