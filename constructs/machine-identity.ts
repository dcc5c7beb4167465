/** Who callers are: a user pool that only issues access tokens to machines. */
import { CognitoResourceServer } from "@cdktf/provider-aws/lib/cognito-resource-server";
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain";
import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import {
  type Client,
  type Environment,
  isEnabled,
  isIn,
  type ResourceServer,
  tokenMinutesOf,
} from "../access/access-model";
import type { DomainTarget } from "./api/api-domain";
import { constructIdOf } from "./resource-name";

/** Settings of a {@link MachineIdentity}. */
export interface MachineIdentityProps {
  /** Name, region and domain of the pool, whether AWS refuses to delete it, and how long tokens live by default. */
  readonly environment: Environment;

  /** APIs and the scopes that they know. */
  readonly resourceServers: readonly ResourceServer[];

  /** Callers and the scopes that they may ask for; those that are not in this environment are left out. */
  readonly clients: readonly Client[];
}

/**
 * A Cognito user pool without users: it only issues access tokens to machines by the OAuth 2.0 client-credentials
 * grant. The cheapest tier is enough: what the others add are managed login pages, tokens changed by functions and
 * threat protection, none of which this grant has.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html
 */
export class MachineIdentity extends Construct {
  readonly pool: CognitoUserPool;

  /** Where clients get their tokens. Known before anything is deployed. */
  readonly tokenUrl: string;

  /** What the DNS record of a domain of one's own points to; `undefined` when Cognito's own is used. */
  readonly domainTarget: DomainTarget | undefined;

  /** App client by its name in the access model. */
  readonly clients: ReadonlyMap<string, CognitoUserPoolClient>;

  private readonly domain: CognitoUserPoolDomain;
  private readonly resourceServers: readonly CognitoResourceServer[];

  constructor(scope: Construct, id: string, { environment, resourceServers, clients }: MachineIdentityProps) {
    super(scope, id);
    this.pool = new CognitoUserPool(this, "pool", {
      name: environment.prefix,
      userPoolTier: "LITE",
      deletionProtection: environment.isProtected ? "ACTIVE" : "INACTIVE",
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
    });
    this.domain = this.createDomain(environment.tokenDomain);
    this.domainTarget = targetOf(environment.tokenDomain, this.domain);
    this.tokenUrl = `https://${tokenHostOf(environment)}/oauth2/token`;
    this.resourceServers = resourceServers.map((server) => this.createResourceServer(server));
    const present = clients.filter((client) => isIn(client, environment.name));
    this.clients = new Map(present.map((client) => [client.name, this.createClient(client, environment)]));
  }

  /** What ends with its resource, by the names that access.yaml and messages use. */
  get names(): ReadonlyMap<TerraformResource, string> {
    return new Map<TerraformResource, string>([
      [this.pool, "pool"],
      [this.domain, "domain"],
      ...this.resourceServers.map((server) => [server, `resource-server/${server.identifierInput}`] as const),
      ...[...this.clients].map(([name, client]) => [client, `client/${name}`] as const),
    ]);
  }

  /** What the pool's tokens carry as `iss`. */
  get issuer(): string {
    return `https://${this.pool.endpoint}`;
  }

  /**
   * A domain of one's own is served by CloudFront. Its parent domain must already have an address, and it takes up to
   * an hour to become active.
   *
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-add-custom-domain.html
   */
  private createDomain(domain: Environment["tokenDomain"]): CognitoUserPoolDomain {
    const userPoolId = this.pool.id;
    if (domain.kind === "prefix") {
      return new CognitoUserPoolDomain(this, "domain", { domain: domain.prefix, userPoolId });
    }
    const { name, certificateArn } = domain;
    return new CognitoUserPoolDomain(this, "domain", { domain: name, userPoolId, certificateArn });
  }

  private createResourceServer(server: ResourceServer): CognitoResourceServer {
    return new CognitoResourceServer(this, `resource-server-${constructIdOf(server.identifier)}`, {
      userPoolId: this.pool.id,
      identifier: server.identifier,
      name: server.name,
      scope: server.scopes.map(({ name, description }) => ({ scopeName: name, scopeDescription: description })),
    });
  }

  /**
   * Every attribute that Cognito has a default for is written out, so that a plan has nothing to guess. Scopes come
   * from the model: `scope_identifiers` of a resource server is stale until a second apply. The dependency on the
   * resource servers of its scopes keeps Cognito from refusing scopes that do not exist yet; on all of them, a large
   * stack would take Terraform minutes to sort out.
   *
   * Cognito has no status for a client that is disabled. Without `allowedOauthFlowsUserPoolClient`, the token endpoint
   * answers `invalid_grant`, and id, secret, flows and scopes stay as they are.
   *
   * @see https://github.com/hashicorp/terraform-provider-aws/issues/34945
   */
  private createClient(client: Client, environment: Environment): CognitoUserPoolClient {
    return new CognitoUserPoolClient(this, `client-${client.name}`, {
      userPoolId: this.pool.id,
      name: client.name,
      generateSecret: true,
      allowedOauthFlowsUserPoolClient: isEnabled(client, environment.name),
      allowedOauthFlows: ["client_credentials"],
      allowedOauthScopes: [...client.scopes],
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      enableTokenRevocation: true,
      preventUserExistenceErrors: "ENABLED",
      accessTokenValidity: tokenMinutesOf(environment, client),
      idTokenValidity: 60,
      refreshTokenValidity: 30,
      tokenValidityUnits: [{ accessToken: "minutes", idToken: "minutes", refreshToken: "days" }],
      dependsOn: this.resourceServers.filter(({ identifierInput: server = "" }) =>
        client.scopes.some((scope) => scope.slice(0, scope.lastIndexOf("/")) === server),
      ),
    });
  }
}

function targetOf({ kind }: Environment["tokenDomain"], domain: CognitoUserPoolDomain): DomainTarget | undefined {
  if (kind === "prefix") return undefined;
  return { name: domain.cloudfrontDistribution, zoneId: domain.cloudfrontDistributionZoneId };
}

function tokenHostOf({ tokenDomain, region }: Environment): string {
  if (tokenDomain.kind === "custom") return tokenDomain.name;
  return `${tokenDomain.prefix}.auth.${region}.amazoncognito.com`;
}
