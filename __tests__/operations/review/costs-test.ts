import { costsOf } from "../../../operations/review/costs";
import { type MadeChange, planWith } from "../../support/plan-json";

describe("costsOf", () => {
  const fn = (architectures?: readonly string[]) => ({ type: "aws_lambda_function", after: { architectures } });
  const counted = (...changes: readonly MadeChange[]) =>
    costsOf(planWith(changes)).lines.map(({ label, before, after }) => `${label}: ${before} → ${after}`);

  it("counts what is paid by the month, before and after", () => {
    const changes: readonly MadeChange[] = [
      { type: "aws_cognito_user_pool_client", name: "a", before: { name: "a" }, after: { name: "a" } },
      { type: "aws_cognito_user_pool_client", name: "b", after: { name: "b" } },
      { type: "aws_wafv2_web_acl", after: { rule_json: '[{"Priority": 0}, {"Statement":{"Priority":1}}]' } },
      { type: "aws_secretsmanager_secret", before: { name: "s" } },
      { type: "aws_cloudwatch_metric_alarm", name: "a", after: { metric_name: "5XXError", metric_query: [] } },
      {
        type: "aws_cloudwatch_metric_alarm",
        name: "b",
        after: { metric_query: [{ metric: [{}] }, { metric: [{}] }, { metric: [] }] },
      },
      { type: "aws_api_gateway_stage", after: { cache_cluster_enabled: true, cache_cluster_size: "0.5" } },
    ];
    const { before, after } = costsOf(planWith(changes));

    expect(counted(...changes)).toEqual([
      "app client: 1 → 2",
      "web ACL: 0 → 1",
      "rule of a web ACL: 0 → 2",
      "secret: 1 → 0",
      "metric of an alarm: 0 → 3",
      "cache of 0.5 GB: 0 → 1",
    ]);
    expect([before, after]).toEqual([0.4, 21.9 + 0]);
  });

  it("names what has no known price", () => {
    const stage = { type: "aws_api_gateway_stage", after: { cache_cluster_enabled: true, cache_cluster_size: "999" } };

    expect(costsOf(planWith([stage]))).toMatchObject({ lines: [], unpriced: ["cache of 999 GB"], after: 0 });
    const unnamed = { ...stage, after: { cache_cluster_enabled: true } };
    expect(costsOf(planWith([unnamed])).unpriced).toEqual(["cache"]);
  });

  it.each<[string, string, object]>([
    ["KMS key: 0 → 1", "aws_kms_key", {}],
    ["composite alarm: 0 → 1", "aws_cloudwatch_composite_alarm", {}],
    ["metric made of log lines: 0 → 1", "aws_cloudwatch_log_metric_filter", {}],
    ["metric of an alarm with a period below a minute: 0 → 1", "aws_cloudwatch_metric_alarm", { period: 10 }],
    [
      "metric of an alarm: 0 → 1",
      "aws_cloudwatch_metric_alarm",
      { period: 0, metric_query: [{ period: 0, metric: [{ period: 300 }] }] },
    ],
    [
      "metric of an alarm with a period below a minute: 0 → 1",
      "aws_cloudwatch_metric_alarm",
      { period: 0, metric_query: [{ metric: [{ period: 10 }] }] },
    ],
    ["cache of 237 GB: 0 → 1", "aws_api_gateway_stage", { cache_cluster_enabled: true, cache_cluster_size: "237" }],
  ])("has the line %s for %s", (line, type, after) => {
    expect(counted({ type, after: { ...after } })).toEqual([line]);
  });

  it.each(["aws_acm_certificate", "aws_api_gateway_domain_name", "aws_iam_role"])("has no line for %s", (type) => {
    expect(costsOf(planWith([{ type, after: { name: "a" } }]))).toMatchObject({ lines: [], traffic: [], unpriced: [] });
  });

  it("counts provisioned concurrency by the function's memory, and reports where that is unknown", () => {
    const config: MadeChange = {
      type: "aws_lambda_provisioned_concurrency_config",
      after: { function_name: "orders", provisioned_concurrent_executions: 4 },
    };
    const orders = (more: object): MadeChange => ({
      type: "aws_lambda_function",
      after: { function_name: "orders", memory_size: 512, ...more },
    });

    expect(counted(config, orders({}))).toEqual(["GB of provisioned concurrency (x86_64): 0 → 2"]);
    expect(costsOf(planWith([config, orders({ architectures: ["arm64"] })])).after).toBe(17.52);
    expect(costsOf(planWith([config]))).toMatchObject({ lines: [], unpriced: ["provisioned concurrency"] });
  });

  it("shows prices of traffic only for what is used", () => {
    const acl = { type: "aws_wafv2_web_acl", after: { rule_json: "[]" } };

    expect(costsOf(planWith([acl])).traffic.map(({ usd }) => usd)).toEqual([0.6]);
    expect(costsOf(planWith([fn(["arm64"])])).traffic.map(({ usd }) => usd)).toEqual([0.2, 13.33]);
    expect(costsOf(planWith([fn()])).traffic.map(({ usd }) => usd)).toEqual([0.2, 16.67]);
  });
});
