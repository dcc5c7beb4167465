/** AWS WAF in front of stages. */
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as association from "./association";
import * as acls from "./web-acl";
import { webAclResource } from "./web-acl-resource";

export { releaseStage, webAclOf } from "./association";
export { blockingRule } from "./rate-rule";

export const wafv2: ServiceDefinition = {
  name: "wafv2",
  model: () => loadModel("wafv2"),
  constraintError: "ValidationException",
  operations: operationsIn("wafv2", acls, association),
};

export const wafv2Resources: readonly Resource[] = [webAclResource, association.associationResource];
