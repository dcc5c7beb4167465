/**
 * What a usage plan allows the holder of one of its API keys: a rate, and a number of calls in a period.
 *
 * A plan's rate is that of a key for all stages of the plan; what it says of a method takes its place there. Counts are
 * forgotten when the process ends. A throttled call does not count (unconfirmed).
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { Account } from "../account/account";
import type { Wire } from "../protocols/values";
import type { AdmittedKey } from "../services/apigateway/usage-plan";
import type { DeployedMethod } from "./deployed-api";
import type { Refusal } from "./gateway-response";
import type { StageCall } from "./stage-call";
import { ACCOUNT_BURST, ACCOUNT_RATE, type TokenBuckets } from "./throttle";

const DAY = 86_400_000;
/** 1970-01-01 was a Thursday; weeks begin on Sunday. */
const FIRST_WEEKDAY = 4;

interface Count {
  readonly period: string;
  calls: number;
}

/** Counts calls by plan and API key. */
export class UsageLimits {
  private readonly counts = new Map<string, Count>();

  constructor(
    private readonly account: Account,
    private readonly buckets: TokenBuckets,
  ) {}

  /** Takes a call from what the key is allowed. @returns why it may not be made */
  refusalOf(
    { request, api, stage }: StageCall,
    { method, resourcePath }: DeployedMethod,
    { plan, key }: AdmittedKey,
  ): Refusal | undefined {
    const ofStage = plan.apiStages.find(({ apiId, stage: name }) => apiId === api.id && name === stage.stageName);
    const path = [request.method, method.httpMethod].map((name) => `${resourcePath}/${name}`);
    const ofMethod = path.find((name) => ofStage?.throttle?.[name] !== undefined);
    const limits = ofMethod === undefined ? plan.throttle : ofStage?.throttle?.[ofMethod];
    const name = `${plan.id} ${key.id}`;
    const bucket = ofMethod === undefined ? name : `${name} ${api.id}/${stage.stageName}${ofMethod}`;
    if (limits !== undefined && !this.buckets.take(bucket, bucketOf(limits))) return { type: "THROTTLED" };
    return this.isCounted(name, plan.quota) ? undefined : { type: "QUOTA_EXCEEDED" };
  }

  private isCounted(name: string, quota: Wire<sdk.QuotaSettings> | undefined): boolean {
    if (quota?.limit === undefined) return true;
    const period = periodOf(quota, this.account.now());
    const known = this.counts.get(name);
    const count = known?.period === period ? known : { period, calls: 0 };
    this.counts.set(name, count);
    count.calls += 1;
    return count.calls <= quota.limit;
  }
}

function bucketOf({ rateLimit = ACCOUNT_RATE, burstLimit = ACCOUNT_BURST }: Wire<sdk.ThrottleSettings>) {
  return { rate: rateLimit, burst: burstLimit };
}

/** The period that the time is in, in UTC; `offset` is the day of a week or a month on which one begins. */
function periodOf({ period = "DAY", offset = 0 }: Wire<sdk.QuotaSettings>, time: number): string {
  const day = Math.floor(time / DAY) - offset;
  if (period === "DAY") return `${day}`;
  if (period === "WEEK") return `week ${Math.floor((day + FIRST_WEEKDAY) / 7)}`;
  return new Date(day * DAY).toISOString().slice(0, 7);
}
