/** What is played of AWS's APIs, for people. A service that is added to the endpoints belongs in this list. */
import { apiGatewayOperations } from "./apigateway-api";
import { iamOperations } from "./iam-api";
import { jsonApiOperations } from "./json-api";
import { lambdaOperations } from "./lambda-api";
import { s3Operations } from "./s3-api";
import { stsOperations } from "./sts-api";

/** Names of operations by service, as AWS's documentation has them. */
export const apiOperations: Readonly<Record<string, readonly string[]>> = {
  apigateway: apiGatewayOperations,
  iam: iamOperations,
  lambda: lambdaOperations,
  ...jsonApiOperations,
  s3: s3Operations,
  sts: stsOperations,
};
