/**
 * Throttling by token buckets, of a stage's methods and of the holders of API keys, and the quotas of those.
 *
 * What a stage says for all methods is a default that each method has for itself, not a limit that they share (doc:
 * throttling limits of a stage "are applied at the API method level"); a method's own settings take its place
 * altogether. That refused callers take a token as well, as no caller is known yet when it is taken, is unconfirmed.
 *
 * A usage plan's rate is that of a key for all stages of the plan; what it says of a method takes its place there.
 * Counts are forgotten when the process ends. That a throttled call does not count is unconfirmed.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { Account } from "../account/account";
import type { Wire } from "../protocols/values";
import { settingsOf } from "../services/apigateway/method-settings";
import { stageArn } from "../services/apigateway/records";
import type { AdmittedKey } from "../services/apigateway/usage-plan";
import type { DeployedMethod } from "./deployed-api";
import type { Refusal } from "./gateway-response";
import type { StageCall } from "./stage-call";

/** What an account may do in a region, which fills in what only half of the settings say; in itself it is not emulated. */
const ACCOUNT_RATE = 10_000;
const ACCOUNT_BURST = 5_000;
const NONE = -1;
const TOKEN = 1000;
const DAY = 86_400_000;
/** 1970-01-01 was a Thursday; weeks begin on Sunday. */
const FIRST_WEEKDAY = 4;

interface Limits {
  /** Tokens a second. */
  readonly rate: number;
  /** Tokens at once. */
  readonly burst: number;
}

interface Bucket extends Limits {
  /** Thousandths of a token: what comes in a millisecond at one token a second. */
  thousandths: number;
  /** When they were counted, in milliseconds since 1970. */
  countedAt: number;
}

/** Token buckets and counts by name; forgotten when the process ends. */
export class Throttle {
  private readonly buckets = new Map<string, Bucket>();
  private readonly counts = new Map<string, { readonly period: string; calls: number }>();

  constructor(private readonly account: Account) {}

  /**
   * Takes a token for a call of the method.
   *
   * @param resourcePath path of the resource with its braces
   * @param httpMethod method of the call: one that is made for ANY has a bucket for each
   * @returns whether there was one
   */
  admits({ region, stage }: Pick<StageCall, "region" | "stage">, resourcePath: string, httpMethod: string): boolean {
    const settings = settingsOf(stage, resourcePath, httpMethod);
    const { throttlingRateLimit: rate = NONE, throttlingBurstLimit: burst = NONE } = settings ?? {};
    if (rate < 0 && burst < 0) return true;
    const limits = { rate: rate < 0 ? ACCOUNT_RATE : rate, burst: burst < 0 ? ACCOUNT_BURST : burst };
    return this.take(`${stageArn(region, stage)} ${httpMethod} ${resourcePath}`, limits);
  }

  /** Takes a call from what the API key is allowed. @returns why it may not be made */
  refusalOf(
    { request, api, stage }: StageCall,
    { method, resourcePath }: DeployedMethod,
    { plan, key }: AdmittedKey,
  ): Refusal | undefined {
    const ofStage = plan.apiStages.find(({ apiId, stage: name }) => apiId === api.id && name === stage.stageName);
    const paths = [request.method, method.httpMethod].map((name) => `${resourcePath}/${name}`);
    const path = paths.find((name) => ofStage?.throttle?.[name] !== undefined);
    const limits = path === undefined ? plan.throttle : ofStage?.throttle?.[path];
    const name = `${plan.id} ${key.id}`;
    const bucket = path === undefined ? name : `${name} ${api.id}/${stage.stageName}${path}`;
    const { rateLimit: rate = ACCOUNT_RATE, burstLimit: burst = ACCOUNT_BURST } = limits ?? {};
    if (limits !== undefined && !this.take(bucket, { rate, burst })) return { type: "THROTTLED" };
    return this.isWithin(name, plan.quota) ? undefined : { type: "QUOTA_EXCEEDED" };
  }

  /** Takes a token; a new bucket, and one whose limits have changed, is full. */
  private take(name: string, { rate, burst }: Limits): boolean {
    const now = this.account.now();
    const known = this.buckets.get(name);
    const isSame = known?.rate === rate && known.burst === burst;
    const bucket = known !== undefined && isSame ? known : { rate, burst, thousandths: burst * TOKEN, countedAt: now };
    bucket.thousandths = Math.min(burst * TOKEN, bucket.thousandths + (now - bucket.countedAt) * rate);
    bucket.countedAt = now;
    this.buckets.set(name, bucket);
    if (bucket.thousandths < TOKEN) return false;
    bucket.thousandths -= TOKEN;
    return true;
  }

  private isWithin(name: string, quota: Wire<sdk.QuotaSettings> | undefined): boolean {
    if (quota?.limit === undefined) return true;
    const period = periodOf(quota, this.account.now());
    const known = this.counts.get(name);
    const count = known?.period === period ? known : { period, calls: 0 };
    this.counts.set(name, count);
    count.calls += 1;
    return count.calls <= quota.limit;
  }
}

/** The period that the time is in, in UTC; `offset` is the day of a week or a month on which one begins. */
function periodOf({ period = "DAY", offset = 0 }: Wire<sdk.QuotaSettings>, time: number): string {
  const day = Math.floor(time / DAY) - offset;
  if (period === "DAY") return `${day}`;
  if (period === "WEEK") return `week ${Math.floor((day + FIRST_WEEKDAY) / 7)}`;
  return new Date(day * DAY).toISOString().slice(0, 7);
}
