/** All resource kinds of the embedded AWS, by Terraform type. */
import { apigatewayResources } from "../services/apigateway";
import { cloudWatchResources } from "../services/cloudwatch";
import { cognitoResources } from "../services/cognito";
import { iamResources } from "../services/iam";
import { lambdaResources } from "../services/lambda";
import { logsResources } from "../services/logs";
import { s3Resources } from "../services/s3";
import { secretsManagerResources } from "../services/secretsmanager";
import { wafv2Resources } from "../services/wafv2";
import type { Resource } from "../terraform/resource";

const all: readonly Resource[] = [
  ...apigatewayResources,
  ...cognitoResources,
  ...cloudWatchResources,
  ...logsResources,
  ...secretsManagerResources,
  ...wafv2Resources,
  ...lambdaResources,
  ...iamResources,
  ...s3Resources,
];

export const kinds: ReadonlyMap<string, Resource> = new Map(all.map((kind) => [kind.type, kind]));
