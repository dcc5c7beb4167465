/** AWS Secrets Manager: secrets, their values, their policies and their rotation. Replication is not emulated. */
import { loadModel } from "../../protocols/model";
import { defineService, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import { getRandomPassword } from "./random-password";
import * as secrets from "./secret";
import * as policies from "./secret-policy";
import * as rotation from "./secret-rotation";
import * as versions from "./secret-version";

export const secretsManager: ServiceDefinition = defineService({
  name: "secretsmanager",
  model: () => loadModel("secretsmanager"),
  constraintError: "ValidationException",
  operations: {
    CancelRotateSecret: rotation.cancelRotateSecret,
    CreateSecret: secrets.createSecret,
    DeleteResourcePolicy: policies.deleteResourcePolicy,
    DeleteSecret: secrets.deleteSecret,
    DescribeSecret: secrets.describeSecret,
    GetRandomPassword: getRandomPassword,
    GetResourcePolicy: policies.getResourcePolicy,
    GetSecretValue: versions.getSecretValue,
    ListSecrets: secrets.listSecrets,
    ListSecretVersionIds: versions.listSecretVersionIds,
    PutResourcePolicy: policies.putResourcePolicy,
    PutSecretValue: versions.putSecretValue,
    RestoreSecret: secrets.restoreSecret,
    RotateSecret: rotation.rotateSecret,
    TagResource: secrets.secretTags.tag,
    UntagResource: secrets.secretTags.untag,
    UpdateSecret: secrets.updateSecret,
    UpdateSecretVersionStage: versions.updateSecretVersionStage,
    ValidateResourcePolicy: policies.validateResourcePolicy,
  },
  writes: ["GetSecretValue"],
  notEmulated: {
    CreateSecret: ["AddReplicaRegions", "Type"],
    ListSecrets: ["SortBy"],
    PutSecretValue: ["RotationToken"],
    RotateSecret: ["ExternalSecretRotationMetadata", "ExternalSecretRotationRoleArn"],
    UpdateSecret: ["Type"],
  },
});

export const secretsManagerResources: readonly Resource[] = [
  secrets.secretResource,
  versions.secretVersionResource,
  policies.secretPolicyResource,
];
