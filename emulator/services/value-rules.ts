/**
 * Every value that the real provider refuses before it plans, by Terraform type and path: what is derived from AWS's
 * model, and what the provider has of its own. Attributes that are refused here anyway have no rule. Checks that need
 * more than one value are with the kind, and AWS's own with its creation.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/tree/v6.25.0/internal/service
 */
import { derivedRules } from "../terraform/derived-rules";
import type { ValueRules } from "../terraform/kind-values";
import { apiGatewayRules } from "./apigateway/value-rules";
import { cloudwatchRules } from "./cloudwatch/value-rules";
import { cognitoRules } from "./cognito/value-rules";
import { iamRules } from "./iam/value-rules";
import { services } from "./index";
import { lambdaRules } from "./lambda/value-rules";
import { kinds } from "./resources";
import { s3Rules } from "./s3/value-rules";
import { secretsManagerRules } from "./secretsmanager/value-rules";
import { wafv2Rules } from "./wafv2/value-rules";

/** What the provider has of its own, by Terraform type; that of a data source begins with `data.`. */
export const writtenRules: Readonly<Record<string, ValueRules>> = {
  ...apiGatewayRules,
  ...cloudwatchRules,
  ...cognitoRules,
  ...iamRules,
  ...lambdaRules,
  ...s3Rules,
  ...secretsManagerRules,
  ...wafv2Rules,
};

const made = new Map<string, ValueRules>();

/** The rules of the type; that of a data source begins with `data.`. */
export function valueRulesOf(type: string): ValueRules {
  const rules = made.get(type) ?? rulesOf(type);
  made.set(type, rules);
  return rules;
}

function rulesOf(type: string): ValueRules {
  const kind = kinds.get(type);
  const service = kind && services.get(kind.service);
  return { ...(kind && service && derivedRules(kind, service.model())), ...writtenRules[type] };
}
