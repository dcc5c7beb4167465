/** What dies with a stack, from its state. */
import { managedResources, type StateResource, type StateValues } from "../state-json";

/** What there is. */
export interface Inventory {
  /** How many resources there are of each type, sorted by type. */
  readonly counts: Readonly<Record<string, number>>;
  /** Ids of app clients, which die with them. */
  readonly clients: readonly { readonly name: string; readonly id: string }[];
  readonly apiUrls: readonly string[];
  readonly tokenUrl: string | null;
  /** Secrets, and for how many days each can be restored. */
  readonly secrets: readonly { readonly name: string; readonly recoveryDays: number }[];
  /** Log groups, which go with all that was logged. */
  readonly logGroups: readonly string[];
  /** Terraform's addresses of the user pools that are protected. */
  readonly protectedPools: readonly string[];
}

/** Takes stock. Of a stack that is destroyed in part, it is what is left. */
export function inventoryOf(state: StateValues): Inventory {
  const resources = managedResources(state);
  const of = (type: string) => resources.filter((resource) => resource.type === type);
  const texts = (type: string, attribute: string) => of(type).map(({ values }) => String(values[attribute]));
  const pools = of("aws_cognito_user_pool").filter(({ values }) => values["deletion_protection"] === "ACTIVE");
  return {
    counts: countsOf(resources),
    clients: of("aws_cognito_user_pool_client").map(({ values }) => ({
      name: String(values["name"]),
      id: String(values["id"]),
    })),
    apiUrls: texts("aws_api_gateway_stage", "invoke_url"),
    tokenUrl: textOutput(state, "token_url"),
    secrets: of("aws_secretsmanager_secret").map(({ values }) => ({
      name: String(values["name"]),
      recoveryDays: Number(values["recovery_window_in_days"] ?? 30),
    })),
    logGroups: texts("aws_cloudwatch_log_group", "name"),
    protectedPools: pools.map(({ address }) => address),
  };
}

function countsOf(resources: readonly StateResource[]): Readonly<Record<string, number>> {
  const types = resources.map(({ type }) => type).toSorted();
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function textOutput({ outputs }: StateValues, name: string): string | null {
  const value = outputs[name]?.value;
  return typeof value === "string" ? value : null;
}

/** The inventory for people. */
export function describeInventory(environment: string, inventory: Inventory): string {
  const { counts, clients, apiUrls, tokenUrl, secrets, logGroups, protectedPools } = inventory;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
  return [
    `What dies with ${environment}: ${total} resources.`,
    ...Object.entries(counts).map(([type, count]) => `  ${String(count).padStart(3)}  ${type}`),
    ...section("URLs", [...apiUrls, ...(tokenUrl === null ? [] : [tokenUrl])]),
    ...section(
      "Clients. Their ids die with them: a new deployment gives other ids.",
      clients.map(({ name, id }) => `${name}  ${id}`),
    ),
    ...section(
      "Secrets",
      secrets.map(({ name, recoveryDays }) => `${name}  ${recoveryOf(recoveryDays)}`),
    ),
    ...section("Log groups, with all that was logged", logGroups),
    ...section("Protected against deletion, which is lifted first", protectedPools),
  ].join("\n");
}

function recoveryOf(days: number): string {
  return days === 0 ? "gone at once" : `can be restored for ${days} days, and keeps its name as long`;
}
