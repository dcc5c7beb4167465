/** Amazon Cognito user pools: the service that issues tokens to machines. */
import { loadModel } from "../../protocols/model";
import { defineService, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as secrets from "./client-secret";
import { getClientToken } from "./client-token";
import * as servers from "./resource-server";
import * as pools from "./user-pool";
import * as clients from "./user-pool-client";
import * as domains from "./user-pool-domain";
import { userPoolResource } from "./user-pool-resource";

export const cognito: ServiceDefinition = defineService({
  name: "cognito-idp",
  model: () => loadModel("cognito"),
  constraintError: "InvalidParameterException",
  operations: {
    AddCustomAttributes: pools.addCustomAttributes,
    AddUserPoolClientSecret: secrets.addUserPoolClientSecret,
    CreateResourceServer: servers.createResourceServer,
    CreateUserPool: pools.createUserPool,
    CreateUserPoolClient: clients.createUserPoolClient,
    CreateUserPoolDomain: domains.createUserPoolDomain,
    DeleteResourceServer: servers.deleteResourceServer,
    DeleteUserPool: pools.deleteUserPool,
    DeleteUserPoolClient: clients.deleteUserPoolClient,
    DeleteUserPoolClientSecret: secrets.deleteUserPoolClientSecret,
    DeleteUserPoolDomain: domains.deleteUserPoolDomain,
    DescribeResourceServer: servers.describeResourceServer,
    DescribeUserPool: pools.describeUserPool,
    DescribeUserPoolClient: clients.describeUserPoolClient,
    DescribeUserPoolDomain: domains.describeUserPoolDomain,
    GetClientToken: getClientToken,
    GetUserPoolMfaConfig: pools.getUserPoolMfaConfig,
    ListResourceServers: servers.listResourceServers,
    ListTagsForResource: pools.poolTags.list,
    ListUserPoolClients: clients.listUserPoolClients,
    ListUserPoolClientSecrets: secrets.listUserPoolClientSecrets,
    ListUserPools: pools.listUserPools,
    SetUserPoolMfaConfig: pools.setUserPoolMfaConfig,
    TagResource: pools.poolTags.tag,
    UntagResource: pools.poolTags.untag,
    UpdateResourceServer: servers.updateResourceServer,
    UpdateUserPool: pools.updateUserPool,
    UpdateUserPoolClient: clients.updateUserPoolClient,
    UpdateUserPoolDomain: domains.updateUserPoolDomain,
  },
  unsigned: ["GetClientToken"],
  // A trigger may rewrite the claims of a token, and a secret of one's own is not recorded.
  notEmulated: {
    CreateUserPool: ["LambdaConfig.PreTokenGeneration", "LambdaConfig.PreTokenGenerationConfig"],
    CreateUserPoolClient: ["ClientSecret"],
    UpdateUserPool: ["LambdaConfig.PreTokenGeneration", "LambdaConfig.PreTokenGenerationConfig"],
  },
});

export const cognitoResources: readonly Resource[] = [
  userPoolResource,
  domains.userPoolDomainResource,
  servers.resourceServerResource,
  clients.userPoolClientResource,
];
