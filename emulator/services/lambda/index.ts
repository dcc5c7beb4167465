/** AWS Lambda: functions from zip files, and who may invoke them. */
import { loadModel } from "../../protocols/model";
import { defineService, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as alias from "./alias";
import * as functions from "./function";
import * as configs from "./function-configs";
import { functionResource } from "./function-resource";
import { invoke } from "./invocation";
import * as permissions from "./permission";
import * as provisioned from "./provisioned-concurrency";
import * as tags from "./tags";
import * as versions from "./version";

export { answerCode } from "./function-code";
export { findFunctionSession, findInvocable, hasFunction, type Invocable, payloadOf, runFunction } from "./invocation";
export { invokedArn } from "./invoke-arn";

/** Members of settings that would change what a function does. */
const NOT_EMULATED = [
  "CapacityProviderConfig",
  "DurableConfig",
  "FileSystemConfigs",
  "ImageConfig",
  "Layers",
  "VpcConfig",
];
const NOT_EMULATED_CODE = ["ImageUri", "S3Bucket", "S3Key", "S3ObjectVersion"];

export const lambda: ServiceDefinition = defineService({
  name: "lambda",
  model: () => loadModel("lambda"),
  constraintError: "ValidationException",
  maxRequestBytes: 70_167_211,
  notEmulated: {
    CreateFunction: [
      ...NOT_EMULATED,
      ...NOT_EMULATED_CODE.map((name) => `Code.${name}`),
      "PublishTo",
      "SnapStart",
      "TenancyConfig",
    ],
    PublishVersion: ["PublishTo"],
    UpdateFunctionCode: [...NOT_EMULATED_CODE, "PublishTo"],
    UpdateFunctionConfiguration: [...NOT_EMULATED, "SnapStart"],
  },
  operations: {
    AddPermission: permissions.addPermission,
    CreateAlias: alias.createAlias,
    CreateFunction: functions.createFunction,
    DeleteAlias: alias.deleteAlias,
    DeleteFunction: functions.deleteFunction,
    DeleteFunctionCodeSigningConfig: configs.deleteFunctionCodeSigningConfig,
    DeleteFunctionConcurrency: configs.deleteFunctionConcurrency,
    DeleteProvisionedConcurrencyConfig: provisioned.deleteProvisionedConcurrencyConfig,
    GetAccountSettings: configs.getAccountSettings,
    GetAlias: alias.getAlias,
    GetFunction: functions.getFunction,
    GetFunctionCodeSigningConfig: configs.getFunctionCodeSigningConfig,
    GetFunctionConcurrency: configs.getFunctionConcurrency,
    GetFunctionConfiguration: functions.getFunctionConfiguration,
    GetFunctionEventInvokeConfig: configs.getFunctionEventInvokeConfig,
    GetFunctionRecursionConfig: configs.getFunctionRecursionConfig,
    GetFunctionUrlConfig: configs.getFunctionUrlConfig,
    GetPolicy: permissions.getPolicy,
    GetProvisionedConcurrencyConfig: provisioned.getProvisionedConcurrencyConfig,
    GetRuntimeManagementConfig: configs.getRuntimeManagementConfig,
    Invoke: invoke,
    ListAliases: alias.listAliases,
    ListFunctionEventInvokeConfigs: configs.listFunctionEventInvokeConfigs,
    ListFunctions: functions.listFunctions,
    ListFunctionUrlConfigs: configs.listFunctionUrlConfigs,
    ListProvisionedConcurrencyConfigs: provisioned.listProvisionedConcurrencyConfigs,
    ListTags: tags.functionTags.list,
    ListVersionsByFunction: versions.listVersionsByFunction,
    PublishVersion: versions.publishVersion,
    PutFunctionCodeSigningConfig: configs.putFunctionCodeSigningConfig,
    PutFunctionConcurrency: configs.putFunctionConcurrency,
    PutFunctionRecursionConfig: configs.putFunctionRecursionConfig,
    PutProvisionedConcurrencyConfig: provisioned.putProvisionedConcurrencyConfig,
    PutRuntimeManagementConfig: configs.putRuntimeManagementConfig,
    RemovePermission: permissions.removePermission,
    TagResource: tags.tagResource,
    UntagResource: tags.functionTags.untag,
    UpdateAlias: alias.updateAlias,
    UpdateFunctionCode: functions.updateFunctionCode,
    UpdateFunctionConfiguration: functions.updateFunctionConfiguration,
  },
});

export const lambdaResources: readonly Resource[] = [
  functionResource,
  permissions.permissionResource,
  alias.aliasResource,
];
