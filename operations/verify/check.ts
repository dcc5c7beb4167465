/** What a verification tests and finds. `expected` and `verdict` are values of the JSON that `--json` prints. */
import { shownPath } from "../../platform/project";
import { quoted } from "../../platform/shell";
import { logsCommand, type NamedEnvironment } from "../deployed/logs-command";

/** Response that the access matrix, or the deployed credentials, let expect. */
export type Expectation =
  /** Any response but 401, 403 and 5xx: the request passes the authorizer and the function's list of callers. */
  | "allow"
  /** 401 by API Gateway: the authorizer rejects the token. */
  | "deny-by-gateway"
  /** 403 by the function: the token has the scope, but the client is not in the function's list. */
  | "deny-by-function"
  /** 403 by API Gateway: no route has this method. */
  | "deny-method"
  /** 200 by API Gateway, with the CORS headers of the route. */
  | "preflight"
  /** A preflight response that does not allow the origin. */
  | "deny-origin"
  /** Any refusal: the route was removed, and is left only in the deployed snapshot. */
  | "stale-route"
  /** A token with all scopes of the client, by the token endpoint. */
  | "token"
  /** The same by Cognito's `GetClientToken`. */
  | "token-by-api"
  /** No token: the client is disabled or expired. */
  | "deny-disabled"
  /** No token: the secret is wrong. */
  | "deny-secret"
  /** No token: the client does not have the scope. */
  | "deny-scope"
  /** No token by `GetClientToken`, which bypasses the pool's domain. */
  | "deny-token-by-api"
  /** The client's secret in Secrets Manager holds id, token URL and scopes as deployed. */
  | "deployed-credentials";

/** One request to a route. */
export interface Probe {
  /** Such as `GET /orders/{id}`. */
  readonly route: string;
  /** Name of a client, or such as `no token`. */
  readonly caller: string;
  readonly method: string;
  readonly url: string;
  /** Bearer token; `undefined` for a request without one. Never printed. */
  readonly token: string | undefined;
  readonly expected: Expectation;
  /** What the route is integrated with; a function when left out. */
  readonly behind?: "function" | "HTTP backend";
  /** The `Origin` header. */
  readonly origin?: string;
  /** Headers that the response to a preflight must have, by lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Verdicts, the most severe first. */
export const VERDICTS = [
  /** A caller gets access that it must not have: everything stops. */
  "unexpected-allow",
  /** The client's secret in Secrets Manager is not as deployed. */
  "wrong-credentials",
  /** A caller is denied access that it must have. */
  "unexpected-deny",
  /** Denied as expected, but not by the expected part or for another reason. */
  "denied-by-other",
  /** The function, the HTTP backend or the authorizer failed. */
  "backend-error",
  /** AWS throttled the request, also after retries. */
  "throttled",
  /** It could not be tested: the client has no token, or the request would reach a backend. */
  "not-tested",
  "as-expected",
] as const;

export type Verdict = (typeof VERDICTS)[number];

/** How to get out of what a check found. */
export interface Advice {
  /** One or two sentences, without a full stop. */
  readonly text: string;
  /** To run in this order. */
  readonly commands: readonly string[];
}

/** One test and its result. Holds no secret. */
export interface Check {
  /** Route; `token` for a request of a token, `secret` for the credentials in Secrets Manager. */
  readonly route: string;
  readonly caller: string;
  readonly method: string;
  readonly expected: Expectation;
  /** Status and error of the response, or the scopes of the token, for people. */
  readonly found: string;
  readonly verdict: Verdict;
  /** Left out of what is as expected. */
  readonly advice?: Advice;
}

/** The result of a check, before the place where it was made is added. */
export type Result = Pick<Check, "found" | "verdict" | "advice">;

/** Command that creates a resource again. @param folder folder of the stack @param address the resource's */
export function replaceCommand(folder: string, address: string): string {
  return `terraform -chdir=${quoted(shownPath(folder))} apply -replace=${quoted(address)}`;
}

/** API Gateway's own 500: there is no log of the function. A function that fails is 502, one that is too slow 504. */
const NOT_INVOKED = "500 ";

/** Texts of the advice on checks that have no advice of their own. */
const ADVICE: Readonly<Partial<Record<Verdict, string>>> = {
  "unexpected-allow": "A caller has access that it must not have. Restore what drift reports",
  "unexpected-deny":
    "A caller was denied access that it must have. Right after a deployment, repeat with --retry-for 60; else restore what drift reports",
  "denied-by-other": "Denied, but not by the expected part or for another reason. Restore what drift reports",
  "backend-error": "API Gateway could not invoke the function or the authorizer. Restore what drift reports",
  throttled: "AWS throttled requests, also after retries. Lower --rate or --concurrency",
  "not-tested": "The client has no token. See its result above",
};

/**
 * What to do about a check that has no advice of its own.
 * @param functionName the function behind the route, by the name that Lambda knows; left out when there is none
 */
export function adviceOn(
  { verdict, found, advice }: Check,
  environment: NamedEnvironment,
  functionName?: string | null,
): Advice {
  if (advice !== undefined) return advice;
  if (verdict === "backend-error" && !found.startsWith(NOT_INVOKED)) {
    const text = `The ${functionName == null ? "HTTP backend" : "function"} or the authorizer failed. Read the log`;
    return { text, commands: [logsCommand(functionName, environment)] };
  }
  if (verdict === "unexpected-deny" && found.endsWith("by the HTTP backend")) {
    return { text: "The HTTP backend denied the request. Its access control is not part of this stack", commands: [] };
  }
  const text = ADVICE[verdict] ?? "";
  const isRestorable = text.includes("drift");
  return {
    text,
    commands: isRestorable ? [`npx access drift ${environment.name}`, `npx access deploy ${environment.name}`] : [],
  };
}

/** By verdict, then credentials and tokens, then routes as in access.yaml, OPTIONS after the first route of its path. */
export function bySeverity(checks: readonly Check[], routes: readonly string[]): readonly Check[] {
  const order = ["secret", "token", ...new Set(routes)];
  const rankOf = ({ route }: Check) => {
    const isOptions = route.startsWith("OPTIONS ") && !order.includes(route);
    const found = order.findIndex((one) => one === route || (isOptions && one.endsWith(route.slice("OPTIONS".length))));
    if (found === -1) return order.length;
    return isOptions ? found + 0.5 : found;
  };
  return checks.toSorted((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) || rankOf(a) - rankOf(b));
}
