/**
 * Deleting a secret, at once or with days in which it can be restored and keeps its name.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html
 */
import { type Attributes, text } from "../../attributes";
import { AwsError } from "../../errors";
import { byHand, removeByHand } from "../../resources/by-hand";
import { dropDeleted, type FoundSecret, findSecret, requireSecret } from "../../resources/secret-store";
import { restoreByHand } from "../../resources/secrets-by-hand";
import { secret } from "../../resources/secretsmanager";
import { optionalBoolean, optionalNumber, refuseOthers, requiredText } from "./api-input";
import type { ApiOperation, ApiPlace, Json } from "./aws-api";

const USUAL_DAYS = 30;
const [LEAST_DAYS, MOST_DAYS] = [7, 30];
const DAY = 86_400_000;

const notFound = () => new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

/** `DeleteSecret`. By force, a secret that is deleted already or was never there is no error. */
export const deleteSecret: ApiOperation = (place, input) =>
  byHand(place, () => {
    refuseOthers(input, ["SecretId", "RecoveryWindowInDays", "ForceDeleteWithoutRecovery"]);
    const id = requiredText(input, "SecretId");
    return recoveryDays(input) === 0 ? deleteForGood(place, id) : deleteForNow(place, id, recoveryDays(input));
  });

/** `RestoreSecret`. */
export const restoreSecret: ApiOperation = (place, input) =>
  byHand(place, () => {
    refuseOthers(input, ["SecretId"]);
    const found = findSecret(place.account, place.region, requiredText(input, "SecretId"));
    if (found === undefined) throw notFound();
    if (found.state.goneAt !== undefined) restoreByHand(place, found);
    return named(found.attributes);
  });

function deleteForGood(place: ApiPlace, id: string): Json {
  const { account, region } = place;
  const found = findSecret(account, region, id);
  if (found === undefined) return { Name: id, DeletionDate: account.now() / 1000 };
  if (found.state.goneAt === undefined) remove(place, found, 0);
  else dropDeleted(account, region, text(found.attributes, "name"));
  return { ...named(found.attributes), DeletionDate: account.now() / 1000 };
}

function deleteForNow(place: ApiPlace, id: string, days: number): Json {
  const { account, region } = place;
  const found = requireSecret(account, region, id);
  remove(place, found, days);
  return { ...named(found.attributes), DeletionDate: (account.now() + days * DAY) / 1000 };
}

function remove(place: ApiPlace, { attributes }: FoundSecret, days: number): void {
  removeByHand(secret, place, { ...attributes, recovery_window_in_days: days });
}

/** 0 means at once. */
function recoveryDays(input: Json): number {
  const days = optionalNumber(input, "RecoveryWindowInDays", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const isForced = optionalBoolean(input, "ForceDeleteWithoutRecovery") ?? false;
  if (isForced && days !== undefined) {
    const message = "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.";
    throw new AwsError("InvalidParameterException", message);
  }
  if (isForced) return 0;
  if (days === undefined || (days >= LEAST_DAYS && days <= MOST_DAYS)) return days ?? USUAL_DAYS;
  const message = `The RecoveryWindowInDays value must be between ${LEAST_DAYS} and ${MOST_DAYS} days (inclusive).`;
  throw new AwsError("InvalidParameterException", message);
}

function named(attributes: Attributes): Json {
  return { ARN: text(attributes, "arn"), Name: text(attributes, "name") };
}
