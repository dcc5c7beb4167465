/**
 * Which web ACL is in front of a stage: one at most.
 *
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/wafv2_web_acl_association
 */
import type * as sdk from "@aws-sdk/client-wafv2";
import type { TablePlace } from "../../account/table";
import { UnsupportedError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { defineResource } from "../../terraform/resource";
import { findStageByArn } from "../apigateway/records";
import { associations, describe, nonexistent, requireArn, type WebAclRecord, webAcls } from "./web-acl";

/** The web ACL in front of the stage; `undefined` when there is none. */
export function webAclOf(context: TablePlace, stageArn: string): WebAclRecord | undefined {
  const association = associations.get(context, stageArn);
  return association && webAcls.list(context).find(({ ARN }) => ARN === association.WebACLArn);
}

/** Removes the web ACL in front of a stage that is deleted. */
export function releaseStage(context: TablePlace, stageArn: string): void {
  const association = associations.get(context, stageArn);
  if (association !== undefined) associations.delete(context, association);
}

/** @throws {AwsError} `WAFNonexistentItemException` when the ARN is not that of a stage */
function requireStage(context: TablePlace, arn = ""): string {
  if (findStageByArn(context, arn) === undefined) throw nonexistent();
  return arn;
}

export function associateWebACL(context: OperationContext, input: Wire<sdk.AssociateWebACLRequest>) {
  const { ARN } = requireArn(context, input.WebACLArn);
  associations.put(context, { ResourceArn: requireStage(context, input.ResourceArn), WebACLArn: ARN });
  return {};
}

export function disassociateWebACL(context: OperationContext, input: Wire<sdk.DisassociateWebACLRequest>) {
  releaseStage(context, requireStage(context, input.ResourceArn));
  return {};
}

export function getWebACLForResource(context: OperationContext, input: Wire<sdk.GetWebACLForResourceRequest>) {
  const acl = webAclOf(context, requireStage(context, input.ResourceArn));
  return acl === undefined ? {} : { WebACL: describe(acl) };
}

/** Load balancers, which AWS lists unless another type is asked for, are not emulated. */
export function listResourcesForWebACL(context: OperationContext, input: Wire<sdk.ListResourcesForWebACLRequest>) {
  const { ARN } = requireArn(context, input.WebACLArn);
  const own = associations.list(context).filter(({ WebACLArn }) => WebACLArn === ARN);
  const isOfStages = input.ResourceType === "API_GATEWAY";
  return { ResourceArns: isOfStages ? own.map(({ ResourceArn }) => ResourceArn) : [] };
}

export const associationResource = defineResource("aws_wafv2_web_acl_association", {
  service: "wafv2",
  id: "<web_acl_arn>,<resource_arn>",
  importId: "<web_acl_arn>,<resource_arn>",
  forceNew: ["resource_arn", "web_acl_arn"],
  validate({ resource_arn = null }) {
    if (typeof resource_arn !== "string" || /^arn:aws:apigateway:[^:]*::\/restapis\//.test(resource_arn)) return;
    throw new UnsupportedError(
      `${associationResource.type}.resource_arn ${resource_arn} is not emulated. Emulated: stages of REST APIs.`,
    );
  },
  create: "AssociateWebACL",
  read: async ({ resource_arn = null }, aws) => {
    const { WebACL } = await aws.call("GetWebACLForResource", { ResourceArn: resource_arn });
    return WebACL === undefined ? null : { web_acl_arn: (WebACL as Wire<sdk.WebACL>).ARN ?? null };
  },
  delete: "DisassociateWebACL",
});
