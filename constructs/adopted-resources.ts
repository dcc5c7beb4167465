/** Resources of a stack that exist at AWS already: they are imported, and keep what is theirs. */
import { TerraformResource, type TerraformStack } from "cdktf";
import type { AdoptedStack } from "./contract/adopted";
import { addressOf } from "./resource-name";

/**
 * Adds an import block for each resource that the stack has, sets the attributes that it keeps, and ignores those that it
 * leaves to AWS. What the stack does not have any more is passed over.
 *
 * Called before names are passed on to other resources, such as those of functions to alarms: the constructs return what
 * is kept.
 *
 * @see https://developer.hashicorp.com/terraform/language/import
 */
export function adoptResources(stack: TerraformStack, { imports, keep, ignore }: AdoptedStack): void {
  for (const resource of stack.node.findAll().filter(TerraformResource.isTerraformResource)) {
    const address = addressOf(resource);
    const id = imports[address];
    if (id !== undefined) resource.importFrom(literal(id));
    for (const [attribute, value] of Object.entries(keep[address] ?? {})) setAttribute(resource, attribute, value);
    const ignored = ignore[address];
    if (ignored === undefined) continue;
    const { ignoreChanges = [] } = resource.lifecycle ?? {};
    if (ignoreChanges === "all") continue;
    resource.lifecycle = { ...resource.lifecycle, ignoreChanges: [...new Set([...ignoreChanges, ...ignored])] };
  }
}

/** By the property, so that others that read it get the value; blocks have none that could be set. */
function setAttribute(resource: TerraformResource, attribute: string, value: unknown): void {
  const escaped = literals(value);
  const property = attribute.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const isProperty = typeof value !== "object" && property in resource;
  if (!isProperty || !Reflect.set(resource, property, escaped)) resource.addOverride(attribute, escaped);
}

function literals(value: unknown): unknown {
  if (typeof value === "string") return literal(value);
  if (Array.isArray(value)) return value.map(literals);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, literals(inner)]));
}

/** The text for Terraform, which takes `${` and `%{` for the beginning of an expression. */
function literal(text: string): string {
  return text.replace(/[$%](?=\{)/g, "$&$&");
}
