/** What dies with a stack, and what died. */
import { OUTPUT } from "../../constructs/contract/contract";
import type { ResourceChange } from "../plan-file/plan-json";
import { managedResources, type StateValues } from "../plan-file/state-json";

const CLIENT = "aws_cognito_user_pool_client";

/** An app client, whose id dies. */
export interface DyingClient {
  readonly name: string;
  readonly id: string;
  /** What is to be known of it; empty when it is one of the stack's. */
  readonly note: string;
}

/** Resources, counted. */
export interface Counted {
  /** How many resources there are of each type, sorted by type. */
  readonly counts: Readonly<Record<string, number>>;
  readonly clients: readonly DyingClient[];
}

/** What there is. */
export interface Inventory extends Counted {
  /** Clients that died before, or that nobody but AWS knows. */
  readonly strangers: readonly DyingClient[];
  /** Addresses of what somebody deleted already. */
  readonly gone: readonly string[];
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
export function inventoryOf(
  state: StateValues,
  gone: readonly string[] = [],
  strangers: readonly DyingClient[] = [],
): Inventory {
  const resources = managedResources(state);
  const of = (type: string) => resources.filter((resource) => resource.type === type);
  const texts = (type: string, attribute: string) => of(type).map(({ values }) => String(values[attribute]));
  const pools = of("aws_cognito_user_pool").filter(({ values }) => values["deletion_protection"] === "ACTIVE");
  return {
    ...countedIn(resources),
    strangers,
    gone,
    apiUrls: texts("aws_api_gateway_stage", "invoke_url"),
    tokenUrl: of("aws_cognito_user_pool_domain").length > 0 ? textOutput(state, OUTPUT.tokenUrl) : null,
    secrets: of("aws_secretsmanager_secret").map(({ values }) => ({
      name: String(values["name"]),
      recoveryDays: Number(values["recovery_window_in_days"] ?? 30),
    })),
    logGroups: texts("aws_cloudwatch_log_group", "name"),
    protectedPools: pools.map(({ address }) => address),
  };
}

/** What was destroyed. */
export function destroyedIn(changes: readonly ResourceChange[]): Counted {
  return countedIn(changes.map(({ type, change }) => ({ type, values: change.before ?? {} })));
}

/** @param values the client's attributes */
export function dyingClient(values: Readonly<Record<string, unknown>>, note = ""): DyingClient {
  return { name: String(values["name"]), id: String(values["id"]), note };
}

function countedIn(
  resources: readonly { readonly type: string; readonly values: Readonly<Record<string, unknown>> }[],
): Counted {
  const counts = new Map<string, number>();
  for (const type of resources.map((one) => one.type).toSorted()) counts.set(type, (counts.get(type) ?? 0) + 1);
  const clients = resources.filter(({ type }) => type === CLIENT);
  return {
    counts: Object.fromEntries(counts),
    clients: clients.map(({ values }) => dyingClient(values)),
  };
}

function textOutput({ outputs }: StateValues, name: string): string | null {
  const value = outputs[name]?.value;
  return typeof value === "string" ? value : null;
}

/** The inventory for people. */
export function describeInventory(environment: string, inventory: Inventory): string {
  const { counts, gone, apiUrls, tokenUrl, secrets, logGroups, protectedPools } = inventory;
  const clients = [...inventory.clients, ...inventory.strangers];
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
  return [
    `What dies with ${environment}: ${total} resources.`,
    ...Object.entries(counts).map(([type, count]) => `  ${String(count).padStart(3)}  ${type}`),
    ...section("URLs", [...apiUrls, ...(tokenUrl === null ? [] : [tokenUrl])]),
    ...section(
      "Clients. Their ids die with them: a new deployment gives other ids.",
      clients.map(({ name, id, note }) => [name, id, note].join("  ").trimEnd()),
    ),
    ...section(
      "Secrets",
      secrets.map(({ name, recoveryDays }) => `${name}  ${recoveryOf(recoveryDays)}`),
    ),
    ...section("Gone already, by somebody's hand", gone),
    ...section("Log groups, with all that was logged", logGroups),
    ...section("Protected against deletion, which is lifted first", protectedPools),
  ].join("\n");
}

function recoveryOf(days: number): string {
  return days === 0 ? "gone at once" : `can be restored for ${days} days, and keeps its name as long`;
}
