/** Quotas of AWS on what the stack consists of: the default of each, and where it is from. */

export interface Quota {
  readonly value: number;
  /** AWS's own page. */
  readonly from: string;
  /** When it was looked up; a stored copy of the page may be older. */
  readonly date: string;
}

const guide = (page: string) => `https://docs.aws.amazon.com/${page}`;
const COGNITO = guide("cognito/latest/developerguide/quotas.html");
const API = guide("apigateway/latest/developerguide/limits.html");
const REST_API = guide("apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html");
const LAMBDA = guide("lambda/latest/dg/gettingstarted-limits.html");
const IAM = guide("IAM/latest/UserGuide/reference_iam-quotas.html");

const quota = (value: number, from: string): Quota => ({ value, from, date: "2026-11-30" });

export const QUOTAS = {
  /**
   * Client-credentials requests a second, of all user pools of an account in a Region. Service Quotas has it as "Rate of
   * ClientAuthentication requests per account" (cognito-idp, L-74D3DD04), which was not adjustable there in August 2022.
   */
  tokenRequestsPerSecond: quota(150, COGNITO),
  /** Of all APIs of an account in a Region. */
  callsPerSecond: quota(10_000, API),
  /** The same in {@link SMALL_REGIONS}. */
  callsPerSecondInSmallRegions: quota(2500, API),
  /** Of all functions of an account in a Region; accounts that are new have fewer. */
  concurrentExecutions: quota(1000, LAMBDA),
  /** What one execution environment answers, however fast it is. */
  callsPerSecondOfExecution: quota(10, LAMBDA),
  /** Of a user pool; raised to 10,000 on request. */
  clients: quota(1000, COGNITO),
  /** Of a user pool; raised to 300 on request. */
  resourceServers: quota(25, COGNITO),
  scopesOfServer: quota(100, COGNITO),
  scopesOfClient: quota(50, COGNITO),
  /** Of a REST API, the root among them; raised on request. */
  resources: quota(300, REST_API),
  /** How long API Gateway waits for a backend; raised on request. */
  integrationSeconds: quota(29, REST_API),
  /** Of a function, for its resource policy, which has a statement for each route. */
  policyBytes: quota(20_480, LAMBDA),
  /** Of a function, for its environment variables. */
  variableBytes: quota(4096, LAMBDA),
  /** Of all inline policies of a role, without white space. */
  rolePolicyCharacters: quota(10_240, IAM),
} as const satisfies Readonly<Record<string, Quota>>;

/** Regions with a smaller quota of calls. */
const SMALL_REGIONS: readonly string[] = [
  ...["af-south-1", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-7", "ca-west-1"],
  ...["eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1", "mx-central-1"],
];

/** The default of what {@link AccountQuotas} can override. */
export function accountQuotas(region: string): Required<AccountQuotas> {
  const calls = SMALL_REGIONS.includes(region) ? QUOTAS.callsPerSecondInSmallRegions : QUOTAS.callsPerSecond;
  return {
    tokenRequestsPerSecond: QUOTAS.tokenRequestsPerSecond.value,
    callsPerSecond: calls.value,
    concurrentExecutions: QUOTAS.concurrentExecutions.value,
  };
}

/** What an account has in a Region, in place of the defaults. */
export interface AccountQuotas {
  readonly tokenRequestsPerSecond?: number;
  readonly callsPerSecond?: number;
  readonly concurrentExecutions?: number;
}
