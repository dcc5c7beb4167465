/** The stage's log of every call: who called what, how it ended and how long it took. Never a token. */
import type { ApiGatewayStageAccessLogSettings } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Construct } from "constructs";

/** Settings of an {@link AccessLog}. */
export interface AccessLogProps {
  readonly apiName: string;
  readonly stageName: string;
  /** How long lines are kept, in days; one of the values that CloudWatch Logs knows. */
  readonly retentionDays: number;
  /** Whether a firewall stands in front of the stage, whose verdict is then logged too. */
  readonly hasFirewall: boolean;
}

/**
 * A log group and what the stage writes into it. The account's role for API Gateway's logs is not made here: it is one
 * for all APIs of a region, and taking this one down would switch off the logs of the others.
 */
export class AccessLog extends Construct {
  readonly settings: ApiGatewayStageAccessLogSettings;

  constructor(scope: Construct, id: string, { apiName, stageName, retentionDays, hasFirewall }: AccessLogProps) {
    super(scope, id);
    const group = new CloudwatchLogGroup(this, "group", {
      name: `/aws/apigateway/${apiName}/${stageName}`,
      retentionInDays: retentionDays,
    });
    this.settings = { destinationArn: group.arn, format: accessLogFormat(hasFirewall) };
  }
}

/**
 * One line of JSON, whatever the call was like: API Gateway puts texts in without escaping them and `-` for what is
 * missing, so every value is quoted, and each is one that no caller can put a quotation mark into. Hence the path's
 * template in place of the path that was sent, which may hold data that does not belong in a log; and the kind of an error
 * in place of its message, which for an unknown path has quoted the caller's Authorization header. Of a token there
 * are two claims: whose it is and what it permits.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
export function accessLogFormat(hasFirewall: boolean): string {
  return JSON.stringify({
    requestId: "$context.requestId",
    extendedRequestId: "$context.extendedRequestId",
    // Milliseconds since 1970, which sort and subtract; CloudWatch shows the time of a line anyway.
    time: "$context.requestTimeEpoch",
    ip: "$context.identity.sourceIp",
    method: "$context.httpMethod",
    resourcePath: "$context.resourcePath",
    status: "$context.status",
    clientId: "$context.authorizer.claims.client_id",
    scope: "$context.authorizer.claims.scope",
    latency: "$context.responseLatency",
    integrationLatency: "$context.integrationLatency",
    integrationStatus: "$context.integrationStatus",
    responseLength: "$context.responseLength",
    error: "$context.error.responseType",
    ...(hasFirewall ? { waf: "$context.wafResponseCode" } : {}),
  });
}
