/** All resource kinds of the embedded AWS, by Terraform type. */
import type { AnyKind } from "../provider/operations";
import { cloudWatchResources } from "../services/cloudwatch";
import { cognitoResources } from "../services/cognito";
import { iamResources } from "../services/iam";
import { lambdaResources } from "../services/lambda";
import { logsResources } from "../services/logs";
import { s3Resources } from "../services/s3";
import { secretsManagerResources } from "../services/secretsmanager";
import { wafv2Resources } from "../services/wafv2";
import { apiResource, restApi } from "./apigateway";
import { authorizer, gatewayResponse } from "./apigateway-access";
import { deployment, stage } from "./apigateway-deployment";
import { basePathMapping, domainName } from "./apigateway-domain";
import { integration, integrationResponse, method, methodResponse } from "./apigateway-method";
import { methodSettings } from "./apigateway-settings";
import { requestValidator } from "./apigateway-validator";

const all: readonly AnyKind[] = [
  ...cognitoResources,
  ...cloudWatchResources,
  ...logsResources,
  ...secretsManagerResources,
  restApi,
  apiResource,
  method,
  methodResponse,
  integration,
  integrationResponse,
  authorizer,
  gatewayResponse,
  requestValidator,
  deployment,
  stage,
  methodSettings,
  domainName,
  basePathMapping,
  ...wafv2Resources,
  ...lambdaResources,
  ...iamResources,
  ...s3Resources,
];

export const kinds: ReadonlyMap<string, AnyKind> = new Map(all.map((kind) => [kind.type, kind]));
