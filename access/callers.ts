/** Who calls what, as far as the file says so without a mistake. */
import type { AccessContent } from "./settings";

type Client = AccessContent["clients"][number];
type Route = AccessContent["routes"][number];

/** How many clients may call a function in the environment with the most. */
export interface Callers {
  readonly count: number;
  /** Name of that environment; `undefined` when it is the same in all of them. */
  readonly environment: string | undefined;
}

/** Clients by each scope that they may ask for. */
export function clientsByScope(clients: readonly Client[]): ReadonlyMap<string, readonly Client[]> {
  const pairs = clients.flatMap((client) => client.value.scopes.map(({ text }) => [text, client] as const));
  return grouped(pairs);
}

/** Scopes that the routes demand. */
export function demandedBy(routes: readonly Route[]): ReadonlySet<string> {
  const scopes = routes.flatMap(({ value }) => value.scopes ?? []);
  return new Set(scopes.map(({ text }) => text).filter((text) => text !== ""));
}

/** Whether the client is in the environment. */
export function isIn({ value }: Client, environment: string): boolean {
  return value.environments?.some(({ text }) => text === environment) ?? true;
}

/** Routes by the function that answers them. Those with a URL are left out. */
export function routesByFunction(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const pairs = routes.map((route) => [route.value.lambda?.text ?? "", route] as const);
  return grouped(pairs.filter(([lambda]) => lambda !== ""));
}

/** Counts the clients that may call any of the routes. */
export function callersOf(routes: readonly Route[], { clients, environments }: AccessContent): Callers {
  const demanded = demandedBy(routes);
  const callers = clients.filter(({ value }) => value.scopes.some(({ text }) => demanded.has(text)));
  const counts = environments.map(({ name }) => callers.filter((client) => isIn(client, name)).length);
  const count = Math.max(0, ...counts);
  const isSame = counts.every((other) => other === count);
  return { count, environment: isSame ? undefined : environments[counts.indexOf(count)]?.name };
}

function grouped<T>(pairs: readonly (readonly [string, T])[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
