/** What is done to secrets behind Terraform's back: their versions can be read and imported by Terraform all the same. */
import { text } from "../attributes";
import { conformBlock } from "../provider/dynamic-value";
import { keyOf, type Place } from "../provider/kind";
import { dropDeleted, type FoundSecret, type SecretVersion } from "./secret-store";
import { addVersion, secret, secretVersion } from "./secretsmanager";

/** Gives a secret another value behind Terraform's back; the version can be read and imported by Terraform. */
export function addVersionByHand(
  where: Pick<Place, "account" | "region">,
  found: FoundSecret,
  id: string,
  value: string | undefined,
  labels?: readonly string[],
): SecretVersion {
  const version = addVersion(where, found, id, value, labels);
  showVersion(where, text(found.attributes, "arn"), version);
  return version;
}

/** Brings a deleted secret back behind Terraform's back, with its values. */
export function restoreByHand(where: Pick<Place, "account" | "region">, { attributes, state }: FoundSecret): void {
  const { goneAt, ...kept } = state;
  dropDeleted(where.account, where.region, text(attributes, "name"));
  where.account.put(secret.type, keyOf(secret, attributes), { attributes, internal: kept });
  for (const version of kept.versions) showVersion(where, text(attributes, "arn"), version);
}

/** Makes a version one that can be read and imported by Terraform. */
function showVersion(
  { account, region }: Pick<Place, "account" | "region">,
  arn: string,
  { id, value, stages }: SecretVersion,
): void {
  const attributes = conformBlock(secretVersion.schema, {
    id: `${arn}|${id}`,
    arn,
    has_secret_string_wo: false,
    region,
    secret_id: arn,
    secret_string: value,
    version_id: id,
    version_stages: stages,
  });
  account.put(secretVersion.type, keyOf(secretVersion, attributes), { attributes });
}
