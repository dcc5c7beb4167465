/**
 * Who may invoke a function: the statements of its resource policy.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
import { type Attributes, optionalText as optionalValue, text } from "../../attributes";
import { AwsError } from "../../errors";
import { byHand, createByHand, removeByHand } from "../../resources/by-hand";
import { lambdaPermission } from "../../resources/lambda";
import { optionalText, refuseOthers, requiredText } from "./api-input";
import { type ApiPlace, type Json, parseJson, present } from "./aws-api";
import { findFunction, type LambdaOperation, notFound, revisionOf } from "./lambda-function-api";
import { RestAnswer } from "./rest-api";

const STATEMENT_ID = /^[\w-]{1,100}$/;
const ACTION = /^(?:lambda:[*a-zA-Z]+|\*)$/;
const PRINCIPAL = /^\S{1,256}$/;
const SETTINGS = ["StatementId", "Action", "Principal", "SourceArn"];

/** `GetPolicy`: who may invoke the function. */
export const getPolicy: LambdaOperation = async (place, call) => {
  const { attributes } = findFunction(place, call);
  const permissions = permissionsOf(place, attributes);
  if (permissions.length === 0) throw notFound("The resource you requested does not exist.");
  const Statement = permissions.map((permission) => statementOf(permission, text(attributes, "arn")));
  const Policy = JSON.stringify({ Version: "2012-10-17", Id: "default", Statement });
  return { Policy, RevisionId: revisionOf({ Policy }) };
};

/** `AddPermission`: one more who may invoke the function. */
export const addPermission: LambdaOperation = (place, call) =>
  byHand(place, async () => {
    const fn = findFunction(place, call).attributes;
    const input = parseJson(call.request.body);
    refuseOthers(input, SETTINGS);
    const statement_id = requiredText(input, "StatementId", STATEMENT_ID);
    if (permissionsOf(place, fn).some((permission) => permission["statement_id"] === statement_id)) {
      const message = `The statement id (${statement_id}) provided already exists. Please provide a new statement id.`;
      throw new AwsError("ResourceConflictException", message, 409);
    }
    const added = await createByHand(lambdaPermission, place, {
      function_name: text(fn, "function_name"),
      statement_id,
      action: requiredText(input, "Action", ACTION),
      principal: requiredText(input, "Principal", PRINCIPAL),
      source_arn: optionalText(input, "SourceArn") ?? null,
    });
    return new RestAnswer(201, { Statement: JSON.stringify(statementOf(added, text(fn, "arn"))) });
  });

/** `GetFunctionUrlConfig`: there is no way to give a function a URL of its own here, so none has one. */
export const getFunctionUrlConfig: LambdaOperation = async (place, call) => {
  findFunction(place, call);
  throw notFound("The resource you requested does not exist.");
};

/** `RemovePermission`. */
export const removePermission: LambdaOperation = (place, call) =>
  byHand(place, () => {
    const { statement_id } = call.parts;
    const permissions = permissionsOf(place, findFunction(place, call).attributes);
    const found = permissions.find((permission) => permission["statement_id"] === statement_id);
    if (found === undefined) throw notFound(`Statement ${statement_id} is not found in resource policy.`);
    removeByHand(lambdaPermission, place, found);
    return new RestAnswer(204, "");
  });

function permissionsOf({ account, region }: ApiPlace, fn: Attributes): readonly Attributes[] {
  const names = [fn["function_name"], fn["arn"]];
  return account
    .list(lambdaPermission.type)
    .filter((permission) => permission["region"] === region && names.includes(permission["function_name"]));
}

function statementOf(permission: Attributes, functionArn: string): Json {
  const principal = text(permission, "principal");
  const isService = /\.amazonaws\.com$/.test(principal);
  // An account is written as its root.
  const who = /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal;
  const source = optionalValue(permission, "source_arn");
  return present({
    Sid: text(permission, "statement_id"),
    Effect: "Allow",
    Principal: principal === "*" ? "*" : { [isService ? "Service" : "AWS"]: who },
    Action: text(permission, "action"),
    Resource: functionArn,
    Condition: source === undefined ? undefined : { ArnLike: { "AWS:SourceArn": source } },
  });
}
