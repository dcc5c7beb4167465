/**
 * Moving a staging label from one version of a secret to another, as a rotation does when the new value is proved.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
 */
import { text } from "../../attributes";
import { AwsError } from "../../errors";
import { byHand } from "../../resources/by-hand";
import { CURRENT, hasStage, withStage } from "../../resources/secret-stages";
import { type FoundSecret, requireSecret } from "../../resources/secret-store";
import { keepVersions } from "../../resources/secretsmanager";
import { optionalText, refuseOthers, requiredText } from "./api-input";
import type { ApiOperation } from "./aws-api";

const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);

/** `UpdateSecretVersionStage`: a label is only taken from the version that is named, so two callers cannot both have it. */
export const updateSecretVersionStage: ApiOperation = (place, input) =>
  byHand(place, () => {
    refuseOthers(input, ["SecretId", "VersionStage", "RemoveFromVersionId", "MoveToVersionId"]);
    const found = requireSecret(place.account, place.region, requiredText(input, "SecretId"));
    const label = requiredText(input, "VersionStage");
    const [from, to] = [optionalText(input, "RemoveFromVersionId"), optionalText(input, "MoveToVersionId")];
    requireVersions(found, [from, to]);
    requireHolder(found, label, from, to);
    keepVersions(place, found, withStage(found.state.versions, label, to));
    return { ARN: text(found.attributes, "arn"), Name: text(found.attributes, "name") };
  });

function requireVersions({ state }: FoundSecret, ids: readonly (string | undefined)[]): void {
  const missing = ids.find((id) => id !== undefined && !state.versions.some((version) => version.id === id));
  if (missing === undefined) return;
  throw new AwsError(
    "ResourceNotFoundException",
    `Secrets Manager can't find the specified secret value for VersionId: ${missing}`,
  );
}

function requireHolder({ state }: FoundSecret, label: string, from: string | undefined, to: string | undefined): void {
  const holder = state.versions.find((version) => hasStage(version, label))?.id;
  if (from !== undefined && from !== holder) {
    throw invalidParameter(`Staging label ${label} is not attached to version ${from}.`);
  }
  if (holder !== undefined && from === undefined && to !== holder) {
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (label === CURRENT && to === undefined) throw invalidParameter(`You can't remove the staging label ${CURRENT}.`);
}
