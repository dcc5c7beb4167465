/** The inventory of a stack before its destruction, and of what was destroyed. */
import { OUTPUT } from "../../constructs/contract/contract";
import { copyable } from "../../platform/local-command";
import { counted } from "../../platform/markdown";
import type { Finding } from "../plan-file/finding";
import type { ResourceChange } from "../plan-file/plan-json";
import { managedResources, type StateValues } from "../plan-file/state-json";

const CLIENT = "aws_cognito_user_pool_client";

/** An app client, whose id no longer exists afterwards. */
export interface DyingClient {
  readonly name: string;
  readonly id: string;
  /** Such as `added outside Terraform`; empty when it is one of the stack's. */
  readonly note: string;
}

export interface Counted {
  /** How many resources there are of each type, sorted by type. */
  readonly counts: Readonly<Record<string, number>>;
  readonly clients: readonly DyingClient[];
}

export interface Inventory extends Counted {
  /** Clients that were deleted before, or that Terraform does not manage. */
  readonly otherClients: readonly DyingClient[];
  /** Unmanaged resources because of which AWS refuses to delete resources of the stack. */
  readonly blockers: readonly Finding[];
  /** Addresses of resources that were deleted before. */
  readonly gone: readonly string[];
  readonly apiUrls: readonly string[];
  readonly tokenUrl: string | null;
  /** Secrets, and for how many days each can be restored. */
  readonly secrets: readonly { readonly name: string; readonly recoveryDays: number }[];
  /** Log groups, which are deleted with their log events. */
  readonly logGroups: readonly string[];
  /** Terraform's addresses of the user pools that are protected. */
  readonly protectedPools: readonly string[];
}

/** Of a stack that is destroyed in part, it is the rest. */
export function inventoryOf(
  state: StateValues,
  { gone = [], otherClients = [], blockers = [] }: Partial<Pick<Inventory, "gone" | "otherClients" | "blockers">> = {},
): Inventory {
  const resources = managedResources(state);
  const of = (type: string) => resources.filter((resource) => resource.type === type);
  const texts = (type: string, attribute: string) => of(type).map(({ values }) => String(values[attribute]));
  const pools = of("aws_cognito_user_pool").filter(({ values }) => values["deletion_protection"] === "ACTIVE");
  return {
    ...countedIn(resources),
    otherClients,
    blockers,
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

export function describeInventory(environment: string, inventory: Inventory): string {
  const { counts, gone, apiUrls, tokenUrl, secrets, logGroups, protectedPools } = inventory;
  const clients = [...inventory.clients, ...inventory.otherClients];
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
  return [
    `The teardown of ${environment} deletes ${counted(total, "resource")}.`,
    ...Object.entries(counts).map(([type, count]) => `  ${String(count).padStart(3)}  ${type}`),
    ...section("URLs", [...apiUrls, ...(tokenUrl === null ? [] : [tokenUrl])]),
    ...section(
      "Clients. Their ids are lost: a new deployment creates other ids.",
      clients.map(({ name, id, note }) => [name, id, note].join("  ").trimEnd()),
    ),
    ...section(
      "Secrets",
      secrets.map(({ name, recoveryDays }) => `${name}  ${recoveryOf(recoveryDays)}`),
    ),
    ...section("Deleted already, outside Terraform", gone),
    ...section("Log groups, with their log events", logGroups),
    ...section(
      "Not managed by Terraform. AWS may refuse to delete the stack while they exist",
      blockerLines(inventory.blockers),
    ),
    ...section("Protected against deletion, which is lifted first", protectedPools),
  ].join("\n");
}

/** Each unmanaged resource with the command that removes it. */
export function blockerLines(blockers: readonly Finding[]): readonly string[] {
  return blockers.flatMap(({ address, attribute, found, undo }) => [
    `${attribute} ${found} of ${address}`,
    ...(undo === undefined ? [] : [`    ${copyable(undo)}`]),
  ]);
}

function recoveryOf(days: number): string {
  return days === 0 ? "deleted at once" : `can be restored for ${days} days and reserves its name until then`;
}
