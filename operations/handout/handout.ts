/** What the team of a client needs to call the API, from what is deployed. Holds no secret. */

import { z } from "zod";
import { type Client, routeKeyOf } from "../../access/access-model";
import { OUTPUT } from "../../constructs/contract/contract";
import { accessMatrix } from "../access-graph/access-matrix";
import { parseStack } from "../access-graph/synthesized-stack";
import { tokenWays } from "../access-graph/token-ways";
import { storedSecret } from "../deployed/client-secret";
import { type Deployment, unknownClient } from "../deployed/deployment";
import { stackOfState } from "../deployed/stack-of-state";
import { tokenLifetime } from "../deployed/token-lifetime";
import { managedResources, type StateResource, type StateValues } from "../plan-file/state-json";
import { type CodeSamples, codeSamples } from "./code-samples";

/** `access handout --json` */
export interface Handout {
  readonly environment: string;
  readonly client: string;
  readonly clientId: string;
  /** Name of its owner in access.yaml; `null` without one. */
  readonly owner: string | null;
  /** What it is for. */
  readonly purpose: string | null;
  /** The last day on which it gets tokens, such as `2027-03-31`; `null` without an end. */
  readonly expires: string | null;
  /** Left out where the client's tokens do not come from the token endpoint, such as while it is switched off. */
  readonly tokenUrl?: string;
  /** URL of the token cache; left out where there is none. */
  readonly tokenCacheUrl?: string;
  /** Full names, sorted. */
  readonly scopes: readonly string[];
  /** Last days of the scopes that end before the client does. */
  readonly scopeEnds: readonly { readonly scope: string; readonly until: string }[];
  /** How long a token is valid, in seconds. */
  readonly tokenSeconds: number;
  /** How long before its expiry a token should be replaced, in seconds. */
  readonly renewBeforeSeconds: number;
  /** Sorted by path, then by method. */
  readonly routes: readonly HandoutRoute[];
  /** Age in days at which the secret is to be rotated; `null` where access.yaml has none. */
  readonly rotateAfterDays: number | null;
  /** Where the secret is; `null` when only Terraform's state has it. */
  readonly secret: SecretPlace | null;
  /** Programs that call `exampleRoute`; left out without a route or a token URL. */
  readonly code?: CodeSamples;
  /** Route that the programs call, such as `POST /access`. */
  readonly exampleRoute?: string;
}

/** What access.yaml alone has of a client. */
export interface WrittenClient extends Pick<Client, "expires" | "grants"> {
  readonly rotateAfterDays: number | undefined;
}

/** A route that the client may call. */
export interface HandoutRoute {
  readonly route: string;
  readonly url: string;
  /** Scopes of which a token needs any; empty for a route that needs no token. */
  readonly scopes: readonly string[];
}

/** A secret of Secrets Manager whose value is JSON with the key `client_secret`. */
export interface SecretPlace {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  /** ARNs of the roles and users that may read it, sorted. */
  readonly readers: readonly string[];
}

/** Value of path parameters in programs. */
const PLACEHOLDER = "1";

const MAX_RENEW_BEFORE_SECONDS = 60;

const appClient = z.object({
  id: z.string(),
  access_token_validity: z.number().nullish(),
  token_validity_units: z.array(z.object({ access_token: z.string().nullish() })).default([]),
});

const readersPolicy = z.object({
  Statement: z.array(z.object({ Principal: z.object({ AWS: z.union([z.string(), z.array(z.string())]) }) })),
});

/**
 * Makes the handout.
 *
 * @param state the state that the deployment's outputs are of
 * @param written the client in access.yaml, which has its ends; `undefined` when it is not there any more
 * @throws {UsageError} the deployment has no such client
 */
