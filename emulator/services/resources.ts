/** All resource kinds of the embedded AWS, by Terraform type. */

import type { Resource } from "../terraform/resource";
import { apigatewayResources } from "./apigateway";
import { cloudWatchResources } from "./cloudwatch";
import { cognitoResources } from "./cognito";
import { iamResources } from "./iam";
import { lambdaResources } from "./lambda";
import { logsResources } from "./logs";
import { s3Resources } from "./s3";
import { secretsManagerResources } from "./secretsmanager";
import { wafv2Resources } from "./wafv2";

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
