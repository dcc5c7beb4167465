/** What a stage serves: a snapshot of the API, made anew when, and only when, something in it changes. */
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import type { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import type { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Lazy, type TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import { configurationHash } from "./configuration-hash";

/**
 * Adds the deployment. It waits for the permissions of what it invokes: Terraform then deletes an old permission, and the
 * function behind it, only after the stage serves the new deployment. The trigger covers what this code changes, `replaceTriggeredBy` what Terraform repairs: when
 * somebody edited a method by hand, putting it right is of no use to callers before it is deployed. Of the API itself
 * that is whether its own host answers beside a domain, which takes effect with the next deployment; its tags are not.
 * A new deployment is made before the old one goes, or AWS refuses: active stages point to it.
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
  const configuration = Lazy.stringValue({ produce: (context) => configurationHash([api, ...frozen], context) });
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

/** Plain address; what CDKTF makes of a resource here is an interpolation, which Terraform does not take in this place. */
function addressOf({ terraformResourceType, friendlyUniqueId }: TerraformResource): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}
