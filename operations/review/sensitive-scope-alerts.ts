/** Alerts about sensitive scopes: clients that gain one, and what takes the mark or its effect away. Pure. */
import { blocksOf } from "../../constructs/contract/stack-json";
import { code, codes } from "../../platform/markdown";
import { nameOf } from "../access-graph/access-matrix";
import { type Alert, critical } from "./alert";
import type { PlanContext } from "./plan-context";
import { listAt, shown, without } from "./predicates";

/** A scope that is sensitive before or after the plan counts, so that no plan can remove the mark and grant the scope. */
export function sensitiveScopeAlerts(context: PlanContext): readonly Alert[] {
  const { before, after } = context.sensitive;
  const approvers = new Map([...after, ...before]); // those who approved until now
  if (approvers.size === 0) return [];
  return [...gains(context, approvers), ...weakerRoutes(context, approvers), ...lostMarks(context)];
}

function gains({ paired }: PlanContext, approvers: PlanContext["sensitive"]["before"]): readonly Alert[] {
  const clients = paired.filter(({ type }) => type === "aws_cognito_user_pool_client").map(({ change }) => change);
  return clients.flatMap(({ after }) => {
    if (after === null) return [];
    // By name, as a client whose construct is renamed is created and destroyed.
    const same = clients.flatMap(({ before }) => (before?.["name"] === after["name"] ? [before] : []));
    const old = same.flatMap((client) => listAt(client ?? {}, "allowed_oauth_scopes"));
    const gained = without(listAt(after, "allowed_oauth_scopes"), old);
    return gained.flatMap((scope) => {
      const who = approvers.get(scope);
      if (who === undefined) return [];
      return [
        critical(`The client ${shown(after["name"])} gains the sensitive scope ${code(scope)}.${approvalBy(who)}`),
      ];
    });
  });
}

/** Routes that only sensitive scopes opened, and that another scope opens now. */
function weakerRoutes({ before, after }: PlanContext, approvers: PlanContext["sensitive"]["before"]): readonly Alert[] {
  const known = new Map(before.routes.map((route) => [nameOf(route), route]));
  return after.routes.flatMap((route) => {
    const old = known.get(nameOf(route));
    if (old?.access !== "clients" || old.scopes.length === 0 || !old.scopes.every((scope) => approvers.has(scope)))
      return [];
    const others = route.scopes.filter((scope) => !approvers.has(scope));
    if (others.length === 0) return [];
    const who = new Set(old.scopes.flatMap((scope) => approvers.get(scope) ?? []));
    const message = `${code(nameOf(route))}, which only sensitive scopes opened, is now open to ${codes(others)}.`;
    return [critical(`${message}${approvalBy([...who])}`)];
  });
}

/** A scope that is removed with its mark is not among them. */
function lostMarks({ sensitive: { before, after }, code: stack }: PlanContext): readonly Alert[] {
  const servers = Object.values(stack["aws_cognito_resource_server"] ?? {});
  const known = servers.flatMap(({ identifier, scope }) =>
    blocksOf(scope).map(({ scope_name }) => `${identifier}/${scope_name}`),
  );
  const lost = [...before].filter(([scope]) => !after.has(scope) && known.includes(scope));
  return lost.map(([scope, who]) => critical(`The scope ${code(scope)} is no longer sensitive.${approvalBy(who)}`));
}

function approvalBy(approvers: readonly string[]): string {
  return approvers.length === 0 ? "" : ` To be approved by ${codes(approvers)}.`;
}
