/** All resource kinds of the embedded AWS, by Terraform type. */
import type { Kind } from "../provider/kind";
import {
  apiResource,
  authorizer,
  gatewayResponse,
  integration,
  integrationResponse,
  method,
  methodResponse,
  restApi,
} from "./apigateway";
import { deployment, stage } from "./apigateway-deployment";
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
