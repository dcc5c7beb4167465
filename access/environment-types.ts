/** What an access model says of an environment once it is read: see access-types.ts. */

/** A place to deploy to: one stack. */
export interface Environment {
  /** Name of the stack and of the API's stage: 1 to 64 letters, digits, `_` or `-`, beginning with a letter. */
  readonly name: string;

  /** AWS region, such as `ap-northeast-1`. */
  readonly region: string;

  /**
   * What the names of its resources begin with; unique within region and account. The domain prefix or, where the token
   * endpoint has a domain of its own only, that domain with hyphens in place of dots.
   */
  readonly prefix: string;

  /** Host of the token endpoint. */
  readonly tokenDomain: PrefixDomain | CustomDomain;

  /** Host of the API; `undefined` means API Gateway's own. */
  readonly apiDomain: CustomDomain | undefined;

  /** Whether AWS refuses to delete the user pool. On by default, off when the environment is declared ephemeral. */
  readonly isProtected: boolean;

  /** Whether it may be taken down at any time, as that of a pull request: nothing is kept for recovery. */
  readonly isEphemeral: boolean;

  /** The AWS account that it may be deployed to, 12 digits; `undefined` means any. */
  readonly accountId: string | undefined;

  /** Where Terraform keeps the state. */
  readonly backend: Backend;

  /** Tags of every resource that can have some: those of the file and, before them, those of the environment. */
  readonly tags: Readonly<Record<string, string>>;

  /** Life of access tokens of clients that do not say otherwise, in minutes, 5 to 1440. */
  readonly tokenMinutes: number;

  /** Settings of every function. */
  readonly functions: FunctionSettings;

  /** How many requests the stage takes altogether; `undefined` means the account's limits. */
  readonly throttling: Throttling | undefined;

  /** How long log lines are kept, in days; one of the values that CloudWatch Logs knows. */
  readonly retentionDays: number;

  /** Whether the stage logs every call: who, what, how long, and why not; never a token. */
  readonly accessLog: boolean;

  /** Whether there are CloudWatch metrics for each method, which AWS charges for each; those of the stage are always there. */
  readonly methodMetrics: boolean;

  /** Whether X-Ray traces calls through stage and functions. */
  readonly tracing: boolean;

  /** What stops a single address from calling too often (AWS WAF); `undefined` means nothing does. */
  readonly firewall: Firewall | undefined;

  /** When to raise an alarm, and where; `undefined` means never. */
  readonly alarms: Alarms | undefined;

  /** Whether there is a CloudWatch dashboard. */
  readonly dashboard: boolean;

  /** Keeps tokens in front of the token endpoint; `undefined` means that each request is paid for. */
  readonly tokenCache: TokenCacheSettings | undefined;
}

/** `https://<prefix>.auth.<region>.amazoncognito.com` */
export interface PrefixDomain {
  readonly kind: "prefix";
  readonly prefix: string;
}

/** A domain of one's own, with the certificate for it. */
export interface CustomDomain {
  readonly kind: "custom";
  /** Such as `auth.example.com`, in lower case. */
  readonly name: string;
  /** ARN of a certificate of AWS Certificate Manager; for the token endpoint in us-east-1, for the API in its region. */
  readonly certificateArn: string;
}

/** Where Terraform keeps the state. */
export type Backend =
  | { readonly kind: "local" }
  | {
      readonly kind: "s3";
      readonly bucket: string;
      /** Region of the bucket; that of the environment when left out. */
      readonly region: string;
      /** Path of the state's object; `machine-access/<environment>.tfstate` when left out. */
      readonly key: string;
      /** ARN of the KMS key that encrypts it; `undefined` means the bucket's own encryption. */
      readonly kmsKeyArn: string | undefined;
    }
  | {
      readonly kind: "hcp";
      readonly organization: string;
      readonly workspace: string;
      /** `app.terraform.io` when left out. */
      readonly hostname: string;
    };

/** Settings of every function of an environment. */
export interface FunctionSettings {
  /** Memory, in MB, 128 to 10240. */
  readonly memoryMegabytes: number;
  /** Longest run, in seconds, 1 to 29: API Gateway waits no longer. */
  readonly timeoutSeconds: number;
  readonly architecture: "arm64" | "x86_64";
  /** The least important lines that are kept. */
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error" | "fatal";
}

/** A token bucket, as API Gateway has it. */
export interface Throttling {
  /** Requests a second in the long run, from 1. */
  readonly requestsPerSecond: number;
  /** Requests at once, from 1. */
  readonly burst: number;
}

/** A rate rule of AWS WAF. */
export interface Firewall {
  /** Requests of one address within five minutes, 10 to 2,000,000,000; more are refused. */
  readonly requestsPerFiveMinutes: number;
}

/** When to raise an alarm. */
export interface Alarms {
  /** ARN of the SNS topic that hears of it. */
  readonly topicArn: string;
  /** Share of calls answered with 4xx, in percent, above 0 up to 100. */
  readonly clientErrorPercent: number;
  /** Share of calls answered with 5xx, in percent, above 0 up to 100. */
  readonly serverErrorPercent: number;
  /** What 99 of 100 calls should take at most, in milliseconds. */
  readonly latencyMilliseconds: number;
  /** Token requests refused within five minutes, from 1. */
  readonly tokenFailures: number;
}

/** A cache in front of the token endpoint. */
export interface TokenCacheSettings {
  /** How long a token is handed out again, in minutes, 1 to 60, shorter than the life of every client's tokens. */
  readonly minutes: number;
}
