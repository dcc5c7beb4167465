/** Loud lines about scopes that clients lose or get: who asks for them by name, and where their services read them. Pure. */

import { code, codes } from "../../platform/markdown";
import { clientOfSecret } from "../access-graph/secret-description";
import type { ResourceChange } from "../plan-file/plan-json";
import { type Alert, caution, warning } from "./alert";
import { duration, lifeOf } from "./identity-protections";
import { added, shown, type Values } from "./protected-values";

const CLIENT = "aws_cognito_user_pool_client";
const SECRET = "aws_secretsmanager_secret";
const SCOPES = "allowed_oauth_scopes";

/**
 * @param stack values of all resources that the code has, by type and name
 * @param environment its name, for the commands
 */
export function scopeAlerts(
  changes: readonly ResourceChange[],
  stack: Readonly<Record<string, Readonly<Record<string, Values>>>>,
  environment: string,
): readonly Alert[] {
  const delivered = Object.values(stack[SECRET] ?? {}).map(({ description }) => clientOfSecret(description));
  return changes.flatMap(({ type, change: { before, after } }) => {
    if (type !== CLIENT || before === null || after === null) return [];
    const client = String(before["name"]);
    const isDelivered = delivered.includes(client);
    // A client that is made anew gets all its credentials anew.
    if (before["id"] !== after["id"]) return [];
    const [lost, gained] = [added(after, before, SCOPES), added(before, after, SCOPES)];
    return [
      ...lostAlert(before, lost, isDelivered, environment),
      ...gainedAlert(client, gained, lost, isDelivered, environment),
    ];
  });
}

function lostAlert(
  before: Values,
  lost: readonly string[],
  isDelivered: boolean,
  environment: string,
): readonly Alert[] {
  if (lost.length === 0) return [];
  const name = String(before["name"]);
  const what = `The client ${shown(name)} loses scopes: ${codes(lost)}. Whoever asks for one of them by name gets no token at all; tokens that were issued before keep them, for ${duration(lifeOf(before))} at most.`;
  if (!isDelivered) return [warning(what)];
  return [
    caution(`${what} Its services read the old scopes in Secrets Manager until ${code(deliver(name, environment))}.`),
  ];
}

function gainedAlert(
  client: string,
  gained: readonly string[],
  lost: readonly string[],
  isDelivered: boolean,
  environment: string,
): readonly Alert[] {
  if (!isDelivered || gained.length === 0 || lost.length > 0) return [];
  const line = `The services of the client ${shown(client)} ask for its new scopes only when they are delivered: ${code(deliver(client, environment))}`;
  return [warning(line)];
}

function deliver(client: string, environment: string): string {
  return `npm run rotate -- ${client} --env ${environment} --deliver`;
}
