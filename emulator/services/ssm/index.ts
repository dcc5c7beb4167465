/** AWS Systems Manager: parameters of Parameter Store. Nothing else of the service is emulated. */
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import * as parameters from "./parameter";

export const ssm: ServiceDefinition = {
  name: "ssm",
  model: () => loadModel("ssm"),
  constraintError: "ValidationException",
  operations: operationsIn("ssm", parameters),
  notEmulated: { DescribeParameters: ["Filters", "Shared"], PutParameter: ["Policies", "Tags"] },
};
