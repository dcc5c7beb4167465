import { ApiStack, type GivenApi, type GivenRoute } from "../../support/api-stack";

const OFF = { logging_level: "OFF", data_trace_enabled: false, metrics_enabled: false };
const ACCOUNT = { throttling_rate_limit: -1, throttling_burst_limit: -1 };
const SLOW = { requestsPerSecond: 5, burst: 10 };
const SLOW_SETTINGS = { ...OFF, throttling_rate_limit: 5, throttling_burst_limit: 10 };

/** Settings by method path. */
function settingsOf(given: GivenApi): Readonly<Record<string, unknown>> {
  const all = new ApiStack(given).all("aws_api_gateway_method_settings");
  return Object.fromEntries(all.map(({ method_path, settings }) => [String(method_path), settings]));
}

/** Method paths with settings of their own, for routes that are all throttled unless they say otherwise. */
function pathsOf(...routes: readonly GivenRoute[]): readonly string[] {
  const throttled = routes.map((route) => ({ throttling: SLOW, ...route }));
  return Object.keys(settingsOf({ routes: throttled })).filter((path) => path !== "*/*");
}

describe("addStage", () => {
  it("serves what was deployed", () => {
    expect(new ApiStack({ stageName: "prod" }).at("stage")).toEqual({
      deployment_id: expect.stringMatching(/^\$\{aws_api_gateway_deployment\.\S+\.id\}$/),
      rest_api_id: expect.stringMatching(/^\$\{aws_api_gateway_rest_api\.\S+\.id\}$/),
      stage_name: "prod",
      xray_tracing_enabled: false,
    });
  });

  it("traces calls where that is asked for", () => {
    expect(new ApiStack({ tracing: true }).at("stage")).toMatchObject({ xray_tracing_enabled: true });
  });

  it("logs no request, has no metrics a method, and the account's limits, unless asked for more", () => {
    expect(settingsOf({})).toEqual({ "*/*": { ...OFF, ...ACCOUNT } });
  });

  it("throttles all methods by the stage's limits", () => {
    expect(settingsOf({ throttling: SLOW })).toEqual({ "*/*": SLOW_SETTINGS });
  });

  it("has metrics for each method where they are asked for", () => {
    expect(settingsOf({ methodMetrics: true })).toEqual({ "*/*": { ...OFF, ...ACCOUNT, metrics_enabled: true } });
  });

  it("repeats every setting for a throttled route, as it inherits none", () => {
    const routes = [{ throttling: SLOW }, { method: "GET" }];

    expect(settingsOf({ routes, throttling: { requestsPerSecond: 100, burst: 200 }, methodMetrics: true })).toEqual({
      "*/*": { ...OFF, metrics_enabled: true, throttling_rate_limit: 100, throttling_burst_limit: 200 },
      "~1access/POST": { ...SLOW_SETTINGS, metrics_enabled: true },
    });
  });

  it.each([
    ["POST", "/access", "~1access/POST"],
    ["GET", "/", "~1/GET"],
    ["PUT", "/orders/{id}/items", "~1orders~1{id}~1items/PUT"],
  ])("writes %s %s as AWS does", (method, path, methodPath) => {
    expect(pathsOf({ method, path })).toEqual([methodPath]);
  });

  it("throttles each method of ANY, as AWS knows no setting for ANY itself", () => {
    expect(pathsOf({ method: "ANY", path: "/files/{proxy+}" })).toEqual(
      ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"].map((method) => `~1files~1{proxy+}/${method}`),
    );
  });

  it("leaves out of ANY what the path has by itself, OPTIONS for CORS among it", () => {
    const any = { method: "ANY", path: "/a", cors: { origins: ["*"], headers: [] } };

    expect(pathsOf(any, { method: "GET", path: "/a", throttling: undefined }, { method: "PUT", path: "/b" })).toEqual([
      "~1a/DELETE",
      "~1a/HEAD",
      "~1a/PATCH",
      "~1a/POST",
      "~1a/PUT",
      "~1b/PUT",
    ]);
  });

  it("makes the settings after the stage that they are for", () => {
    const [settings] = new ApiStack().all("aws_api_gateway_method_settings");

    expect(settings?.["stage_name"]).toMatch(/^\$\{aws_api_gateway_stage\.\S+\.stage_name\}$/);
  });

  it("never switches execution logs on, which hold requests and their tokens", () => {
    const routes = [{ throttling: SLOW }, { method: "ANY", path: "/b", throttling: SLOW }];
    const all = Object.values(settingsOf({ routes, methodMetrics: true, tracing: true }));

    expect(all.length).toBe(9);
    for (const settings of all) expect(settings).toMatchObject({ logging_level: "OFF", data_trace_enabled: false });
  });
});
