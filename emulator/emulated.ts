/** What the embedded AWS emulates and what it refuses by name, from its own registries. */

import { EMULATED_HOSTS } from "./hosts";
import { services } from "./services";
import { dataSources } from "./services/data-sources";
import { kinds } from "./services/resources";

/** Resource types, data sources, hosts and operations. Every list is sorted. */
export interface Emulated {
  readonly kinds: readonly {
    /** Terraform's type of the resource. */
    readonly type: string;
    /** Attributes and blocks that are refused when they are set, because they would change an answer. */
    readonly refused: readonly string[];
    /** Those that are stored without effect, which a warning says when they are set. */
    readonly kept: readonly string[];
  }[];
  /** Terraform's types of data sources. */
  readonly dataSources: readonly string[];
  /** Hosts of callers, with what varies in angle brackets: `<api>.execute-api.<region>.amazonaws.com`. */
  readonly hosts: readonly string[];
  /** Operations of AWS's APIs by service; a service without any is left out. */
  readonly operations: readonly { readonly service: string; readonly names: readonly string[] }[];
}

export function emulatedFeatures(): Emulated {
  const ofServices = [...services].map(([name, { operations }]) => [name, Object.keys(operations())] as const);
  return {
    kinds: sorted(kinds.keys()).map((type) => {
      const { refused = [], kept = {} } = kinds.get(type) ?? {};
      return { type, refused: sorted(refused), kept: sorted(Object.keys(kept)) };
    }),
    dataSources: sorted(dataSources.keys()),
    hosts: sorted(EMULATED_HOSTS),
    operations: ofServices
      .map(([service, names]) => ({ service, names: sorted(names) }))
      .sort((a, b) => (a.service < b.service ? -1 : 1)),
  };
}

function sorted(names: Iterable<string>): readonly string[] {
  return [...names].sort();
}
