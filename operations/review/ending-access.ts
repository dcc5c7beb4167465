/** Alerts about when access ends: what ends soon, and ends that are put off or taken away. Pure. */
import { daysBetween, inDays } from "../../access/access-model";
import { code } from "../../platform/markdown";
import { type AccessEnds, accessEnds } from "../access-graph/synthesized-stack";
import { stackOfState } from "../deployed/stack-of-state";
import { type Alert, warning } from "./alert";
import type { PlanContext } from "./plan-context";
import { listAt } from "./predicates";

type Ending = Pick<PlanContext, "json" | "plan" | "code">;

/** @param today the day by which access is judged */
export function endingAccess(context: Ending, today: string): readonly Alert[] {
  const { json, plan } = context;
  const { values } = plan.prior_state;
  const before = accessEnds(values === undefined ? {} : stackOfState(values));
  const after = accessEnds(json);
  return [...soon(after, today), ...putOff(before, after, context)];
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
