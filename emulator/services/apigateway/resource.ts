/**
 * The tree of a REST API's resources, with the methods of each.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Resource.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { Wire } from "../../protocols/values";
import { type ApiPart, ApiPartTable } from "./rules";

/** A resource as the account keeps it: methods, integrations and their responses are in `resourceMethods`. */
export interface ResourceRecord extends Wire<sdk.Resource>, ApiPart {
  readonly id: string;
  readonly path: string;
  /** By HTTP method or `ANY`; empty for a resource without methods. */
  readonly resourceMethods: Readonly<Record<string, Wire<sdk.Method>>>;
}

export const resources = new ApiPartTable<ResourceRecord>("Resource", ({ id }) => id);
