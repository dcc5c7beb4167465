/** Whether the response to a probe is the expected one. */
import { gatewayErrorIn, UNAUTHORIZED } from "../deployed/gateway-error";
import { type HttpResponse, TIMED_OUT } from "../deployed/rate-limited-client";
import type { Expectation, Probe, Result, Verdict } from "./check";

/** API Gateway's error for a function or backend that fails: the request passed the authorizer. */
const INTEGRATION_ERROR = "InternalServerErrorException";

/** Names that are printed although a backend may have sent them. */
const PRINTABLE = /^\w{1,64}$/;

/** What decides about a response. */
interface Facts {
  readonly probe: Probe;
  readonly status: number;
  readonly headers: HttpResponse["headers"];
  /** API Gateway's name of its refusal; `undefined` for the response of a function or backend. */
  readonly kind: string | undefined;
  /** Whether it is 401 or 403. */
  readonly isDenied: boolean;
}

const allowUnless = (isExpected: boolean): Verdict => (isExpected ? "as-expected" : "unexpected-allow");

/**
 * Verdicts by expectation. A request that API Gateway should have denied and that reached the function or backend is an
 * unexpected allow even if that denies it: only one of two controls works then.
 */
const VERDICT_OF: Readonly<Partial<Record<Expectation, (facts: Facts) => Verdict>>> = {
  allow: ({ status, isDenied }) => {
    if (status >= 500) return "backend-error";
    return isDenied ? "unexpected-deny" : "as-expected";
  },
  "deny-by-gateway": ({ status, kind, isDenied }) => {
    if (kind === undefined || kind === INTEGRATION_ERROR) return "unexpected-allow";
    if (status >= 500) return "backend-error";
    if (!isDenied) return "unexpected-allow";
    return status === 401 && kind === UNAUTHORIZED ? "as-expected" : "denied-by-other";
  },
  "deny-by-function": ({ status, kind, isDenied }) => {
    if (status >= 500) return "backend-error";
    if (!isDenied) return "unexpected-allow";
    return status === 403 && kind === undefined ? "as-expected" : "denied-by-other";
  },
  // A removed preflight stays in the deployed snapshot, where API Gateway answers it itself.
  "deny-method": ({ kind, headers }) =>
    allowUnless(kind === undefined ? "access-control-allow-methods" in headers : kind !== INTEGRATION_ERROR),
  // A removed function refuses API Gateway, which is its 500; with 502 and 504, the function or backend was reached.
  "stale-route": ({ status, kind, isDenied }) =>
    allowUnless(isDenied || (kind !== undefined && !(kind === INTEGRATION_ERROR && status !== 500))),
  preflight: ({ status, probe, headers }) => {
    if (status >= 500) return "backend-error";
    return status === 200 && differingHeaders(probe, headers).length === 0 ? "as-expected" : "unexpected-deny";
  },
  "deny-origin": ({ status, probe, headers }) => {
    if (status >= 500) return "backend-error";
    const allowed = headers["access-control-allow-origin"];
    return allowUnless(allowed === undefined || (allowed !== "*" && allowed !== probe.origin));
  },
};

export function judgeResponse(probe: Probe, response: HttpResponse): Result {
  const { status, headers } = response;
  if (status === TIMED_OUT) {
    const isPast = probe.expected === "deny-by-gateway" || probe.expected === "stale-route";
    return { verdict: "backend-error", found: `timeout${isPast ? ": it may have passed the authorizer" : ""}` };
  }
  const kind = gatewayErrorIn(response, probe.behind);
  const facts: Facts = { probe, status, headers, kind, isDenied: status === 401 || status === 403 };
  const isThrottled = status === 429 && kind !== undefined;
  const verdict = isThrottled ? "throttled" : (VERDICT_OF[probe.expected]?.(facts) ?? "backend-error");
  return { verdict, found: describe(facts, verdict) };
}

/** Status, who denied it, and differing headers by name: values may come from anywhere. */
function describe({ probe, status, headers, kind, isDenied }: Facts, verdict: Verdict): string {
  if (kind !== undefined) return PRINTABLE.test(kind) ? `${status} ${kind}` : String(status);
  if (probe.expected === "preflight" && status === 200) {
    return [status, ...differingHeaders(probe, headers)].join(", ");
  }
  if (probe.expected === "deny-origin" && verdict === "unexpected-allow") return `${status}, allows the origin`;
  if (probe.expected === "deny-method" && verdict === "as-expected") return `${status}, a removed preflight`;
  return isDenied ? `${status} by the ${probe.behind ?? "function"}` : String(status);
}

function differingHeaders({ headers: expected = {} }: Probe, found: HttpResponse["headers"]): readonly string[] {
  return Object.entries(expected)
    .filter(([name, value]) => found[name] !== value)
    .map(([name]) => `${name} ${found[name] === undefined ? "is missing" : "differs"}`);
}
