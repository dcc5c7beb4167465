/**
 * What services read: the credentials of a client in Secrets Manager, which somebody may have changed there. They are
 * looked at where the credentials of this run may read them.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
import { z } from "zod";
import { callAws } from "../../platform/aws-call";
import { UserError } from "../../platform/user-error";
import type { Check } from "../deployed/probe";
import type { SecretStore } from "./deployed-stack";

const content = z.object({
  client_id: z.string(),
  client_secret: z.string().nullish(),
  token_url: z.string(),
  scope: z.string(),
});
const answer = z.object({ SecretString: z.string() });
const refusal = z.object({ __type: z.string() });

/** A client's credentials as its service reads them. Never shown. */
export type KeptCredentials = z.infer<typeof content>;

/** What was found: something else than credentials, nothing, or that it may not be read. */
export type Kept = KeptCredentials | "something else" | "nothing" | "not looked at";

/** Reads what services read. @param call calls AWS; tests put something in between */
export async function readKept({ arn, region }: SecretStore, call: typeof callAws = callAws): Promise<Kept> {
  const headers = { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.GetSecretValue" };
  const body = JSON.stringify({ SecretId: arn });
  try {
    const response = await call({ service: "secretsmanager", region, method: "POST", headers, body });
    if (response.status === 200) return keptIn(response.body);
    const named = refusal.safeParse(parseJson(response.body));
    return named.data?.__type.endsWith("ResourceNotFoundException") ? "nothing" : "not looked at";
  } catch (error) {
    if (error instanceof UserError) return "not looked at";
    throw error;
  }
}

function keptIn(body: string): Kept {
  const read = answer.safeParse(parseJson(body));
  const kept = content.safeParse(parseJson(read.data?.SecretString ?? ""));
  return kept.data ?? "something else";
}

/** What must be in it. */
export interface Deployed {
  readonly environment: string;
  readonly clientId: string;
  readonly tokenUrl: string;
  readonly scopes: readonly string[];
}

/** Compares what services read with what is deployed; only names are told. */
export function checkOfKept(client: string, kept: Exclude<Kept, "not looked at">, deployed: Deployed): Check {
  const at = { route: "secret", caller: client, method: "GET", expected: "client_id, token_url, scope as deployed" };
  const command = `npm run rotate -- ${client} --env ${deployed.environment} --deliver`;
  const advice = `services read other credentials of ${client} than are deployed: ${command}`;
  const wrong = { ...at, outcome: "wrong credentials", advice } as const;
  if (typeof kept === "string") return { ...wrong, found: `${kept} in Secrets Manager` };
  const scopes = kept.scope.split(" ").filter((scope) => scope !== "");
  const others = [
    ...(kept.client_id === deployed.clientId ? [] : ["client_id"]),
    ...(kept.token_url === deployed.tokenUrl ? [] : ["token_url"]),
    ...(isSame(scopes, deployed.scopes) ? [] : ["scope"]),
    ...(kept.client_secret ? [] : ["client_secret"]),
  ];
  if (others.length > 0) return { ...wrong, found: `another ${others.join(", ")}` };
  return { ...at, found: "as deployed", outcome: "as expected" };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return [...new Set(one)].toSorted().join(" ") === [...new Set(other)].toSorted().join(" ");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
