/**
 * Reading a secret, as a service does, and giving it another value. Times are in seconds since 1970.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
import { type Attributes, optionalText, text, textMap } from "../../attributes";
import { AwsError } from "../../errors";
import { byHand } from "../../resources/by-hand";
import { type FoundSecret, findSecret, requireSecret, type SecretVersion } from "../../resources/secret-store";
import { addVersionByHand } from "../../resources/secrets-by-hand";
import { optionalTexts, refuseOthers } from "./api-input";
import type { ApiOperation, ApiPlace, Json } from "./aws-api";

const TOKEN = /^[\s\S]{32,64}$/;
const CURRENT = "AWSCURRENT";
const NOT_FOUND = "Secrets Manager can't find the specified secret.";

/** `GetSecretValue`; the value is in the answer, as AWS has it. */
export const getSecretValue: ApiOperation = async ({ account, region }, input) => {
  const { attributes, state } = requireSecret(account, region, requiredText(input, "SecretId"));
  const [id, label] = [givenText(input, "VersionId"), givenText(input, "VersionStage")];
  const stage = label ?? (id === undefined ? CURRENT : undefined);
  const version = state.versions.find((candidate) => isMeant(candidate, id, stage));
  if (version === undefined) {
    const asked = stage === undefined ? `VersionId: ${id}` : `staging label: ${stage}`;
    throw new AwsError(
      "ResourceNotFoundException",
      `Secrets Manager can't find the specified secret value for ${asked}`,
    );
  }
  return {
    ARN: text(attributes, "arn"),
    Name: text(attributes, "name"),
    VersionId: version.id,
    SecretString: version.value,
    VersionStages: version.stages,
    CreatedDate: version.createdAt / 1000,
  };
};

/** `PutSecretValue`; the value is not in the answer. */
export const putSecretValue: ApiOperation = (place, input) =>
  byHand(place, () => {
    refuseOthers(input, ["SecretId", "SecretString", "ClientRequestToken", "VersionStages"]);
    const { account, region } = place;
    const secret = requireSecret(account, region, requiredText(input, "SecretId"));
    const id = givenText(input, "ClientRequestToken") ?? account.uuid();
    if (!TOKEN.test(id)) throw new AwsError("InvalidParameterException", "ClientRequestToken is 32 to 64 characters.");
    const labels = optionalTexts(input, "VersionStages");
    const { stages } = addVersionByHand(place, secret, id, givenText(input, "SecretString"), labels);
    const { attributes } = secret;
    return { ARN: text(attributes, "arn"), Name: text(attributes, "name"), VersionId: id, VersionStages: stages };
  });

/** `DescribeSecret`; the value is not in the answer. */
export const describeSecret: ApiOperation = async (place, input) => describe(find(place, input));

function find({ account, region }: ApiPlace, input: Json): FoundSecret {
  const found = findSecret(account, region, requiredText(input, "SecretId"));
  if (found === undefined) throw new AwsError("ResourceNotFoundException", NOT_FOUND);
  return found;
}

function describe({ attributes, state }: FoundSecret): object {
  const { createdAt, goneAt, versions } = state;
  const changedAt = versions.at(-1)?.createdAt ?? createdAt;
  return {
    ARN: text(attributes, "arn"),
    Name: text(attributes, "name"),
    ...optional("Description", optionalText(attributes, "description")),
    ...optional("KmsKeyId", optionalText(attributes, "kms_key_id")),
    LastChangedDate: changedAt / 1000,
    ...optional("DeletedDate", goneAt && goneAt / 1000),
    Tags: tagsOf(attributes),
    VersionIdsToStages: Object.fromEntries(
      versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, stages]),
    ),
    CreatedDate: createdAt / 1000,
  };
}

function optional(name: string, value: string | number | undefined): object {
  return value === undefined ? {} : { [name]: value };
}

function tagsOf(attributes: Attributes): readonly object[] {
  return Object.entries(textMap(attributes, "tags_all")).map(([Key, Value]) => ({ Key, Value }));
}

function isMeant({ id, stages }: SecretVersion, wantedId: string | undefined, stage: string | undefined): boolean {
  return (wantedId === undefined || id === wantedId) && (stage === undefined || stages.includes(stage));
}

function requiredText(input: Json, member: string): string {
  const value = givenText(input, member);
  if (value !== undefined && value !== "") return value;
  throw new AwsError("InvalidParameterException", `You must provide a value for the ${member} parameter.`);
}

function givenText(input: Json, member: string): string | undefined {
  const value = input[member] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw new AwsError("SerializationException", `${member} is not a string`);
}
