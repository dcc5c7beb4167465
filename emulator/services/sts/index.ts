/** AWS STS: the caller's identity, and sessions of roles. */
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import { defineDataSource } from "../../terraform/data-source";
import * as callers from "./sts";

export const sts: ServiceDefinition = {
  name: "sts",
  model: () => loadModel("sts"),
  constraintError: "ValidationError",
  operations: operationsIn("sts", callers),
};

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/data-sources/caller_identity */
export const callerIdentity = defineDataSource("aws_caller_identity", {
  isOfFramework: true,
  service: "sts",
  names: { account_id: "Account", id: "Account" },
  read: "GetCallerIdentity",
});
