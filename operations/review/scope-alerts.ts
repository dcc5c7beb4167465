/** Alerts about scopes that clients lose or get: callers request them by name, and services read them in a secret. Pure. */

import { clientOfSecret } from "../../constructs/contract/contract";
import { code, codes } from "../../platform/markdown";
import { rotateCommand } from "../deployed/client-secret";
import { type Alert, critical, warning } from "./alert";
import type { PlanContext } from "./plan-context";
import { listAt, shown, without } from "./predicates";

/** A client that is replaced gets all its credentials again, and no alert. */
export function scopeAlerts({ environment, changes, code: stack }: PlanContext): readonly Alert[] {
  const secrets = Object.values(stack["aws_secretsmanager_secret"] ?? {});
  const delivered = secrets.map(({ description }) => clientOfSecret(description));
  return changes.flatMap(({ type, change: { before, after } }) => {
    if (type !== "aws_cognito_user_pool_client" || before === null || before["id"] !== after?.["id"]) return [];
    const name = String(before["name"]);
    const [old, now] = [listAt(before, "allowed_oauth_scopes"), listAt(after ?? {}, "allowed_oauth_scopes")];
    const [lost, gained] = [without(old, now), without(now, old)];
    const isDelivered = delivered.includes(name);
    const deliver = code(rotateCommand(name, environment, true, "--deliver"));
    if (lost.length > 0) {
      const text = `The client ${shown(name)} loses scopes: ${codes(lost)}. A request that names one of them gets no token.`;
      return isDelivered
        ? [critical(`${text} Its services read the old scopes in Secrets Manager until ${deliver}.`)]
        : [warning(text)];
    }
    if (!isDelivered || gained.length === 0) return [];
    return [warning(`Services of the client ${shown(name)} request its new scopes only after ${deliver}.`)];
  });
}
