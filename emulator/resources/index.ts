/** All resource kinds of the embedded AWS, by Terraform type. */
import type { Kind } from "../provider/kind";
import { apiResource, restApi } from "./apigateway";
import { authorizer, gatewayResponse } from "./apigateway-access";
import { deployment, stage } from "./apigateway-deployment";
import { integration, integrationResponse, method, methodResponse } from "./apigateway-method";
import { resourceServer, userPool, userPoolClient, userPoolDomain } from "./cognito";
import { role, rolePolicy } from "./iam";
import { lambdaFunction, lambdaPermission } from "./lambda";
import { logGroup } from "./logs";

const all: readonly Kind[] = [
  userPool,
  userPoolDomain,
  resourceServer,
  userPoolClient,
  restApi,
  apiResource,
  method,
  methodResponse,
  integration,
  integrationResponse,
  authorizer,
  gatewayResponse,
  deployment,
  stage,
  lambdaFunction,
  lambdaPermission,
  role,
  rolePolicy,
  logGroup,
];

export const kinds: ReadonlyMap<string, Kind> = new Map(all.map((kind) => [kind.type, kind]));
