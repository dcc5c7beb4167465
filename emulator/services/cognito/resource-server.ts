/**
 * Resource servers and their scopes. An update replaces name and scopes; a scope that is gone is in no new token, though
 * clients keep its name.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ResourceServerType.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cognito_resource_server
 */
import type * as sdk from "@aws-sdk/client-cognito-identity-provider";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { defineResource } from "../../terraform/resource";
import { invalid, notFound, requirePool, type ServerRecord, scopeNames, servers } from "./records";

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
const MAX_SERVERS = 25;
const MAX_PAGE = 50;

export function createResourceServer(context: OperationContext, input: Wire<sdk.CreateResourceServerRequest>) {
  const { UserPoolId, Identifier, Name, Scopes = [] } = input;
  const { Id } = requirePool(context, UserPoolId);
  if (servers.get(context, `${Id}|${Identifier}`) !== undefined) {
    throw invalid(`${Identifier} already exists in user pool ${Id}.`);
  }
  if (servers.where(context, { UserPoolId: Id }).length >= MAX_SERVERS) {
    // The wording for too many resource servers is unconfirmed; the name of the error is that of the API's description.
    const text = `Exceeded the limit of ${MAX_SERVERS} resource servers of a user pool.`;
    throw new AwsError("LimitExceededException", text);
  }
  requireUniqueScopes(Scopes);
  return { ResourceServer: servers.put(context, { UserPoolId: Id, Identifier, Name, Scopes }) };
}

function requireUniqueScopes(scopes: readonly Wire<sdk.ResourceServerScopeType>[]): void {
  const names = scopes.map(({ ScopeName }) => ScopeName);
  if (new Set(names).size !== names.length) throw invalid("Scopes must have unique names.");
}

export function describeResourceServer(context: OperationContext, input: Wire<sdk.DescribeResourceServerRequest>) {
  return { ResourceServer: requireServer(context, input) };
}

function requireServer(
  context: OperationContext,
  { UserPoolId, Identifier }: { readonly UserPoolId: string | undefined; readonly Identifier: string | undefined },
): ServerRecord {
  const { Id } = requirePool(context, UserPoolId);
  const server = servers.get(context, `${Id}|${Identifier}`);
  if (server !== undefined) return server;
  throw notFound(`Resource server ${Identifier}`);
}

export function listResourceServers(context: OperationContext, input: Wire<sdk.ListResourceServersRequest>) {
  const { Id } = requirePool(context, input.UserPoolId);
  const { items, next } = pageOf(
    servers.where(context, { UserPoolId: Id }),
    input.MaxResults ?? MAX_PAGE,
    input.NextToken,
  );
  return present({ ResourceServers: items, NextToken: next });
}

export function updateResourceServer(context: OperationContext, input: Wire<sdk.UpdateResourceServerRequest>) {
  const server = requireServer(context, input);
  const { Name, Scopes = [] } = input;
  requireUniqueScopes(Scopes);
  return { ResourceServer: servers.put(context, { ...server, Name, Scopes }) };
}

export function deleteResourceServer(context: OperationContext, input: Wire<sdk.DeleteResourceServerRequest>) {
  servers.delete(context, requireServer(context, input));
  return {};
}

export const resourceServerResource = defineResource("aws_cognito_resource_server", {
  service: "cognito-idp",
  names: { scope: "Scopes" },
  output: "ResourceServer",
  id: "<user_pool_id>|<identifier>",
  importId: "<user_pool_id>|<identifier>",
  forceNew: ["identifier", "user_pool_id"],
  create: "CreateResourceServer",
  read: "DescribeResourceServer",
  update: "UpdateResourceServer",
  delete: "DeleteResourceServer",
  // As with the real provider, the list is not planned when scopes change, and is stale until the next refresh.
  refine: (_found, { ResourceServer }) => ({ scope_identifiers: scopeNames(ResourceServer as ServerRecord) }),
});
