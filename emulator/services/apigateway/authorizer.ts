/**
 * Authorizers of a REST API.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { Wire } from "../../protocols/values";
import { type ApiPart, ApiPartTable } from "./rules";

/** An authorizer as the account keeps it. */
export interface AuthorizerRecord extends Wire<sdk.Authorizer>, ApiPart {
  readonly id: string;
}

export const authorizers = new ApiPartTable<AuthorizerRecord>("Authorizer", ({ id }) => id);
