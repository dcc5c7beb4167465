/** Whether an answer is what the matrix says. Pure. */
import type { Answer, Outcome, Probe } from "./probe";

/** API Gateway names its own refusals in this header; what a function answers does not have it. */
const REFUSAL = "x-amzn-errortype";

/** What API Gateway calls a token that it does not take, or not for this route. */
const BY_TOKEN = "UnauthorizedException";

/** What API Gateway calls a function or backend that does not answer as it should: it has been asked. */
const BY_INTEGRATION = "InternalServerErrorException";

/** What came back, in short: status, and API Gateway's name for it when it is its own. */
export function describeAnswer({ status, headers }: Answer): string {
  const kind = refusalIn(headers);
  if (kind !== undefined) return `${status} ${kind}`;
  return status === 401 || status === 403 ? `${status} by the function` : String(status);
}

/**
 * A call that API Gateway should have refused and that reached the function is a wrong yes, also when the function
 * refused it: then only one of two locks holds.
 *
 * @returns how it went, and what came back for people
 */
export function judgeAnswer(probe: Probe, answer: Answer): { readonly outcome: Outcome; readonly found: string } {
  const found = describeAnswer(answer);
  const kind = refusalIn(answer.headers);
  const isPastGate = kind === undefined || kind === BY_INTEGRATION;
  if (probe.expected === "refused by API Gateway" && isPastGate) return { outcome: "WRONG YES", found };
  if (answer.status === 429 && kind !== undefined) return { outcome: "throttled", found };
  if (probe.expected === "preflight") return judgePreflight(probe, answer);
  if (answer.status >= 500) return { outcome: "broken", found };
  const isRefused = answer.status === 401 || answer.status === 403;
  if (probe.expected === "let in") return { outcome: isRefused ? "wrong no" : "as expected", found };
  if (!isRefused) return { outcome: "WRONG YES", found };
  return { outcome: outcomeOfRefusal(probe, answer), found };
}

function outcomeOfRefusal({ expected }: Probe, { status, headers }: Answer): Outcome {
  const kind = refusalIn(headers);
  if (expected === "refused by the function") {
    return status === 403 && kind === undefined ? "as expected" : "another no";
  }
  if (kind === undefined) return "WRONG YES";
  return status === 401 && kind === BY_TOKEN ? "as expected" : "another no";
}

/** A refused preflight keeps browsers out; one without the headers as well. */
function judgePreflight({ headers: needed = {} }: Probe, answer: Answer) {
  const found = describeAnswer(answer);
  if (answer.status >= 500) return { outcome: "broken", found } as const;
  if (answer.status !== 200) return { outcome: "wrong no", found } as const;
  const missing = Object.entries(needed).filter(([name, value]) => answer.headers[name] !== value);
  if (missing.length === 0) return { outcome: "as expected", found } as const;
  const seen = missing.map(([name]) => `${name}: ${answer.headers[name] ?? "missing"}`);
  return { outcome: "wrong no", found: `${found}, ${seen.join(", ")}` } as const;
}

/** Such as `UnauthorizedException`, without the address that AWS may add. */
function refusalIn(headers: Answer["headers"]): string | undefined {
  return headers[REFUSAL]?.split(":")[0];
}
