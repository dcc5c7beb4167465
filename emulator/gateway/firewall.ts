/**
 * The rate rule of a stage's web ACL. AWS looks at the rate every ten seconds or so, and refuses an address some time
 * after it went over the limit; here, the first request over the limit within the window is refused, and none before.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-request-limiting.html
 */
import type { Account } from "../account/account";
import { stageArn } from "../services/apigateway/records";
import { blockingRule, webAclOf } from "../services/wafv2";
import type { StageCall } from "./stage-call";

/** AWS WAF's decision about a request, as an access log has it; `undefined` when nothing is in front of the stage. */
export type WafResponse = "WAF_ALLOW" | "WAF_BLOCK" | undefined;

/** Requests of late by web ACL and address; forgotten when the process ends. */
export class Firewall {
  private readonly moments = new Map<string, readonly number[]>();

  constructor(private readonly account: Account) {}

  /** Counts the request, and judges it. A refused request counts as well. */
  judge({ region, stage }: Pick<StageCall, "region" | "stage">, sourceIp: string): WafResponse {
    const acl = webAclOf({ account: this.account, region }, stageArn(region, stage));
    if (acl === undefined) return undefined;
    const rule = blockingRule(acl.Rules);
    if (rule === undefined) return "WAF_ALLOW";
    const now = this.account.now();
    const key = `${acl.ARN} ${sourceIp}`;
    const isInWindow = (moment: number) => moment > now - rule.windowSeconds * 1000;
    const before = (this.moments.get(key) ?? []).filter(isInWindow);
    // Those beyond the limit decide nothing that the latest do not decide.
    this.moments.set(key, [...before, now].slice(-rule.limit));
    return before.length < rule.limit ? "WAF_ALLOW" : "WAF_BLOCK";
  }
}
