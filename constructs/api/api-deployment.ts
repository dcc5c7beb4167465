/** The snapshot of an API that a stage serves, replaced when, and only when, something in it changes. */
import { createHash } from "node:crypto";
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import type { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import type { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { type IResolveContext, Lazy, type TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import { addressOf } from "../resource-name";

/** CDKTF's own comments, what Terraform alone reads, and tags: none of it is in a deployment. */
const NOT_FROZEN = ["//", "depends_on", "lifecycle", "tags", "tags_all"];

/**
 * Values that count for the trigger in place of ignored ones: the names of former versions, which deployed resources keep,
 * so that an upgrade deploys nothing.
 */
const FORMER: Readonly<Record<string, unknown>> = { "aws_api_gateway_authorizer.name": "test-cognito-authorizer" };

/**
 * Adds the deployment. It waits for the permissions of what it invokes: Terraform then deletes an old permission, and the
 * function behind it, only after the stage serves the new deployment. The trigger covers what this code changes,
 * `replaceTriggeredBy` what Terraform repairs: a method that was changed outside Terraform and put right has to be
 * deployed again. Of the API itself that is whether its own host answers beside a domain. A new deployment is made before
 * the old one is deleted, or AWS refuses: active stages point to it.
 *
 * @param frozen everything of the API that a deployment freezes
 * @param permissions to invoke the functions behind its routes, made before the old ones are deleted
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html
 */
export function addDeployment(
  scope: Construct,
  api: ApiGatewayRestApi,
  frozen: readonly TerraformResource[],
  permissions: readonly LambdaPermission[] = [],
): ApiGatewayDeployment {
  const produce = (context: IResolveContext) =>
    // CDKTF looks for references to other stacks first, which it finds in the resources themselves.
    context.preparing ? "" : configurationHash([api, ...frozen], context);
  const configuration = Lazy.stringValue({ produce });
  return new ApiGatewayDeployment(scope, "deployment", {
    restApiId: api.id,
    triggers: { configuration },
    dependsOn: [...frozen, ...permissions],
    lifecycle: {
      createBeforeDestroy: true,
      replaceTriggeredBy: [...frozen.map(addressOf), `${addressOf(api)}.disable_execute_api_endpoint`],
    },
  });
}

/**
 * SHA-256 of the resources' whole configuration as it is synthesized, overrides included. References count as the
 * addresses they name, never as ids, so that the hash is the same on every machine and in every account.
 */
function configurationHash(resources: readonly TerraformResource[], context: IResolveContext): string {
  const configurations = resources.map((resource) => {
    const { friendlyUniqueId: name, terraformResourceType: type } = resource;
    const { [type]: ofType } = context.resolve(resource.toTerraform()).resource;
    const ignored: readonly string[] = ofType[name].lifecycle?.ignore_changes ?? [];
    const frozen = Object.entries(ofType[name])
      .filter(([attribute]) => !NOT_FROZEN.includes(attribute))
      .map(([attribute, value]) => [attribute, ignored.includes(attribute) ? FORMER[`${type}.${attribute}`] : value]);
    return `${type}.${name} ${stableJson(Object.fromEntries(frozen))}`;
  });
  return createHash("sha256").update(configurations.sort().join("\n")).digest("hex");
}

/** JSON with sorted keys. */
function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
