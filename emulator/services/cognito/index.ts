/** Amazon Cognito user pools: the service that issues tokens to machines. */
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as clientToken from "./access-token";
import * as secrets from "./client-secret";
import * as servers from "./resource-server";
import * as pools from "./user-pool";
import * as clients from "./user-pool-client";
import * as domains from "./user-pool-domain";

export const cognito: ServiceDefinition = {
  name: "cognito-idp",
  model: () => loadModel("cognito"),
  constraintError: "InvalidParameterException",
  operations: operationsIn("cognito", clientToken, clients, domains, pools, secrets, servers),
  unsigned: ["GetClientToken"],
  // A secret given by the caller is not recorded.
  notEmulated: {
    CreateUserPool: pools.USER_SETTINGS,
    CreateUserPoolClient: ["ClientSecret"],
    UpdateUserPool: pools.USER_SETTINGS,
  },
};

export const cognitoResources: readonly Resource[] = [
  pools.userPoolResource,
  domains.userPoolDomainResource,
  servers.resourceServerResource,
  clients.userPoolClientResource,
];
