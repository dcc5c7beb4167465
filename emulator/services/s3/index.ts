/** Amazon S3: buckets and what is set on them. */
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import * as bucket from "./bucket";
import { settingOperations } from "./settings";

export { s3Resources } from "./resources";

export const s3: ServiceDefinition = {
  name: "s3",
  model: () => loadModel("s3"),
  constraintError: "own",
  operations: operationsIn("s3", bucket, settingOperations),
};
