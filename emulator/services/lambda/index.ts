/** AWS Lambda: functions from zip files, and who may invoke them. */
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as alias from "./alias";
import * as functions from "./function";
import { functionResource } from "./function-resource";
import * as invocation from "./invocation";
import * as permissions from "./permission";
import * as tags from "./tags";

export { answerCode } from "./function-code";
export { findFunctionSession, findInvocable, hasFunction, type Invocable, payloadOf, runFunction } from "./invocation";
export { invokedArn } from "./invoke-arn";

/** Members of settings that would change what a function does. */
const NOT_EMULATED = ["CapacityProviderConfig", "DurableConfig", "FileSystemConfigs", "ImageConfig"];
const NOT_EMULATED_CODE = ["ImageUri", "S3Bucket", "S3Key", "S3ObjectVersion"];

export const lambda: ServiceDefinition = {
  name: "lambda",
  model: () => loadModel("lambda"),
  constraintError: "ValidationException",
  maxRequestBytes: 70_167_211,
  notEmulated: {
    CreateFunction: [
      ...NOT_EMULATED,
      "CodeSigningConfigArn",
      ...NOT_EMULATED_CODE.map((name) => `Code.${name}`),
      "PublishTo",
      "SnapStart",
      "TenancyConfig",
    ],
    PublishVersion: ["PublishTo"],
    UpdateFunctionCode: [...NOT_EMULATED_CODE, "PublishTo"],
    UpdateFunctionConfiguration: [...NOT_EMULATED, "SnapStart"],
  },
  operations: operationsIn("lambda", alias, functions, invocation, permissions, tags),
};

export const lambdaResources: readonly Resource[] = [
  functionResource,
  permissions.permissionResource,
  alias.aliasResource,
];
