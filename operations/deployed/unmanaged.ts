/** Finds what AWS holds in the resources of a stack and Terraform does not manage, by the tables of unmanaged resources. */
import { oneLine } from "../../access/visible";
import { type Aws, AwsError, aws } from "../../platform/aws";
import { counted } from "../../platform/markdown";
import type { Finding } from "../plan-file/finding";
import { inParallel } from "./in-parallel";
import type { LeftResource } from "./left-state";
import { UNMANAGED_IN_APIS } from "./unmanaged-in-apis";
import { UNMANAGED_IN_FUNCTIONS } from "./unmanaged-in-functions";
import { UNMANAGED_IN_POOLS } from "./unmanaged-in-pools";
import { Holder, type UnmanagedKind } from "./unmanaged-kind";

/** All kinds, in the order in which their commands have to be run. */
export const UNMANAGED_KINDS: readonly UnmanagedKind[] = [
  ...UNMANAGED_IN_APIS,
  ...UNMANAGED_IN_POOLS,
  ...UNMANAGED_IN_FUNCTIONS,
];

/** A kind that AWS did not list. */
export interface NotChecked {
  /** Terraform's address of the holder. */
  readonly address: string;
  /** The kind's name in findings. */
  readonly attribute: string;
  /** As IAM names its permission, such as `cognito-idp:ListGroups`. */
  readonly operation: string;
  /** AWS's name of the error. */
  readonly code: string;
}

/** AWS's name of the error where an endpoint does not have the operation. */
const UNSUPPORTED = "UnknownOperationException";

/** What was found. */
export interface UnmanagedResources {
  /** In the order of the resources and, within each, of the kinds. */
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
}

/** How to look. */
export interface LookOptions {
  /** Names of the attributes that the code sets, by address; left out means none. */
  readonly written?: ReadonlyMap<string, readonly string[]>;
  /** Name of the environment, for commands. */
  readonly environment: string;
  /** Left out means all. */
  readonly kinds?: readonly UnmanagedKind[];
  /** Whether AWS's refusal of a required list is a note, like that of any other. */
  readonly isLenient?: true;
  /** Clients of a region; left out means those of the credentials in the environment. */
  readonly clients?: (region: string) => Aws;
}

/**
 * Lists every kind in every resource that may hold it.
 * @param left all that Terraform left
 * @throws {AwsError} when AWS cannot be reached, or refuses a list that is required
 */
export async function findUnmanaged(
  left: readonly LeftResource[],
  { written = new Map(), environment, kinds = UNMANAGED_KINDS, isLenient, clients = clientsOf() }: LookOptions,
): Promise<UnmanagedResources> {
  const list = lister();
  const lists = left.flatMap((resource) => {
    const own = kinds.filter(({ on }) => on === resource.type);
    if (own.length === 0) return [];
    const holder = new Holder(resource, left, written.get(resource.address) ?? [], environment, clients);
    return own.map((kind) => [kind, holder] as const);
  });
  const found = await inParallel(lists, ([kind, holder]) => look(kind, holder, list, isLenient));
  return { findings: found.flatMap((one) => one.findings), notChecked: found.flatMap((one) => one.notChecked) };
}

/** What AWS refused to list: one line for each error, with the operations, which are the permissions to add. */
export function notCheckedLines(notChecked: readonly NotChecked[]): readonly string[] {
  const codes = new Set(notChecked.map(({ code }) => code).filter((code) => code !== UNSUPPORTED));
  return [...codes].map((code) => {
    const refused = notChecked.filter((one) => one.code === code);
    const kinds = oneLine([...new Set(refused.map(({ attribute }) => attribute))].join(", "));
    const operations = [...new Set(refused.map(({ operation }) => operation))].join(", ");
    return oneLine(`not checked: ${kinds}. AWS refused ${operations} (${code}).`);
  });
}

/** How many kinds the endpoint has no operation for, as the embedded AWS has not for all; at most one line. */
export function unsupportedLines(notChecked: readonly NotChecked[]): readonly string[] {
  const kinds = new Set(notChecked.filter(({ code }) => code === UNSUPPORTED).map(({ attribute }) => attribute));
  if (kinds.size === 0) return [];
  return [`not checked: ${counted(kinds.size, "kind")} of resources that this endpoint does not support.`];
}

type Lister = (kind: UnmanagedKind, holder: Holder) => Promise<readonly unknown[]>;

/** Lists kinds. An operation that the endpoint of a region does not have is not called again for each other holder. */
function lister(): Lister {
  const unsupported = new Map<string, AwsError>();
  return async (kind, holder) => {
    const key = `${holder.region} ${kind.on} ${kind.attribute}`;
    const refusal = unsupported.get(key);
    if (refusal !== undefined) throw refusal;
    try {
      return (await kind.list(holder)) ?? [];
    } catch (error) {
      if (error instanceof AwsError && error.code === UNSUPPORTED) unsupported.set(key, error);
      throw error;
    }
  };
}

async function look(kind: UnmanagedKind, holder: Holder, list: Lister, isLenient = false): Promise<UnmanagedResources> {
  try {
    const managed = kind.managed(holder);
    const items = (await list(kind, holder)).filter((item) => !managed.includes(kind.key(item, holder) ?? ""));
    return { findings: await Promise.all(items.map((item) => findingOf(kind, item, holder))), notChecked: [] };
  } catch (error) {
    if (!(error instanceof AwsError) || error.status === undefined) throw error;
    // What is gone holds nothing; that it is gone, the plan shows.
    if (error.isNotFound) return { findings: [], notChecked: [] };
    if (kind.isRequired && !isLenient && !error.isUnsupported) throw error;
    const { operation, code } = error;
    const one = { address: holder.resource.address, attribute: kind.attribute, operation, code };
    return { findings: [], notChecked: [one] };
  }
}

async function findingOf(kind: UnmanagedKind, item: unknown, holder: Holder): Promise<Finding> {
  const undo = await kind.undo(item, holder);
  return {
    address: holder.resource.address,
    attribute: kind.attribute,
    expected: "not there",
    found: JSON.stringify(kind.shown(item)),
    verdict: "unmanaged-resource",
    severity: kind.severity,
    ...(await kind.more?.(item, holder)),
    ...(undo === undefined ? {} : { undo: typeof undo === "string" ? undo : holder.command(undo) }),
  };
}

/** Clients of a region, made once each. */
export function clientsOf(): (region: string) => Aws {
  const made = new Map<string, Aws>();
  return (region) => {
    const clients = made.get(region) ?? aws(region);
    made.set(region, clients);
    return clients;
  };
}
