/**
 * Rotation: a function makes the next value of a secret, in four steps. Nothing is rotated by schedule.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
import type * as sdk from "@aws-sdk/client-secrets-manager";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { findInvocable, runFunction } from "../lambda";
import {
  changeSecret,
  invalidParameter,
  invalidRequest,
  named,
  requireSecret,
  type SecretRecord,
  secondsOf,
  secrets,
} from "./secret";
import { CURRENT, hasStage, PENDING, withStage } from "./version-stages";

const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"];
const DAY = 86_400;

/** Configures rotation and, unless the input says otherwise, starts one. Returns before the function has finished. */
export function rotateSecret(context: OperationContext, input: Wire<sdk.RotateSecretRequest>) {
  const { ClientRequestToken: id, RotateImmediately = true } = input;
  if (id === undefined) {
    throw invalidParameter("You must provide a ClientRequestToken value. We recommend a UUID-type value.");
  }
  const secret = requireSecret(context, input);
  const { RotationLambdaARN = secret.RotationLambdaARN, RotationRules = secret.RotationRules } = input;
  if (RotationLambdaARN === undefined) {
    throw invalidRequest("No Lambda rotation function ARN is associated with this secret.");
  }
  const { invocable } = rotationFunction(context, secret, RotationLambdaARN);
  if (invocable.refusal !== undefined) {
    throw new AwsError(
      "AccessDeniedException",
      "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
    );
  }
  if (secret.versions.some((version) => hasStage(version, PENDING) && !hasStage(version, CURRENT))) {
    throw invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
  }
  const settings = { RotationEnabled: true, RotationLambdaARN, RotationRules };
  if (!RotateImmediately) {
    changeSecret(context, secret, settings);
    return named(secret);
  }
  const version = { id, stages: [], createdAt: secondsOf(context) };
  const versions = withStage([...secret.versions, version], PENDING, id);
  void rotate(context, changeSecret(context, secret, { ...settings, versions }), id);
  return { ...named(secret), VersionId: id };
}

function rotationFunction({ account, accountId }: OperationContext, { ARN }: SecretRecord, arn: string) {
  const place = { account, region: arn.split(":")[3] ?? "" };
  const invoker = { principal: "secretsmanager.amazonaws.com", sourceArn: ARN, sourceAccount: accountId };
  return { place, invocable: findInvocable(place, arn, invoker) };
}

/** Has the function go through the steps; one that fails ends the rotation, and the version stays pending. */
async function rotate(context: OperationContext, secret: SecretRecord, id: string): Promise<void> {
  const { account, runtime } = context;
  for (const Step of STEPS) {
    const { invocable } = rotationFunction(context, secret, secret.RotationLambdaARN ?? "");
    if (invocable.refusal !== undefined) return;
    const event = { Step, SecretId: secret.ARN, ClientRequestToken: id };
    const { fn, details } = invocable;
    const result = await runFunction(account, runtime.runner, fn, event, account.uuid(), details).catch(
      () => undefined,
    );
    if (result?.kind !== "answer") return;
  }
  await account.change(async () => {
    const rotated = secrets.get(context, secret.ARN);
    if (rotated !== undefined) secrets.put(context, { ...rotated, ...rotationDates(context, rotated) });
    return { result: undefined, operation: null };
  });
}

/** The next rotation is due by the end of a day. */
function rotationDates(context: OperationContext, { RotationRules }: SecretRecord): Partial<SecretRecord> {
  const now = secondsOf(context);
  const days = RotationRules?.AutomaticallyAfterDays;
  if (days === undefined) return { LastRotatedDate: now };
  return { LastRotatedDate: now, NextRotationDate: (Math.floor(now / DAY) + days + 1) * DAY - 1 };
}

/** Ends rotation; a version that is pending stays. */
export function cancelRotateSecret(context: OperationContext, input: Wire<sdk.CancelRotateSecretRequest>) {
  const secret = requireSecret(context, input);
  if (secret.RotationLambdaARN === undefined) {
    throw invalidRequest("You can't cancel rotation because rotation isn't turned on for this secret.");
  }
  const { NextRotationDate: _, ...rest } = secret;
  return named(secrets.put(context, { ...rest, RotationEnabled: false }));
}
