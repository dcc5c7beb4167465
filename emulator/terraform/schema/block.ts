/**
 * The shape of a Terraform schema as it is kept here: what `@cdktf/provider-aws` says of a resource,
 * in as few words as possible.
 */

/** A Terraform type in its own JSON spelling. @see https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol/object-wire-format */
export type TypeSpec =
  | "string"
  | "number"
  | "bool"
  | "dynamic"
  | readonly ["list" | "set" | "map", TypeSpec]
  | readonly ["object", Readonly<Record<string, TypeSpec>>];

/** One attribute; at least one of the three flags is true. */
export interface AttributeSchema {
  readonly type: TypeSpec;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  readonly sensitive?: boolean;
  /** Whether the value is in the configuration only: neither planned nor kept in state. */
  readonly write_only?: boolean;
}

/** A block inside a resource or another block. */
export interface NestedBlockSchema {
  readonly nesting: "single" | "list" | "set";
  /** Least number of blocks; left out means 0. */
  readonly minItems?: number;
  /** Greatest number of blocks; left out means no bound. */
  readonly maxItems?: number;
  readonly block: BlockSchema;
}

/** Attributes and blocks by their Terraform names, both sorted by name. */
export interface BlockSchema {
  readonly attributes: Readonly<Record<string, AttributeSchema>>;
  readonly blocks: Readonly<Record<string, NestedBlockSchema>>;
}

/** What the generator writes to `bindings.json`. */
export interface Bindings {
  /** Version of the real provider that the bindings were made from, such as `6.25.0`. */
  readonly providerVersion: string;
  readonly provider: BlockSchema;
  readonly resources: Readonly<Record<string, BlockSchema>>;
  readonly dataSources: Readonly<Record<string, BlockSchema>>;
}
