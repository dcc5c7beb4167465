/** The order in which checks are told: what went wrong first. Pure. */
import type { Check, Outcome } from "../deployed/probe";

/** What was found, the worst first. */
const WORST_FIRST: readonly Outcome[] = [
  "WRONG YES",
  "wrong credentials",
  "wrong no",
  "another no",
  "broken",
  "throttled",
  "not asked",
  "as expected",
];

const OF_TOKENS = ["secret", "token"];

/** Failures first, then what clients are given, then the routes as in access.yaml; others and preflights after their path. */
export function inOrder(checks: readonly Check[], routes: readonly string[]): readonly Check[] {
  const places = new Map([...OF_TOKENS, ...routes].map((route, index) => [route, index]));
  const placeOf = ({ route }: Check) => places.get(route) ?? placeOfPath(route) ?? places.size;
  const placeOfPath = (route: string) => {
    const path = route.slice(route.indexOf(" "));
    const found = routes.findIndex((one) => one.endsWith(path));
    // After the route, before the next one.
    return found === -1 || !route.startsWith("OPTIONS ") ? undefined : found + OF_TOKENS.length + 0.5;
  };
  const rankOf = ({ outcome }: Check) => WORST_FIRST.indexOf(outcome);
  return checks.toSorted((a, b) => rankOf(a) - rankOf(b) || placeOf(a) - placeOf(b));
}
