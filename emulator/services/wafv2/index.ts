/** AWS WAF in front of stages. */
import { loadModel } from "../../protocols/model";
import { defineService, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as association from "./association";
import * as acls from "./web-acl";
import { webAclResource } from "./web-acl-resource";

export { releaseStage, webAclOf } from "./association";
export { blockingRule } from "./rate-rule";

export const wafv2: ServiceDefinition = defineService({
  name: "wafv2",
  model: () => loadModel("wafv2"),
  constraintError: "ValidationException",
  operations: {
    AssociateWebACL: association.associateWebACL,
    CreateWebACL: acls.createWebACL,
    DeleteWebACL: acls.deleteWebACL,
    DisassociateWebACL: association.disassociateWebACL,
    GetWebACL: acls.getWebACL,
    GetWebACLForResource: association.getWebACLForResource,
    ListResourcesForWebACL: association.listResourcesForWebACL,
    ListTagsForResource: acls.listTagsForResource,
    ListWebACLs: acls.listWebACLs,
    TagResource: acls.aclTags.tag,
    UntagResource: acls.aclTags.untag,
    UpdateWebACL: acls.updateWebACL,
  },
});

export const wafv2Resources: readonly Resource[] = [webAclResource, association.associationResource];
