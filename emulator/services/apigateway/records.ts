/** Records of REST APIs as the account keeps them, in AWS's own shapes, and how operations find them. */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { Table, type TablePlace } from "../../account/table";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { missing, notFound } from "./refusals";

export interface RestApiRecord extends Wire<sdk.RestApi> {
  readonly id: string;
  readonly name: string;
  readonly rootResourceId: string;
  readonly endpointConfiguration: Wire<sdk.EndpointConfiguration>;
}

export const restApis = new Table<RestApiRecord>("apigateway/RestApi", ({ id }) => id);

/** A place whose account id appears in refusals. */
type Place = TablePlace & Pick<OperationContext, "accountId">;

/** The API of the id. @throws {AwsError} `NotFoundException` */
export function requireApi(context: Place, id: string | undefined): RestApiRecord {
  const api = restApis.get(context, id ?? "");
  if (api !== undefined) return api;
  throw missing(`Invalid API identifier specified ${context.accountId}:${id}`);
}

/** Something that belongs to a REST API and is deleted with it. */
export interface ApiPart {
  readonly restApiId: string;
}

const partTables: ApiPartTable<ApiPart>[] = [];

/** Records of one type of an API's parts. */
export class ApiPartTable<T extends ApiPart> extends Table<T> {
  /**
   * @param key key member of a part, unique within its API
   * @param what names it in refusals
   */
  constructor(
    type: string,
    key: keyof T & string,
    private readonly what: string,
  ) {
    super(`apigateway/${type}`, (record) => `${record.restApiId}/${String(record[key])}`);
    partTables.push(this as unknown as ApiPartTable<ApiPart>);
  }

  find(place: TablePlace, restApiId: string | undefined, key: string | undefined): T | undefined {
    return this.get(place, `${restApiId}/${key}`);
  }

  /** @throws {AwsError} `NotFoundException`, also when the API does not exist */
  require(place: TablePlace, restApiId: string | undefined, key: string | undefined): T {
    const found = this.find(place, restApiId, key);
    if (found === undefined) throw notFound(this.what);
    return found;
  }

  /** All parts of the API, in the order of their creation. */
  ofApi(place: TablePlace, restApiId: string | undefined): readonly T[] {
    return this.list(place).filter((record) => record.restApiId === restApiId);
  }
}

/** Deletes everything that belongs to the API. */
export function deletePartsOf(place: TablePlace, restApiId: string): void {
  for (const table of partTables) {
    for (const part of table.ofApi(place, restApiId)) table.delete(place, part);
  }
}

/** A resource with its methods, their integrations and all responses. */
export interface ResourceRecord extends Wire<sdk.Resource>, ApiPart {
  readonly id: string;
  readonly path: string;
  /** By HTTP method or `ANY`; empty for a resource without methods. */
  readonly resourceMethods: Readonly<Record<string, Wire<sdk.Method>>>;
}

export const resources = new ApiPartTable<ResourceRecord>("Resource", "id", "Resource identifier");

export interface AuthorizerRecord extends Wire<sdk.Authorizer>, ApiPart {
  readonly id: string;
  readonly name: string;
}

export const authorizers = new ApiPartTable<AuthorizerRecord>("Authorizer", "id", "Authorizer identifier");

/** A gateway response that was set; AWS's defaults are not kept. */
export interface GatewayResponseRecord extends Wire<sdk.GatewayResponse>, ApiPart {
  readonly responseType: sdk.GatewayResponseType;
}

export const gatewayResponses = new ApiPartTable<GatewayResponseRecord>("GatewayResponse", "responseType", "type");

export interface RequestValidatorRecord extends Wire<sdk.RequestValidator>, ApiPart {
  readonly id: string;
}

export const requestValidators = new ApiPartTable<RequestValidatorRecord>(
  "RequestValidator",
  "id",
  "Request Validator identifier",
);

export interface ModelRecord extends Wire<sdk.Model>, ApiPart {
  readonly name: string;
}

export const models = new ApiPartTable<ModelRecord>("Model", "name", "model name");

/** Everything of an API that a deployment freezes. */
export interface ApiSnapshot {
  readonly restApi: RestApiRecord;
  /** The root first. */
  readonly resources: readonly ResourceRecord[];
  readonly authorizers: readonly AuthorizerRecord[];
  readonly gatewayResponses: readonly GatewayResponseRecord[];
  readonly requestValidators: readonly RequestValidatorRecord[];
  readonly models: readonly ModelRecord[];
}

export interface DeploymentRecord extends Wire<sdk.Deployment>, ApiPart {
  readonly id: string;
  /** Seconds since 1970. */
  readonly createdDate: number;
  readonly snapshot: ApiSnapshot;
}

export const deployments = new ApiPartTable<DeploymentRecord>("Deployment", "id", "Deployment identifier");

/** The deployment that the input names. @throws {AwsError} `NotFoundException` */
export function requireDeployment(
  context: Place,
  { restApiId, deploymentId }: { readonly restApiId: string | undefined; readonly deploymentId: string | undefined },
): DeploymentRecord {
  return deployments.require(context, requireApi(context, restApiId).id, deploymentId);
}

/** Settings of one method of a stage, or of all. */
export type MethodSetting = Wire<sdk.MethodSetting>;

export interface StageRecord extends Wire<Omit<sdk.Stage, "methodSettings" | "webAclArn">>, ApiPart {
  /** AWS account that the stage is in. */
  readonly accountId: string;
  readonly stageName: string;
  readonly deploymentId: string;
  /** By method path: `orders/GET`, or `*` and `*` for all methods. */
  readonly methodSettings: Readonly<Record<string, MethodSetting>>;
  /**
   * Whether the API's own host does not lead to the stage. The stage takes it from the API whenever it is changed itself.
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html
   */
  readonly isHostClosed: boolean;
  /** How often its cache was emptied; left out: never. */
  readonly cacheGeneration?: number;
}

export const stages = new ApiPartTable<StageRecord>("Stage", "stageName", "stage identifier");

/** What names a stage in an operation's input. */
export interface StageKey {
  readonly restApiId: string | undefined;
  readonly stageName: string | undefined;
}

/** The stage that the input names. @throws {AwsError} `NotFoundException` */
export function requireStage(context: Place, { restApiId, stageName }: StageKey): StageRecord {
  return stages.require(context, requireApi(context, restApiId).id, stageName);
}

export const stageArn = (region: string, { restApiId, stageName }: StageKey) =>
  `arn:aws:apigateway:${region}::/restapis/${restApiId}/stages/${stageName}`;

/** The stage of the ARN, or `undefined`. */
export function findStageByArn(place: TablePlace, arn: string | undefined): StageRecord | undefined {
  return stages.list(place).find((stage) => stageArn(place.region, stage) === arn);
}

export interface DomainNameRecord extends Wire<sdk.DomainName> {
  readonly domainName: string;
}

export const domainNames = new Table<DomainNameRecord>("apigateway/DomainName", ({ domainName }) => domainName);

/** Base path of the mapping for every path without a mapping of its own. */
export const NO_BASE_PATH = "(none)";

/** A base path mapping of a custom domain name. */
export interface MappingRecord extends Wire<sdk.BasePathMapping> {
  readonly domainName: string;
  /** First part of the path, or {@link NO_BASE_PATH}. */
  readonly basePath: string;
  readonly restApiId: string;
}

export const mappings = new Table<MappingRecord>(
  "apigateway/BasePathMapping",
  ({ domainName, basePath }) => `${domainName}/${basePath}`,
);
