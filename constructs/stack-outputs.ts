/** Outputs of a deployed stack: for its callers, for the commands of this project and for DNS. */
import util from "node:util";
import type { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import { TerraformOutput, type TerraformStack } from "cdktf";
import {
  type Client,
  type CustomDomain,
  type PrefixDomain,
  type ResourceServer,
  type Route,
  sensitiveScopesOf,
} from "../access/access-model";
import type { DomainTarget } from "./api/api-domain";
import { OUTPUT, routeKey } from "./contract/contract";
import { OPEN_ROUTE } from "./token-cache";

// cdktf calls it for each output, and Node.js 22 and later print a warning, as it is deprecated.
util.isArray = Array.isArray;

/** What there is to tell. */
export interface StackOutputs {
  readonly tokenUrl: string;
  /** URL of the token cache; `undefined` when there is none. */
  readonly tokenCacheUrl: string | undefined;
  readonly issuer: string;
  readonly routes: readonly (Route & { readonly url: string })[];
  /** App clients by their names in the access model. */
  readonly clients: ReadonlyMap<string, CognitoUserPoolClient>;
  /** Clients with owner and purpose. */
  readonly owners: readonly Pick<Client, "name" | "owner" | "purpose">[];
  /** Clients with their ends and those of their grants, and the days before from which a warning says so. */
  readonly ends: {
    readonly clients: readonly Pick<Client, "name" | "expires" | "grants">[];
    readonly warningDays: number;
  };
  readonly resourceServers: readonly ResourceServer[];
  /** The environment that is deployed before. */
  readonly after: string | undefined;
  /** What is kept of a client's secret elsewhere than in the client, by the client's name. */
  readonly secrets: ReadonlyMap<string, { readonly clientSecret: string }>;
  /** Each host of the stack and what its DNS record points to; `undefined` where AWS has the record. */
  readonly domains: readonly {
    readonly domain: CustomDomain | PrefixDomain | undefined;
    readonly target: DomainTarget | undefined;
  }[];
}

/** Adds the outputs; those with nothing to tell are left out. Only the secrets are sensitive. */
export function addOutputs(stack: TerraformStack, outputs: StackOutputs): void {
  const { routes, clients } = outputs;
  const output = (name: string, description: string, value: unknown, sensitive = false) => {
    if (value !== undefined) new TerraformOutput(stack, name, { value, description, sensitive, staticId: true });
  };
  output(OUTPUT.tokenUrl, "Token endpoint", outputs.tokenUrl);
  output(OUTPUT.tokenCacheUrl, "Token endpoint with a cache; requires ?scope=<scopes>", outputs.tokenCacheUrl);
  output(OUTPUT.issuer, "Issuer (iss) of the tokens", outputs.issuer);
  output(
    OUTPUT.routeUrls,
    "URL of each route",
    Object.fromEntries(routes.map((route) => [routeKey(route), route.url])),
  );
  output(OUTPUT.publicRoutes, "Reason why each public route needs no token", publicRoutes(outputs));
  output(OUTPUT.dnsRecords, "Target of each domain's DNS record", dnsRecords(outputs));
  output(
    OUTPUT.clientIds,
    "Id of each client",
    byName(clients, ({ id }) => id),
  );
  output(
    OUTPUT.clientSecrets,
    "Secret of each client",
    byName(clients, ({ clientSecret }, name) => outputs.secrets.get(name)?.clientSecret ?? clientSecret),
    true,
  );
  output(OUTPUT.clientOwners, "Owner and purpose of clients", clientOwners(outputs));
  output(OUTPUT.accessEnds, "Last day of the access of clients and of their scopes", accessEnds(outputs));
  output(OUTPUT.deployedAfter, "Environment that is deployed and verified before", outputs.after);
  output(OUTPUT.sensitiveScopes, "Approvers of each sensitive scope", sensitiveScopes(outputs));
}

function publicRoutes({ routes, tokenCacheUrl }: StackOutputs): Readonly<Record<string, string>> | undefined {
  const open = routes.flatMap((route) =>
    route.publicReason === undefined ? [] : [[routeKey(route), route.publicReason] as const],
  );
  // A route of access.yaml may have the same name; its written reason is used.
  return some([...(tokenCacheUrl === undefined ? [] : Object.entries(OPEN_ROUTE)), ...open]);
}

/** Owner and purpose of each client that has either. */
function clientOwners({ owners }: StackOutputs): Readonly<Record<string, object>> | undefined {
  const owned = owners.filter(({ owner, purpose }) => owner !== undefined || purpose !== undefined);
  return some(owned.map(({ name, owner, purpose }) => [name, { owner, purpose }] as const));
}

/** Those of each client that has any. */
function accessEnds({ ends: { clients, warningDays } }: StackOutputs): object | undefined {
  const ending = clients.flatMap(({ name, expires, grants }) => {
    const scopes = some(grants.flatMap(({ scope, until }) => (until === undefined ? [] : [[scope, until] as const])));
    return expires === undefined && scopes === undefined ? [] : [[name, { expires, scopes }] as const];
  });
  return ending.length === 0 ? undefined : { warning_days: warningDays, clients: Object.fromEntries(ending) };
}

function sensitiveScopes({ resourceServers }: StackOutputs): Readonly<Record<string, readonly string[]>> | undefined {
  return some(sensitiveScopesOf(resourceServers));
}

/** Target of an alias or CNAME record in the domain's zone. */
function dnsRecords({ domains }: StackOutputs): Readonly<Record<string, object>> | undefined {
  return some(
    domains.flatMap(({ domain, target }) =>
      domain?.kind === "custom" && target !== undefined
        ? [[domain.name, { name: target.name, zone_id: target.zoneId }] as const]
        : [],
    ),
  );
}

function byName(
  clients: StackOutputs["clients"],
  value: (client: CognitoUserPoolClient, name: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries([...clients].map(([name, client]) => [name, value(client, name)]));
}

/** The entries as a map; `undefined` when there are none. */
function some<Value>(entries: readonly (readonly [string, Value])[]): Readonly<Record<string, Value>> | undefined {
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
