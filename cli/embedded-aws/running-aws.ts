/** The embedded AWS whose environment this command has: whether it runs, and what only it has. */
import { get } from "node:http";
import { z } from "zod";
import type { Environment } from "../../platform/child";
import { localFolder } from "../../platform/project";
import { readPublished } from "./lease";

/** The proxy that the environment names; `undefined` without one. */
const proxyUrl = () => process.env["HTTPS_PROXY"];

/** Whether the environment is that of the embedded AWS of this project, which runs. */
export function isOnEmbeddedAws(): boolean {
  const published = readPublished(localFolder);
  return published !== undefined && published.proxyUrl === proxyUrl();
}

/**
 * Takes over the environment of the embedded AWS that was started after the one of this command had stopped.
 * @returns whether one runs
 */
export function rejoinEmbeddedAws(): boolean {
  const published = readPublished(localFolder);
  if (published === undefined) return false;
  useEnvironment(published.environment);
  return true;
}

/** Gives this process the environment of an embedded AWS. */
export function useEnvironment(environment: Environment): void {
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

const eventsShape = z.array(
  z.object({ id: z.number(), timestamp: z.number(), requestId: z.string(), event: z.unknown() }),
);

/** An event that a function received, with masks in place of secrets. */
export type ReceivedEvent = z.infer<typeof eventsShape>[number];

/** Which events are asked for. */
export interface EventsQuery {
  readonly region: string;
  readonly logGroup: string;
  /** Name that Lambda knows. */
  readonly functionName: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** The events, oldest first. @throws {Error} when the embedded AWS does not answer */
export async function readReceivedEvents(query: EventsQuery): Promise<readonly ReceivedEvent[]> {
  const asked = new URLSearchParams({ ...query, since: String(query.since) });
  const text = await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = [];
    get(`${proxyUrl()}/events?${asked}`, { agent: false }, (response) => {
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString("utf8");
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`the embedded AWS answered ${response.statusCode}`));
      });
    }).on("error", reject);
  });
  return eventsShape.parse(JSON.parse(text));
}
