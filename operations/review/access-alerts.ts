/** Alerts about who can call what. Pure. */
import { routeKeyOf, shapeOf } from "../../access/access-model";
import { code, codes } from "../../platform/markdown";
import { type MatrixRoute, nameOf } from "../access-graph/access-matrix";
import { type Access, type ResolvedRequest, resolvedRequests } from "./access-changes";
import { type Alert, critical, warning } from "./alert";

const UNTIL =
  "until the API is deployed once more after this plan: see docs/deploy.md#changes-that-terraform-cannot-order";

/**
 * Routes that become public or lead elsewhere while they are, that still answer though they are removed, that answer
 * requests of paths with scopes, or whose callers are unknown; and functions that do not check which client calls.
 */
export function accessAlerts(access: Access): readonly Alert[] {
  const { before, after, isApiKept } = access;
  const changed = resolvedRequests(before, after).flatMap((request) => {
    if (request.after === undefined) return isApiKept && request.isGone ? stillLive(request.before) : [];
    return [
      ...opened(request, request.after, access),
      ...elsewhere(request.before, request.after, access),
      ...unchecked(request.before, request.after),
    ];
  });
  return [...changed, ...caught(access)];
}

function opened({ route, before }: ResolvedRequest, after: MatrixRoute, { reasons }: Access): readonly Alert[] {
  if (after.access === "clients" || after.access === before?.access) return [];
  const name = code(nameOf(after));
  const request = route === after.route ? name : `${code(route)}, which ${name} will answer,`;
  if (after.access === "unknown") {
    return [critical(`Callers of ${request} are unknown: ${after.notes.map(code).join(", ")}`)];
  }
  const reason = reasons.after[after.route];
  return [
    critical(
      `Anyone can call ${request} without a token. ${reason === undefined ? "No reason is given." : `The reason given: ${code(reason)}`}`,
    ),
  ];
}

/** A public route was agreed to for what is behind it, and for its reason. */
function elsewhere(before: MatrixRoute | undefined, after: MatrixRoute, { reasons }: Access): readonly Alert[] {
  if (before?.access !== "public" || after.access !== "public") return [];
  const route = `The public route ${code(nameOf(after))}`;
  const [old, now] = [targetOf(before), targetOf(after)];
  const [oldReason, reason] = [reasons.before[before.route], reasons.after[after.route]];
  return [
    ...(old === now ? [] : [critical(`${route} leads to ${code(now)} (was ${code(old)}).`)]),
    ...(oldReason === undefined || oldReason === reason
      ? []
      : [warning(`${route} is public for another reason: ${code(reason ?? "")} (was ${code(oldReason)}).`)]),
  ];
}

/** API Gateway is deployed before a removed route is destroyed, so that the deployed snapshot has it still. */
function stillLive(gone: MatrixRoute | undefined): readonly Alert[] {
  if (gone === undefined) return [];
  const route = `${code(nameOf(gone))} is removed, but`;
  if (gone.access === "public") return [critical(`${route} anyone can still call it ${UNTIL}.`)];
  return gone.url === null ? [] : [warning(`${route} its callers still reach ${code(gone.url)} ${UNTIL}.`)];
}

function targetOf({ url, function: fn }: MatrixRoute): string {
  return url ?? fn ?? "-";
}

/** A function that stops checking ids of clients, and one behind a new route that never does. */
function unchecked(before: MatrixRoute | undefined, after: MatrixRoute): readonly Alert[] {
  const wasProtected = before?.access === "clients";
  if (after.access !== "clients" || after.callerCheck === "client-id") return [];
  if (wasProtected ? before.callerCheck !== "client-id" : after.function === null) return [];
  const does = wasProtected ? "no longer checks" : "does not check";
  return [warning(`The function of ${code(nameOf(after))} ${does} which client calls: the scope alone decides.`)];
}

/** Requests of paths with scopes that a public route answers, as no more specific route has their method. */
function caught({ before, after }: Access): readonly Alert[] {
  const keyOf = (api: string | undefined, request: string) => `${api ?? ""} ${shapeOf(request)}`;
  const known = new Set(before.routes.flatMap(({ api, catches = [] }) => catches.map((one) => keyOf(api, one))));
  return after.routes.flatMap((route) => {
    const requests = (route.catches ?? []).filter((one) => !known.has(keyOf(route.api, one))).map(routeKeyOf);
    return [...new Set(requests.map(({ path }) => path))].map((path) => {
      const methods = codes(requests.filter((one) => one.path === path).map(({ method }) => method));
      return critical(
        `The public route ${code(nameOf(route))} also answers ${methods} of ${code(path)} without a token: no more specific route has these methods.`,
      );
    });
  });
}
