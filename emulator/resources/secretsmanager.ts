/**
 * Secrets, their values and who may read them. A policy is kept and checked for being public; whom it lets in is not
 * enforced, as nobody's signature is checked here.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
 */
import { number, optionalText, text } from "../attributes";
import { AwsError } from "../errors";
import { defineKind, keyOf, type Place } from "../provider/kind";
import { checkSecretPolicy } from "./secret-policy-rules";
import { CURRENT, withStage } from "./secret-stages";
import {
  type FoundSecret,
  findSecret,
  keepDeleted,
  requireFreeName,
  requireSecret,
  type SecretState,
  type SecretVersion,
} from "./secret-store";

const NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/;
const SUFFIX_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DAY = 86_400_000;
const USUAL_RECOVERY_DAYS = 30;
const MAX_VALUE_BYTES = 65_536;

const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/secretsmanager_secret */
export const secret = defineKind("aws_secretsmanager_secret", {
  relations: { conflictsWith: { name: ["name_prefix"], name_prefix: ["name"] } },
  forceNew: ["name", "name_prefix"],
  defaults: { force_overwrite_replica_secret: false, recovery_window_in_days: USUAL_RECOVERY_DAYS },
  refused: ["force_overwrite_replica_secret", "name_prefix", "policy", "replica"],
  create(given, place) {
    const { account, accountId, region } = place;
    const name = optionalText(given, "name") ?? `terraform-${account.randomId(26)}`;
    if (!NAME.test(name)) {
      throw new AwsError(
        "ValidationException",
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
      );
    }
    requireFreeName(name, place);
    const arn = `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${account.randomId(6, SUFFIX_ALPHABET)}`;
    return { id: arn, arn, name, name_prefix: "", policy: "" };
  },
  read({ arn = null, region = null }, account) {
    const found = account.get(secretPolicy.type, `${region}/${arn}`);
    return { policy: found?.attributes["policy"] ?? "" };
  },
  internal: (_attributes, { account }, before): SecretState =>
    (before as SecretState | undefined) ?? { createdAt: account.now(), versions: [] },
  remove(existing, { account, region }) {
    const [arn, name] = [text(existing, "arn"), text(existing, "name")];
    for (const [kind, reference] of [
      [secretVersion, "secret_id"],
      [secretPolicy, "secret_arn"],
    ] as const) {
      for (const part of account.list(kind.type)) {
        if (part["region"] === region && [arn, name].includes(text(part, reference))) {
          account.delete(kind.type, keyOf(kind, part));
        }
      }
    }
    const days = number(existing, "recovery_window_in_days", USUAL_RECOVERY_DAYS);
    if (days === 0) return;
    const kept = account.get(secret.type, keyOf(secret, existing))?.internal as SecretState;
    keepDeleted(account, region, { attributes: existing, state: { ...kept, goneAt: account.now() + days * DAY } });
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/secretsmanager_secret_version */
export const secretVersion = defineKind("aws_secretsmanager_secret_version", {
  relations: {
    conflictsWith: {
      secret_binary: ["secret_string", "secret_string_wo"],
      secret_string: ["secret_binary", "secret_string_wo"],
      secret_string_wo: ["secret_binary", "secret_string"],
    },
    requiredWith: { secret_string_wo: ["secret_string_wo_version"], secret_string_wo_version: ["secret_string_wo"] },
  },
  forceNew: ["secret_binary", "secret_id", "secret_string", "secret_string_wo_version"],
  sensitive: ["secret_binary", "secret_string", "secret_string_wo"],
  refused: ["secret_binary", "secret_string_wo", "secret_string_wo_version", "version_stages"],
  create(given, place) {
    const { account } = place;
    const found = requireSecret(account, place.region, text(given, "secret_id"));
    // The real provider sends it as the token that makes a retry harmless, and AWS takes it for the version's id.
    const id = `terraform-${account.randomId(26, "0123456789")}`;
    const version = addVersion(place, found, id, optionalText(given, "secret_string"));
    return {
      id: `${text(given, "secret_id")}|${id}`,
      arn: text(found.attributes, "arn"),
      has_secret_string_wo: false,
      version_id: id,
      version_stages: version.stages,
    };
  },
  read({ secret_id, region, version_id }, account) {
    const found = findSecret(account, `${region}`, `${secret_id}`);
    return { version_stages: found?.state.versions.find(({ id }) => id === version_id)?.stages ?? [] };
  },
  // The current value stays: a label AWSCURRENT can be moved, but not taken away.
  remove({ secret_id, version_id }, { account, region }) {
    const found = findSecret(account, region, `${secret_id}`);
    if (found === undefined || found.state.goneAt !== undefined) return;
    const { attributes, state } = found;
    const versions = state.versions.filter(({ id, stages }) => id !== version_id || stages.includes(CURRENT));
    account.put(secret.type, keyOf(secret, attributes), { attributes, internal: { ...state, versions } });
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/secretsmanager_secret_policy */
export const secretPolicy = defineKind("aws_secretsmanager_secret_policy", {
  forceNew: ["secret_arn"],
  json: ["policy"],
  create(given, { account, region }) {
    const { attributes } = requireSecret(account, region, text(given, "secret_arn"));
    checkSecretPolicy(given);
    return { id: text(attributes, "arn") };
  },
  update(given) {
    checkSecretPolicy(given);
    return {};
  },
});

/**
 * Gives a secret another value, which is the current one when no labels are given. Doing so again with the
 * same id changes nothing.
 * @throws {AwsError} when there is no value, it is too long or the id stands for another one
 */
export function addVersion(
  { account }: Pick<Place, "account">,
  { attributes, state }: FoundSecret,
  id: string,
  value: string | undefined,
  labels: readonly string[] = [CURRENT],
): SecretVersion {
  if (value === undefined || value === "") {
    throw new AwsError("InvalidRequestException", "You must provide either SecretString or SecretBinary.");
  }
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES) {
    throw invalidParameter(`The secret value is ${Buffer.byteLength(value)} bytes long, at most ${MAX_VALUE_BYTES}.`);
  }
  const existing = state.versions.find((version) => version.id === id);
  if (existing?.value === value) return existing;
  if (existing !== undefined) {
    throw new AwsError(
      "ResourceExistsException",
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${text(attributes, "arn")}.`,
    );
  }
  const version: SecretVersion = { id, value, stages: [], createdAt: account.now() };
  const all: readonly SecretVersion[] = [...state.versions, version];
  const versions = labels.reduce((labelled, label) => withStage(labelled, label, id), all);
  keepVersions({ account }, { attributes, state }, versions);
  return { ...version, stages: labels };
}

/** Keeps other versions of a secret. */
export function keepVersions(
  { account }: Pick<Place, "account">,
  { attributes, state }: FoundSecret,
  versions: readonly SecretVersion[],
): void {
  account.put(secret.type, keyOf(secret, attributes), { attributes, internal: { ...state, versions } });
}
