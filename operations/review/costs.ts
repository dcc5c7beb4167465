/** What a month costs before and after a plan, as far as it tells. What depends on traffic is not guessed. Pure. */
import type { PlanJson, ResourceChange } from "../plan-file/plan-json";
import prices from "./prices.json";

/** How many of a thing that is paid for by the month there are. */
export interface CostLine {
  readonly label: string;
  readonly before: number;
  readonly after: number;
  /** US dollars for each. */
  readonly usdEach: number;
  readonly differsByRegion: boolean;
}

/** What is paid for by use. */
export interface TrafficPrice {
  /** Such as `1,000 token requests`. */
  readonly label: string;
  readonly usd: number;
  readonly differsByRegion: boolean;
}

/** What a month costs. */
export interface Costs {
  /** When the prices were looked up. */
  readonly date: string;
  readonly region: string;
  readonly lines: readonly CostLine[];
  readonly traffic: readonly TrafficPrice[];
  /** US dollars before traffic. */
  readonly before: number;
  readonly after: number;
  /** What has no price in the table, such as `cache of 118 GB`. */
  readonly unpriced: readonly string[];
}

/** How AWS writes sizes of caches. */
const SIZE = /^\d+(?:\.\d+)?$/;

type Values = Readonly<Record<string, unknown>>;
/** What is paid for by the use of a type of resources, or only of those that run on an architecture. */
type Traffic = { readonly type: string; readonly architecture?: string };
type Price = keyof typeof prices.monthly;
/** How many of what a resource is paid for as. */
type Item = readonly [thing: string, count: number];

/** The functions on one side of the plan, by name. */
type Functions = ReadonlyMap<unknown, Values>;

/** What is paid for of a resource, by type. Certificates and domain names of an API cost nothing. */
const ITEMS: Readonly<Record<string, (values: Values, functions: Functions) => readonly Item[]>> = {
  aws_cognito_user_pool_client: () => [["appClient", 1]],
  aws_wafv2_web_acl: (values) => [
    ["webAcl", 1],
    ["webAclRule", rulesIn(values)],
  ],
  aws_secretsmanager_secret: () => [["secret", 1]],
  aws_kms_key: () => [["key", 1]],
  aws_kms_replica_key: () => [["key", 1]],
  aws_kms_external_key: () => [["key", 1]],
  aws_cloudwatch_metric_alarm: (values) => [[isQuick(values) ? "quickAlarm" : "alarm", metricsIn(values)]],
  aws_cloudwatch_composite_alarm: () => [["compositeAlarm", 1]],
  aws_cloudwatch_log_metric_filter: () => [["customMetric", 1]],
  aws_cloudwatch_dashboard: () => [["dashboard", 1]],
  aws_lambda_provisioned_concurrency_config: provisionedIn,
  aws_api_gateway_stage: ({ cache_cluster_enabled, cache_cluster_size }) =>
    cache_cluster_enabled === true ? [[`cache${String(cache_cluster_size)}`, 1]] : [],
};

/** What a month costs. Resources that stay as they are count as well. */
export function costsOf({ resource_changes }: PlanJson): Costs {
  const managed = resource_changes.filter(({ mode }) => mode === "managed");
  const before = counted(managed, ({ before: values }) => values);
  const after = counted(managed, ({ after: values }) => values);
  const things = [...new Set([...Object.keys(prices.monthly), ...before.keys(), ...after.keys()])];
  const there = things.filter((thing) => before.has(thing) || after.has(thing));
  const lines = there.filter(isPriced).map((thing) => {
    const { label, usd, differsByRegion } = prices.monthly[thing];
    return { label, before: before.get(thing) ?? 0, after: after.get(thing) ?? 0, usdEach: usd, differsByRegion };
  });
  const isUsed = ({ type, architecture }: Traffic) =>
    managed.some(
      ({ type: used, change: { after: values } }) =>
        used === type && values !== null && (architecture === undefined || architecture === architectureIn(values)),
    );
  return {
    date: prices.date,
    region: prices.region,
    lines,
    traffic: prices.traffic.filter(isUsed).map(({ label, usd, differsByRegion }) => ({ label, usd, differsByRegion })),
    before: total(lines.map((line) => line.before * line.usdEach)),
    after: total(lines.map((line) => line.after * line.usdEach)),
    unpriced: there
      .filter((thing) => !isPriced(thing))
      .map((thing) => thing.replace(/^cache(.*)$/, (_, size) => (SIZE.test(size) ? `cache of ${size} GB` : "cache"))),
  };
}

function isPriced(thing: string): thing is Price {
  return Object.hasOwn(prices.monthly, thing);
}

function counted(
  changes: readonly ResourceChange[],
  side: (change: ResourceChange["change"]) => Values | null,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const functions = new Map(
    changes.flatMap(({ type, change }) => {
      const values = type === "aws_lambda_function" ? side(change) : null;
      return values === null ? [] : [[values["function_name"], values] as const];
    }),
  );
  for (const { type, change } of changes) {
    const values = side(change);
    for (const [thing, count] of values === null ? [] : (ITEMS[type]?.(values, functions) ?? [])) {
      counts.set(thing, (counts.get(thing) ?? 0) + count);
    }
  }
  return counts;
}

function rulesIn({ rule_json, rule }: Values): number {
  if (typeof rule_json === "string") return listIn(rule_json).length;
  return Array.isArray(rule) ? rule.length : 0;
}

function listIn(json: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** Paid for by memory, while nobody calls as well. */
function provisionedIn(values: Values, functions: Functions): readonly Item[] {
  const { function_name, provisioned_concurrent_executions: count } = values;
  const made = functions.get(function_name) ?? {};
  const { memory_size } = made;
  if (typeof count !== "number" || typeof memory_size !== "number") return [["provisioned concurrency", 1]];
  return [[architectureIn(made) === "arm64" ? "provisionedArm" : "provisioned", (count * memory_size) / 1024]];
}

/** Lambda's own default where nothing is said. */
function architectureIn({ architectures }: Values): string {
  return Array.isArray(architectures) && architectures.includes("arm64") ? "arm64" : "x86_64";
}

/** Periods below a minute cost more. */
function isQuick({ period }: Values): boolean {
  return typeof period === "number" && period < 60;
}

/** An alarm is paid for by the metrics that it looks at. */
function metricsIn({ metric_query }: Values): number {
  const queries: readonly unknown[] = Array.isArray(metric_query) ? metric_query : [];
  const looking = queries.filter(
    (query) => typeof query === "object" && query !== null && "metric" in query && isFull(query.metric),
  );
  return Math.max(1, looking.length);
}

function isFull(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

/** Sums of cents, so that no rest of a division is shown. */
function total(amounts: readonly number[]): number {
  return Math.round(amounts.reduce((sum, amount) => sum + amount, 0) * 100) / 100;
}
