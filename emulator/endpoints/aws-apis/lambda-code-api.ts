/**
 * A function's code by another one, and the end of a function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html
 */
import { AwsError } from "../../errors";
import { byHand, removeByHand } from "../../resources/by-hand";
import { lambdaFunction, replaceCode } from "../../resources/lambda";
import { refuseOthers, requiredText } from "./api-input";
import { parseJson } from "./aws-api";
import { describe, findFunction, type LambdaOperation, UNDER_WAY } from "./lambda-function-api";
import { RestAnswer } from "./rest-api";

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * `UpdateFunctionCode`, by a zip in the request. Terraform's provider does not read `source_code_hash` back, so that a
 * plan does not tell.
 */
export const updateFunctionCode: LambdaOperation = (place, call) =>
  byHand(place, () => {
    const { attributes } = findFunction(place, call);
    const input = parseJson(call.request.body);
    refuseOthers(input, ["ZipFile"]);
    const sent = requiredText(input, "ZipFile");
    if (!BASE64.test(sent)) throw new AwsError("SerializationException", "ZipFile is no base64", 400);
    return { ...describe(replaceCode(place.account, attributes, Buffer.from(sent, "base64"))), ...UNDER_WAY };
  });

/** `DeleteFunction`, with the statements of who may invoke it. */
export const deleteFunction: LambdaOperation = (place, call) =>
  byHand(place, () => {
    removeByHand(lambdaFunction, place, findFunction(place, call).attributes);
    return new RestAnswer(204, "");
  });
