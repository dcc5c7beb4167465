/**
 * The Terraform face of an AWS resource: the schema of the bindings, and beside it only what neither the bindings nor
 * AWS's model say. It reaches the account by the operations of its service alone.
 */
import type { Attributes } from "./attributes";
import type { Aws, FaceTraits } from "./aws";
import { type PlanTraits, schemaOf } from "./kind";
import type { BlockSchema } from "./schema/block";
import type { ResourceType } from "./schema/resource-types";

export type { Aws } from "./aws";

/** Operations that tag a resource, and which attribute names it to them. */
export interface Tagging {
  readonly tag: string;
  readonly untag: string;
  /** Attribute that names the resource; left out: `arn`. */
  readonly id?: string;
  /** Operation that lists the tags; left out: the resource's own output has them. */
  readonly list?: string;
}

/** The Terraform face of a resource. A lifecycle step is the name of the one operation that it calls, or a function. */
export interface ResourceTraits extends PlanTraits, FaceTraits {
  /** How `id` is made, such as `agm-<rest_api_id>-<resource_id>-<http_method>`; left out: it is a member of the output. */
  readonly id?: string;
  /**
   * The id that `terraform import` takes.
   * @default "<id>"
   */
  readonly importId?: string;
  /** Version of the real provider's schema, which it writes into state. @default 0 */
  readonly schemaVersion?: number;
  readonly tagging?: Tagging;
  /** Whether reading changes the account, as AWS notes when a secret was last accessed. @default false */
  readonly changesOnRead?: boolean;

  /** Creates the resource. A function returns what identifies it. */
  readonly create: string | ((planned: Attributes, aws: Aws) => Promise<Attributes>);
  /** Reads the resource. A function returns what it found, or `null` when it is gone. */
  readonly read: string | ((known: Attributes, aws: Aws) => Promise<Attributes | null>);
  /** Changes the resource in place. Left out: nothing but tags changes in place. */
  readonly update?: string | ((planned: Attributes, prior: Attributes, aws: Aws) => Promise<void>);
  readonly delete: string | ((prior: Attributes, aws: Aws) => Promise<void>);
}

/** A resource of the embedded AWS with its whole schema. */
export interface Resource extends ResourceTraits {
  readonly type: ResourceType;
  readonly schema: BlockSchema;
}

/** Makes the face of what the bindings say and what they do not. @throws {Error} when a trait names no such attribute */
export function defineResource(type: ResourceType, traits: ResourceTraits): Resource {
  return { ...traits, type, schema: schemaOf(type, traits) };
}
