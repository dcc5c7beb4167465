/**
 * The environment variables of a function: its callers, the origins whose pages may read its responses, and its own. Pure.
 */
import { ALLOWED, type CalledRoute, callerTable } from "./caller-table";
import { type CorsRoute, corsOrigins } from "./cors";
import { QUOTAS } from "./quotas";
import { REFERENCES, type Reference, referencesIn } from "./variable-references";

/** Name of the variable with the origins of routes, as JSON. */
const ORIGINS = "CORS_ORIGINS";

/** Names that the project sets. */
export const OWN_VARIABLES: readonly string[] = [...Object.values(ALLOWED), ORIGINS, REFERENCES];

/**
 * Lambda's limit, measured as JSON, in which every quotation mark of a value counts twice, without some bytes for
 * variables that are added to the stack.
 */
const MAX_BYTES = QUOTAS.variableBytes.value - 200;

/** As long as the ids of app clients. */
const ID = "i".repeat(26);

export type Variables = Readonly<Record<string, string>>;

interface Caller {
  readonly name: string;
  readonly scopes: readonly string[];
}

/**
 * The variables. Ids of clients are checked and, where their names do not fit, without names. Where the ids do not fit
 * either, scopes are checked, as API Gateway does.
 *
 * @param stage name of the environment
 * @param routes those of the function
 * @param clients those of the environment
 * @param idOf id of the client of that name; ids of the usual length when left out
 * @param own variables of the function in access.yaml
 */
export function functionEnvironment(
  stage: string,
  routes: readonly (CalledRoute & CorsRoute)[],
  clients: readonly Caller[],
  idOf: (name: string) => string = () => ID,
  own: Readonly<Record<string, string | Reference>> = {},
): Variables {
  const others = ownVariables(own);
  const origins = corsOrigins(routes);
  const required = new Set(routes.flatMap((route) => route.scopes));
  const scopes = [...required].toSorted();
  const callers = clients
    .filter((client) => client.scopes.some((scope) => required.has(scope)))
    // Sorted: a line that moves within the file must not change the function.
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const withTable = (allowed: readonly (readonly string[])[], variables: Variables): Variables => ({
    ...others,
    [ALLOWED.byRoute]: callerTable(stage, routes, allowed),
    ...variables,
    ...(origins === undefined ? {} : { [ORIGINS]: origins }),
  });
  if (scopes.length === 0) return withTable([], {});
  const names = callers.map(({ name }) => name);
  const withIds = (id: (name: string) => string, more: Variables) =>
    withTable(
      callers.map((client) => client.scopes),
      { [ALLOWED.ids]: names.map(id).join(), ...more },
    );
  const mayFit = callers.length * ID.length <= MAX_BYTES;
  for (const more of mayFit ? [{ [ALLOWED.names]: names.join(";") }, {}] : []) {
    if (isFitting(withIds(() => ID, more))) return withIds(idOf, more);
  }
  return withTable(
    scopes.map((scope) => [scope]),
    { [ALLOWED.scopes]: scopes.join(" ") },
  );
}

/** The function's own variables as Lambda gets them: plain texts, and where the other values are. */
function ownVariables(variables: Readonly<Record<string, string | Reference>>): Variables {
  const texts = Object.entries(variables).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const references = referencesIn(variables);
  const isEmpty = Object.keys(references).length === 0;
  return { ...Object.fromEntries(texts), ...(isEmpty ? {} : { [REFERENCES]: JSON.stringify(references) }) };
}

/** Whether Lambda takes the variables. */
export function isFitting(variables: Variables): boolean {
  return bytesLeft(variables) >= 0;
}

/** How many bytes further variables may have; below zero where Lambda does not take these. */
export function bytesLeft(variables: Variables): number {
  return MAX_BYTES - Buffer.byteLength(JSON.stringify(variables));
}
