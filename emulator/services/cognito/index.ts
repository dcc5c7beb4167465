/** Amazon Cognito user pools: the service that issues tokens to machines. */
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as secrets from "./client-secret";
import * as clientToken from "./client-token";
import * as servers from "./resource-server";
import * as pools from "./user-pool";
import * as clients from "./user-pool-client";
import * as domains from "./user-pool-domain";
import { userPoolResource } from "./user-pool-resource";

export const cognito: ServiceDefinition = {
  name: "cognito-idp",
  model: () => loadModel("cognito"),
  constraintError: "InvalidParameterException",
  operations: operationsIn("cognito", clientToken, clients, domains, pools, secrets, servers),
  unsigned: ["GetClientToken"],
  // A trigger may rewrite the claims of a token, and a secret of one's own is not recorded.
  notEmulated: {
    CreateUserPool: ["LambdaConfig.PreTokenGeneration", "LambdaConfig.PreTokenGenerationConfig"],
    CreateUserPoolClient: ["ClientSecret"],
    UpdateUserPool: ["LambdaConfig.PreTokenGeneration", "LambdaConfig.PreTokenGenerationConfig"],
  },
};

export const cognitoResources: readonly Resource[] = [
  userPoolResource,
  domains.userPoolDomainResource,
  servers.resourceServerResource,
  clients.userPoolClientResource,
];
