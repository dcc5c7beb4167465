/** What is called: a REST API whose methods demand scopes. */
import { ApiGatewayAuthorizer } from "@cdktf/provider-aws/lib/api-gateway-authorizer";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import type { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import type { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import type { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { CustomDomain, Firewall, Throttling } from "../access/access-model";
import { allowedOrigins, originPolicies } from "../access/cors";
import { AccessLog } from "./api/access-log";
import { Preflight, readableRefusals } from "./api/api-cors";
import { addDeployment } from "./api/api-deployment";
import { ApiDomain, type DomainTarget } from "./api/api-domain";
import { ApiResources, pathIdOf } from "./api/api-resources";
import { ApiRoute, type ProtectedRoute } from "./api/api-route";
import { checkRoutes } from "./api/api-rules";
import { addStage } from "./api/api-stage";

const DEFAULT_AUTHORIZER_NAME = "cognito";

/** Settings of a {@link ProtectedApi}. */
export interface ProtectedApiProps {
  /** Name of the API, of its firewall and in that of its log group; unique within a region. */
  readonly name: string;
  /** Name of the one stage, the first part of every URL's path unless there is a domain. */
  readonly stageName: string;
  /** Pool whose tokens are accepted. */
  readonly userPool: CognitoUserPool;
  /** At least one; their order means nothing. */
  readonly routes: readonly ProtectedRoute[];
  /** How long the log of every call is kept, in days; `undefined` means that there is none. */
  readonly accessLog: { readonly retentionDays: number } | undefined;
  /** What each method takes that has no throttling of its own; `undefined` means the account's limits. */
  readonly throttling: Throttling | undefined;
  /** Whether there are CloudWatch metrics for each method besides those of the stage. */
  readonly methodMetrics: boolean;
  /** Whether X-Ray traces calls. */
  readonly tracing: boolean;
  /** What stops a single address from calling too often; `undefined` means nothing does. */
  readonly firewall: Firewall | undefined;
  /** Host of the API, then its only one; `undefined` means API Gateway's own. */
  readonly domain: CustomDomain | undefined;
  /** `undefined` means a default name, and that an authorizer that is deployed keeps its own. */
  readonly authorizerName: string | undefined;
}

/**
 * A REST API in front of functions and of what is reached by HTTP. Every method demands an access token of the pool
 * with at least one of the route's scopes, but for public routes, which have a written reason.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
 */
export class ProtectedApi extends Construct {
  /** What answers, for alarms and dashboards. */
  readonly stage: ApiGatewayStage;
  /** What the domain's DNS record points to; `undefined` without a domain. */
  readonly domainTarget: DomainTarget | undefined;

  private readonly api: ApiGatewayRestApi;
  private readonly baseUrl: string;
  /** Everything that a deployment freezes, but for the API itself. */
  private readonly frozen: TerraformResource[] = [];
  private readonly permissions: LambdaPermission[] = [];

  /** @throws {Error} for a route that is neither protected nor public, or that cannot be what it says */
  constructor(scope: Construct, id: string, props: ProtectedApiProps) {
    super(scope, id);
    const { name, stageName, domain } = props;
    const routes = props.routes.toSorted(byMethodAndPath);
    checkRoutes(routes, this.node.path);
    this.api = this.createApi(props);
    this.addRoutes(routes, this.createAuthorizer(props), stageName);
    const restApiId = this.api.id;
    const deployment = addDeployment(this, this.api, this.frozen, this.permissions);
    this.stage = addStage(this, { ...props, restApiId, routes, deployment, accessLog: this.createAccessLog(props) });
    if (props.firewall !== undefined) {
      // The binding of the web ACL is the largest of all.
      const { ApiFirewall } = require("./api/api-firewall") as typeof import("./api/api-firewall");
      new ApiFirewall(this, "firewall", { apiName: name, stage: this.stage, firewall: props.firewall });
    }
    this.domainTarget = domain && new ApiDomain(this, "domain", { restApiId, domain, stage: this.stage }).target;
    this.baseUrl = domain === undefined ? this.stage.invokeUrl : `https://${domain.name}`;
  }

  /** Name that AWS knows it by. */
  get name(): string {
    return this.api.nameInput ?? this.node.id;
  }

  /** Full URL of a route's path, with braces where the caller fills in. */
  urlOf(path: string): string {
    return `${this.baseUrl}${path}`;
  }

  /** With a domain it is the only door: the API's own host would lead past whatever the domain is watched by. */
  private createApi({ name, domain }: ProtectedApiProps): ApiGatewayRestApi {
    return new ApiGatewayRestApi(this, "api", {
      name,
      endpointConfiguration: { types: ["REGIONAL"] },
      ...(domain === undefined ? {} : { disableExecuteApiEndpoint: true }),
    });
  }

  /** No token-validation expression: it would be matched against `aud`, which an access token does not have. */
  private createAuthorizer({ userPool, authorizerName }: ProtectedApiProps): ApiGatewayAuthorizer {
    const authorizer = new ApiGatewayAuthorizer(this, "authorizer", {
      restApiId: this.api.id,
      name: authorizerName ?? DEFAULT_AUTHORIZER_NAME,
      type: "COGNITO_USER_POOLS",
      identitySource: "method.request.header.Authorization",
      providerArns: [userPool.arn],
      ...(authorizerName === undefined ? { lifecycle: { ignoreChanges: ["name"] } } : {}),
    });
    this.frozen.push(authorizer);
    return authorizer;
  }

  private addRoutes(routes: readonly ProtectedRoute[], authorizer: ApiGatewayAuthorizer, stageName: string): void {
    const { api } = this;
    const resources = new ApiResources(this, api);
    for (const route of routes) {
      const id = `${route.method} ${pathIdOf(route.path)}`;
      const resourceId = resources.idOf(route.path);
      const { frozen, permissions } = new ApiRoute(this, id, { api, authorizer, resourceId, stageName, route });
      this.frozen.push(...frozen);
      this.permissions.push(...permissions);
    }
    for (const path of new Set(routes.map((route) => route.path))) {
      const policies = originPolicies(routes.filter((route) => route.path === path));
      if (policies.length === 0) continue;
      const props = { restApiId: api.id, resourceId: resources.idOf(path), policies };
      this.frozen.push(...new Preflight(this, `OPTIONS ${pathIdOf(path)}`, props).frozen);
    }
    const origins = allowedOrigins(routes);
    if (origins.length > 0) this.frozen.push(...readableRefusals(this, api.id, origins));
    this.frozen.push(...resources.all);
  }

  private createAccessLog({ name, stageName, accessLog, firewall }: ProtectedApiProps): AccessLog | undefined {
    if (accessLog === undefined) return undefined;
    const settings = { apiName: name, stageName, ...accessLog, hasFirewall: firewall !== undefined };
    return new AccessLog(this, "access-log", settings);
  }
}

function byMethodAndPath(a: ProtectedRoute, b: ProtectedRoute): number {
  return `${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1;
}
