/** Who answers for which client, and the tags that say so in AWS. */
import { isIn } from "./client-rules";
import { MAX_TAGS } from "./environment-rules";
import { advice, listed, quote } from "./nearest-name";
import { CODE_OWNER, type Content } from "./schema";
import type { YamlFile } from "./yaml-file";

type Client = Content["clients"][string];

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/managing-secrets_tagging.html */
const NOT_IN_TAG_VALUES = /[^\p{L}\p{N}_.:/=+\-@]+/gu;

/** Reports owners and approvers that do not exist, clients without an owner where the file has owners, and too many tags. */
export function checkOwners(content: Content, file: YamlFile): void {
  const { owners, clients } = content;
  const known = Object.keys(owners ?? {});
  for (const [name, client] of Object.entries(clients)) {
    const at = file.keyAt(["clients", name]);
    const { owner } = client;
    if (owner === undefined && owners !== undefined) {
      const names = known.length === 0 ? "" : ` Owners: ${listed(known)}.`;
      file.report(at, `client ${quote(name)} needs owner, because the file has owners.${names}`);
    } else if (owner && !known.includes(owner)) {
      const hint = advice(owner, known, "Owners") || " Add it to owners.";
      const is = `owner of client ${quote(name)} is ${quote(owner)}, which does not exist`;
      file.report(file.at(["clients", name, "owner"]), `${is}.${hint}`);
    }
    checkTags(name, client, content, file);
  }
  checkApprovers(content, known, file);
}

/** Reports approvers of scopes that are neither owners nor names that GitHub knows. */
function checkApprovers({ resourceServers }: Content, known: readonly string[], file: YamlFile): void {
  for (const [identifier, { scopes }] of Object.entries(resourceServers)) {
    for (const [scope, its] of Object.entries(scopes)) {
      const { approvers = [] } = typeof its === "object" ? its : {};
      for (const [index, approver] of approvers.entries()) {
        if (approver === "" || known.includes(approver) || CODE_OWNER.test(approver)) continue;
        const is = `approver of scope ${quote(`${identifier}/${scope}`)} is ${quote(approver)}, which does not exist`;
        const otherwise = " Add it to owners, or write a GitHub user or team such as @acme/security.";
        const at = file.at(["resourceServers", identifier, "scopes", scope, "approvers", index]);
        file.report(at, `${is}.${advice(approver, known, "Owners") || otherwise}`);
      }
    }
  }
}

function checkTags(name: string, client: Client, { environments, tags }: Content, file: YamlFile): void {
  if (client.secret === undefined) return;
  for (const [environment, its] of Object.entries(environments)) {
    const all = { ...tags, ...its.tags };
    const { length } = Object.keys({ ...all, ...ownerTags(client, all) });
    if (!isIn(client, environment) || length <= MAX_TAGS || Object.keys(all).length > MAX_TAGS) continue;
    const has = `secret of client ${quote(name)} has ${length} tags in environment ${quote(environment)}`;
    const why = `with those for owner and purpose, but AWS allows ${MAX_TAGS} a resource. Remove some.`;
    file.report(file.keyAt(["clients", name, "secret"]), `${has}, ${why}`);
    return;
  }
}

/**
 * Tags for owner and purpose of a client. App clients cannot have tags; their secrets can.
 * @param others tags that the resource has as well: one whose key differs in letter case only is overridden
 */
export function ownerTags(
  { owner, purpose }: { readonly owner?: string | undefined; readonly purpose?: string | undefined },
  others: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const keyOf = (key: string) => Object.keys(others).find((other) => other.toLowerCase() === key) ?? key;
  return Object.fromEntries(
    Object.entries({ owner, purpose }).flatMap(([key, value]) =>
      value === undefined ? [] : [[keyOf(key), tagValueOf(value)]],
    ),
  );
}

/** The text as a tag's value: what AWS does not allow there becomes a space. */
function tagValueOf(text: string): string {
  return text.replace(NOT_IN_TAG_VALUES, " ").trim();
}
