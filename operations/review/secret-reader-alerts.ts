/** Loud lines about who may read new secrets: a policy that comes with its secret is compared with none. Pure. */

import { codes } from "../../platform/markdown";
import { actionOf, type ResourceChange } from "../plan-file/plan-json";
import { type Alert, caution, warning } from "./alert";
import type { PlanFacts } from "./plan-facts";
import { isOfAnotherAccount, namesAccount, widening } from "./policy-changes";
import { shown } from "./protected-values";

const SECRET = "aws_secretsmanager_secret";
const POLICY = "aws_secretsmanager_secret_policy";
const SECRET_OF = /\baws_secretsmanager_secret\.([\w-]+)\./;

/** Readers of other accounts, and everybody. @param facts tells the stack's own account, and policies not known yet */
export function secretReaderAlerts(changes: readonly ResourceChange[], facts: PlanFacts): readonly Alert[] {
  const created = changes.filter(({ type, change }) => type === POLICY && actionOf(change) === "create");
  const told = created.map((changed) => readersOf(changed, changes, facts));
  return [...told.flatMap((one) => readerAlert(one, facts.account)), ...unknownAlert(told, facts.account)];
}

interface Readers {
  readonly secret: string;
  /** `undefined` when they cannot be told. */
  readonly principals: readonly string[] | undefined;
}

function readersOf(
  { type, name, change }: ResourceChange,
  changes: readonly ResourceChange[],
  facts: PlanFacts,
): Readers {
  const written = facts.written(type, name);
  const given = widening(undefined, change.after?.["policy"] ?? written["policy"]);
  const [, secretName] = SECRET_OF.exec(String(written["secret_arn"])) ?? [];
  const secret = changes.find((one) => one.type === SECRET && one.name === secretName);
  const isUnread = given !== undefined && given.actions.length === 0;
  return {
    secret: shown(change.after?.["secret_arn"] ?? secret?.change.after?.["name"]),
    principals: isUnread ? undefined : (given?.principals ?? []),
  };
}

function readerAlert({ secret, principals }: Readers, account: string | undefined): readonly Alert[] {
  if (principals === undefined) return [warning(`Who may read the new secret ${secret} cannot be told.`)];
  if (principals.includes("*")) return [caution(`Everybody will be allowed to read the new secret ${secret}.`)];
  const foreign = principals.filter((principal) => isOfAnotherAccount(principal, account));
  return foreign.length === 0
    ? []
    : [
        warning(
          `Other accounts than the stack's own will be allowed to read the new secret ${secret}: ${codes(foreign)}.`,
        ),
      ];
}

/** Once for all secrets, since it is the same that is not known. */
function unknownAlert(told: readonly Readers[], account: string | undefined): readonly Alert[] {
  const readers = [...new Set(told.flatMap(({ principals = [] }) => principals.filter(namesAccount)))].toSorted();
  if (account !== undefined || readers.length === 0) return [];
  return [
    warning(
      `Nothing tells the stack's own account yet, so these readers of new secrets may be of another one: ${codes(readers)}.`,
    ),
  ];
}
