/** What a month costs before and after a plan, as far as it tells. What depends on traffic is not guessed. Pure. */
import type { PlanJson, ResourceChange } from "../plan-json";
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

type Values = Readonly<Record<string, unknown>>;
type Price = keyof typeof prices.monthly;
/** How many of what a resource is paid for as. */
type Item = readonly [thing: string, count: number];

/** What is paid for of a resource, by type. */
const ITEMS: Readonly<Record<string, (values: Values) => readonly Item[]>> = {
  aws_cognito_user_pool_client: () => [["appClient", 1]],
  aws_wafv2_web_acl: (values) => [
    ["webAcl", 1],
    ["webAclRule", rulesIn(values)],
  ],
  aws_secretsmanager_secret: () => [["secret", 1]],
  aws_cloudwatch_metric_alarm: (values) => [["alarm", metricsIn(values)]],
  aws_cloudwatch_dashboard: () => [["dashboard", 1]],
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
  const isUsed = (type: string) => managed.some((changed) => changed.type === type && changed.change.after !== null);
  return {
    date: prices.date,
    region: prices.region,
    lines,
    traffic: prices.traffic
      .filter(({ type }) => isUsed(type))
      .map(({ label, usd, differsByRegion }) => ({ label, usd, differsByRegion })),
    before: total(lines.map((line) => line.before * line.usdEach)),
    after: total(lines.map((line) => line.after * line.usdEach)),
    unpriced: there.filter((thing) => !isPriced(thing)).map((thing) => thing.replace(/^cache(.*)$/, "cache of $1 GB")),
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
  for (const { type, change } of changes) {
    const values = side(change);
    for (const [thing, count] of values === null ? [] : (ITEMS[type]?.(values) ?? [])) {
      counts.set(thing, (counts.get(thing) ?? 0) + count);
    }
  }
  return counts;
}

function rulesIn({ rule_json, rule }: Values): number {
  if (typeof rule_json === "string") return (rule_json.match(/"Priority":/g) ?? []).length;
  return Array.isArray(rule) ? rule.length : 0;
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
