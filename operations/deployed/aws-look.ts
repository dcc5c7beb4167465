/** Reading calls of AWS's APIs: what is not there is no error, and what may not be read is told as such. */
import { z } from "zod";
import type { AwsRequest, callAws } from "../../platform/aws-call";

/** AWS does not tell. */
export class LookRefused extends Error {
  override readonly name = "LookRefused";
}

type Found = Readonly<Record<string, unknown>>;
const found = z.record(z.string(), z.unknown());
const items = z.array(found).catch([]);

/** How a service's JSON API is called, and how it lists. */
const SERVICES = {
  logs: { target: "Logs_20140328", next: "nextToken" },
  "cognito-idp": { target: "AWSCognitoIdentityProviderService", next: "NextToken" },
  secretsmanager: { target: "secretsmanager", next: "NextToken" },
} as const;

const MISSING = /NotFound|NoSuchEntity|ResourceNotFoundException/;

/** Whether a GET, or what stands for it, finds the thing. @throws {LookRefused} */
export async function isThere(call: typeof callAws, request: AwsRequest): Promise<boolean> {
  return (await ask(call, request)) !== undefined;
}

/** Answer of an operation; empty when the thing is not there. @throws {LookRefused} */
export async function lookedUp(
  call: typeof callAws,
  region: string,
  service: keyof typeof SERVICES,
  operation: string,
  input: object,
): Promise<Found> {
  const text = await ask(call, {
    service,
    region,
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": `${SERVICES[service].target}.${operation}`,
    },
    body: JSON.stringify(input),
  });
  return text === undefined ? {} : found.parse(JSON.parse(text));
}

/**
 * Everything that an operation lists, all pages of it.
 * @param operation of API Gateway, the path
 * @throws {LookRefused}
 */
export async function listed(
  call: typeof callAws,
  region: string,
  service: "logs" | "cognito-idp" | "apigateway",
  operation: string,
  input: object,
): Promise<readonly Found[]> {
  const all: Found[] = [];
  let next: unknown;
  do {
    const page =
      service === "apigateway"
        ? await restPage(call, region, operation, next)
        : await lookedUp(call, region, service, operation, { ...input, ...nextOf(SERVICES[service].next, next) });
    const list = Object.values(page).find(Array.isArray);
    all.push(...items.parse(list ?? []));
    next = service === "apigateway" ? page["position"] : page[SERVICES[service].next];
  } while (typeof next === "string" && next !== "");
  return all;
}

async function restPage(call: typeof callAws, region: string, path: string, position: unknown): Promise<Found> {
  const rest = typeof position === "string" ? `&position=${encodeURIComponent(position)}` : "";
  const headers = { Accept: "application/json" };
  const text = await ask(call, { service: "apigateway", region, method: "GET", path: `${path}${rest}`, headers });
  const page = text === undefined ? {} : found.parse(JSON.parse(text));
  // The two forms in which API Gateway is known to answer lists.
  return { items: page["item"] ?? Object(page["_embedded"]).item ?? [], position: page["position"] };
}

function nextOf(member: string, next: unknown): object {
  return next === undefined ? {} : { [member]: next };
}

async function ask(call: typeof callAws, request: AwsRequest): Promise<string | undefined> {
  const { status, body } = await call(request);
  if (status === 200) return body;
  if (status === 404 || MISSING.test(body)) return undefined;
  const [name = ""] = /[A-Z]\w+(?:Exception|Denied|Failure)\b/.exec(body) ?? [];
  throw new LookRefused(`${request.service} answered ${status} ${name}`.trim());
}
