/** What AWS demands of clients in the environments that they are in. */
import { partsOf } from "./arn";
import { isIn } from "./callers";
import type { AccessFile } from "./file";
import { advice, quote } from "./nearest-name";
import type { AccessContent } from "./settings";
import type { Located } from "./shape";

type Client = AccessContent["clients"][number];
type Environments = AccessContent["environments"];

/** Reports environments that there are not, and secrets that could not be read or encrypted. */
export function checkClients({ clients, environments }: AccessContent, file: AccessFile): void {
  for (const client of clients) {
    checkNames(client, environments, file);
    const its = environments.filter(({ name }) => isIn(client, name));
    for (const reader of client.value.secret?.readers ?? []) checkReader(client, reader, its, file);
    checkKey(client, its, file);
  }
}

function checkNames({ name: client, value }: Client, environments: Environments, file: AccessFile): void {
  const names = environments.map(({ name }) => name);
  for (const { text, at } of value.environments ?? []) {
    if (text === "" || names.length === 0 || names.includes(text)) continue;
    const limit = `client ${quote(client)} is limited to environment ${quote(text)}, but there is none of that name`;
    file.report(at, `${limit}.${advice(text, names, "Environments")}`);
  }
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html */
function checkReader({ name, value }: Client, reader: Located, its: Environments, file: AccessFile): void {
  const { account } = partsOf(reader);
  if (account === "" || value.secret?.kmsKeyArn !== undefined) return;
  const other = its.find(({ value: { accountId } }) => (accountId?.text ?? "") !== "" && accountId?.text !== account);
  if (other === undefined) return;
  const where = `environment ${quote(other.name)} is of account ${other.value.accountId?.text}`;
  file.report(
    reader.at,
    `reader of secret of client ${quote(name)} is of account ${account}, but ${where}, whose own key other accounts cannot use. Add kmsKeyArn with a key that they can.`,
  );
}

function checkKey({ name, value }: Client, its: Environments, file: AccessFile): void {
  const key = value.secret?.kmsKeyArn;
  const region = key === undefined ? "" : partsOf(key).region;
  const other = its.find(({ value: { region: home } }) => home.text !== "" && home.text !== region);
  if (key === undefined || region === "" || other === undefined) return;
  const where = `environment ${quote(other.name)} is in ${other.value.region.text}`;
  file.report(
    key.at,
    `kmsKeyArn of secret of client ${quote(name)} is in ${region}, but ${where}, and a secret takes a key of its own region. Limit the client to environments there, or name another key.`,
  );
}
