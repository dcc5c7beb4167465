/** What is played of AWS's APIs, for people. A service that is added to the endpoints belongs in this list. */
import { apiGatewayOperations } from "./apigateway-api";
import { jsonApiOperations } from "./json-api";
import { stsOperations } from "./sts-api";

/** Names of operations by service: as AWS's documentation has them or, in a REST API, method and path. */
export const apiOperations: Readonly<Record<string, readonly string[]>> = {
  apigateway: apiGatewayOperations,
  ...jsonApiOperations,
  sts: stsOperations,
};
