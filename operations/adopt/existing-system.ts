/** The system that is adopted, as AWS describes it: a user pool, a REST API with one of its stages, and the functions behind it. */
import type { Authorizer, GatewayResponse, Resource, RestApi, Stage } from "@aws-sdk/client-api-gateway";
import type { ResourceServerType, UserPoolClientType, UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import type { Role } from "@aws-sdk/client-iam";
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { z } from "zod";
import { type Aws, callerAccount, unlessMissing } from "../../platform/aws";
import { UsageError, UserError } from "../../platform/user-error";
import { inParallel } from "../deployed/in-parallel";
import { itemsOf } from "../deployed/unmanaged-kind";

type Tags = Readonly<Record<string, string>>;

/** An app client without its secret. */
export type ExistingClient = Omit<UserPoolClientType, "ClientSecret"> & { readonly hasSecret: boolean };

/** A host of the token endpoint. */
interface ExistingDomain {
  readonly name: string;
  /** Of a custom domain; `undefined` means a prefix of Cognito's own. */
  readonly certificateArn: string | undefined;
}

export interface ExistingLogGroup {
  readonly name: string;
  /** `undefined` means that lines are kept for ever. */
  readonly retentionDays: number | undefined;
  readonly kmsKeyId: string | undefined;
  readonly tags: Tags;
}

interface ExistingRole extends Role {
  readonly inlinePolicies: readonly string[];
}

export interface ExistingFunction {
  readonly name: string;
  readonly configuration: FunctionConfiguration;
  /** URL with a signature, from which the code can be downloaded for some minutes; `undefined` for an image. */
  readonly codeUrl: string | undefined;
  readonly reservedConcurrency: number | undefined;
  /** Statements of the function's policy. */
  readonly permissions: readonly Permission[];
  /** `undefined` when the function has not written yet. */
  readonly logGroup: ExistingLogGroup | undefined;
  /** `undefined` when it does not exist. */
  readonly role: ExistingRole | undefined;
  readonly tags: Tags;
}

const permission = z.looseObject({
  Sid: z.string().default(""),
  Effect: z.string(),
  Principal: z.unknown(),
  Action: z.unknown(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});

/** A statement of a function's policy. */
export type Permission = z.output<typeof permission>;

export interface ExistingSystem {
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  readonly pool: UserPoolType & { readonly Id: string };
  readonly clients: readonly ExistingClient[];
  readonly resourceServers: readonly ResourceServerType[];
  /** None, one, or one with a prefix and a custom one. */
  readonly domains: readonly ExistingDomain[];
  readonly api: RestApi & { readonly id: string };
  /** With their methods. */
  readonly resources: readonly Resource[];
  readonly authorizers: readonly Authorizer[];
  /** The one that is adopted. */
  readonly stage: Stage & { readonly stageName: string };
  /** Names of the others. */
  readonly otherStages: readonly string[];
  /** Without those that API Gateway has by default. */
  readonly gatewayResponses: readonly GatewayResponse[];
  /** By ARN: those of this account and region that methods invoke; missing ones are left out. */
  readonly functions: ReadonlyMap<string, ExistingFunction>;
  /** The log group of the stage's access log. */
  readonly accessLogGroup: ExistingLogGroup | undefined;
}

/** What to read. */
export interface SystemIds {
  readonly poolId: string;
  readonly apiId: string;
  /** `undefined` means the only stage that there is. */
  readonly stageName: string | undefined;
}

const POOL_ID = /^([a-z]{2}(?:-[a-z]+)+-\d+)_[0-9A-Za-z]+$/;
const API_ID = /^[a-z0-9]+$/;

/** Region of a user pool, which its id begins with. @throws {UsageError} */
export function regionOfPool(poolId: string): string {
  const [, region] = POOL_ID.exec(poolId) ?? [];
  if (region === undefined) {
    throw new UsageError(`"${poolId}" is not the id of a user pool, such as eu-west-1_a1B2c3D4e.`);
  }
  return region;
}

/** Of a function's ARN: its account, region, name, and version or alias. */
export const FUNCTION_ARN = /^arn:[\w-]+:lambda:([\w-]+):(\d{12}):function:([\w-]+)(?::(.+))?$/;

/** The ARN of the function that an integration invokes; `undefined` when it invokes none. */
export function functionArnIn(uri: string | undefined): string | undefined {
  return /^arn:[\w-]+:apigateway:[\w-]+:lambda:path\/[\d-]+\/functions\/(.+)\/invocations$/.exec(uri ?? "")?.[1];
}

/** Reads everything. Changes nothing. @throws {UserError} when pool, API or stage does not exist, or AWS refuses */
export async function readSystem(aws: Aws, { poolId, apiId, stageName }: SystemIds): Promise<ExistingSystem> {
  if (!API_ID.test(apiId)) throw new UsageError(`"${apiId}" is not the id of a REST API, such as a1b2c3d4e5.`);
  const account = await callerAccount(aws);
  const pool = await readPool(aws, poolId);
  const api = await readApi(aws, apiId);
  const { stage, otherStages } = await readStage(aws, apiId, stageName);
  const gateway = await aws.apiGateway();
  const place = { restApiId: apiId, limit: 500 };
  const resources = await itemsOf(gateway.paginateGetResources({ ...place, embed: ["methods"] }), "items");
  const { items: authorizers = [] } = await gateway.getAuthorizers(place);
  const { items: gatewayResponses = [] } = await gateway.getGatewayResponses(place);
  const arn = pool.Arn ?? "";
  return {
    region: aws.region,
    account,
    partition: arn.split(":")[1] || "aws",
    pool,
    ...(await readIdentity(aws, pool)),
    api,
    resources: resources.toSorted(byPath),
    authorizers,
    stage,
    otherStages,
    gatewayResponses: gatewayResponses.filter(({ defaultResponse }) => !defaultResponse),
    functions: await readFunctions(aws, account, resources),
    accessLogGroup: await readLogGroup(aws, logGroupIn(stage.accessLogSettings?.destinationArn)),
  };
}

/** Name of the log group; `undefined` when the ARN is not that of one. */
export function logGroupIn(arn: string | undefined): string | undefined {
  return /^arn:[\w-]+:logs:[\w-]+:\d{12}:log-group:([^:*]+)/.exec(arn ?? "")?.[1];
}

function byPath({ path: a = "" }: Resource, { path: b = "" }: Resource): number {
  return a < b ? -1 : 1;
}

async function readPool(aws: Aws, UserPoolId: string): Promise<ExistingSystem["pool"]> {
  const found = await unlessMissing((await aws.cognito()).describeUserPool({ UserPoolId }));
  if (found?.UserPool === undefined) {
    throw new UserError(
      `the user pool ${UserPoolId} does not exist in this account. List them: ${listing(aws, "cognito-idp list-user-pools --max-results 60")}`,
    );
  }
  return { ...found.UserPool, Id: UserPoolId };
}

async function readApi(aws: Aws, restApiId: string): Promise<ExistingSystem["api"]> {
  const found = await unlessMissing((await aws.apiGateway()).getRestApi({ restApiId }));
  if (found === undefined) {
    throw new UserError(
      `the REST API ${restApiId} does not exist in ${aws.region}, the region of the user pool, or not in this account. The authorizer of an API takes a pool of any region, but a stack has one region. List them: ${listing(aws, "apigateway get-rest-apis")}`,
    );
  }
  return { ...found, id: restApiId };
}

function listing({ region }: Aws, operation: string): string {
  return `aws ${operation} --region ${region}`;
}

async function readStage(aws: Aws, restApiId: string, wanted: string | undefined) {
  const { item: stages = [] } = await (await aws.apiGateway()).getStages({ restApiId });
  const names = stages.map(({ stageName = "" }) => stageName).toSorted();
  const list = names.join(", ");
  if (names.length === 0) {
    throw new UserError(`the API ${restApiId} has no stage, so nothing can be called. Deploy it, and adopt it again.`);
  }
  if (wanted === undefined && names.length > 1) {
    throw new UsageError(`the API ${restApiId} has the stages ${list}. An environment has one: name it with --stage.`);
  }
  const stage = stages.find(({ stageName }) => stageName === (wanted ?? names[0]));
  if (stage === undefined) throw new UsageError(`the API ${restApiId} has no stage "${wanted}". It has ${list}.`);
  const stageName = stage.stageName ?? "";
  return { stage: { ...stage, stageName }, otherStages: names.filter((name) => name !== stageName) };
}

async function readIdentity(aws: Aws, pool: ExistingSystem["pool"]) {
  const cognito = await aws.cognito();
  const { Id: UserPoolId, Domain, CustomDomain } = pool;
  const listed = await itemsOf(cognito.paginateListUserPoolClients({ UserPoolId, MaxResults: 60 }), "UserPoolClients");
  const clients = await inParallel(listed, async ({ ClientId }): Promise<ExistingClient> => {
    const { UserPoolClient = {} } = await cognito.describeUserPoolClient({ UserPoolId, ClientId });
    const { ClientSecret, ...client } = UserPoolClient;
    return { ...client, hasSecret: ClientSecret !== undefined };
  });
  const servers = cognito.paginateListResourceServers({ UserPoolId, MaxResults: 50 });
  const names = [Domain, CustomDomain].filter((name): name is string => name !== undefined && name !== "");
  const domains = await inParallel(names, async (name): Promise<ExistingDomain> => {
    const { DomainDescription } = await cognito.describeUserPoolDomain({ Domain: name });
    return { name, certificateArn: DomainDescription?.CustomDomainConfig?.CertificateArn };
  });
  return {
    clients: clients.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)),
    resourceServers: await itemsOf(servers, "ResourceServers"),
    domains,
  };
}

