/** Amazon S3: buckets and what is set on them. */
import { loadModel } from "../../protocols/model";
import { defineService, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as bucket from "./bucket";
import { bucketResource } from "./bucket-resource";
import * as resources from "./setting-resources";
import { settingOperations } from "./settings";

export const s3: ServiceDefinition = defineService({
  name: "s3",
  model: () => loadModel("s3"),
  constraintError: "own",
  operations: {
    CreateBucket: bucket.createBucket,
    DeleteBucket: bucket.deleteBucket,
    GetBucketAcl: bucket.getBucketAcl,
    GetBucketLocation: bucket.getBucketLocation,
    GetBucketPolicyStatus: bucket.getBucketPolicyStatus,
    HeadBucket: bucket.headBucket,
    ListBuckets: bucket.listBuckets,
    ...settingOperations,
  },
});

export const s3Resources: readonly Resource[] = [
  bucketResource,
  resources.bucketEncryption,
  resources.bucketOwnershipControls,
  resources.bucketPolicy,
  resources.bucketPublicAccessBlock,
  resources.bucketVersioning,
];
