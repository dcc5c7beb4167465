/** Secrets of app clients in what is shown, logged or readable for others than the clients. */
import { type Attributes, isUnset, type StackJson } from "../contract/stack-json";
import { certainText } from "./certainty";
import { type Finding, type Guard, isOn, when } from "./guard";

/** A client as a whole, or one of its attributes; with an index where there are several. */
const CLIENT = /\baws_cognito_(?:managed_)?user_pool_client\.[\w-]+(?:\[[^\]]*\])*(?:\.(\w+|\*))?/g;
const LOCAL = /\blocal\.([\w-]+)/g;
const ANY_RESOURCE = /(?<![\w.-])([a-z]\w*_\w+)\.([\w-]+)(?:\[[^\]]*\])*(?:\.(\w+))?/g;

/** Attributes that keep secrets, by type. */
const KEEPERS: Readonly<Record<string, readonly string[]>> = {
  aws_secretsmanager_secret_version: ["secret_string", "secret_string_wo"],
  aws_ssm_parameter: ["value", "value_wo"],
};
/** Not values: what they refer to is only an order. */
const NOT_VALUES = ["depends_on", "lifecycle", "//"];
const WAY_OUT = "Read it from a secret of Secrets Manager (secret of the client in access.yaml)";

/** Refuses a client's secret in any attribute but those that keep secrets. */
export const withoutClientSecret: Guard = ({ type, attributes }, stack) =>
  Object.entries(attributes)
    .filter(([name]) => !NOT_VALUES.includes(name) && !isKeeper(type, name, attributes, stack))
    .filter(([, value]) => holdsSecret(value, stack))
    .flatMap(([name]) => when(true, `${name} holds the secret of a client`, WAY_OUT));

/** A parameter of another type than SecureString is readable as a text. */
function isKeeper(type: string, name: string, attributes: Attributes, stack: StackJson): boolean {
  const isKept = KEEPERS[type]?.includes(name) ?? false;
  return isKept && (type !== "aws_ssm_parameter" || certainText(attributes["type"], stack) === "SecureString");
}

/** What is wrong with an output. */
export function outputFindings({ value, sensitive }: Attributes, stack: StackJson): readonly Finding[] {
  return when(
    !isOn(sensitive) && holdsSecret(value, stack),
    "it shows the secret of a client",
    "Set sensitive to true",
  );
}

/** Whether an expression in the value, also in a name, leads to a client's secret. */
function holdsSecret(value: unknown, stack: StackJson, seen: readonly string[] = []): boolean {
  const text = JSON.stringify(value) ?? "";
  if (!/[$%]\{/.test(text)) return false;
  if ([...text.matchAll(CLIENT)].some(([, attribute]) => isSecret(attribute))) return true;
  const isNew = (key: string) => !seen.includes(key);
  const locals = [...text.matchAll(LOCAL)].map(([key, name = ""]) => [key, stack.locals[name]] as const);
  const kept = [...text.matchAll(ANY_RESOURCE)].flatMap(([key, type = "", name = "", attribute]) => {
    const found =
      attribute === undefined || KEEPERS[type]?.includes(attribute) ? stack.resourceOf(type, name) : undefined;
    return (KEEPERS[type] ?? []).map((keeper) => [key, found?.attributes[keeper]] as const);
  });
  return [...locals, ...kept].some(
    ([key, inner]) => isNew(key) && !isUnset(inner) && holdsSecret(inner, stack, [...seen, key]),
  );
}

function isSecret(attribute: string | undefined): boolean {
  return attribute === undefined || attribute === "*" || attribute === "client_secret";
}
