/** Settings of environments, and the constraints of AWS and Terraform on each. */
import type { z } from "zod";
import { ARN_START, arnOf, keyArn, REGION } from "./arn";
import { architecture, functionsOf, logLevel, memoryMegabytes, runtime, timeoutSeconds } from "./function-schema";
import { nearestName, quote } from "./nearest-name";
import { doc, exactlyOne, flag, listOf, mapOf, numberOf, percentage, positive, settings, text, whole } from "./setting";

/** Commercial, GovCloud and China regions. A region that is not in the list is accepted with a warning. */
export const REGIONS: readonly string[] = [
  "us-east-1 us-east-2 us-west-1 us-west-2 us-gov-east-1 us-gov-west-1 ca-central-1 ca-west-1 mx-central-1 sa-east-1",
  "eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 il-central-1 me-south-1",
  "me-central-1 af-south-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2 ap-southeast-3",
  "ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ap-south-1 ap-south-2 ap-east-1 ap-east-2 cn-north-1",
  "cn-northwest-1",
].flatMap((line) => line.split(" "));

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

/** Host names without anchors: labels, at least one dot, and an end that is not a number. */
export const HOST = `(${LABEL}\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?`;

const region = text('an AWS region such as "ap-northeast-1"', new RegExp(`^${REGION}$`), undefined, (wrong) => {
  const near = wrong && nearestName(wrong.source, REGIONS);
  return near === undefined ? "" : ` Did you mean ${quote(near)}?`;
});

function hostName(maxLength: number) {
  const expected = `a host name in lower case such as "auth.example.com", with up to ${maxLength} characters`;
  return text(expected, new RegExp(`^(?=.{1,${maxLength}}$)${HOST}$`));
}

const certificateArn = arnOf("a certificate", "acm", "certificate/[\\w-]+", "certificate/1234-abcd");

/** Alarms do not support FIFO topics, whose names have a dot. */
export const topicArn = arnOf("an SNS topic", "sns", "[\\w-]{1,256}", "alarms");

/** A customer managed policy; ARNs of IAM have no region. */
const policyArn = text(
  'the ARN of an IAM policy, such as "arn:aws:iam::123456789012:policy/boundary"',
  new RegExp(`${ARN_START}:iam::\\d{12}:policy/(?:[\\x21-\\x7E]+/)?[\\w+=,.@-]{1,128}$`),
);

/** How long an access token is valid. @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
export const tokenMinutes = whole("minutes", 5, 1440);

/** How old a client's secret may become. */
export const rotateAfterDays = whole("days", 1, 3650);

/**
 * How many requests are let through, up to the default quotas of an account.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export const throttling = settings({
  requestsPerSecond: doc("Steady-state request rate.", whole("requests a second", 1, 10_000)),
  burst: doc("Maximum burst of requests.", whole("requests", 1, 5000)),
});

/** For `access capacity`: nothing is deployed of it. */
const quotas = settings({
  tokenRequestsPerSecond: doc(
    "Client-credentials requests a second of all user pools. Defaults to 150.",
    positive("token requests a second", 100_000).exactOptional(),
  ),
  callsPerSecond: doc(
    "Calls a second of all APIs. Defaults to 10000, or 2500 in some Regions.",
    positive("calls a second", 1_000_000).exactOptional(),
  ),
  concurrentExecutions: doc(
    "Concurrent executions of all functions. Defaults to 1000.",
    whole("executions", 1, 1_000_000).exactOptional(),
  ),
});

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
];

export const MAX_RETENTION_DAYS = Math.max(...RETENTION_DAYS);

/** Settings that the file has once, and that each environment can override. */
export const defaults = settings({
  tokenMinutes: doc("How long access tokens are valid, unless a client overrides it.", tokenMinutes.default(60)),
  retentionDays: doc("How long log lines are kept.", numberOf("days", RETENTION_DAYS).default(30)),
  rotateAfterDays: doc(
    "Age at which usage and drift report the secret of a client, unless the client overrides it. Defaults to never.",
    rotateAfterDays.exactOptional(),
  ),
  runtime: doc("Lambda runtime of the functions.", runtime.default("nodejs24.x")),
  memoryMegabytes: doc("Memory of each function.", memoryMegabytes.default(256)),
  timeoutSeconds: doc("Timeout of each function. API Gateway waits at most 29 seconds.", timeoutSeconds.default(10)),
  architecture: doc("Instruction set architecture of the functions.", architecture.default("arm64")),
  logLevel: doc("Minimum level of the log lines that functions write.", logLevel.default("info")),
  throttling: doc("Throttling of the whole stage, in addition to the account's quotas.", throttling.exactOptional()),
  quotas: doc("Quotas of the account in the Region, where they are not AWS's defaults.", quotas.exactOptional()),
});

/** The setting as environments have it. */
function override<S extends z.ZodType>(setting: z.ZodDefault<S> | z.ZodExactOptional<S>): z.ZodExactOptional<S> {
  const purpose = setting.description?.replace(/ Must be .*/, "");
  return doc(`${purpose} Defaults to the value in defaults.`, setting.unwrap().exactOptional());
}

