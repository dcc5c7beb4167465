/** Records of user pools and of what belongs to one: how they are kept, found and read. */
import type * as sdk from "@aws-sdk/client-cognito-identity-provider";
import type { Account } from "../../account/account";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import type { Wire } from "../../protocols/values";
import type { ClientSettings } from "./client-rules";
import type { SigningKey } from "./signing-keys";

export interface UserPoolRecord extends Wire<sdk.UserPoolType> {
  readonly Id: string;
  readonly Arn: string;
  /** The last one signs access tokens. The one before it is for ID tokens, once the keys were asked for. */
  readonly keys: readonly SigningKey[];
}

export type DomainRecord = Wire<sdk.DomainDescriptionType> & { readonly Domain: string; readonly UserPoolId: string };
export type ServerRecord = Wire<sdk.ResourceServerType>;

/** A secret that tokens are issued for. */
export interface ClientSecret {
  readonly value: string;
  /** Milliseconds since 1970; no two of a client have the same. */
  readonly createdAt: number;
}

export interface ClientRecord extends Omit<ClientSettings, "CreationDate"> {
  readonly ClientId: string;
  readonly UserPoolId: string;
  /** Milliseconds since 1970; the secret that the client was created with has the same. */
  readonly createdAt: number;
  /** Oldest first; none for a public client. */
  readonly secrets: readonly ClientSecret[];
}

export const userPools = new Table<UserPoolRecord>("cognito-idp/UserPool", ({ Id }) => Id);
export const domains = new Table<DomainRecord>("cognito-idp/UserPoolDomain", ({ Domain }) => Domain);
export const clients = new Table<ClientRecord>("cognito-idp/UserPoolClient", ({ ClientId }) => ClientId);
export const servers = new Table<ServerRecord>(
  "cognito-idp/ResourceServer",
  ({ UserPoolId, Identifier }) => `${UserPoolId}|${Identifier}`,
);

export const invalid = (message: string) => new AwsError("InvalidParameterException", message);
export const notFound = (what: string) => new AwsError("ResourceNotFoundException", `${what} does not exist.`);

/** @throws {AwsError} `ResourceNotFoundException` */
export function requirePool(place: TablePlace, id: string | undefined): UserPoolRecord {
  return userPools.getOr(place, id, () => notFound(`User pool ${id}`));
}

/** The client that the input names. @throws {AwsError} `ResourceNotFoundException` */
export function requireClient(
  place: TablePlace,
  { ClientId, UserPoolId }: { readonly ClientId: string | undefined; readonly UserPoolId: string | undefined },
): ClientRecord {
  const client = clients.get(place, ClientId ?? "");
  if (client !== undefined && client.UserPoolId === UserPoolId) return client;
  requirePool(place, UserPoolId);
  throw notFound(`User pool client ${ClientId}`);
}

/** Full names of a server's scopes: `<identifier>/<scope>`. */
export function scopeNames({ Identifier, Scopes = [] }: ServerRecord): readonly string[] {
  return Scopes.map(({ ScopeName }) => `${Identifier}/${ScopeName}`);
}

/** Full names of all custom scopes of the pool. */
export function existingScopes(place: TablePlace, poolId: string): ReadonlySet<string> {
  return new Set(servers.where(place, { UserPoolId: poolId }).flatMap(scopeNames));
}

/** Whether the domain is a custom domain, and not a prefix of Cognito's. */
export function isCustomDomain({ CustomDomainConfig }: Pick<DomainRecord, "CustomDomainConfig">): boolean {
  return CustomDomainConfig?.CertificateArn !== undefined;
}

/** The custom domain of the name in any region, with its region. */
export function findCustomDomain(account: Account, host: string) {
  return domains.listEverywhere(account).find(({ record }) => isCustomDomain(record) && record.Domain === host);
}
