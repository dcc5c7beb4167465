/** Tokens that are handed out again, in front of a token endpoint that charges for each. */
import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings";
import { ApiGatewayResource } from "@cdktf/provider-aws/lib/api-gateway-resource";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { AccessLog } from "./api/access-log";
import { addDeployment } from "./api/api-deployment";
import { TokenCacheMethod } from "./api/token-cache-method";

/** How the path is written in a stage's settings: every slash as `~1`, the first one too. */
const METHOD_PATH = "~1oauth2~1token/POST";

const LONGEST_MINUTES = 60;

/** Settings of a {@link TokenCache}. */
export interface TokenCacheProps {
  /** Name of its REST API. */
  readonly name: string;

  /** Name of its one stage, the first part of its URL's path. */
  readonly stageName: string;

  /** Token endpoint of the pool, such as `https://orders.auth.eu-west-1.amazoncognito.com/oauth2/token`. */
  readonly tokenUrl: string;

  /** How long a token is handed out again, in minutes, 1 to 60. */
  readonly minutes: number;

  /** Life of the tokens that live shortest, in minutes; left out means that the caller knows it to be longer. */
  readonly shortestTokenMinutes?: number;

  /** How long the lines of the access log are kept, in days; left out means that there is none. */
  readonly accessLogRetention?: number;
}

/**
 * `POST <tokenUrl>?scope=<scopes>` with the client's credentials by HTTP Basic: the pool's token endpoint behind a cache
 * of API Gateway, after AWS's advice. A cache of 0.5 GB is billed by the hour, used or not, which pays off against the
 * price of the token requests that it saves.
 *
 * An answer is kept under the Authorization header and the scope, and is made of these two alone: both must be there,
 * and body, other headers and other parameters of the request are not passed on. So nobody gets a client's token
 * who does not send that client's secret. A scope that is written in another way only costs one more token.
 *
 * For as long as answers are kept, the pool is not asked: a secret that was taken away still gets the token that is
 * kept for it, and a scope that was granted just now may still be refused.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-caching-tokens.html
 */
export class TokenCache extends Construct {
  /** Where clients get their tokens, in place of the pool's own token endpoint. */
  readonly tokenUrl: string;

  private readonly api: ApiGatewayRestApi;

  constructor(scope: Construct, id: string, props: TokenCacheProps) {
    super(scope, id);
    this.requirePossible(props);
    this.api = new ApiGatewayRestApi(this, "api", { name: props.name, endpointConfiguration: { types: ["REGIONAL"] } });
    const parent = this.addResource("oauth2", this.api.rootResourceId);
    const resource = this.addResource("token", parent.id);
    const { frozen } = new TokenCacheMethod(this, "POST", {
      restApiId: this.api.id,
      resourceId: resource.id,
      tokenUrl: props.tokenUrl,
      minutes: props.minutes,
    });
    const stage = this.addStage(props, [parent, resource, ...frozen]);
    this.tokenUrl = `${stage.invokeUrl}/oauth2/token`;
  }

  private requirePossible({ tokenUrl, minutes, shortestTokenMinutes }: TokenCacheProps): void {
    const refuse = (why: string) => new Error(`${this.node.path}: ${why}`);
    if (!/^https:\/\/[^/?#{}\s]+\/[^?#{}\s]*$/.test(tokenUrl)) {
      throw refuse(
        `the token endpoint is "${tokenUrl}", expected a URL such as https://auth.example.com/oauth2/token.`,
      );
    }
    if (!Number.isInteger(minutes) || minutes < 1 || minutes > LONGEST_MINUTES) {
      throw refuse(
        `tokens are to be kept for ${minutes} minutes, expected a whole number from 1 to ${LONGEST_MINUTES}.`,
      );
    }
    if (shortestTokenMinutes !== undefined && minutes >= shortestTokenMinutes) {
      const remedy = `Keep them for ${shortestTokenMinutes - 1} minutes at most, or let every token live longer`;
      throw refuse(
        `tokens are kept for ${minutes} minutes, but some live for ${shortestTokenMinutes} only. ${remedy}.`,
      );
    }
  }

  private addResource(pathPart: string, parentId: string): ApiGatewayResource {
    return new ApiGatewayResource(this, pathPart, { restApiId: this.api.id, parentId, pathPart });
  }

  /** The cache is encrypted, and nobody but its owner may empty it. Execution logs, which would hold secrets, are off. */
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
