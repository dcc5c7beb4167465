/** CloudWatch's metrics of APIs, functions and token requests, for alarms and dashboard. */

/** Length of the periods in which everything is counted, in seconds. */
export const PERIOD_SECONDS = 300;

/** A stage of a REST API. */
export interface MonitoredStage {
  /** Name of the API, unique within region and account: CloudWatch knows APIs by their names only. */
  readonly apiName: string;
  readonly stageName: string;
}

export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/**
 * A metric of a stage. The average of `4XXError` and `5XXError` is their share of all calls, from 0 to 1.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
 */
export function stageMetric(
  { apiName, stageName }: MonitoredStage,
  metricName: "Count" | "4XXError" | "5XXError" | "Latency" | "IntegrationLatency",
): Metric {
  return { namespace: "AWS/ApiGateway", metricName, dimensions: { ApiName: apiName, Stage: stageName } };
}

/** A metric of a function. @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export function functionMetric(functionName: string, metricName: "Errors" | "Throttles" | "Duration"): Metric {
  return { namespace: "AWS/Lambda", metricName, dimensions: { FunctionName: functionName } };
}

/**
 * Query for the token requests of all pools of region and account together: all of them, or those that were throttled.
 * Cognito counts client-credentials requests as usage of their quota, `ClientAuthentication`, and nowhere else: there is
 * no metric of one pool, one client or refused requests. A query, because AWS's pages differ in the dimension `Service`.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/metrics-for-cognito-user-pools.html
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/tracking-cost.html
 */
export function tokenRequestQuery(metricName: "CallCount" | "ThrottleCount"): string {
  return `SELECT SUM("${metricName}") FROM "AWS/Usage" WHERE "Resource" = 'ClientAuthentication'`;
}
