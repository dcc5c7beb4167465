/**
 * List prices without free tiers and discounts, in US dollars, of US East (N. Virginia). Those that differ by region are
 * higher in some others. Each was compared in several sources; `from` is AWS's own page.
 */

/** When the prices were looked up. */
export const PRICE_DATE = "2026-11-23";
export const PRICE_REGION = "us-east-1";

/** An amount as it is printed, such as `$1,234.50`. */
export function dollars(amount: number): string {
  return amount.toLocaleString("en-US", { style: "currency", currency: "USD" });
}

/** US dollars for each. */
export interface Price {
  readonly label: string;
  readonly usd: number;
  readonly differsByRegion: boolean;
  readonly from: string;
}

/** What is paid by use of a type of resource, or of those that run on one architecture. */
export interface TrafficPrice extends Price {
  readonly type: string;
  /** How many cost so much. */
  readonly units: number;
  readonly architecture?: string;
}

const pricing = (service: string) => `https://aws.amazon.com/${service}/pricing/`;

const anywhere = (service: string, label: string, usd: number): Price => {
  return { label, usd, differsByRegion: false, from: pricing(service) };
};
const byRegion = (service: string, label: string, usd: number): Price => {
  return { ...anywhere(service, label, usd), differsByRegion: true };
};

/** Hours that AWS counts for a month. */
export const MONTH_HOURS = 730;

const cache = (gigabytes: string, usd: number) => byRegion("api-gateway", `cache of ${gigabytes} GB`, usd);

/** Of what is paid by the month. */
export const MONTHLY = {
  // App clients cost 6 dollars until 2025-11-03.
  // @see https://aws.amazon.com/about-aws/whats-new/2025/11/amazon-cognito-removes-machine-machine-app-client-price-dimension/
  appClient: anywhere("cognito", "app client", 0),
  webAcl: anywhere("waf", "web ACL", 5),
  webAclRule: anywhere("waf", "rule of a web ACL", 1),
  secret: anywhere("secrets-manager", "secret", 0.4),
  // Two rotations that are kept cost 1 more each.
  key: anywhere("kms", "KMS key", 1),
  alarm: byRegion("cloudwatch", "metric of an alarm", 0.1),
  quickAlarm: byRegion("cloudwatch", "metric of an alarm with a period below a minute", 0.3),
  compositeAlarm: byRegion("cloudwatch", "composite alarm", 0.5),
  // The first 10,000 metrics; one with dimensions counts once for each value.
  customMetric: byRegion("cloudwatch", "metric made of log lines", 0.3),
  dashboard: anywhere("cloudwatch", "dashboard", 3),
  // 0.0000041667 and 0.0000033334 for each GB and second, 730 hours.
  provisioned: byRegion("lambda", "GB of provisioned concurrency (x86_64)", 10.95),
  provisionedArm: byRegion("lambda", "GB of provisioned concurrency (arm64)", 8.76),
  "cache0.5": cache("0.5", 14.6),
  "cache1.6": cache("1.6", 27.74),
  "cache6.1": cache("6.1", 146),
  "cache13.5": cache("13.5", 182.5),
  "cache28.4": cache("28.4", 365),
  "cache58.2": cache("58.2", 730),
  cache118: cache("118", 1387),
  cache237: cache("237", 2774),
} as const satisfies Readonly<Record<string, Price>>;

/** Of the first units of a month, where more of them cost less. */
export const TRAFFIC = {
  tokenRequests: {
    type: "aws_cognito_user_pool_client",
    units: 1000,
    ...byRegion("cognito", "1,000 token requests", 2.25),
  },
  calls: {
    type: "aws_api_gateway_rest_api",
    units: 1e6,
    ...byRegion("api-gateway", "million calls of the API", 3.5),
  },
  firewallRequests: {
    type: "aws_wafv2_web_acl",
    units: 1e6,
    ...anywhere("waf", "million requests that the firewall checks", 0.6),
  },
  logBytes: { type: "aws_cloudwatch_log_group", units: 1e9, ...byRegion("cloudwatch", "GB of log events", 0.5) },
  functionCalls: {
    type: "aws_lambda_function",
    units: 1e6,
    ...anywhere("lambda", "million calls of functions", 0.2),
  },
  gigabyteSecondsX86: {
    units: 1e6,
    type: "aws_lambda_function",
    architecture: "x86_64",
    ...byRegion("lambda", "million GB-seconds that functions run (x86_64)", 16.67),
  },
  gigabyteSecondsArm: {
    units: 1e6,
    type: "aws_lambda_function",
    architecture: "arm64",
    ...byRegion("lambda", "million GB-seconds that functions run (arm64)", 13.33),
  },
  secretReads: {
    type: "aws_secretsmanager_secret",
    units: 10_000,
    ...anywhere("secrets-manager", "10,000 reads of secrets", 0.05),
  },
  keyRequests: { type: "aws_kms_key", units: 10_000, ...anywhere("kms", "10,000 requests to KMS", 0.03) },
} as const satisfies Readonly<Record<string, TrafficPrice>>;
