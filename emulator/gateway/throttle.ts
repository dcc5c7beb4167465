/**
 * Throttling of a stage's methods by token buckets.
 *
 * What a stage says for all methods is a default that each method has for itself, not a limit that they share (doc:
 * throttling limits of a stage "are applied at the API method level"); a method's own settings take its place
 * altogether. That refused callers take a token as well, because nobody is known yet when it is taken, is believed.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
import type { Account } from "../account/account";
import { type MethodSetting, settingsOf } from "../services/apigateway/method-settings";
import { stageArn } from "../services/apigateway/stage";
import type { StageCall } from "./stage-call";

/** What an account may do in a region, which fills in what only half of the settings say; in itself it is not emulated. */
export const ACCOUNT_RATE = 10_000;
export const ACCOUNT_BURST = 5_000;
const NONE = -1;
const TOKEN = 1000;

export interface Limits {
  /** Tokens a second. */
  readonly rate: number;
  /** Tokens at once. */
  readonly burst: number;
}

interface Bucket extends Limits {
  /** What is in it, in thousandths of a token: what comes in a millisecond at one token a second. */
  thousandths: number;
  /** When they were counted, in milliseconds since 1970. */
  countedAt: number;
}

/** Token buckets by name; forgotten when the process ends. */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly account: Account) {}

  /** Takes a token. @returns whether there was one */
  take(name: string, limits: Limits): boolean {
    const bucket = this.bucketOf(name, limits);
    if (bucket.thousandths < TOKEN) return false;
    bucket.thousandths -= TOKEN;
    return true;
  }

  /** The bucket, filled up to now; a new one, and one whose limits have changed, is full. */
  private bucketOf(key: string, { rate, burst }: Limits): Bucket {
    const now = this.account.now();
    const known = this.buckets.get(key);
    const isSame = known?.rate === rate && known.burst === burst;
    const bucket = known !== undefined && isSame ? known : { rate, burst, thousandths: burst * TOKEN, countedAt: now };
    bucket.thousandths = Math.min(burst * TOKEN, bucket.thousandths + (now - bucket.countedAt) * rate);
    bucket.countedAt = now;
    this.buckets.set(key, bucket);
    return bucket;
  }
}

/** Throttles all methods of stages. */
export class Throttle {
  constructor(private readonly buckets: TokenBuckets) {}

  /**
   * Takes a token for a call of the method.
   *
   * @param resourcePath path of the resource with its braces
   * @param httpMethod method of the call: one that is made for ANY has a bucket for each
   * @returns whether there was one
   */
  admits({ region, stage }: Pick<StageCall, "region" | "stage">, resourcePath: string, httpMethod: string): boolean {
    const limits = limitsOf(settingsOf(stage, resourcePath, httpMethod));
    if (limits === undefined) return true;
    return this.buckets.take(`${stageArn(region, stage)} ${httpMethod} ${resourcePath}`, limits);
  }
}

/** `undefined` when the settings throttle nothing. */
function limitsOf(settings: MethodSetting | undefined): Limits | undefined {
  if (settings === undefined) return undefined;
  const { throttlingRateLimit: rate = NONE, throttlingBurstLimit: burst = NONE } = settings;
  if (rate < 0 && burst < 0) return undefined;
  return { rate: rate < 0 ? ACCOUNT_RATE : rate, burst: burst < 0 ? ACCOUNT_BURST : burst };
}
