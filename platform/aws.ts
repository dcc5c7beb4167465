/**
 * Clients of AWS's APIs: those of the AWS SDK, loaded when they are first used. Credentials, regions, profiles, SSO,
 * web identity, retries and pagination are the SDK's own.
 *
 * @see https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-credentials-node.html
 */
import type { APIGateway } from "@aws-sdk/client-api-gateway";
import type { CloudTrail } from "@aws-sdk/client-cloudtrail";
import type { CloudWatch } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import type { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import type { IAM } from "@aws-sdk/client-iam";
import type { Lambda } from "@aws-sdk/client-lambda";
import type { S3 } from "@aws-sdk/client-s3";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { SSM } from "@aws-sdk/client-ssm";
import type { STS } from "@aws-sdk/client-sts";
import type { WAFV2 } from "@aws-sdk/client-wafv2";
import { sdkHandler } from "./http";
import { waitFor } from "./terminal";
import { UserError } from "./user-error";

/** The clients of one region. Each is made once, with every operation of its service as a method. */
export interface Aws {
  readonly region: string;
  apiGateway(): Promise<APIGateway>;
  cloudTrail(): Promise<CloudTrail>;
  cloudWatch(): Promise<CloudWatch>;
  cognito(): Promise<CognitoIdentityProvider>;
  iam(): Promise<IAM>;
  lambda(): Promise<Lambda>;
  logs(): Promise<CloudWatchLogs>;
  s3(): Promise<S3>;
  secretsManager(): Promise<SecretsManager>;
  ssm(): Promise<SSM>;
  sts(): Promise<STS>;
  waf(): Promise<WAFV2>;
}

/** AWS refused a call, or could not be reached. Its message holds nothing of the request or the response. */
export class AwsError extends UserError {
  /**
   * @param operation as IAM names its permission, such as `cognito-idp:ListUserPoolClients`
   * @param code AWS's name of the error, such as `AccessDeniedException`
   * @param status HTTP status; `undefined` when there was no response
   */
  constructor(
    readonly operation: string,
    readonly code: string,
    readonly status: number | undefined,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message);
    if (options?.cause !== undefined) this.cause = options.cause;
  }

  /** Whether what was asked for does not exist. */
  get isNotFound(): boolean {
    return (this.status === 404 && !this.isUnsupported) || NOT_FOUND.test(this.code);
  }

  /** Whether the service has no such operation, as in a partition that lacks it, or on the embedded AWS. */
  get isUnsupported(): boolean {
    return UNSUPPORTED.test(this.code);
  }

  /** Whether the credentials lack a permission. */
  get isAccessDenied(): boolean {
    return ACCESS_DENIED.test(this.code);
  }
}

const NOT_FOUND =
  /^(NotFound|NoSuch\w+|ResourceNotFound|NotFoundException|ResourceNotFoundException|WAFNonexistentItemException)$/;
const UNSUPPORTED =
  /^(UnknownOperation(Exception)?|UnsupportedOperation(Exception)?|InvalidAction|NotEmulated|NotImplemented)$/;
const ACCESS_DENIED = /^(AccessDenied\w*|UnauthorizedOperation|Forbidden)$/;

/** Calls that AWS throttles or fails to answer are tried so often, with exponential backoff and jitter. */
const MAX_ATTEMPTS = 6;

/**
 * Once AWS has throttled a client, all of its calls keep to the rate that AWS accepts. By retries alone, a third of the
 * reads of each client of a pool would fail: Cognito accepts five calls a second of an operation for one user pool.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
const RETRY_MODE = "adaptive";

/** What all clients are made with; tests give credentials and a request handler of their own. */
export type AwsOptions = Pick<
  ConstructorParameters<typeof STS>[0] & object,
  "credentials" | "requestHandler" | "maxAttempts" | "retryStrategy"
>;

/**
 * The clients of a region. An operation that fails throws an {@link AwsError}.
 *
 * @example
 *
 *     const cognito = await aws("eu-west-1").cognito();
 *     for await (const { UserPoolClients } of cognito.paginateListUserPoolClients({ UserPoolId })) …
 */
