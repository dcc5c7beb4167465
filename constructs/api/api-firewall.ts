/** What stops a single address from calling too often. */
import type { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { Wafv2WebAcl } from "@cdktf/provider-aws/lib/wafv2-web-acl";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import { Construct } from "constructs";
import type { Firewall } from "../../access/access-model";
import { resourceName } from "../resource-name";

const MAX_NAME = 128;
const WINDOW_SECONDS = 300;

/** Settings of an {@link ApiFirewall}. */
export interface ApiFirewallProps {
  readonly apiName: string;
  readonly stage: ApiGatewayStage;
  readonly firewall: Firewall;
}

/**
 * A web ACL in front of the stage with one rule: an address that sends more than its share hears 403 until it sends
 * less. Requests are counted and never sampled, because a sample shows their headers, and with them tokens.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
 */
export class ApiFirewall extends Construct {
  constructor(scope: Construct, id: string, { apiName, stage, firewall }: ApiFirewallProps) {
    super(scope, id);
    const acl = new Wafv2WebAcl(this, "acl", {
      name: resourceName([apiName], MAX_NAME),
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      ruleJson: JSON.stringify([rateRule(resourceName([apiName, "rate"], MAX_NAME), firewall)]),
      visibilityConfig: {
        cloudwatchMetricsEnabled: true,
        metricName: resourceName([apiName], MAX_NAME),
        sampledRequestsEnabled: false,
      },
    });
    new Wafv2WebAclAssociation(this, "association", { resourceArn: stage.arn, webAclArn: acl.arn });
  }
}

/**
 * As WAF's own API spells it, the names sorted as the provider keeps them. Given as JSON, since the bindings have no
 * types for a statement.
 *
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
 */
function rateRule(name: string, { requestsPerFiveMinutes }: Firewall) {
  return {
    Action: { Block: {} },
    Name: name,
    Priority: 0,
    Statement: {
      RateBasedStatement: {
        AggregateKeyType: "IP",
        EvaluationWindowSec: WINDOW_SECONDS,
        Limit: requestsPerFiveMinutes,
      },
    },
    VisibilityConfig: { CloudWatchMetricsEnabled: true, MetricName: name, SampledRequestsEnabled: false },
  };
}
