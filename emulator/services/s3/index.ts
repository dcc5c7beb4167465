/** Amazon S3: buckets and what is set on them. */
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as bucket from "./bucket";
import { bucketResource } from "./bucket-resource";
import * as resources from "./setting-resources";
import { settingOperations } from "./settings";

export const s3: ServiceDefinition = {
  name: "s3",
  model: () => loadModel("s3"),
  constraintError: "own",
  operations: operationsIn("s3", bucket, settingOperations),
};

export const s3Resources: readonly Resource[] = [
  bucketResource,
  resources.bucketEncryption,
  resources.bucketOwnershipControls,
  resources.bucketPolicy,
  resources.bucketPublicAccessBlock,
  resources.bucketVersioning,
];
