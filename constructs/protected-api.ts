/** What is called: a REST API whose methods demand scopes. */
import { ApiGatewayAuthorizer } from "@cdktf/provider-aws/lib/api-gateway-authorizer";
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayResource } from "@cdktf/provider-aws/lib/api-gateway-resource";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import type { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Lazy, type TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { configurationHash } from "./configuration-hash";
import { Preflight, readableRefusals } from "./cors";

/** Name that the authorizer has in every API. */
const AUTHORIZER_NAME = "test-cognito-authorizer";

/** One method of one path, and the function behind it. */
export interface ProtectedRoute {
  readonly method: string;
  /** Path below the stage, such as `/access`; parts in braces are path parameters. */
  readonly path: string;
  /** Full scope names; a token with any of them may call. At least one. */
  readonly scopes: readonly string[];
  /** Whether pages of other origins may call. */
  readonly cors: boolean;
  readonly function: LambdaFunction;
}

/** Settings of a {@link ProtectedApi}. */
export interface ProtectedApiProps {
  readonly name: string;
  /** Name of the one stage, the first part of every URL's path. */
  readonly stageName: string;
  /** Pool whose tokens are accepted. */
  readonly userPool: CognitoUserPool;
  readonly routes: readonly ProtectedRoute[];
}

/**
 * A REST API in front of functions. Every method demands an access token of the pool with at least one of the route's
 * scopes; without scopes on a method API Gateway would take ID tokens instead, so a route without scopes is refused.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
 */
export class ProtectedApi extends Construct {
  private readonly api: ApiGatewayRestApi;
  private readonly authorizer: ApiGatewayAuthorizer;
  private readonly stage: ApiGatewayStage;
  /** Resource of each path that was needed so far, parents included. */
  private readonly resources = new Map<string, ApiGatewayResource>();
  /** Everything that a deployment freezes. */
  private readonly deployed: TerraformResource[] = [];

  constructor(scope: Construct, id: string, { name, stageName, userPool, routes }: ProtectedApiProps) {
    super(scope, id);
    this.api = new ApiGatewayRestApi(this, "api", { name, endpointConfiguration: { types: ["REGIONAL"] } });
    this.authorizer = this.createAuthorizer(userPool);
    for (const route of routes) this.addRoute(route, stageName);
    this.addCors(routes.filter(({ cors }) => cors));
    this.stage = this.deploy(stageName);
  }

  /** Full URL of a route's path, with braces where the caller fills in. */
  urlOf(path: string): string {
    return `${this.stage.invokeUrl}${path}`;
  }

  /** No token-validation expression: it would be matched against `aud`, which an access token does not have. */
  private createAuthorizer(userPool: CognitoUserPool): ApiGatewayAuthorizer {
    const authorizer = new ApiGatewayAuthorizer(this, "authorizer", {
      restApiId: this.api.id,
      name: AUTHORIZER_NAME,
      type: "COGNITO_USER_POOLS",
      identitySource: "method.request.header.Authorization",
      providerArns: [userPool.arn],
    });
    this.deployed.push(authorizer);
    return authorizer;
  }

  private addRoute({ method: httpMethod, path, scopes, function: fn }: ProtectedRoute, stageName: string): void {
    const id = `${httpMethod} ${path}`;
    if (scopes.length === 0) {
      throw new Error(
        `${this.node.path}: route "${id}" has no scopes, so it would refuse every access token. Name one.`,
      );
    }
    const route = new Construct(this, `${httpMethod} ${idOf(path)}`);
    const method = new ApiGatewayMethod(route, "method", {
      restApiId: this.api.id,
      resourceId: this.resourceIdOf(path),
      httpMethod,
      authorization: "COGNITO_USER_POOLS",
      authorizerId: this.authorizer.id,
      authorizationScopes: [...scopes],
    });
    const integration = new ApiGatewayIntegration(route, "integration", {
      restApiId: this.api.id,
      resourceId: method.resourceId,
      httpMethod: method.httpMethod,
      type: "AWS_PROXY",
      integrationHttpMethod: "POST",
      uri: fn.invokeArn,
    });
    new LambdaPermission(route, "may-invoke", {
      action: "lambda:InvokeFunction",
      functionName: fn.functionName,
      principal: "apigateway.amazonaws.com",
      sourceArn: `${this.api.executionArn}/${stageName}/${httpMethod}${path.replace(/\{[^}]*\}/g, "*")}`,
    });
    this.deployed.push(method, integration);
  }

  private addCors(routes: readonly ProtectedRoute[]): void {
    for (const path of new Set(routes.map((route) => route.path))) {
      const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
      const props = { restApiId: this.api.id, resourceId: this.resourceIdOf(path), methods: methods.sort() };
      this.deployed.push(...new Preflight(this, `OPTIONS ${idOf(path)}`, props).resources);
    }
    if (routes.length > 0) this.deployed.push(...readableRefusals(this, this.api.id));
  }

  /** Id of the path's resource, which is made with its parents when it is asked for first. */
  private resourceIdOf(path: string): string {
    if (path === "/" || path === "") return this.api.rootResourceId;
    const known = this.resources.get(path);
    if (known !== undefined) return known.id;
    const slash = path.lastIndexOf("/");
    const resource = new ApiGatewayResource(this, idOf(path), {
      restApiId: this.api.id,
      parentId: this.resourceIdOf(path.slice(0, slash)),
      pathPart: path.slice(slash + 1),
    });
    this.resources.set(path, resource);
    this.deployed.push(resource);
    return resource.id;
  }

  /**
   * The trigger covers what this code changes, `replaceTriggeredBy` what Terraform repairs: when somebody edited a
   * method by hand, putting it right is of no use to callers before it is deployed. The stage lives apart and moves
   * to the new deployment before the old one goes, or AWS refuses: active stages point to it.
   */
  private deploy(stageName: string): ApiGatewayStage {
    const frozen = [this.api, ...this.deployed];
    const configuration = Lazy.stringValue({ produce: (context) => configurationHash(frozen, context) });
    const deployment = new ApiGatewayDeployment(this, "deployment", {
      restApiId: this.api.id,
      triggers: { configuration },
      dependsOn: this.deployed,
      lifecycle: { createBeforeDestroy: true, replaceTriggeredBy: this.deployed.map(addressOf) },
    });
    return new ApiGatewayStage(this, "stage", {
      restApiId: this.api.id,
      deploymentId: deployment.id,
      stageName,
    });
  }
}

/** Construct id of a path. Constructs writes a slash as two hyphens, so two hyphens of the path itself are told apart. */
function idOf(path: string): string {
  return path.replaceAll("--", "-_-");
}

/** Plain address; what CDKTF makes of a resource here is an interpolation, which Terraform does not take in this place. */
function addressOf({ terraformResourceType, friendlyUniqueId }: TerraformResource): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}