/** By name; of those with one name, the oldest is first. */
function orderOf({ ClientName, CreationDate, ClientId }: ExistingClient): string {
  return `${ClientName} ${CreationDate?.toISOString()} ${ClientId}`;
}

async function readFunctions(aws: Aws, account: string, resources: readonly Resource[]) {
  const methods = resources.flatMap(({ resourceMethods = {} }) => Object.values(resourceMethods));
  const arns = new Set(methods.flatMap(({ methodIntegration }) => functionArnIn(methodIntegration?.uri) ?? []));
  const own = [...arns].filter((arn) => {
    const [, region, owner, , qualifier] = FUNCTION_ARN.exec(arn) ?? [];
    return region === aws.region && owner === account && qualifier === undefined;
  });
  const read = await inParallel(own.toSorted(), async (arn) => [arn, await readFunction(aws, arn)] as const);
  return new Map(read.flatMap(([arn, found]) => (found === undefined ? [] : [[arn, found] as const])));
}

async function readFunction(aws: Aws, arn: string): Promise<ExistingFunction | undefined> {
  const [, , , name = ""] = FUNCTION_ARN.exec(arn) ?? [];
  const lambda = await aws.lambda();
  const found = await unlessMissing(lambda.getFunction({ FunctionName: name }));
  if (found?.Configuration === undefined) return undefined;
  const { Configuration: configuration } = found;
  const policy = await unlessMissing(lambda.getPolicy({ FunctionName: name }));
  const statements = z.object({ Statement: z.array(permission).default([]) });
  const { LogGroup } = configuration.LoggingConfig ?? {};
  return {
    name,
    configuration,
    codeUrl: configuration.PackageType === "Image" ? undefined : found.Code?.Location,
    reservedConcurrency: found.Concurrency?.ReservedConcurrentExecutions,
    permissions: statements.parse(JSON.parse(policy?.Policy ?? "{}")).Statement,
    logGroup: await readLogGroup(aws, LogGroup ?? `/aws/lambda/${name}`),
    role: await readRole(aws, configuration.Role ?? ""),
    tags: found.Tags ?? {},
  };
}

async function readRole(aws: Aws, arn: string): Promise<ExistingRole | undefined> {
  const iam = await aws.iam();
  const RoleName = arn.split("/").at(-1) ?? "";
  const found = await unlessMissing(iam.getRole({ RoleName }));
  if (found?.Role === undefined) return undefined;
  const inlinePolicies = await itemsOf(iam.paginateListRolePolicies({ RoleName }), "PolicyNames");
  return { ...found.Role, inlinePolicies };
}

async function readLogGroup(aws: Aws, name: string | undefined): Promise<ExistingLogGroup | undefined> {
  if (name === undefined) return undefined;
  const logs = await aws.logs();
  const groups = await itemsOf(logs.paginateDescribeLogGroups({ logGroupNamePrefix: name }), "logGroups");
  const found = groups.find(({ logGroupName }) => logGroupName === name);
  if (found === undefined) return undefined;
  const resourceArn = (found.logGroupArn ?? found.arn ?? "").replace(/:\*$/, "");
  const { tags = {} } = await logs.listTagsForResource({ resourceArn });
  return { name, retentionDays: found.retentionInDays, kmsKeyId: found.kmsKeyId, tags };
}
