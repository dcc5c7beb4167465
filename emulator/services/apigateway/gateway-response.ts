/**
 * Gateway responses: what API Gateway itself answers.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GatewayResponse.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { Wire } from "../../protocols/values";
import { type ApiPart, ApiPartTable } from "./rules";

/** A gateway response as the account keeps it. */
export interface GatewayResponseRecord extends Wire<sdk.GatewayResponse>, ApiPart {
  readonly responseType: sdk.GatewayResponseType;
}

export const gatewayResponses = new ApiPartTable<GatewayResponseRecord>(
  "GatewayResponse",
  ({ responseType }) => responseType,
);
