/** Alerts about when access ends: what ends soon, and ends that are put off or taken away. Pure. */
import { daysBetween, inDays } from "../../access/access-model";
import { code } from "../../platform/markdown";
import { type AccessEnds, accessEnds } from "../access-graph/synthesized-stack";
import { stackOfState } from "../deployed/stack-of-state";
import { type Alert, info, warning } from "./alert";
import type { PlanContext } from "./plan-context";
import { listAt } from "./predicates";

type Ending = Pick<PlanContext, "json" | "plan" | "code" | "changes" | "after">;

/** @param today the day by which access is judged */
export function endingAccess(context: Ending, today: string): readonly Alert[] {
  const { json, plan } = context;
  const { values } = plan.prior_state;
  const before = accessEnds(values === undefined ? {} : stackOfState(values));
  const after = accessEnds(json);
  return [...soon(after, today), ...over(context, after, today), ...putOff(before, after, context)];
}

/**
 * The last day of a client's access that is over; `undefined` when it is not.
 * @param scopes the scopes that it had
 */
export function endOfAccess(
  { clients }: AccessEnds,
  client: string,
  scopes: readonly string[],
  today: string,
): string | undefined {
  const { expires, scopes: ends = {} } = clients[client] ?? {};
  if (expires !== undefined && expires < today) return expires;
  const last = scopes.map((scope) => ends[scope]).toSorted();
  return scopes.length > 0 && last.every((end) => end !== undefined && end < today) ? last.at(-1) : undefined;
}

/** Scopes whose end this plan carries out. Where all of a client's access ended, its tokens have a line of their own. */
function over({ changes, after: matrix }: Ending, ends: AccessEnds, today: string): readonly Alert[] {
  return changes.flatMap(({ type, change: { before, after } }) => {
    if (type !== "aws_cognito_user_pool_client" || before === null || after === null) return [];
    const client = String(before["name"]);
    const left = listAt(after, "allowed_oauth_scopes");
    if (matrix.disabled?.includes(client)) return [];
    return listAt(before, "allowed_oauth_scopes").flatMap((scope) => {
      const end = ends.clients[client]?.scopes?.[scope];
      if (end === undefined || end >= today || left.includes(scope)) return [];
      return [info(`${endOfScope(client, scope)} ended after ${end}.`)];
    });
  });
}

function soon(ends: AccessEnds, today: string): readonly Alert[] {
  return [...endsByName(ends)].flatMap(([name, end]) => {
    const days = daysBetween(today, end);
    if (days < 0 || days > ends.warningDays) return [];
    return [warning(`${name} ends ${inDays(days)}, after ${end}. Set a later date if it is still needed.`)];
  });
}

/** A client or grant that is removed has no end either, and no access. */
function putOff(before: AccessEnds, after: AccessEnds, { code: stack }: Ending): readonly Alert[] {
  const now = endsByName(after);
  const left = Object.values(stack["aws_cognito_user_pool_client"] ?? {}).flatMap((client) => [
    endOfClient(String(client["name"])),
    ...listAt(client, "allowed_oauth_scopes").map((scope) => endOfScope(String(client["name"]), scope)),
  ]);
  return [...endsByName(before)].flatMap(([name, old]) => {
    const end = now.get(name);
    if (end !== undefined) return end > old ? [warning(`${name} ends later: after ${end} (was ${old}).`)] : [];
    return left.includes(name) ? [warning(`${name} no longer ends (was ${old}).`)] : [];
  });
}

function endOfClient(client: string): string {
  return `The access of the client ${code(client)}`;
}

function endOfScope(client: string, scope: string): string {
  return `The scope ${code(scope)} of the client ${code(client)}`;
}

/** The last day by what ends, as Markdown. */
function endsByName({ clients }: AccessEnds): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(clients).flatMap(([client, { expires, scopes = {} }]) => [
      ...(expires === undefined ? [] : [[endOfClient(client), expires] as const]),
      ...Object.entries(scopes).map(([scope, until]) => [endOfScope(client, scope), until] as const),
    ]),
  );
}
