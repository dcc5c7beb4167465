/**
 * Request validators: what a request must carry before its integration is called.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_RequestValidator.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { Wire } from "../../protocols/values";
import { type ApiPart, ApiPartTable } from "./rules";

/** A request validator as the account keeps it. */
export interface RequestValidatorRecord extends Wire<sdk.RequestValidator>, ApiPart {
  readonly id: string;
}

export const requestValidators = new ApiPartTable<RequestValidatorRecord>("RequestValidator", ({ id }) => id);
