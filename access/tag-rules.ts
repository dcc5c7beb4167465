/** What AWS demands of the tags of a resource together. */
import type { Named } from "./collection";
import type { AccessFile } from "./file";
import { quote } from "./nearest-name";
import type { AccessContent } from "./settings";
import type { Located } from "./shape";

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
const TAGS_OF_A_RESOURCE = 50;

type Tags = readonly Named<Located>[];

/** Reports too many tags, and keys that IAM takes for the same. */
export function checkTags({ environments, tags }: AccessContent, file: AccessFile): void {
  checkCount([], tags, "the file has", file);
  checkCase([], tags, "the file", file);
  for (const { name, value } of environments) {
    const owner = `environment ${quote(name)}`;
    const isTooManyAlready = tags.length > TAGS_OF_A_RESOURCE;
    if (!isTooManyAlready) checkCount(tags, value.tags, `${owner} has, with those of the file,`, file);
    checkCase(tags, value.tags, owner, file);
  }
}

/** The mistake stands at the first one too many. */
function checkCount(inherited: Tags, own: Tags, has: string, file: AccessFile): void {
  const keys = new Set(inherited.map(({ name }) => name));
  let first: number | undefined;
  for (const { name, at } of own) {
    keys.add(name);
    if (keys.size > TAGS_OF_A_RESOURCE) first ??= at;
  }
  if (first === undefined) return;
  file.report(first, `${has} ${keys.size} tags, but AWS allows ${TAGS_OF_A_RESOURCE} a resource. Remove some.`);
}

/** Most of AWS tells upper from lower case, but a role of IAM with both would be refused. */
function checkCase(inherited: Tags, own: Tags, owner: string, file: AccessFile): void {
  const known = new Map(inherited.toReversed().map(({ name }) => [name.toLowerCase(), name])); // the first one counts
  for (const { name, at } of own) {
    const other = known.get(name.toLowerCase()) ?? name;
    known.set(name.toLowerCase(), other);
    if (other === name) continue;
    const both = `tag ${quote(name)} of ${owner} differs from ${quote(other)} in letter case only`;
    file.report(at, `${both}, but IAM takes them for one. Write ${quote(other)}.`);
  }
}
