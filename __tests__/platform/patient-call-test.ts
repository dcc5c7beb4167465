import { type CallAws, codeOf, patient } from "../../platform/patient-call";

const REQUEST = { service: "cognito-idp", region: "eu-west-1", method: "POST" };
const refusal = (code: string, status = 400) => ({ status, body: JSON.stringify({ __type: `com.amazonaws#${code}` }) });
const OK = { status: 200, body: "{}" };

/** Gives these answers, one after the other, and the last one from then on. */
function answering(...answers: readonly { readonly status: number; readonly body: string }[]) {
  const waits: number[] = [];
  let calls = 0;
  const call: CallAws = async () => answers[Math.min(calls++, answers.length - 1)] ?? OK;
  const made = patient(call, async (milliseconds) => waits.push(milliseconds));
  return { ask: () => made(REQUEST), waits, calls: () => calls };
}

describe("patient", () => {
  it.each([
    ["throttling", refusal("ThrottlingException")],
    ["too many requests", refusal("TooManyRequestsException")],
    ["429", { status: 429, body: "" }],
    ["an error of its own", { status: 503, body: "" }],
  ])("asks again after %s, more slowly each time", async (_, busy) => {
    const { ask, waits } = answering(busy, busy, OK);

    expect([await ask(), waits]).toEqual([OK, [250, 500]]);
  });

  it("gives up after five times, with AWS's answer", async () => {
    const busy = refusal("ThrottlingException");
    const { ask, waits } = answering(busy);

    expect([await ask(), waits]).toEqual([busy, [250, 500, 1000, 2000, 4000]]);
  });

  it.each([
    "LimitExceededException",
    "AccessDeniedException",
    "ResourceNotFoundException",
  ])("does not ask again after %s", async (code) => {
    const { ask, calls } = answering(refusal(code));

    expect([await ask(), calls()]).toEqual([refusal(code), 1]);
  });
});

describe("codeOf", () => {
  it.each([
    [{ errorType: "TooManyRequestsException:http://x", body: "" }, "TooManyRequestsException"],
    [{ body: '{"__type":"a.b#NotFound"}' }, "NotFound"],
    [{ body: "<Error><Code>Throttling</Code></Error>" }, "Throttling"],
    [{ body: "" }, "no reason given"],
  ])("reads %j", (answer, code) => {
    expect(codeOf(answer)).toBe(code);
  });
});
