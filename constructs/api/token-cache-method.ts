/** The one method of a token cache: what reaches the token endpoint, and what comes back. */
import { ApiGatewayGatewayResponse } from "@cdktf/provider-aws/lib/api-gateway-gateway-response";
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration";
import { ApiGatewayIntegrationResponse } from "@cdktf/provider-aws/lib/api-gateway-integration-response";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method";
import { ApiGatewayMethodResponse } from "@cdktf/provider-aws/lib/api-gateway-method-response";
import { ApiGatewayRequestValidator } from "@cdktf/provider-aws/lib/api-gateway-request-validator";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { declarePublic } from "../declared-reason";

/** All that a token depends on. Nothing else of a request reaches the token endpoint, and nothing less is the key. */
const AUTHORIZATION = "method.request.header.Authorization";
const SCOPE = "method.request.querystring.scope";

const FORM = "application/x-www-form-urlencoded";

/** Why the cache's one route is open, by the route. */
export const OPEN_ROUTE = {
  "POST /oauth2/token": "A token endpoint is where callers without a token come for one; it demands their secret.",
};

/** What is sent to the token endpoint: the scope of the query string, whatever the path, a header or the body says. */
const REQUEST_BODY = "grant_type=client_credentials&scope=$util.urlEncode($input.params().querystring.get('scope'))";

/** How long API Gateway waits for the token endpoint, in seconds. */
const TIMEOUT_SECONDS = 29;

/** Settings of a {@link TokenCacheMethod}. */
export interface TokenCacheMethodProps {
  readonly restApiId: string;
  readonly resourceId: string;
  /** Token endpoint of the pool. */
  readonly tokenUrl: string;
  /** How long an answer is kept, in minutes. */
  readonly minutes: number;
}

/**
 * `POST`, open to all who send credentials and a scope. Both are the key of what is kept, and all that is passed on.
 */
export class TokenCacheMethod extends Construct {
  /** Everything that a deployment freezes. */
  readonly frozen: readonly TerraformResource[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TokenCacheMethodProps,
  ) {
    super(scope, id);
    const validator = new ApiGatewayRequestValidator(this, "validator", {
      restApiId: props.restApiId,
      name: "parameters",
      validateRequestParameters: true,
    });
    const method = this.addMethod(validator);
    const integration = this.addIntegration(method);
    this.frozen = [
      ...[validator, method, integration],
      ...this.addAnswer(integration, "200", tokenTemplate(props.minutes)),
      ...this.addAnswer(integration, "400"),
      ...this.addRefusals(),
    ];
  }

  /** Without a value for both parts of the key there is no looking up, and no asking. */
  private addMethod(validator: ApiGatewayRequestValidator): ApiGatewayMethod {
    const { restApiId, resourceId } = this.props;
    const method = new ApiGatewayMethod(this, "method", {
      restApiId,
      resourceId,
      httpMethod: "POST",
      authorization: "NONE",
      requestParameters: { [AUTHORIZATION]: true, [SCOPE]: true },
      requestValidatorId: validator.id,
    });
    declarePublic(method, OPEN_ROUTE["POST /oauth2/token"]);
    return method;
  }

  /** No proxy: that would pass on credentials and scopes of the body, which are in no key. */
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
      // JSON is what a request without a body counts as.
      requestTemplates: { [FORM]: REQUEST_BODY, "application/json": REQUEST_BODY },
      requestParameters: {
        "integration.request.header.Authorization": AUTHORIZATION,
        "integration.request.header.Content-Type": `'${FORM}'`,
      },
      cacheKeyParameters: [AUTHORIZATION, SCOPE],
    });
  }

  /** Passes on answers of one status. Whoever keeps a token beyond this cache must not, by RFC 6749, section 5.1. */
  private addAnswer(
    integration: ApiGatewayIntegration,
    status: string,
    template?: string,
  ): readonly TerraformResource[] {
    const { restApiId, resourceId, httpMethod } = integration;
    const response = new ApiGatewayMethodResponse(this, `response-${status}`, {
      restApiId,
      resourceId,
      httpMethod,
      statusCode: status,
      responseParameters: { "method.response.header.Cache-Control": true },
    });
    const mapped = new ApiGatewayIntegrationResponse(this, `integration-response-${status}`, {
      restApiId,
      resourceId,
      httpMethod,
      statusCode: response.statusCode,
      selectionPattern: status,
      responseParameters: { "method.response.header.Cache-Control": "'no-store'" },
      ...(template === undefined ? {} : { responseTemplates: { "application/json": template } }),
      dependsOn: [integration],
    });
    return [response, mapped];
  }

  /**
   * Other answers of the token endpoint have no response on purpose: what API Gateway refuses itself is not kept, so
   * that a client that was told to slow down, or met an outage, is not told so again for minutes.
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
    return [
      refusal(
        "BAD_REQUEST_PARAMETERS",
        '{"error":"invalid_request","error_description":$context.error.messageString}',
        "400",
      ),
      refusal("API_CONFIGURATION_ERROR", '{"error":"temporarily_unavailable"}', "503"),
    ];
  }
}

/**
 * The answer with a token. It is handed out until its time in the cache is over, so what is said to be left of its life
 * is what is left then: less the time in the cache, and less the time that it may have taken to get there.
 */
function tokenTemplate(minutes: number): string {
  const spent = minutes * 60 + TIMEOUT_SECONDS;
  return [
    "#set($life = $input.path('$.expires_in'))",
    `#set($left = $life - ${spent})`,
    `{"access_token":$input.json('$.access_token'),"expires_in":$left,"token_type":"Bearer"}`,
  ].join("\n");
}
