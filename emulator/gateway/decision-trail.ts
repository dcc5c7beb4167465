/** The decisions about a call of a stage, read from its record after it was answered. */
import type { Decision, DecisionTrail } from "../protocols/decision-trail";
import { invokedArn } from "../services/lambda";
import type { FinishedCall } from "./access-log";
import { type DeployedMethod, fittingMethods, fittingPaths } from "./deployed-api";
import type { Refusal } from "./gateway-response";
import type { CallRecord, StageCall } from "./stage-call";

/** Who refuses by what, and the reason where the record has none. */
const REFUSALS: Readonly<Record<Refusal["type"], readonly [by: Decision["by"], why: string]>> = {
  ACCESS_DENIED: ["stage", "the API's own host is closed: it is called by its custom domain only"],
  API_CONFIGURATION_ERROR: ["integration", "the integration is misconfigured"],
  BAD_REQUEST_PARAMETERS: ["parameters", "a required parameter is missing or blank"],
  DEFAULT_4XX: ["integration", "the request does not fit the integration"],
  EXPIRED_TOKEN: ["authorizer", "the token expired"],
  INTEGRATION_FAILURE: ["integration", "the backend cannot be reached"],
  INTEGRATION_TIMEOUT: ["integration", "the backend did not answer within the integration's timeout"],
  INVALID_API_KEY: ["API key", "the header x-api-key has no key of a usage plan of the stage"],
  INVALID_SIGNATURE: ["route", ""],
  MISSING_AUTHENTICATION_TOKEN: ["route", ""],
  QUOTA_EXCEEDED: ["throttling", "the quota of the usage plan is used up"],
  REQUEST_TOO_LARGE: ["integration", "the function's event would be larger than Lambda accepts"],
  THROTTLED: ["throttling", "there are more requests than the throttling settings allow"],
  UNAUTHORIZED: ["authorizer", "the token is not accepted"],
  UNSUPPORTED_MEDIA_TYPE: ["integration", "the integration has no request template for the Content-Type"],
  WAF_FILTERED: ["firewall", "the rate rule of the web ACL blocks the address: it sent too many requests"],
};

/** The decisions about a call. */
export function trailOfCall({
  call,
  answered: { record },
  waf,
}: Omit<FinishedCall, "startedAt" | "endedAt">): DecisionTrail {
  const refused = record.refusal && refusedDecision(call, record, record.refusal);
  const passed = [stageDecision(call), firewallDecision(waf), ...methodDecisions(call, record)];
  const before = passed.filter((decision) => decision !== undefined).filter(({ by }) => by !== refused?.by);
  const invocation = record.integration?.invocation;
  return {
    decisions: [...before, ...(refused === undefined ? [] : [refused])],
    requestId: call.ids.requestId,
    ...(invocation && { invocation }),
  };
}

function refusedDecision(
  call: StageCall,
  { fault, method, integration }: CallRecord,
  { type, why }: NonNullable<CallRecord["refusal"]>,
): Decision {
  const [by, usual] = REFUSALS[type];
  if (fault !== undefined) {
    const scopes = fault.by === "scope" ? scopeFacts(method?.method.authorizationScopes, fault.claims) : [];
    return refusal(fault.by, fault.text, [...Object.entries(fault.claims ?? {}), ...scopes]);
  }
  if (by === "route") return refusal(by, whyNoMethod(call));
  return refusal(by, why ?? usual, by === "integration" ? integrationFacts(integration) : []);
}

const refusal = (by: Decision["by"], text: string, facts: Decision["facts"] = []): Decision => ({
  ...passed(by, text, facts),
  isRefused: true,
});

const passed = (by: Decision["by"], text: string, facts: Decision["facts"] = []): Decision => ({
  by,
  isRefused: false,
  text,
  ...(facts.length > 0 && { facts }),
});

function whyNoMethod({ snapshot, path, request }: StageCall): string {
  const below = path === "" ? "/" : path;
  const fitting = fittingPaths(snapshot, path);
  const what = `what is deployed has no route for ${request.method} ${below}`;
  return fitting.length === 0 ? what : `${what}; the path fits ${fitting.join(" and ")}`;
}

function stageDecision({ api, stage, isCanary }: StageCall): Decision {
  const canary = isCanary ? " by its canary" : "";
  const facts = [
    ["API", api.id],
    ["deployment", stage.deploymentId],
  ] as const;
  return passed("stage", `${stage.stageName} of the API ${api.name}${canary}`, facts);
}

function firewallDecision(waf: FinishedCall["waf"]): Decision | undefined {
  return waf === undefined ? undefined : passed("firewall", "the web ACL let the request pass");
}

/** What is decided once the method is known. */
function methodDecisions(call: StageCall, { method, claims, apiKey, fault, refusal, integration }: CallRecord) {
  if (method === undefined) return [];
  const { authorizer } = method;
  const others = fittingMethods(call.snapshot, call.request.method, call.path)
    .slice(1)
    .map((other) => `${other.method.httpMethod} ${other.resourcePath}`);
  const parameters = Object.entries(method.pathParameters);
  const decisions: (Decision | undefined)[] = [
    passed("route", `${method.method.httpMethod} ${method.resourcePath}`, [
      ...parameters,
      ...(others.length === 0 ? [] : [["also fit, less specific", others.join(", ")] as const]),
    ]),
  ];
  const seen = claims ?? (fault?.by === "scope" ? fault.claims : undefined);
  if (method.method.authorizationType === "NONE") decisions.push(passed("authorizer", "the method requires no token"));
  else if (seen !== undefined) {
    decisions.push(passed("authorizer", `${authorizer?.name} accepts the token`, Object.entries(seen)));
    const wanted = method.method.authorizationScopes ?? [];
    if (claims !== undefined && wanted.length > 0) {
      decisions.push(passed("scope", "the token has a scope of the method", scopeFacts(wanted, claims)));
    }
  }
  if (apiKey !== undefined) decisions.push(passed("API key", apiKey.id));
  const isAnswered = refusal === undefined;
  if (isAnswered && integration === undefined) decisions.push(passed("integration", "the response was in the cache"));
  if (isAnswered && integration !== undefined) {
    decisions.push(passed("integration", targetOf(method.integration), integrationFacts(integration)));
  }
  return decisions;
}

function scopeFacts(wanted: readonly string[] | undefined, claims: CallRecord["claims"]): Decision["facts"] & {} {
  return [
    ["required, any of", (wanted ?? []).join(", ")],
    ["of the token", claims?.["scope"] || "none"],
  ];
}

function integrationFacts(integration: CallRecord["integration"]): NonNullable<Decision["facts"]> {
  if (integration === undefined) return [];
  const { status, latencyMilliseconds, invocation } = integration;
  return [
    ...(status === undefined ? [] : [["status", String(status)] as const]),
    ["duration", `${latencyMilliseconds} ms`],
    ...(invocation === undefined ? [] : [["Lambda request id", invocation.requestId] as const]),
  ];
}

function targetOf({ type, uri = "" }: DeployedMethod["integration"]): string {
  if (type === "MOCK") return "API Gateway answered itself (MOCK)";
  if (type?.startsWith("HTTP")) return `the HTTP backend ${uri} answered`;
  return `the function ${invokedArn(uri)?.split(":")[6] ?? uri} answered`;
}
