/** Resources of a stack that exist at AWS already: they are imported, and keep what is theirs. */
import { TerraformElement, TerraformResource, type TerraformStack } from "cdktf";
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
  const imported: ImportBlock[] = [];
  for (const resource of stack.node.findAll().filter(TerraformResource.isTerraformResource)) {
    const address = addressOf(resource);
    const id = imports[address];
    if (id !== undefined) imported.push({ id: literal(id), to: address });
    for (const [attribute, value] of Object.entries(keep[address] ?? {})) setAttribute(resource, attribute, value);
    const ignored = ignore[address];
    if (ignored === undefined) continue;
    const { ignoreChanges = [] } = resource.lifecycle ?? {};
    if (ignoreChanges === "all") continue;
    resource.lifecycle = { ...resource.lifecycle, ignoreChanges: [...new Set([...ignoreChanges, ...ignored])] };
  }
  if (imported.length > 0) new Imports(stack, "imports", imported);
}

interface ImportBlock {
  readonly id: string;
  /** Address of the resource. */
  readonly to: string;
}

/**
 * As CDKTF's `importFrom`, which starts Terraform once for each resource at synthesis to ask for its version. Here the
 * stack's `required_version` asks for one.
 */
class Imports extends TerraformElement {
  constructor(
    stack: TerraformStack,
    id: string,
    private readonly blocks: readonly ImportBlock[],
  ) {
    super(stack, id);
  }

  override toTerraform(): { readonly import: readonly ImportBlock[] } {
    return { import: this.blocks };
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
