/** AWS Secrets Manager: secrets, their values and their policies. Replication and rotation are not emulated. */
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as secrets from "./secret";
import * as policies from "./secret-policy";
import * as versions from "./secret-version";

export const secretsManager: ServiceDefinition = {
  name: "secretsmanager",
  model: () => loadModel("secretsmanager"),
  constraintError: "ValidationException",
  operations: operationsIn("secretsmanager", policies, secrets, versions),
  writes: ["GetSecretValue"],
  notEmulated: {
    CreateSecret: ["AddReplicaRegions", "Type"],
    ListSecrets: ["SortBy"],
    PutSecretValue: ["RotationToken"],
    UpdateSecret: ["Type"],
  },
};

export const secretsManagerResources: readonly Resource[] = [
  secrets.secretResource,
  versions.secretVersionResource,
  policies.secretPolicyResource,
];
