import { findingsIn } from "../../support/guarded-stack";

const FOR_EVER = "its log lines are kept for ever, since retention_in_days is not set. Set retention_in_days.";
const TRACE =
  "data_trace_enabled writes whole requests into the log, tokens and all. Leave it out, and use the stage's access log.";
const CACHE = "caching_enabled keeps answers unencrypted. Set cache_data_encrypted to true.";

describe("aws_cloudwatch_log_group", () => {
  it.each([{}, { retention_in_days: 0 }, { retention_in_days: "0" }])("is refused as %j", (attributes) => {
    expect(findingsIn("aws_cloudwatch_log_group", attributes)).toEqual([FOR_EVER]);
  });

  it("is refused with a retention that nobody knows yet", () => {
    expect(findingsIn("aws_cloudwatch_log_group", { retention_in_days: "$\x7bvar.days}" })).toEqual([
      'retention_in_days is "$\x7bvar.days}", which nobody can check before it is deployed. Set retention_in_days.',
    ]);
  });

  it("passes with a retention", () => {
    expect(findingsIn("aws_cloudwatch_log_group", { retention_in_days: 1 })).toEqual([]);
    expect(findingsIn("aws_cloudwatch_log_group", { retention_in_days: "30" })).toEqual([]);
  });
});

describe("aws_api_gateway_method_settings", () => {
  it.each([
    [{ data_trace_enabled: true }, [TRACE]],
    [{ data_trace_enabled: "true" }, [TRACE]],
    [{ data_trace_enabled: "$\x7bvar.trace}" }, [TRACE]],
    [{ caching_enabled: true }, [CACHE]],
    [{ caching_enabled: true, cache_data_encrypted: false }, [CACHE]],
    [{ caching_enabled: true, data_trace_enabled: true }, [TRACE, CACHE]],
    [{ logging_level: "INFO", metrics_enabled: true, data_trace_enabled: false }, []],
    [{ caching_enabled: true, cache_data_encrypted: true }, []],
  ])("with the settings %j has so many findings", (settings, expected) => {
    expect(findingsIn("aws_api_gateway_method_settings", { settings })).toEqual(expected);
    expect(findingsIn("aws_api_gateway_method_settings", { settings: [settings] })).toEqual(expected);
  });
});
