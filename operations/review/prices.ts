/**
 * List prices without free tiers and discounts, in US dollars, of US East (N. Virginia). Those that differ by region are
 * higher in some others. Each was compared in several sources; `from` is AWS's own page.
 */

/** When the prices were looked up. */
export const PRICE_DATE = "2026-11-23";
export const PRICE_REGION = "us-east-1";

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
  readonly architecture?: string;
}

const pricing = (service: string) => `https://aws.amazon.com/${service}/pricing/`;

const anywhere = (service: string, label: string, usd: number): Price => {
  return { label, usd, differsByRegion: false, from: pricing(service) };
};
const byRegion = (service: string, label: string, usd: number): Price => {
  return { ...anywhere(service, label, usd), differsByRegion: true };
};
/** 730 hours. */
const cache = (gigabytes: string, usd: number): readonly [string, Price] => {
  return [`cache${gigabytes}`, byRegion("api-gateway", `cache of ${gigabytes} GB`, usd)];
};

/** Of what is paid by the month. */
export const MONTHLY: Readonly<Record<string, Price>> = {
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
  ...Object.fromEntries([
    cache("0.5", 14.6),
    cache("1.6", 27.74),
    cache("6.1", 146),
    cache("13.5", 182.5),
    cache("28.4", 365),
    cache("58.2", 730),
    cache("118", 1387),
    cache("237", 2774),
  ]),
};

/** Of the first units of a month, where more of them cost less. */
export const TRAFFIC: readonly TrafficPrice[] = [
  { type: "aws_cognito_user_pool_client", ...byRegion("cognito", "1,000 token requests", 2.25) },
  { type: "aws_api_gateway_rest_api", ...byRegion("api-gateway", "million calls of the API", 3.5) },
  { type: "aws_wafv2_web_acl", ...anywhere("waf", "million requests that the firewall checks", 0.6) },
  { type: "aws_cloudwatch_log_group", ...byRegion("cloudwatch", "GB of log events", 0.5) },
  { type: "aws_lambda_function", ...anywhere("lambda", "million calls of functions", 0.2) },
  {
    type: "aws_lambda_function",
    architecture: "x86_64",
    ...byRegion("lambda", "million GB-seconds that functions run (x86_64)", 16.67),
  },
  {
    type: "aws_lambda_function",
    architecture: "arm64",
    ...byRegion("lambda", "million GB-seconds that functions run (arm64)", 13.33),
  },
  { type: "aws_secretsmanager_secret", ...anywhere("secrets-manager", "10,000 reads of secrets", 0.05) },
  { type: "aws_kms_key", ...anywhere("kms", "10,000 requests to KMS", 0.03) },
];
