/** The protocol's messages as they arrive and leave, after protobuf; field for field as in messages.proto. */
import type { DynamicValue } from "./dynamic-value";

export interface Diagnostic {
  readonly severity: "ERROR" | "WARNING";
  readonly summary: string;
  readonly detail?: string;
  /** The attribute that it belongs to; left out for the resource as a whole. */
  readonly attribute?: { readonly steps: readonly PathStep[] };
}

/** A name, or the place in a list. */
export type PathStep = { readonly attribute_name: string } | { readonly element_key_int: number };

export interface Answer {
  readonly diagnostics?: readonly Diagnostic[];
}

export interface ConfigRequest {
  readonly config: DynamicValue;
}

export interface TypedRequest {
  readonly type_name: string;
}

export interface ValidateRequest extends TypedRequest, ConfigRequest {}

export interface UpgradeRequest extends TypedRequest {
  readonly raw_state: { readonly json: Uint8Array };
}

export interface ReadRequest extends TypedRequest {
  readonly current_state: DynamicValue;
}

export interface PlanRequest extends TypedRequest {
  readonly prior_state: DynamicValue;
  readonly proposed_new_state: DynamicValue;
  readonly config: DynamicValue;
}

export interface ApplyRequest extends TypedRequest {
  readonly prior_state: DynamicValue;
  readonly planned_state: DynamicValue;
  readonly config: DynamicValue;
}

export interface ImportRequest extends TypedRequest {
  readonly id: string;
}
