/** What the checks of a verification do not tell, for people. Pure. */
import pc from "picocolors";
import { UPDATED_ISSUER } from "../access-graph/pool-issuer";
import { CLIENT_TOKEN_FLOW } from "../access-graph/token-ways";
import { counted } from "./counted";
import type { Names } from "./pending";
import type { Verification } from "./verification";

/** One line each. */
export function notesOn(verification: Verification): readonly string[] {
  const { left, leftovers, notApplied, notDeployed, notWritten, unknownSecrets, notLookedAt } = verification;
  const { environment, withoutDomain, hasUpdatedIssuer } = verification;
  const issuer = `tokens of the pool have ${UPDATED_ISSUER}: npm run drift -- ${environment} tells how to set it back.`;
  return [
    ...pendingNotes(notDeployed, notWritten),
    ...notAppliedNote(notApplied),
    ...withoutDomain.map((client) => note("without the domain", `${client} can get tokens by ${CLIENT_TOKEN_FLOW}.`)),
    ...(hasUpdatedIssuer ? [note("issuer", issuer)] : []),
    ...unknownSecrets.map((client) => note("not asked", `${client}: its secret is not known here: ${ROTATED}`)),
    ...left.map((route) => note("not asked", `${route}: the matrix does not say, or it has no URL.`)),
    ...leftovers.map((route) => note("removed", `${route} is in the deployed snapshot until the next deployment.`)),
    ...notLookedAt.map((what) => note("not looked at", `${what}.`)),
  ];
}

const ROTATED = "it was rotated to a file, or to where this run may not read. Nothing is asked with its token.";

function pendingNotes(notDeployed: Names, notWritten: Names): readonly string[] {
  const [waiting, gone] = [all(notDeployed), all(notWritten)];
  const [be, so] = waiting.length === 1 ? ["is", "it is"] : ["are", "they are"];
  const what = `${countsIn(notDeployed)} of access.yaml ${be} not deployed yet, so ${so} not probed: npm run review`;
  const left = `${countsIn(notWritten)} no longer in access.yaml, until the next deployment: npm run review`;
  return [
    ...(waiting.length === 0 ? [] : [note("not deployed", `${what} (${waiting.join(", ")})`)]),
    ...(gone.length === 0 ? [] : [note("still deployed", `${left} (${gone.join(", ")})`)]),
  ];
}

function notAppliedNote(waiting: Names): readonly string[] {
  const names = all(waiting);
  if (names.length === 0) return [];
  const what = `${countsIn(waiting)} of access.yaml will be another with the next deployment: npm run review`;
  return [note("not applied", `${what} (${names.join(", ")}). Asked is what both say alike.`)];
}

function all({ routes, clients }: Names): readonly string[] {
  return [...routes, ...clients];
}

function countsIn({ routes, clients }: Names): string {
  const counts = [
    ...(routes.length === 0 ? [] : [counted(routes.length, "route")]),
    ...(clients.length === 0 ? [] : [counted(clients.length, "client")]),
  ];
  return counts.join(" and ");
}

function note(kind: string, text: string): string {
  return `${pc.yellow(`${kind}:`)} ${text}`;
}
