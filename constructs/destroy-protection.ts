/** Protection against destruction: Terraform refuses each plan that would destroy or replace what callers depend on. */
import { Aspects, type IAspect, TerraformResource, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import type { Environment } from "../access/access-model";
import { LEDGER, PROTECTED_TYPES } from "./contract/contract";
import { addressOf } from "./resource-name";
import { TerraformData } from "./terraform-data";

/**
 * Sets `prevent_destroy` on every pool, client, resource server, domain and secret of a protected environment.
 *
 * `prevent_destroy` goes away together with the resource's code, so that a removed or renamed client would be destroyed
 * all the same. Therefore a ledger, one `terraform_data` with an instance for each protected resource: a name that leaves
 * it, or is at another address, makes Terraform refuse the plan as well. Names in `allowDestroy` leave it without a
 * refusal, since a `moved` block takes them out of it first.
 *
 * @param names what access.yaml and messages call the resources; others are called by their addresses
 * @see https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy
 */
export function protectFromDestruction(
  stack: TerraformStack,
  { isProtected, allowDestroy }: Environment,
  names: ReadonlyMap<TerraformResource, string>,
): void {
  if (!isProtected) return;
  const ledger = new TerraformData(stack, "ledger", { lifecycle: { preventDestroy: true } });
  ledger.overrideLogicalId(LEDGER.protected);
  const addresses: Record<string, string> = {};
  // Terraform evaluates the expression once for each instance: a map of 1,000 clients itself takes minutes.
  stack.addOverride(`locals.${LEDGER.protected}`, addresses);
  ledger.addOverride("for_each", `\${local.${LEDGER.protected}}`);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's expression
  ledger.addOverride("triggers_replace", "${each.value}");
  if (allowDestroy.length > 0) {
    const instance = (label: string, name: string) => `terraform_data.${label}[${JSON.stringify(name)}]`;
    const moved = allowDestroy.map((name) => ({
      from: instance(LEDGER.protected, name),
      to: instance(LEDGER.lifted, name),
    }));
    stack.addOverride("moved", moved);
  }
  Aspects.of(stack).add(new PreventDestroy(names, allowDestroy, addresses));
}

/** Visits resources that were added after it as well. */
class PreventDestroy implements IAspect {
  constructor(
    private readonly names: ReadonlyMap<TerraformResource, string>,
    private readonly allowed: readonly string[],
    /** Receives the address of each protected resource by its name. */
    private readonly addresses: Record<string, string>,
  ) {}

  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node) || !PROTECTED_TYPES.includes(node.terraformResourceType)) return;
    const address = addressOf(node);
    const name = this.names.get(node) ?? address;
    if (this.allowed.includes(name)) return;
    node.lifecycle = { ...node.lifecycle, preventDestroy: true };
    this.addresses[name] = address;
  }
}
