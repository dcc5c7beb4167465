/** Whether an answer is what the matrix says. Pure. */
import { z } from "zod";
import type { Answer, Outcome, Probe } from "../deployed/probe";
import { adviceOnLeftover } from "./leftover-advice";

/** API Gateway names its own refusals in this header. */
const REFUSAL = "x-amzn-errortype";

/**
 * What begins like this was a header of a function's or backend's answer, so API Gateway did not answer by itself.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html#api-gateway-known-issues-rest-apis
 */
const REMAPPED = "x-amzn-remapped-";

/** What API Gateway calls a token that it does not take, or not for this route; and what it then says. */
const BY_TOKEN = "UnauthorizedException";
const BY_TOKEN_MESSAGES = ["Unauthorized", "The incoming token has expired"];

/** What API Gateway calls a function or backend that does not answer as it should: it has been asked. */
const BY_INTEGRATION = "InternalServerErrorException";

/** What people are shown of a header that anybody may have written. */
const NAME = /^\w{1,64}$/;

const message = z.object({ message: z.string() });

/** How it went, and what came back, for people. */
export interface Judgement {
  readonly outcome: Outcome;
  readonly found: string;
  /** What to do about it, where that is more than the outcome tells. */
  readonly advice?: string;
}

/**
 * A call that API Gateway should have refused and that reached the function or backend is a wrong yes, also when that
 * refused it: then only one of two locks holds.
 */
export function judgeAnswer(probe: Probe, answer: Answer): Judgement {
  const kind = refusalIn(probe, answer);
  const found = describe(probe, answer, kind);
  const isPastGate = kind === undefined || kind === BY_INTEGRATION;
  if (probe.expected === "refused by API Gateway" && isPastGate) return { outcome: "WRONG YES", found };
  if (answer.status === 429 && kind !== undefined) return { outcome: "throttled", found };
  if (probe.expected === "preflight") return judgePreflight(probe, answer, found);
  if (probe.expected === "no page of another origin") return judgeOtherOrigin(probe, answer, found);
  if (probe.expected === "no such method") return judgeNoMethod(answer, kind, found);
  if (probe.expected === "not there any more") return judgeLeftover(probe, answer, kind, found);
  if (answer.status >= 500) return { outcome: "broken", found };
  const isRefused = answer.status === 401 || answer.status === 403;
  if (probe.expected === "let in") return { outcome: isRefused ? "wrong no" : "as expected", found };
  if (!isRefused) return { outcome: "WRONG YES", found };
  return { outcome: outcomeOfRefusal(probe, answer.status, kind), found };
}

/** What came back, in short: status, and API Gateway's name for it when it is its own. */
function describe({ expected, behind }: Probe, { status }: Answer, kind: string | undefined): string {
  if (kind !== undefined) return NAME.test(kind) ? `${status} ${kind}` : String(status);
  if (status !== 401 && status !== 403) return String(status);
  if (behind !== "HTTP backend") return `${status} by the function`;
  return `${status} by the backend${expected === "refused by API Gateway" ? ", not by API Gateway" : ""}`;
}

function outcomeOfRefusal({ expected }: Probe, status: number, kind: string | undefined): Outcome {
  if (expected === "refused by the function") {
    return status === 403 && kind === undefined ? "as expected" : "another no";
  }
  if (kind === undefined) return "WRONG YES";
  return status === 401 && kind === BY_TOKEN ? "as expected" : "another no";
}

/** A refused preflight keeps browsers out; one without the headers as well. Values may be anybody's: only names are told. */
function judgePreflight({ headers: needed = {} }: Probe, { status, headers }: Answer, found: string): Judgement {
  if (status >= 500) return { outcome: "broken", found };
  if (status !== 200) return { outcome: "wrong no", found };
  const missing = Object.entries(needed).filter(([name, value]) => headers[name] !== value);
  if (missing.length === 0) return { outcome: "as expected", found };
  const seen = missing.map(([name]) => `${name}: ${headers[name] === undefined ? "missing" : "another"}`);
  return { outcome: "wrong no", found: `${found}, ${seen.join(", ")}` };
}

function judgeOtherOrigin({ origin }: Probe, { status, headers }: Answer, found: string): Judgement {
  if (status >= 500) return { outcome: "broken", found };
  const allowed = headers["access-control-allow-origin"];
  const isAllowed = allowed === "*" || (allowed !== undefined && allowed === origin);
  return isAllowed ? { outcome: "WRONG YES", found: `${found}, it may call` } : { outcome: "as expected", found };
}

/** A preflight that was removed stays in the deployed snapshot; API Gateway answers it by itself, so nobody gets in. */
function judgeNoMethod({ headers }: Answer, kind: string | undefined, found: string): Judgement {
  if (kind === BY_INTEGRATION) return { outcome: "WRONG YES", found };
  if (kind !== undefined) return { outcome: "as expected", found };
  return headers["access-control-allow-methods"] === undefined
    ? { outcome: "WRONG YES", found }
    : { outcome: "as expected", found: `${found}, a preflight that was removed` };
}

/** Behind it is what the stack let go of: a function that no longer lets API Gateway in gives an error of the gateway. */
function judgeLeftover({ route }: Probe, { status }: Answer, kind: string | undefined, found: string): Judgement {
  const isRefused = kind !== undefined || status === 401 || status === 403;
  return isRefused
    ? { outcome: "as expected", found }
    : { outcome: "WRONG YES", found, advice: adviceOnLeftover(route) };
}

/**
 * API Gateway's name of its refusal, such as `UnauthorizedException`, without the address that AWS may add; `undefined`
 * for what a function or backend answered, which may name itself so, too, as another API behind this one does.
 */
function refusalIn({ behind }: Probe, { headers, body = "" }: Answer): string | undefined {
  if (Object.keys(headers).some((name) => name.startsWith(REMAPPED))) return undefined;
  const kind = headers[REFUSAL]?.split(":")[0];
  const isToBeProved = behind === "HTTP backend" && kind === BY_TOKEN;
  return isToBeProved && !BY_TOKEN_MESSAGES.includes(messageIn(body)) ? undefined : kind;
}

function messageIn(body: string): string {
  try {
    const read = message.safeParse(JSON.parse(body));
    return read.success ? read.data.message : "";
  } catch {
    return "";
  }
}
