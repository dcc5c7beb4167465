/** AWS Secrets Manager: secrets, their values, their policies and their rotation. Replication is not emulated. */
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as randomPassword from "./random-password";
import * as secrets from "./secret";
import * as lists from "./secret-list";
import * as policies from "./secret-policy";
import { secretResource } from "./secret-resource";
import * as rotation from "./secret-rotation";
import * as versions from "./secret-version";

export const secretsManager: ServiceDefinition = {
  name: "secretsmanager",
  model: () => loadModel("secretsmanager"),
  constraintError: "ValidationException",
  operations: operationsIn("secretsmanager", lists, policies, randomPassword, rotation, secrets, versions),
  writes: ["GetSecretValue"],
  notEmulated: {
    CreateSecret: ["AddReplicaRegions", "Type"],
    ListSecrets: ["SortBy"],
    PutSecretValue: ["RotationToken"],
    RotateSecret: ["ExternalSecretRotationMetadata", "ExternalSecretRotationRoleArn"],
    UpdateSecret: ["Type"],
  },
};

export const secretsManagerResources: readonly Resource[] = [
  secretResource,
  versions.secretVersionResource,
  policies.secretPolicyResource,
];
