/** What a month costs before and after a plan, without what depends on traffic. Pure. */

import { MONTHLY, PRICE_DATE, PRICE_REGION, type Price, TRAFFIC, type TrafficPrice } from "../../platform/prices";
import type { PlanJson, ResourceChange } from "../plan-file/plan-json";
import { isEmpty, type Values, valueAt, valuesIn } from "./predicates";
import { listIn } from "./readers";

/** What is paid by the month. */
export interface CostLine extends Pick<Price, "label" | "differsByRegion"> {
  /** How many there are. */
  readonly before: number;
  readonly after: number;
  /** US dollars. */
  readonly usdEach: number;
}

export interface Costs {
  /** When the prices were looked up. */
  readonly date: string;
  readonly region: string;
  readonly lines: readonly CostLine[];
  /** What is paid by use. */
  readonly traffic: readonly Pick<Price, "label" | "usd" | "differsByRegion">[];
  /** US dollars before traffic. */
  readonly before: number;
  readonly after: number;
  /** What has no known price, such as `cache of 999 GB`. */
  readonly unpriced: readonly string[];
}

/** What a resource is paid as, and how many of it. */
type Item = readonly [thing: string, count: number];

const PRICES: Readonly<Record<string, Price>> = MONTHLY;

/** By type of resource. @param functions those of the same side of the plan, by name */
const ITEMS: Readonly<Record<string, (values: Values, functions: ReadonlyMap<unknown, Values>) => readonly Item[]>> = {
  aws_cognito_user_pool_client: () => [["appClient", 1]],
  aws_wafv2_web_acl: ({ rule_json, rule }) => [
    ["webAcl", 1],
    ["webAclRule", typeof rule_json === "string" ? listIn(rule_json).length : Array.isArray(rule) ? rule.length : 0],
  ],
  aws_secretsmanager_secret: () => [["secret", 1]],
  aws_kms_key: () => [["key", 1]],
  aws_kms_replica_key: () => [["key", 1]],
  aws_kms_external_key: () => [["key", 1]],
  aws_cloudwatch_metric_alarm: ({ period, metric_query }) => [
    [
      periodsIn(period, metric_query).some((one) => one > 0 && one < 60) ? "quickAlarm" : "alarm",
      metricsIn(metric_query),
    ],
  ],
  aws_cloudwatch_composite_alarm: () => [["compositeAlarm", 1]],
  aws_cloudwatch_log_metric_filter: () => [["customMetric", 1]],
  aws_cloudwatch_dashboard: () => [["dashboard", 1]],
  aws_lambda_provisioned_concurrency_config: ({ function_name, provisioned_concurrent_executions }, functions) => {
    const values = functions.get(function_name) ?? {};
    const gigabytes = (Number(provisioned_concurrent_executions) * Number(values["memory_size"])) / 1024;
    if (!Number.isFinite(gigabytes)) return [["provisioned concurrency", 1]];
    return [[architectureOf(values) === "arm64" ? "provisionedArm" : "provisioned", gigabytes]];
  },
  aws_api_gateway_stage: ({ cache_cluster_enabled, cache_cluster_size }) =>
    cache_cluster_enabled === true ? [[`cache${String(cache_cluster_size)}`, 1]] : [],
};

/** Resources that stay as they are count as well. */
export function costsOf({ resource_changes }: PlanJson): Costs {
  const managed = resource_changes.filter(({ mode }) => mode === "managed");
  const before = itemsOf(managed, "before");
  const after = itemsOf(managed, "after");
  const things = [...new Set([...Object.keys(PRICES), ...before.keys(), ...after.keys()])];
  const found = things.filter((thing) => before.has(thing) || after.has(thing));
  const lines = found.flatMap((thing) => {
    const price = PRICES[thing];
    if (price === undefined) return [];
    const { label, usd: usdEach, differsByRegion } = price;
    return [{ label, before: before.get(thing) ?? 0, after: after.get(thing) ?? 0, usdEach, differsByRegion }];
  });
  const traffic = Object.values<TrafficPrice>(TRAFFIC).filter(({ type, architecture }) =>
    managed.some(({ type: used, change: { after: values } }) => {
      return used === type && values !== null && (architecture ?? architectureOf(values)) === architectureOf(values);
    }),
  );
  return {
    date: PRICE_DATE,
    region: PRICE_REGION,
    lines,
    traffic: traffic.map(({ label, usd, differsByRegion }) => ({ label, usd, differsByRegion })),
    before: total(lines.map((line) => line.before * line.usdEach)),
    after: total(lines.map((line) => line.after * line.usdEach)),
    unpriced: found
      .filter((thing) => PRICES[thing] === undefined)
      .map((thing) =>
        thing.replace(/^cache(.*)$/, (_, size) => (/^[\d.]+$/.test(size) ? `cache of ${size} GB` : "cache")),
      ),
  };
}

function itemsOf(changes: readonly ResourceChange[], side: "before" | "after"): ReadonlyMap<string, number> {
  const there = changes.flatMap(({ type, change }) => {
    const values = change[side];
    return values === null ? [] : [{ type, values }];
  });
  const functions = there.filter(({ type }) => type === "aws_lambda_function");
  const byName = new Map(functions.map(({ values }) => [values["function_name"], values]));
  const counts = new Map<string, number>();
  for (const [thing, count] of there.flatMap(({ type, values }) => ITEMS[type]?.(values, byName) ?? [])) {
    counts.set(thing, (counts.get(thing) ?? 0) + count);
  }
  return counts;
}

/** Lambda's default is x86_64. */
function architectureOf({ architectures }: Values): string {
  return Array.isArray(architectures) && architectures.includes("arm64") ? "arm64" : "x86_64";
}

/** An alarm is paid by the metrics of its queries, and has at least one. */
function metricsIn(queries: unknown): number {
  const used = Array.isArray(queries) ? queries.filter((query: Values) => !isEmpty(query["metric"])) : [];
  return Math.max(1, used.length);
}

/** Seconds. The provider has 0 for the period of an alarm with queries, each of which has its own. */
function periodsIn(period: unknown, queries: unknown): readonly number[] {
  const ofQueries = (Array.isArray(queries) ? queries : []).flatMap((query) => [
    valuesIn(query)["period"],
    valueAt(query, "metric.period"),
  ]);
  return [period, ...ofQueries].map(Number).filter(Number.isFinite);
}

/** Sums of cents. */
function total(amounts: readonly number[]): number {
  return Math.round(amounts.reduce((sum, amount) => sum + amount, 0) * 100) / 100;
}
