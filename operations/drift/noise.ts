/** What of the findings is listed as the provider's noise. Pure. */
import type { Finding, Verdict } from "../plan-file/finding";
import type { IgnoreEntry } from "./ignore-file";

/** The findings, told apart, and what is wrong with the list. */
export interface Sifted {
  readonly findings: readonly Finding[];
  /** Entries whose day is over; they no longer count. */
  readonly expired: readonly IgnoreEntry[];
  /** Entries that match nothing, and can go. */
  readonly unused: readonly IgnoreEntry[];
}

/** A resource that is gone, and what callers meet, are never noise. */
const CAN_BE_NOISE: readonly Verdict[] = ["changed outside", "code not applied yet"];

/** @param today such as `2026-11-22` */
export function siftNoise(findings: readonly Finding[], entries: readonly IgnoreEntry[], today: string): Sifted {
  const counting = entries.filter(({ expires }) => expires >= today);
  const used = new Set<IgnoreEntry>();
  const sifted = findings.map((finding): Finding => {
    const entry = counting.find((one) => isMeant(finding, one));
    if (entry === undefined) return finding;
    used.add(entry);
    return { ...finding, verdict: "provider noise", reason: entry.reason };
  });
  return {
    findings: sifted,
    expired: entries.filter((entry) => !counting.includes(entry)),
    unused: counting.filter((entry) => !used.has(entry)),
  };
}

function isMeant({ address, attribute, verdict }: Finding, entry: IgnoreEntry): boolean {
  if (attribute === null || !CAN_BE_NOISE.includes(verdict)) return false;
  return `${attribute}.`.startsWith(`${entry.attribute}.`) && globOf(entry.address).test(address);
}

function globOf(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}