export function aws(region: string, options: AwsOptions = {}): Aws {
  const retries = { maxAttempts: MAX_ATTEMPTS, retryMode: RETRY_MODE };
  const config = { region, ...retries, requestHandler: sdkHandler(), ...options };
  // The SDK warns of Node versions that this package still supports.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  return {
    region,
    apiGateway: once(async () => new (await import("@aws-sdk/client-api-gateway")).APIGateway(config)),
    cloudTrail: once(async () => new (await import("@aws-sdk/client-cloudtrail")).CloudTrail(config)),
    cloudWatch: once(async () => new (await import("@aws-sdk/client-cloudwatch")).CloudWatch(config)),
    cognito: once(
      async () => new (await import("@aws-sdk/client-cognito-identity-provider")).CognitoIdentityProvider(config),
    ),
    iam: once(async () => new (await import("@aws-sdk/client-iam")).IAM(config)),
    lambda: once(async () => new (await import("@aws-sdk/client-lambda")).Lambda(config)),
    logs: once(async () => new (await import("@aws-sdk/client-cloudwatch-logs")).CloudWatchLogs(config)),
    s3: once(async () => new (await import("@aws-sdk/client-s3")).S3({ ...config, followRegionRedirects: true })),
    secretsManager: once(async () => new (await import("@aws-sdk/client-secrets-manager")).SecretsManager(config)),
    ssm: once(async () => new (await import("@aws-sdk/client-ssm")).SSM(config)),
    sts: once(async () => new (await import("@aws-sdk/client-sts")).STS(config)),
    waf: once(async () => new (await import("@aws-sdk/client-wafv2")).WAFV2(config)),
  };
}

/** Of a call: its response, or `undefined` when AWS says that what was asked for does not exist. */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof AwsError && error.isNotFound) return undefined;
    throw error;
  }
}

/** The region of a user pool, which its id begins with; empty where the id is. */
export function poolRegion(id: string): string {
  return id.split("_")[0] ?? "";
}

/** The account that the credentials belong to: 12 digits. @throws {AwsError} */
export async function callerAccount({ sts }: Pick<Aws, "sts">): Promise<string> {
  const { Account } = await (await sts()).getCallerIdentity({});
  return String(Account);
}

/** @throws {UserError} when the SDK finds no credentials, or cannot get them */
export async function requireCredentials(): Promise<void> {
  // The credentials do not depend on the region.
  const { config } = await aws("us-east-1").sts();
  await config.credentials().catch((error: unknown) => {
    throw awsError("sts:AssumeRole", error);
  });
}

/** What of a client {@link explained} uses; the clients' types share no more. */
interface Client {
  readonly middlewareStack: {
    // biome-ignore lint/suspicious/noExplicitAny: each service's stack has types of its own, of which nothing is used.
    add(middleware: any, options: { step: "initialize"; priority: "high"; name: string }): void;
  };
  readonly config: { readonly serviceId?: string };
}

function once<Made extends Client>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => {
    made ??= make().then(explained);
    return made;
  };
}

type Next = (args: unknown) => Promise<unknown>;

/** The client, whose errors are {@link AwsError}s. */
function explained<Made extends Client>(client: Made): Made {
  const middleware = (next: Next, context: { readonly commandName?: string }) => async (args: unknown) => {
    const service = PREFIXES[client.config.serviceId ?? ""] ?? client.config.serviceId ?? "aws";
    const command = context.commandName?.replace(/Command$/, "") ?? "";
    try {
      return await waitFor(`Waiting for ${service}:${command}`, next(args));
    } catch (error) {
      // IAM names the permissions of API Gateway by the HTTP method.
      throw awsError(`${service}:${service === "apigateway" ? command.replace(/^Get.*/, "GET") : command}`, error);
    }
  };
  client.middlewareStack.add(middleware, { step: "initialize", priority: "high", name: "explainErrors" });
  return client;
}

/** How the permissions of a service begin, by the SDK's name of the service. */
const PREFIXES: Readonly<Record<string, string>> = {
  "API Gateway": "apigateway",
  CloudTrail: "cloudtrail",
  CloudWatch: "cloudwatch",
  "CloudWatch Logs": "logs",
  "Cognito Identity Provider": "cognito-idp",
  IAM: "iam",
  Lambda: "lambda",
  S3: "s3",
  "Secrets Manager": "secretsmanager",
  SSM: "ssm",
  STS: "sts",
  WAFV2: "wafv2",
};

interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function awsError(operation: string, cause: unknown): Error {
  if (!(cause instanceof Error) || cause instanceof UserError) return cause as Error;
  if (cause.name === "CredentialsProviderError")
    return new UserError(`${NO_CREDENTIALS}\n${cause.message}\n${NO_ACCOUNT}`);
  const status = (cause as SdkError).$metadata?.httpStatusCode;
  const code = cause.name;
  if (status === undefined) {
    return new AwsError(operation, code, status, `AWS could not be reached for ${operation}: ${cause.message}`, {
      cause,
    });
  }
  const advice = ACCESS_DENIED.test(code) ? ` The credentials need the permission ${operation}.` : "";
  return new AwsError(operation, code, status, `AWS refused ${operation}: ${code} (${status}).${advice}`, { cause });
}

const NO_CREDENTIALS =
  "No AWS credentials were found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with aws sso login.";
const NO_ACCOUNT = "Without an AWS account, put npx access local before the command.";