/** Letters, but invisible. */
export const HANGUL_FILLERS = "\\u115F\\u1160\\u3164\\uFFA0";

/** Tags of resources. */
export function tags(purpose: string) {
  const letter = `(?![${HANGUL_FILLERS}])[\\p{L}\\p{N} _.:/=+\\-@]`;
  const key = {
    expected: '1 to 128 letters, digits, spaces or any of _.:/=+-@, not beginning with "aws:"',
    pattern: new RegExp(`^(?![aA][wW][sS]:)(${letter}){1,128}$`, "u"),
  };
  const expected = "up to 256 letters, digits, spaces or any of _.:/=+-@";
  const value = doc("The tag's value.", text(expected, new RegExp(`^(${letter}){0,256}$`, "u")));
  return doc(purpose, mapOf({ noun: "tag", key: "key", value: "value" }, key, value).exactOptional());
}

/** @see https://developer.hashicorp.com/terraform/language/backend/s3 */
const s3 = settings({
  bucket: doc(
    "An existing bucket.",
    text(
      "the name of a bucket: 3 to 63 lower-case letters, digits, dots or hyphens",
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    ),
  ),
  region: doc("Region of the bucket. Defaults to the environment's region.", region.exactOptional()),
  key: doc(
    "Key of the state in the bucket. Defaults to machine-access/<region>/<domainPrefix>/<environment>.tfstate. Without domainPrefix, the host name in tokenDomain takes its place, with hyphens instead of dots.",
    text(
      "a path without leading, trailing or repeated slashes, up to 1,024 characters",
      /^(?!\/)(?!.*\/\/)[\x21-\x7E]{1,1024}(?<!\/)$/,
    ).exactOptional(),
  ),
  kmsKeyArn: doc("The key that encrypts the state. Defaults to the bucket's own encryption.", keyArn.exactOptional()),
});

/** @see https://developer.hashicorp.com/terraform/language/block/terraform#cloud */
const hcp = settings({
  organization: doc("The organization.", text("1 to 40 letters, digits, _ or -", /^[\w-]{1,40}$/)),
  workspace: doc("The workspace.", text("1 to 90 letters, digits, _ or -", /^[\w-]{1,90}$/)),
  hostname: doc(
    "Host of Terraform Enterprise or HCP Terraform. Defaults to app.terraform.io.",
    hostName(253).exactOptional(),
  ),
});

const backend = exactlyOne(
  settings({
    s3: doc("An S3 bucket, with a lock file next to the state.", s3.exactOptional()),
    hcp: doc("HCP Terraform or Terraform Enterprise.", hcp.exactOptional()),
  }),
  "s3",
  "hcp",
  "the state has one location",
);

/** A resource need not exist in the file: that is how it is removed. */
const protectedName = text(
  '"pool", "domain", "client/<name>", "secret/<client>", "resource-server/<identifier>" or an address such as "aws_cognito_user_pool.partners"',
  /^(pool|domain|(client|secret)\/[\w\s+=,.@-]{1,128}|resource-server\/[\x21\x23-\x5B\x5D-\x7E]{1,256}|aws_[a-z0-9_]+\.[\w-]+)$/,
);

/** @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-high-level-settings.html */
const firewall = settings({
  requestsPerFiveMinutes: doc(
    "Maximum number of requests from one IP address within five minutes.",
    whole("requests", 10, 2_000_000_000),
  ),
});

const alarms = settings({
  topicArn: doc("The SNS topic that is notified, in the environment's region.", topicArn),
  clientErrorPercent: doc("Share of calls answered with 4xx.", percentage().default(20)),
  serverErrorPercent: doc("Share of calls answered with 5xx.", percentage().default(1)),
  latencyMilliseconds: doc(
    "Threshold for the 99th percentile of the latency.",
    whole("milliseconds", 1, 29_000).default(3000),
  ),
  tokenFailures: doc("Token requests refused within five minutes.", whole("token requests", 1, 1_000_000).default(20)),
});

const tokenCache = settings({
  minutes: doc(
    "How long a token is cached: shorter than the validity of every client's tokens.",
    whole("minutes", 1, 60),
  ),
});

const tokenDomain = settings({
  name: doc("The token endpoint's host.", hostName(63)),
  certificateArn: doc("The certificate of the host, which must be in us-east-1.", certificateArn),
});

const apiDomain = settings({
  name: doc("The API's host.", hostName(253)),
  certificateArn: doc("The certificate of the host, in the environment's region.", certificateArn),
});

