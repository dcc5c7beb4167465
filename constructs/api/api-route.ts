/** One method of one path: who may call it, and what answers. */
import type { ApiGatewayAuthorizer } from "@cdktf/provider-aws/lib/api-gateway-authorizer";
import {
  ApiGatewayIntegration,
  type ApiGatewayIntegrationConfig,
} from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayMethod, type ApiGatewayMethodConfig } from "@cdktf/provider-aws/lib/api-gateway-method";
import type { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import type { HttpBackend, Route } from "../../access/access-model";
import { declarePublic } from "../declared-reason";

/** What API Gateway waits for at most, in milliseconds, without a quota increase. */
const TIMEOUT_MILLISECONDS = 29_000;

/** A route and the very function behind it, or the URL. */
export interface ProtectedRoute extends Omit<Route, "backend"> {
  readonly backend: LambdaBackend | HttpBackend;
}

/** A function that API Gateway invokes. */
export interface LambdaBackend {
  readonly kind: "lambda";
  readonly function: LambdaFunction;
}

/** Settings of an {@link ApiRoute}. */
export interface ApiRouteProps {
  readonly api: ApiGatewayRestApi;
  readonly authorizer: ApiGatewayAuthorizer;
  readonly resourceId: string;
  /** The only stage that may invoke a function. */
  readonly stageName: string;
  readonly route: ProtectedRoute;
}

/**
 * A method with its integration and, for a function, the permission to invoke it. A backend that is reached by HTTP
 * gets the request as it came, the caller's token included, and answers browsers with CORS headers itself.
 */
export class ApiRoute extends Construct {
  /** Everything that a deployment freezes. */
  readonly frozen: readonly TerraformResource[];
  /** The permission to invoke the function; none for a backend that is reached by HTTP. */
  readonly permissions: readonly LambdaPermission[];

  constructor(scope: Construct, id: string, props: ApiRouteProps) {
    super(scope, id);
    const method = this.createMethod(props);
    const integration = new ApiGatewayIntegration(this, "integration", {
      restApiId: props.api.id,
      resourceId: method.resourceId,
      httpMethod: method.httpMethod,
      timeoutMilliseconds: TIMEOUT_MILLISECONDS,
      ...integrationOf(props.route),
    });
    const { backend } = props.route;
    this.permissions = backend.kind === "lambda" ? [this.allowInvocation(backend.function, props)] : [];
    this.frozen = [method, integration];
  }

  private createMethod({ api, authorizer, resourceId, route }: ApiRouteProps): ApiGatewayMethod {
    const parameters = mappedParameters(route);
    const method = new ApiGatewayMethod(this, "method", {
      restApiId: api.id,
      resourceId,
      httpMethod: route.method,
      ...authorizationOf(route, authorizer),
      ...(parameters.length === 0
        ? {}
        : { requestParameters: mapNames(parameters, (name) => [requestPath(name), true]) }),
    });
    if (route.publicReason !== undefined) declarePublic(method, route.publicReason);
    return method;
  }

  /**
   * For this method of this stage only; `*` stands where a caller fills in, and for the methods of `ANY`. The statement
   * id is the provider's, which is unique, so that the permission for another function can be made before this one is
   * deleted: what is deployed invokes the old function until then.
   */
  private allowInvocation(
    fn: LambdaFunction,
    { api, stageName, route: { method, path } }: ApiRouteProps,
  ): LambdaPermission {
    const verb = method === "ANY" ? "*" : method;
    return new LambdaPermission(this, "may-invoke", {
      action: "lambda:InvokeFunction",
      functionName: fn.functionName,
      principal: "apigateway.amazonaws.com",
      sourceArn: `${api.executionArn}/${stageName}/${verb}${path.replace(/\{[^}]*\}/g, "*")}`,
      lifecycle: { createBeforeDestroy: true },
    });
  }
}

/** Scopes are sorted, as a set has no order that a change could be a change of. */
function authorizationOf(
  { scopes, publicReason }: ProtectedRoute,
  authorizer: ApiGatewayAuthorizer,
): Pick<ApiGatewayMethodConfig, "authorization" | "authorizerId" | "authorizationScopes"> {
  if (publicReason !== undefined) return { authorization: "NONE" };
  return {
    authorization: "COGNITO_USER_POOLS",
    authorizerId: authorizer.id,
    authorizationScopes: [...new Set(scopes)].sort(),
  };
}

type Backend = Pick<ApiGatewayIntegrationConfig, "type" | "integrationHttpMethod" | "uri" | "requestParameters">;

/** Lambda is always invoked by POST; anything else is asked by the caller's own method, which is what `ANY` means there. */
function integrationOf(route: ProtectedRoute): Backend {
  const { method, backend } = route;
  if (backend.kind === "lambda") {
    return { type: "AWS_PROXY", integrationHttpMethod: "POST", uri: backend.function.invokeArn };
  }
  const parameters = mappedParameters(route);
  const mapping = mapNames(parameters, (name) => [`integration.request.path.${name}`, requestPath(name)]);
  return {
    type: "HTTP_PROXY",
    integrationHttpMethod: method,
    uri: backend.url,
    ...(parameters.length === 0 ? {} : { requestParameters: mapping }),
  };
}

/**
 * Names of the path parameters that the backend's URL takes over, sorted; a greedy `{proxy+}` of the path is called
 * `proxy` everywhere else.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/setup-http-integrations.html
 */
function mappedParameters({ backend }: ProtectedRoute): readonly string[] {
  if (backend.kind !== "http") return [];
  return [...new Set([...backend.url.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name))].sort();
}

function requestPath(name: string): string {
  return `method.request.path.${name}`;
}

function mapNames<Value>(
  names: readonly string[],
  entry: (name: string) => readonly [string, Value],
): Record<string, Value> {
  return Object.fromEntries(names.map(entry));
}
