/** Loud lines about who can call what. Pure. */
import { routeKeyOf, shapeOf } from "../../access/access-model";
import { code, codes } from "../../platform/markdown";
import { type AccessMatrix, type MatrixRoute, nameOf } from "../access-graph/access-matrix";
import { publicReasons } from "../access-graph/synthesized-stack";
import { type Alert, caution, warning } from "./alert";
import { resolvedRequests } from "./resolved-requests";

/**
 * Routes that become public, that lead elsewhere or for another reason while they are, that go on answering though they
 * go away, that catch requests of paths which demand a token, or of which nobody can say who gets in; and functions that
 * stop to look who calls.
 *
 * @param reasonsBefore why routes were open, by route
 * @param json content of the stack's `cdk.tf.json`, which has the reasons
 * @param isApiKept whether the API that was deployed is still there afterwards, with its snapshot
 */
export function accessAlerts(
  before: AccessMatrix,
  after: AccessMatrix,
  reasonsBefore: Readonly<Record<string, string>>,
  json: unknown,
  isApiKept = true,
): readonly Alert[] {
  const reasons = publicReasons(json);
  const changed = resolvedRequests(before, after).flatMap(({ route, before: old, after: now, isGone }) => {
    if (now === undefined) return isApiKept && isGone && old !== undefined ? stillLive(old) : [];
    const reason = reasons[now.route];
    return [
      ...opened(route, old, now, reason),
      ...elsewhere(old, now, old && reasonsBefore[old.route], reason),
      ...unchecked(old, now),
    ];
  });
  return [...changed, ...caught(before, after)];
}

/**
 * Requests of paths that demand a token, which a public route will answer because no more specific route has their
 * method. Those that one answers already are left out.
 */
function caught(before: AccessMatrix, after: AccessMatrix): readonly Alert[] {
  const known = new Set(before.routes.flatMap(({ api, catches = [] }) => catches.map((one) => keyOf(api, one))));
  return after.routes.flatMap((route) => {
    const { api, catches = [] } = route;
    const methodsByPath = new Map<string, string[]>();
    for (const request of catches.filter((one) => !known.has(keyOf(api, one)))) {
      const { method, path } = routeKeyOf(request);
      methodsByPath.set(path, [...(methodsByPath.get(path) ?? []), method]);
    }
    return [...methodsByPath].map(([path, methods]) => {
      const what = `${code(nameOf(route))} is public and will also answer ${codes(methods)} of ${code(path)} without a token`;
      return caution(`${what}: no more specific route has these methods.`);
    });
  });
}

function keyOf(api: string | undefined, request: string): string {
  return `${api ?? ""} ${shapeOf(request)}`;
}

function opened(
  request: string,
  before: MatrixRoute | undefined,
  after: MatrixRoute,
  reason: string | undefined,
): readonly Alert[] {
  if (after.access === "clients" || after.access === before?.access) return [];
  const route =
    request === after.route ? code(nameOf(after)) : `${code(request)}, which ${code(nameOf(after))} answers then,`;
  if (after.access === "public") {
    const why = reason === undefined ? "No reason is written down." : `The reason written down: ${code(reason)}`;
    return [caution(`Anybody will be able to call ${route} without a token. ${why}`)];
  }
  const notes = after.notes.map(code).join(", ");
  return [caution(`Who will be able to call ${route} cannot be told: ${notes}`)];
}

/** What anybody may call was agreed to for what is behind it, and for a reason. */
function elsewhere(
  before: MatrixRoute | undefined,
  after: MatrixRoute,
  oldReason: string | undefined,
  reason: string | undefined,
): readonly Alert[] {
  if (before?.access !== "public" || after.access !== "public") return [];
  const [old, now] = [targetOf(before), targetOf(after)];
  const route = code(nameOf(after));
  return [
    ...(old === now
      ? []
      : [caution(`${route}, which anybody can call, will lead to ${code(now)}, before to ${code(old)}.`)]),
    ...(oldReason === reason || oldReason === undefined
      ? []
      : [
          warning(`The reason why anybody can call ${route} changes: ${code(reason ?? "")}, before ${code(oldReason)}`),
        ]),
  ];
}

/** A deployment is made before what was removed is gone, and holds it still. */
function stillLive(gone: MatrixRoute): readonly Alert[] {
  const { access, url } = gone;
  const route = nameOf(gone);
  const until = 'until the API is deployed once more after this plan: see "Where the state is" in the README';
  if (access === "public") {
    return [caution(`${code(route)} goes away, but anybody can go on calling it ${until}.`)];
  }
  return url === null ? [] : [warning(`${code(route)} goes away, but its callers reach ${code(url)} ${until}.`)];
}

function targetOf({ url, function: fn }: MatrixRoute): string {
  return url ?? fn ?? "nothing";
}

/** Of a new route there is nothing to lose. */
function unchecked(before: MatrixRoute | undefined, after: MatrixRoute): readonly Alert[] {
  if (before?.access !== "clients" || !before.isCheckedByFunction) return [];
  if (after.access !== "clients" || after.isCheckedByFunction) return [];
  return [
    warning(
      `The function behind ${code(nameOf(after))} will not check any more which client calls: the scope alone decides.`,
    ),
  ];
}
