/** Who callers are: a user pool that only issues access tokens to machines. */
import { CognitoResourceServer } from "@cdktf/provider-aws/lib/cognito-resource-server";
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain";
import { Construct } from "constructs";
import type { Client, ResourceServer } from "./access-model";

/** Settings of a {@link MachineIdentity}. */
export interface MachineIdentityProps {
  /**
   * Prefix of the token endpoint's host, unique within a region:
   * `https://<domainPrefix>.auth.<region>.amazoncognito.com/oauth2/token`.
   */
  readonly domainPrefix: string;

  /** Region of the pool, such as `ap-northeast-1`. */
  readonly region: string;

  /** APIs and the scopes that they know. */
  readonly resourceServers: readonly ResourceServer[];

  /** Callers and the scopes that they may ask for. */
  readonly clients: readonly Client[];
}

/**
 * A Cognito user pool without users: it only issues access tokens to machines
 * by the OAuth 2.0 client-credentials grant.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export class MachineIdentity extends Construct {
  readonly pool: CognitoUserPool;

  /** Where clients get their tokens. Known before anything is deployed. */
  readonly tokenUrl: string;

  /** App client by its name in the access model. */
  readonly clients: ReadonlyMap<string, CognitoUserPoolClient>;

  private readonly resourceServers: readonly CognitoResourceServer[];

  constructor(scope: Construct, id: string, props: MachineIdentityProps) {
    super(scope, id);
    this.pool = new CognitoUserPool(this, "pool", {
      name: props.domainPrefix,
      userPoolTier: "LITE",
      deletionProtection: "INACTIVE",
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
    });
    new CognitoUserPoolDomain(this, "domain", { domain: props.domainPrefix, userPoolId: this.pool.id });
    this.tokenUrl = `https://${props.domainPrefix}.auth.${props.region}.amazoncognito.com/oauth2/token`;
    this.resourceServers = props.resourceServers.map((server) => this.createResourceServer(server));
    this.clients = new Map(props.clients.map((client) => [client.name, this.createClient(client)]));
  }

  /** What the pool's tokens carry as `iss`. */
  get issuer(): string {
    return `https://${this.pool.endpoint}`;
  }

  private createResourceServer(server: ResourceServer): CognitoResourceServer {
    return new CognitoResourceServer(this, `resource-server-${server.identifier}`, {
      userPoolId: this.pool.id,
      identifier: server.identifier,
      name: server.name,
      scope: server.scopes.map(({ name, description }) => ({ scopeName: name, scopeDescription: description })),
    });
  }

  /**
   * Every attribute that Cognito has a default for is written out, so that a plan has nothing to guess. Scopes come
   * from the model: `scope_identifiers` of a resource server is stale until a second apply. The dependency on every
   * resource server keeps Cognito from refusing scopes that do not exist yet.
   */
  private createClient(client: Client): CognitoUserPoolClient {
    return new CognitoUserPoolClient(this, `client-${client.name}`, {
      userPoolId: this.pool.id,
      name: client.name,
      generateSecret: true,
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["client_credentials"],
      allowedOauthScopes: [...client.scopes],
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      enableTokenRevocation: true,
      preventUserExistenceErrors: "ENABLED",
      accessTokenValidity: client.tokenMinutes,
      idTokenValidity: 60,
      refreshTokenValidity: 30,
      tokenValidityUnits: [{ accessToken: "minutes", idToken: "minutes", refreshToken: "days" }],
      dependsOn: [...this.resourceServers],
    });
  }
}
