/** A cache of tokens in front of a token endpoint, which charges for each. */
import { ApiGatewayGatewayResponse } from "@cdktf/provider-aws/lib/api-gateway-gateway-response";
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayIntegrationResponse } from "@cdktf/provider-aws/lib/api-gateway-integration-response";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayMethodResponse } from "@cdktf/provider-aws/lib/api-gateway-method-response";
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings";
import { ApiGatewayRequestValidator } from "@cdktf/provider-aws/lib/api-gateway-request-validator";
import { ApiGatewayResource } from "@cdktf/provider-aws/lib/api-gateway-resource";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { QUOTAS } from "../access/quotas";
import { AccessLog } from "./api/access-log";
import { addDeployment } from "./api/api-deployment";
import { declarePublic } from "./declared-reason";

/** The path as a stage's settings have it: every slash as `~1`, the first one too. */
const METHOD_PATH = "~1oauth2~1token/POST";
const MAX_MINUTES = 60;

/** All that a token depends on. Nothing else of a request reaches the token endpoint, and nothing less is the key. */
const AUTHORIZATION = "method.request.header.Authorization";
const SCOPE = "method.request.querystring.scope";
const FORM = "application/x-www-form-urlencoded";
/** What is sent to the token endpoint: the scope of the query string, whatever the path, a header or the body has. */
const REQUEST_BODY = "grant_type=client_credentials&scope=$util.urlEncode($input.params().querystring.get('scope'))";
/** How long API Gateway waits for the token endpoint. */
const TIMEOUT_SECONDS = QUOTAS.integrationSeconds.value;

/** Why the cache's one route is open, by the route. */
export const OPEN_ROUTE = {
  "POST /oauth2/token": "Callers request their tokens here; the endpoint requires their client secret.",
};

export interface TokenCacheProps {
  /** Name of its REST API. */
  readonly name: string;
  /** Name of its one stage, the first part of its URL's path. */
  readonly stageName: string;
  /** Token endpoint of the pool, such as `https://orders.auth.eu-west-1.amazoncognito.com/oauth2/token`. */
  readonly tokenUrl: string;
  /** How long a token is handed out again, in minutes, 1 to 60. */
  readonly minutes: number;
  /** The shortest life of any token, in minutes; left out means that it is known to be longer. */
  readonly shortestTokenMinutes?: number;
  /** How long the lines of the access log are kept, in days; left out means that there is none. */
  readonly accessLogRetention?: number;
}

/**
 * `POST <tokenUrl>?scope=<scopes>` with the client's credentials by HTTP Basic: the pool's token endpoint behind a cache
 * of API Gateway, after AWS's advice. A cache of 0.5 GB is billed by the hour, used or not, which pays off against the
 * price of the token requests that it saves.
 *
 * A response is kept under the Authorization header and the scope, and is made of these two alone: both are required,
 * and body, other headers and other parameters of the request are not passed on. A client's token is therefore only for
 * callers who send that client's secret. A scope that is written in another way costs one more token.
 *
 * While a response is kept, the pool is not called: a deleted secret still gets the token that is kept for it, and a
 * scope that was just granted may still be refused.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-caching-tokens.html
 */
export class TokenCache extends Construct {
  /** Where clients get their tokens, in place of the pool's own token endpoint. */
  readonly tokenUrl: string;
  private readonly api: ApiGatewayRestApi;

  /** @throws {Error} for a URL or a time that is not possible */
  constructor(scope: Construct, id: string, props: TokenCacheProps) {
    super(scope, id);
    const mistake = mistakeIn(props);
    if (mistake !== undefined) throw new Error(`${this.node.path}: ${mistake}.`);
    this.api = new ApiGatewayRestApi(this, "api", { name: props.name, endpointConfiguration: { types: ["REGIONAL"] } });
    const parent = this.addResource("oauth2", this.api.rootResourceId);
    const resource = this.addResource("token", parent.id);
    const method = new TokenMethod(this, "POST", { ...props, restApiId: this.api.id, resourceId: resource.id });
    const stage = this.addStage(props, [parent, resource, ...method.frozen]);
    this.tokenUrl = `${stage.invokeUrl}/oauth2/token`;
  }

  private addResource(pathPart: string, parentId: string): ApiGatewayResource {
    return new ApiGatewayResource(this, pathPart, { restApiId: this.api.id, parentId, pathPart });
  }

  /** The cache is encrypted, and only its owner may flush it. Execution logs, which would hold secrets, are off. */
  private addStage(props: TokenCacheProps, frozen: readonly TerraformResource[]): ApiGatewayStage {
    const { name, stageName, minutes, accessLogRetention: retentionDays } = props;
    const log =
      retentionDays === undefined
        ? undefined
        : new AccessLog(this, "access-log", { apiName: name, stageName, retentionDays, hasFirewall: false });
    const stage = new ApiGatewayStage(this, "stage", {
      restApiId: this.api.id,
      deploymentId: addDeployment(this, this.api, frozen).id,
      stageName,
      cacheClusterEnabled: true,
      cacheClusterSize: "0.5",
      ...(log === undefined ? {} : { accessLogSettings: log.settings }),
    });
    new ApiGatewayMethodSettings(this, "settings", {
      restApiId: this.api.id,
      stageName: stage.stageName,
      methodPath: METHOD_PATH,
      settings: {
        cachingEnabled: true,
        cacheTtlInSeconds: minutes * 60,
        cacheDataEncrypted: true,
        requireAuthorizationForCacheControl: true,
        unauthorizedCacheControlHeaderStrategy: "FAIL_WITH_403",
        loggingLevel: "OFF",
        dataTraceEnabled: false,
        metricsEnabled: false,
      },
    });
    return stage;
  }
}

