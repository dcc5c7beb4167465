/** The resource `terraform_data`, which holds a value in the state. */
import { TerraformResource, type TerraformResourceLifecycle } from "cdktf";
import type { Construct } from "constructs";

/** Settings of a {@link TerraformData}. */
export interface TerraformDataProps {
  readonly input?: Readonly<Record<string, string>>;
  readonly lifecycle?: TerraformResourceLifecycle;
}

/**
 * As CDKTF's `DataResource`, which starts Terraform once for each of them at synthesis to ask for its version. Here the
 * stack's `required_version` asks for one.
 *
 * @see https://developer.hashicorp.com/terraform/language/resources/terraform-data
 */
export class TerraformData extends TerraformResource {
  private readonly input: TerraformDataProps["input"];

  constructor(scope: Construct, id: string, { input, lifecycle }: TerraformDataProps) {
    super(scope, id, { terraformResourceType: "terraform_data", ...(lifecycle === undefined ? {} : { lifecycle }) });
    this.input = input;
  }

  protected override synthesizeAttributes(): { readonly input: TerraformDataProps["input"] } {
    return { input: this.input };
  }
}
