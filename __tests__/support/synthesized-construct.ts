/** What Terraform reads of a few constructs in a stack of their own. */
import { TerraformStack, Testing } from "cdktf";

type Attributes = Readonly<Record<string, unknown>>;

/** A stack called `dev`, as it is synthesized. */
export interface SynthesizedConstruct {
  /** Everything in `cdk.tf.json`, without CDKTF's own comments. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Resources of a type. */
  resources(type: string): readonly Attributes[];
  /** The only resource of its type. */
  resource(type: string): Attributes;
}

/** @param fill puts the constructs into the stack */
export function synthesizeStack(fill: (stack: TerraformStack) => void): SynthesizedConstruct {
  const stack = new TerraformStack(Testing.app(), "dev");
  fill(stack);
  const json = JSON.parse(Testing.synth(stack), (key, value) => (key === "//" ? undefined : value));
  const resources = (type: string): readonly Attributes[] => Object.values(json.resource?.[type] ?? {});
  return {
    json,
    resources,
    resource(type) {
      const [found, ...others] = resources(type);
      if (found === undefined || others.length > 0) throw new Error(`${resources(type).length} resources of ${type}`);
      return found;
    },
  };
}
