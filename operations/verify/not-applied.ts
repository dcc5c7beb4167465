/**
 * What the code expects of what is deployed, as far as it was applied: where code and state expect different answers,
 * neither answer is wrong before the next deployment. Pure.
 */

import type { Probe } from "../deployed/probe";
import { preflightHeaders } from "./preflights";
import { probesOf, type Surface } from "./probes";
import { grantsIn } from "./selection";
import type { Grant, Grants } from "./token-checks";

/** @param deployed the state, in the form of a `cdk.tf.json`, and who may call what by it */
export function appliedProbes(
  probes: readonly Probe[],
  surface: Surface,
  deployed: Pick<Surface, "matrix"> & { readonly json: unknown },
): readonly Probe[] {
  const { matrix, json } = deployed;
  const byState = probesOf({ ...surface, matrix, preflights: preflightHeaders(json) });
  const expected = new Set(byState.map(keyOf));
  return probes.filter((probe) => expected.has(keyOf(probe)));
}

/** What each client gets by the state, where that has the client; else by the code. */
export function appliedGrants(code: Grants, deployed: unknown): Grants {
  return new Map([...code, ...grantsIn(deployed)].filter(([client]) => code.has(client)));
}

/** Clients whose scopes, or ways to a token, are not those of the code yet. */
export function waitingClients(code: Grants, applied: Grants): readonly string[] {
  const text = (grant: Grant | undefined) => JSON.stringify([grant?.scopes.toSorted(), grant?.ways]);
  return [...code].filter(([client, grant]) => text(grant) !== text(applied.get(client))).map(([client]) => client);
}

function keyOf({ route, method, caller, expected, headers }: Probe): string {
  return JSON.stringify([route, method, caller, expected, headers]);
}
