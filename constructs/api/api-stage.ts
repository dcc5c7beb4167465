/** What a deployment goes live as: the stage with its log and tracing, and how much each method takes. */
import type { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import {
  ApiGatewayMethodSettings,
  type ApiGatewayMethodSettingsSettings,
} from "@cdktf/provider-aws/lib/api-gateway-method-settings";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import type { Construct } from "constructs";
import { METHODS_OF_ANY, type Route, type Throttling } from "../../access/access-model";
import type { AccessLog } from "./access-log";
import { pathIdOf } from "./api-resources";

/** What API Gateway writes for "the account's limits". */
const ACCOUNT_LIMITS = { throttlingRateLimit: -1, throttlingBurstLimit: -1 };

/** A route as far as its throttling goes. */
export type ThrottledRoute = Pick<Route, "method" | "path" | "cors" | "throttling">;

/** Settings of a stage. */
export interface StageProps {
  readonly restApiId: string;
  readonly deployment: ApiGatewayDeployment;
  readonly stageName: string;
  readonly accessLog: AccessLog | undefined;
  /** Whether X-Ray traces calls. */
  readonly tracing: boolean;
  /** What each method of the stage takes that no route has throttling for; `undefined` means the account's limits. */
  readonly throttling: Throttling | undefined;
  /** Whether there are CloudWatch metrics for each method besides those of the stage. */
  readonly methodMetrics: boolean;
  readonly routes: readonly ThrottledRoute[];
}

/**
 * Adds the stage, which lives apart from its deployments and moves on to each new one, and the settings of its methods:
 * one for all, and one more for each method of a throttled route.
 */
export function addStage(scope: Construct, props: StageProps): ApiGatewayStage {
  const { restApiId, deployment, stageName, accessLog, tracing } = props;
  const stage = new ApiGatewayStage(scope, "stage", {
    restApiId,
    deploymentId: deployment.id,
    stageName,
    xrayTracingEnabled: tracing,
    ...(accessLog === undefined ? {} : { accessLogSettings: accessLog.settings }),
  });
  addMethodSettings(scope, stage, props);
  return stage;
}

/**
 * Settings of a method do not add to those of `*`/`*` but replace them, hence all of them each time. Execution logs
 * stay off: at their fuller levels they write down requests, tokens included.
 */
function addMethodSettings(scope: Construct, stage: ApiGatewayStage, props: StageProps): void {
  const add = (id: string, methodPath: string, throttling: Throttling | undefined) =>
    new ApiGatewayMethodSettings(scope, id, {
      restApiId: props.restApiId,
      stageName: stage.stageName,
      methodPath,
      settings: settingsOf(throttling, props.methodMetrics),
    });
  add("settings", "*/*", props.throttling);
  for (const { path, throttling, method } of props.routes.flatMap((route) => throttledMethods(route, props.routes))) {
    add(`settings ${method} ${pathIdOf(path)}`, methodPathOf(method, path), throttling);
  }
}

function settingsOf(throttling: Throttling | undefined, metricsEnabled: boolean): ApiGatewayMethodSettingsSettings {
  const limits = throttling && {
    throttlingRateLimit: throttling.requestsPerSecond,
    throttlingBurstLimit: throttling.burst,
  };
  return { loggingLevel: "OFF", dataTraceEnabled: false, metricsEnabled, ...(limits ?? ACCOUNT_LIMITS) };
}

/** API Gateway counts by the method that was called and knows no setting for `ANY`: it becomes one for each it stands for. */
function throttledMethods(route: ThrottledRoute, routes: readonly ThrottledRoute[]): readonly ThrottledRoute[] {
  if (route.throttling === undefined) return [];
  if (route.method !== "ANY") return [route];
  const atPath = routes.filter(({ path }) => path === route.path);
  const taken = new Set(atPath.map(({ method }) => method));
  if (atPath.some(({ cors }) => cors !== undefined)) taken.add("OPTIONS");
  return METHODS_OF_ANY.filter((method) => !taken.has(method)).map((method) => ({ ...route, method }));
}

/**
 * How API Gateway writes a method's path: every slash as `~1`, the first one too, so that the root is `~1`. Without, a
 * path of several parts is refused, and Terraform would not find its settings again.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-stage-methodsetting.html
 */
function methodPathOf(method: string, path: string): string {
  return `${path.replaceAll("/", "~1")}/${method}`;
}
