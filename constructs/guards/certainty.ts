/** What is certain of a value before it is deployed. */
import { isUnset, listOf, type StackJson } from "../contract/stack-json";

/** `${aws_kms_key.key.arn}`, `${data.aws_region.here.name}`, with an index where there are several. */
const REFERENCE = /^\$\{(data\.)?((?:aws|awscc)_\w+)\.([\w-]+)(?:\[[^\]${}]*\])?\.(\w+)\}$/;

/** What AWS names itself. Other attributes that the code does not set may hold anything. */
const ASSIGNED = /(?:^|_)(?:arn|id|name|account|region|partition|suffix|identifier|endpoint|bucket)$/;

/** Data sources that return what they are given. */
const ECHOES: readonly string[] = ["aws_arn"];

const MAX_DEPTH = 20;

/**
 * The text of a value: references to attributes that the code sets are replaced by what it sets; references to names,
 * ids and ARNs that AWS assigns stay, as they stand for what they name.
 *
 * @returns `undefined` when a variable, a local value, a function, a conditional or a literal within `${}` decides
 */
export function certainText(value: unknown, stack: StackJson, depth = 0): string | undefined {
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  if (typeof value !== "string" || depth > MAX_DEPTH) return undefined;
  const parts = value.split(/(\$\$\{|%%\{|\$\{[^}]*\}|%\{)/);
  const texts = parts.map((part, index) => {
    if (index % 2 === 0 || part === "$${" || part === "%%{") return part;
    return referenced(part, stack, depth + 1);
  });
  return texts.includes(undefined) ? undefined : texts.join("");
}

function referenced(expression: string, stack: StackJson, depth: number): string | undefined {
  const [, data, type = "", name = "", attribute = ""] = REFERENCE.exec(expression) ?? [];
  if (type === "") return undefined;
  const attributes = data === undefined ? stack.resourceOf(type, name)?.attributes : stack.dataSource(type, name);
  const isSet = attributes !== undefined && Object.hasOwn(attributes, attribute) && !isUnset(attributes[attribute]);
  if (isSet) return certainText(attributes[attribute], stack, depth);
  return ASSIGNED.test(attribute) && !ECHOES.includes(type) ? expression : undefined;
}

/** Texts of a list, or of one value; `undefined` when one of them is not certain. */
export function certainTexts(value: unknown, stack: StackJson): readonly string[] | undefined {
  const texts = listOf(value).map((one) => certainText(one, stack));
  return texts.includes(undefined) ? undefined : texts.map(String);
}

/** Whether a block of the resource, at any depth, is made by a `dynamic` block. */
export function hasDynamicBlock(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([name, inner]) => (name === "dynamic" && typeof inner === "object" && inner !== null) || hasDynamicBlock(inner),
  );
}