const domainPrefix = text(
  '1 to 63 lower-case letters, digits or inner hyphens, without "aws", "amazon" or "cognito"',
  /^(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
);

export const environment = exactlyOne(
  settings({
    region: doc("AWS region of the stack.", region),
    domainPrefix: doc(
      "Prefix of the token endpoint's host: <domainPrefix>.auth.<region>.amazoncognito.com. Unique within a region, across all AWS accounts.",
      domainPrefix.exactOptional(),
    ),
    tokenDomain: doc("A custom host for the token endpoint.", tokenDomain.exactOptional()),
    apiDomain: doc("A custom host for the API.", apiDomain.exactOptional()),
    protected: doc(
      "Whether AWS refuses to delete the user pool, and Terraform to destroy or replace pool, domain, clients, resource servers and secrets. Defaults to true, unless the environment is ephemeral.",
      flag().exactOptional(),
    ),
    allowDestroy: doc(
      "Protected resources that a deployment may destroy or replace: pool, domain, client/<name>, secret/<client>, resource-server/<identifier>, or a Terraform address. Remove them once it is deployed.",
      listOf(
        "protected resource",
        doc("Name of a protected resource.", protectedName),
        "Omit it for none.",
      ).exactOptional(),
    ),
    ephemeral: doc("Whether the environment may be destroyed at any time, with all its data.", flag().default(false)),
    accountId: doc(
      "The AWS account that the environment may be deployed to. Defaults to that of permissionsBoundary, or any account.",
      text("12 digits", /^\d{12}$/).exactOptional(),
    ),
    permissionsBoundary: doc(
      "The IAM policy that is the permissions boundary of every role of the stack. Defaults to none.",
      policyArn.exactOptional(),
    ),
    after: doc(
      "Environment that the GitHub workflow deploys and verifies before this one.",
      text("the name of an environment", /[\s\S]/).exactOptional(),
    ),
    backend: doc("Where Terraform stores the state. Defaults to a local file.", backend.exactOptional()),
    tags: tags("Tags of the environment's resources, which override those of the file."),
    tokenMinutes: override(defaults.shape.tokenMinutes),
    retentionDays: override(defaults.shape.retentionDays),
    rotateAfterDays: override(defaults.shape.rotateAfterDays),
    runtime: override(defaults.shape.runtime),
    memoryMegabytes: override(defaults.shape.memoryMegabytes),
    timeoutSeconds: override(defaults.shape.timeoutSeconds),
    architecture: override(defaults.shape.architecture),
    logLevel: override(defaults.shape.logLevel),
    functions: functionsOf("Settings of functions in this environment, which override those of the file."),
    throttling: override(defaults.shape.throttling),
    quotas: override(defaults.shape.quotas),
    accessLog: doc("Whether every call is logged, without its token.", flag().default(true)),
    methodMetrics: doc("Whether there are metrics for each method, which AWS charges for.", flag().default(false)),
    tracing: doc("Whether X-Ray traces calls through stage and functions.", flag().default(false)),
    firewall: doc("Rate limit for each IP address (AWS WAF).", firewall.exactOptional()),
    authorizerName: doc(
      "Name of the API's authorizer. Defaults to cognito. For a deployed API, set it to the existing name.",
      text("1 to 128 letters, digits, _ or -", /^[\w-]{1,128}$/).exactOptional(),
    ),
    alarms: doc("CloudWatch alarms, and the topic that they notify.", alarms.exactOptional()),
    dashboard: doc("Whether there is a CloudWatch dashboard.", flag().default(false)),
    tokenCache: doc(
      "Caches each client's tokens, because AWS charges for each token request.",
      tokenCache.exactOptional(),
    ),
  }),
  "domainPrefix",
  "tokenDomain",
  "the token endpoint has one host",
);

/** How many requests are let through: a token bucket, as API Gateway has it. */
export type Throttling = z.infer<typeof throttling>;

/** A rate rule of AWS WAF. */
export type Firewall = z.infer<typeof firewall>;

/** When to raise an alarm. Shares are in percent. */
export type Alarms = z.infer<typeof alarms>;

type EnvironmentSettings = z.input<typeof environment>;

/** The settings that environments can override, where neither environment nor file has them. */
export const DEFAULTS = defaults.parse({});

/** What the names of the environment's resources begin with; empty where domainPrefix or tokenDomain is wrong. */
export function prefixOf({ domainPrefix, tokenDomain }: EnvironmentSettings): string {
  return domainPrefix ?? tokenDomain?.name.replaceAll(".", "-") ?? "";
}

/** Where Terraform keeps the environment's state. Prefixes are unique in a region, so that projects can share a bucket. */
export function backendOf(name: string, settings: EnvironmentSettings) {
  const { backend, region: home } = settings;
  if (backend?.s3 !== undefined) {
    const unique = `machine-access/${home}/${prefixOf(settings)}/${name}.tfstate`;
    const { bucket, region: own = home, key = unique, kmsKeyArn } = backend.s3;
    return { kind: "s3", bucket, region: own, key, kmsKeyArn } as const;
  }
  if (backend?.hcp === undefined) return { kind: "local" } as const;
  return { kind: "hcp", hostname: "app.terraform.io", ...backend.hcp } as const;
}

/** Region and account of an ARN; both are empty where the ARN is wrong. ARNs of IAM have no region. */
export function partsOfArn(arn: string): { readonly region: string; readonly account: string } {
  const [, , , region = "", account = ""] = arn.split(":");
  return { region, account };
}
