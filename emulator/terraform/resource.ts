/**
 * The Terraform face of an AWS resource: the schema of the bindings, and beside it only what neither the bindings nor
 * AWS's model say. It reaches the account by the operations of its service alone.
 */

import type { Account } from "../account";
import type { Attributes } from "../attributes";
import type { KindTraits } from "../provider/kind";
import { schemaOf } from "../provider/kind";
import type { BlockSchema } from "../provider/schema/block";
import type { ResourceType } from "../provider/schema/resource-types";
import type { Conversion, MemberNames, Structure } from "./conversion";

/** AWS as a resource sees it: the operations of its service in its account and region. */
export interface Aws {
  readonly account: Account;
  readonly region: string;
  /** Twelve digits: what ARNs name. */
  readonly accountId: string;
  readonly conversion: Conversion;
  /** Calls an operation of the resource's service. @throws {AwsError} when AWS refuses */
  call(operation: string, input: Structure): Promise<Structure>;
  /** Calls an operation of another service, by the endpoint's name: `iam`. @throws {AwsError} when AWS refuses */
  callService(service: string, operation: string, input: Structure): Promise<Structure>;
  /** The input of the operation, from the attributes that it has members for. */
  inputOf(operation: string, attributes: Attributes): Structure;
  /**
   * Attributes that the operation's output has members for.
   * @param member the output's member that holds the resource, `null` for the output itself; left out: that of the traits
   */
  attributesOf(operation: string, output: Structure, known: Attributes, member?: string | null): Attributes;
  /** Contents of the files that a path of the configuration may mean. */
  readFiles(path: string): readonly Uint8Array[];
}

/** What only the plan needs to know. Names inside blocks are dotted: `token_validity_units.access_token`. */
export type PlanTraits = Pick<
  KindTraits,
  "forceNew" | "sensitive" | "defaults" | "volatile" | "computedBlocks" | "json" | "refused" | "validate"
>;

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
export interface ResourceTraits extends PlanTraits {
  /** Name of the endpoint of the resource's service: `cognito-idp`. */
  readonly service: string;
  readonly names?: MemberNames;
  /** Member of the operations' outputs that holds the resource; left out: the output itself is the resource. */
  readonly output?: string;
  /** How `id` is made, such as `agm-<rest_api_id>-<resource_id>-<http_method>`; left out: it is a member of the output. */
  readonly id?: string;
  /**
   * The id that `terraform import` takes.
   * @default "<id>"
   */
  readonly importId?: string;
  readonly tagging?: Tagging;
  /**
   * Whether state has empty values in place of null; left out: whether the resource is written with SDK v2, which makes
   * `id` an optional attribute.
   */
  readonly hasEmptyValues?: boolean;
  /** Dotted attributes that are sent although they are empty. */
  readonly sendEmpty?: readonly string[];

  /** Creates the resource. A function returns what identifies it. */
  readonly create: string | ((planned: Attributes, aws: Aws) => Promise<Attributes>);
  /** Reads the resource. A function returns what it found, or `null` when it is gone. */
  readonly read: string | ((known: Attributes, aws: Aws) => Promise<Attributes | null>);
  /** Changes the resource in place. Left out: nothing but tags changes in place. */
  readonly update?: string | ((planned: Attributes, prior: Attributes, aws: Aws) => Promise<void>);
  readonly delete: string | ((prior: Attributes, aws: Aws) => Promise<void>);
  /** Attributes that the output has no member for. @param found the attributes so far */
  refine?(found: Attributes, output: Structure, aws: Aws): Attributes | Promise<Attributes>;
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