function mistakeIn({ tokenUrl, minutes, shortestTokenMinutes }: TokenCacheProps): string | undefined {
  if (!/^https:\/\/[^/?#{}\s]+\/[^?#{}\s]*$/.test(tokenUrl)) {
    return `the token endpoint is "${tokenUrl}", expected a URL such as https://auth.example.com/oauth2/token`;
  }
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MAX_MINUTES) {
    return `tokens are cached for ${minutes} minutes, expected a whole number from 1 to ${MAX_MINUTES}`;
  }
  if (shortestTokenMinutes === undefined || minutes < shortestTokenMinutes) return undefined;
  const remedy = `Cache them for at most ${shortestTokenMinutes - 1} minutes, or increase the validity of the tokens`;
  return `tokens are cached for ${minutes} minutes, but some are valid for only ${shortestTokenMinutes}. ${remedy}`;
}

interface TokenMethodProps extends Pick<TokenCacheProps, "tokenUrl" | "minutes"> {
  readonly restApiId: string;
  readonly resourceId: string;
}

/** `POST`, open to all who send credentials and a scope. Both are the key of what is kept, and all that is passed on. */
class TokenMethod extends Construct {
  /** Everything that a deployment freezes. */
  readonly frozen: readonly TerraformResource[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TokenMethodProps,
  ) {
    super(scope, id);
    const { restApiId, resourceId } = props;
    const validator = new ApiGatewayRequestValidator(this, "validator", {
      restApiId,
      name: "parameters",
      validateRequestParameters: true,
    });
    const method = new ApiGatewayMethod(this, "method", {
      restApiId,
      resourceId,
      httpMethod: "POST",
      authorization: "NONE",
      requestParameters: { [AUTHORIZATION]: true, [SCOPE]: true },
      requestValidatorId: validator.id,
    });
    declarePublic(method, OPEN_ROUTE["POST /oauth2/token"]);
    const integration = this.addIntegration(method);
    this.frozen = [
      ...[validator, method, integration],
      ...this.addResponse(integration, "200", tokenTemplate(props.minutes)),
      ...this.addResponse(integration, "400"),
      ...this.addRefusals(),
    ];
  }

  /** Not a proxy: that would pass on credentials and scopes of the body, which are in no key. */
  private addIntegration(method: ApiGatewayMethod): ApiGatewayIntegration {
    return new ApiGatewayIntegration(this, "integration", {
      restApiId: this.props.restApiId,
      resourceId: method.resourceId,
      httpMethod: method.httpMethod,
      type: "HTTP",
      integrationHttpMethod: "POST",
      uri: this.props.tokenUrl,
      timeoutMilliseconds: TIMEOUT_SECONDS * 1000,
      passthroughBehavior: "NEVER",
      // A request without a body counts as JSON.
      requestTemplates: { [FORM]: REQUEST_BODY, "application/json": REQUEST_BODY },
      requestParameters: {
        "integration.request.header.Authorization": AUTHORIZATION,
        "integration.request.header.Content-Type": `'${FORM}'`,
      },
      cacheKeyParameters: [AUTHORIZATION, SCOPE],
    });
  }

  /** Passes on responses of one status; `no-store`, as RFC 6749, section 5.1 demands. */
  private addResponse(
    integration: ApiGatewayIntegration,
    status: string,
    template?: string,
  ): readonly TerraformResource[] {
    const { restApiId, resourceId, httpMethod } = integration;
    const at = { restApiId, resourceId, httpMethod };
    const response = new ApiGatewayMethodResponse(this, `response-${status}`, {
      ...at,
      statusCode: status,
      responseParameters: { "method.response.header.Cache-Control": true },
    });
    const mapped = new ApiGatewayIntegrationResponse(this, `integration-response-${status}`, {
      ...at,
      statusCode: response.statusCode,
      selectionPattern: status,
      responseParameters: { "method.response.header.Cache-Control": "'no-store'" },
      ...(template === undefined ? {} : { responseTemplates: { "application/json": template } }),
      dependsOn: [integration],
    });
    return [response, mapped];
  }

  /**
   * Other statuses of the token endpoint have no response on purpose: API Gateway does not keep its own refusals, so
   * that a client that was throttled, or met an outage, is not refused again for minutes.
   */
  private addRefusals(): readonly TerraformResource[] {
    const refusal = (responseType: string, template: string, statusCode: string) =>
      new ApiGatewayGatewayResponse(this, `refusal-${responseType}`, {
        restApiId: this.props.restApiId,
        responseType,
        responseTemplates: { "application/json": template },
        // AWS has one even where none is set, and the real provider plans to take that away.
        statusCode,
      });
    const invalid = '{"error":"invalid_request","error_description":$context.error.messageString}';
    return [
      refusal("BAD_REQUEST_PARAMETERS", invalid, "400"),
      refusal("API_CONFIGURATION_ERROR", '{"error":"temporarily_unavailable"}', "503"),
    ];
  }
}

/**
 * The response with a token. It is handed out until its time in the cache is over, so `expires_in` is what is left of its
 * life then: less the time in the cache, and less the time that it may have taken to get there.
 */
function tokenTemplate(minutes: number): string {
  const spent = minutes * 60 + TIMEOUT_SECONDS;
  return [
    "#set($life = $input.path('$.expires_in'))",
    `#set($left = $life - ${spent})`,
    `{"access_token":$input.json('$.access_token'),"expires_in":$left,"token_type":"Bearer"}`,
  ].join("\n");
}
