/** What a call passes on its way into a stage, and what it leaves behind: firewall, throttling, access log. */
import { withDecisionTrail } from "../protocols/decision-trail";
import { accessLogLine } from "./access-log";
import { trailOfCall } from "./decision-trail";
import { answerStage } from "./execute-api";
import { Firewall, type WafResponse } from "./firewall";
import { messageOf, type Refusal, refuse } from "./gateway-response";
import type { Answered, Gateway, StageCall } from "./stage-call";
import { Throttle } from "./throttle";

/** Receives every line of an access log. */
export type OnAccessLog = (logGroup: string, line: string, region: string) => void;

/**
 * Makes what answers calls of stages. First the API's own host may be closed, then the firewall looks at the call
 * before its path is looked at, then comes the stage; whatever the end, the call is logged.
 *
 * @param onAccessLog left out: the lines go nowhere
 */
export function stageEntrance(gateway: Gateway, onAccessLog?: OnAccessLog): (call: StageCall) => Promise<Answered> {
  const { account } = gateway;
  const firewall = new Firewall(account);
  const throttle = new Throttle(account);
  const throttled: Gateway = {
    ...gateway,
    admit(call, method, key) {
      if (key !== undefined) return throttle.refusalOf(call, method, key);
      const isAdmitted = throttle.admits(call, method.resourcePath, call.request.method);
      return isAdmitted ? undefined : { type: "THROTTLED" };
    },
  };
  return async (call) => {
    if (isClosed(call)) return explained(call, refused(call, { type: "ACCESS_DENIED" }));
    const startedAt = account.now();
    const waf = firewall.judge(call, call.request.sourceIp);
    const answered = waf === "WAF_BLOCK" ? refused(call, { type: "WAF_FILTERED" }) : await answerStage(throttled, call);
    const logged = accessLogLine(account, { call, answered, waf, startedAt, endedAt: account.now() });
    if (logged !== undefined) onAccessLog?.(logged.logGroup, logged.line, call.region);
    return explained(call, answered, waf);
  };
}

function explained(call: StageCall, answered: Answered, waf?: WafResponse): Answered {
  withDecisionTrail(answered.response, () => trailOfCall({ call, answered, waf }));
  return answered;
}

/** Whether the call came to the API's own host, and that is closed as far as the stage knows. */
function isClosed({ api, region, request, stage }: StageCall): boolean {
  return stage.isHostClosed && request.host === `${api.id}.execute-api.${region}.amazonaws.com`;
}

function refused({ ids, snapshot }: StageCall, refusal: Refusal): Answered {
  const { type } = refusal;
  const nothing = { method: undefined, claims: undefined, integration: undefined };
  return {
    response: refuse(refusal, ids, snapshot.gatewayResponses),
    record: { ...nothing, refusal: { type, message: messageOf(refusal) } },
  };
}
