/** What is asked of the routes, one call at a time. */
import type { AccessMatrix } from "../access-graph/access-matrix";
import { type Asking, NO_ANSWER } from "../deployed/asking";
import type { Check, Probe } from "../deployed/probe";
import { type Judgement, judgeAnswer } from "./judgement";

const WITH_BODY = ["POST", "PUT", "PATCH"];

/** Asks, until the answer is right or patience is over. @returns `undefined` when everything stopped meanwhile */
export async function checkProbe(probe: Probe, asking: Asking): Promise<Check | undefined> {
  const { route, caller, method, expected } = probe;
  const question = questionOf(probe);
  const judged = await asking.settle(
    async () => {
      const answer = await asking.send(question);
      if (answer?.status === NO_ANSWER) return noAnswer(probe);
      return answer && judgeAnswer(probe, answer);
    },
    ({ outcome }) => outcome === "as expected",
    ({ outcome }) => outcome === "WRONG YES",
  );
  return judged && { route, caller, method, expected, ...judged };
}

function questionOf({ method, url, token, origin }: Probe) {
  const hasBody = WITH_BODY.includes(method);
  const headers = {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(origin === undefined ? {} : { Origin: origin }),
    ...(hasBody ? { "Content-Type": "application/json" } : {}),
  };
  return { method, url, headers, isRoute: true as const, ...(hasBody ? { body: "{}" } : {}) };
}

/** API Gateway refuses at once: who waits may be waiting for what is behind it. */
function noAnswer({ expected }: Probe): Judgement {
  const isToBeRefused = expected === "refused by API Gateway" || expected === "not there any more";
  return {
    outcome: "broken",
    found: isToBeRefused ? "no answer in time: it may be past the gate" : "no answer in time",
  };
}

/**
 * Whoever gets no token can ask nowhere; where it should be let in, that is told.
 * @param asked the routes that are asked at all
 */
export function notAsked(
  clients: readonly string[],
  { routes }: AccessMatrix,
  asked: readonly string[],
): readonly Check[] {
  return routes
    .filter(({ route }) => asked.includes(route))
    .flatMap(({ route, callers }) =>
      clients
        .filter((client) => callers.includes(client))
        .map((caller): Check => {
          const [method = ""] = route.split(" ");
          return { route, caller, method, expected: "let in", found: "no token", outcome: "not asked" };
        }),
    );
}
