/**
 * Models of a REST API: JSON schemas of bodies.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Model.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { Wire } from "../../protocols/values";
import { type ApiPart, ApiPartTable } from "./rules";

/** A model as the account keeps it. */
export interface ModelRecord extends Wire<sdk.Model>, ApiPart {
  readonly name: string;
}

export const models = new ApiPartTable<ModelRecord>("Model", ({ name }) => name);
