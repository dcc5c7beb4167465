/**
 * Lambda's API, as far as it is played.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 */

import type { HttpRequest, HttpResponse } from "../http";
import type { LambdaPlace } from "./aws-api";
import { deleteFunction, updateFunctionCode } from "./lambda-code-api";
import { getFunction, getFunctionConfiguration, updateFunctionConfiguration } from "./lambda-function-api";
import { invoke } from "./lambda-invoke-api";
import { addPermission, getFunctionUrlConfig, getPolicy, removePermission } from "./lambda-permission-api";
import { answerRestApi, type RestService } from "./rest-api";

const FUNCTION = "/2015-03-31/functions/{function_name}";
const FUNCTION_URL = "/2021-10-31/functions/{function_name}/url";

const lambda: RestService<LambdaPlace> = {
  operations: {
    AddPermission: ["POST", `${FUNCTION}/policy`, addPermission],
    DeleteFunction: ["DELETE", FUNCTION, deleteFunction],
    GetFunction: ["GET", FUNCTION, getFunction],
    GetFunctionConfiguration: ["GET", `${FUNCTION}/configuration`, getFunctionConfiguration],
    GetFunctionUrlConfig: ["GET", FUNCTION_URL, getFunctionUrlConfig],
    GetPolicy: ["GET", `${FUNCTION}/policy`, getPolicy],
    Invoke: ["POST", `${FUNCTION}/invocations`, invoke],
    RemovePermission: ["DELETE", `${FUNCTION}/policy/{statement_id}`, removePermission],
    UpdateFunctionCode: ["PUT", `${FUNCTION}/code`, updateFunctionCode],
    UpdateFunctionConfiguration: ["PUT", `${FUNCTION}/configuration`, updateFunctionConfiguration],
  },
  refusal: ({ message, status }) => ({ Type: status < 500 ? "User" : "Service", Message: message, message }),
};

export const lambdaOperations: readonly string[] = Object.keys(lambda.operations);

/** Answers a request to `lambda.<region>.amazonaws.com`. */
export function answerLambdaApi(place: LambdaPlace, request: HttpRequest): Promise<HttpResponse> {
  return answerRestApi(lambda, place, request);
}