export function handoutOf(
  client: string,
  deployment: Deployment,
  state: StateValues,
  written: WrittenClient | undefined,
): Handout {
  const { environment, tokenUrl, routeUrls } = deployment;
  const clientId = deployment.clientIds[client];
  if (clientId === undefined) throw unknownClient(environment, client, Object.keys(deployment.clientIds));
  const resources = managedResources(state);
  const stack = stackOfState(state);
  const settings = Object.values(parseStack(stack).aws_cognito_user_pool_client).find(({ name }) => name === client);
  const scopes = (settings?.allowed_oauth_scopes ?? []).toSorted();
  const matrix = accessMatrix(environment, stack);
  const owned = matrix.owners?.find((one) => one.client === client);
  const routes = matrix.routes.flatMap(({ route, access, callers, scopes }) => {
    const url = routeUrls[route];
    const isCallable = access === "public" || (access === "clients" && callers.includes(client));
    return url !== undefined && isCallable ? [{ route, url, scopes: access === "public" ? [] : scopes }] : [];
  });
  const tokenSeconds = tokenSecondsOf(resources, clientId);
  const cache = state.outputs[OUTPUT.tokenCacheUrl]?.value;
  const example = exampleOf(routes);
  const isServed = settings !== undefined && tokenWays(settings).includes("domain");
  return {
    environment,
    client,
    clientId,
    owner: owned?.owner ?? null,
    purpose: owned?.purpose ?? null,
    expires: written?.expires ?? null,
    ...(isServed ? { tokenUrl } : {}),
    ...(isServed && typeof cache === "string" ? { tokenCacheUrl: cache } : {}),
    scopes,
    scopeEnds: (written?.grants ?? []).flatMap(({ scope, until }) =>
      until !== undefined && scopes.includes(scope) ? [{ scope, until }] : [],
    ),
    tokenSeconds,
    renewBeforeSeconds: Math.min(MAX_RENEW_BEFORE_SECONDS, Math.floor(tokenSeconds / 10)),
    routes,
    rotateAfterDays: written?.rotateAfterDays ?? null,
    secret: secretOf(resources, client),
    ...(isServed && example !== undefined
      ? { code: codeSamples({ tokenUrl, clientId, scopes, ...example.call }), exampleRoute: example.route }
      : {}),
  };
}

/** The route that programs call: one that needs a token, preferably without parameters, and one that reads. */
function exampleOf(routes: readonly HandoutRoute[]) {
  const rank = (route: string) => 2 * Number(route.includes("{")) + Number(!/^(?:GET|ANY) /.test(route));
  const [found] = routes.filter(({ scopes }) => scopes.length > 0).toSorted((a, b) => rank(a.route) - rank(b.route));
  if (found === undefined) return undefined;
  const { method } = routeKeyOf(found.route);
  const url = found.url.replace(/\{[^{}]*\}/g, PLACEHOLDER);
  return { route: found.route, call: { method: method === "ANY" ? "GET" : method, url } };
}

function tokenSecondsOf(resources: readonly StateResource[], clientId: string): number {
  const clients = resources.filter(({ type }) => type === "aws_cognito_user_pool_client");
  const found = clients.map(({ values }) => appClient.safeParse(values).data).find((one) => one?.id === clientId);
  return tokenLifetime(found?.access_token_validity, found?.token_validity_units[0]?.access_token);
}

function secretOf(resources: readonly StateResource[], client: string): SecretPlace | null {
  const found = storedSecret(resources, client);
  if (found === undefined) return null;
  const { name, arn } = z.object({ name: z.string(), arn: z.string() }).parse(found.values);
  const policy = resources.find(
    ({ type, values }) => type === "aws_secretsmanager_secret_policy" && values["secret_arn"] === arn,
  );
  return { name, arn, region: arn.split(":")[3] ?? "", readers: readersIn(policy?.values["policy"]) };
}

function readersIn(policy: unknown): readonly string[] {
  if (typeof policy !== "string") return [];
  const read = readersPolicy.safeParse(JSON.parse(policy)).data;
  return (read?.Statement ?? []).flatMap(({ Principal }) => Principal.AWS).toSorted();
}
