/** How other processes join a running embedded AWS: a file in its folder, and a lease that keeps it running. */
import { readFileSync, rmSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import { type Environment, isRunning } from "../../platform/child";
import { writePrivately } from "../../platform/private-file";

/** File with the environment of a running embedded AWS; a variable that must not be set is null. */
const PUBLISHED = "environment.json";
const publishedShape = z.object({
  proxyUrl: z.string(),
  // Left out by earlier versions.
  pid: z.number().optional(),
  variables: z.array(z.tuple([z.string(), z.string().nullable()])),
});

/** Writes the file, for this user only. @returns a function that removes it */
export function publish(folder: string, proxyUrl: string, environment: Environment): () => void {
  const file = join(folder, PUBLISHED);
  writePrivately(file, JSON.stringify({ proxyUrl, pid: process.pid, variables: Object.entries(environment) }));
  return () => rmSync(file, { force: true });
}

/** What a running embedded AWS publishes for other processes. */
export interface Published {
  readonly proxyUrl: string;
  readonly pid: number | undefined;
  readonly environment: Environment;
}

/** Whether the process that published the environment is running; it may be another one of the same id. */
export function isServed(folder: string): boolean {
  const { pid } = readPublished(folder) ?? {};
  return pid !== undefined && pid !== process.pid && isRunning(pid);
}

/** The environment of the running embedded AWS, and its process; `undefined` when there is none. */
export function readPublished(folder: string): Published | undefined {
  try {
    const { proxyUrl, pid, variables } = publishedShape.parse(
      JSON.parse(readFileSync(join(folder, PUBLISHED), "utf8")),
    );
    return {
      proxyUrl,
      pid,
      environment: Object.fromEntries(variables.map(([name, value]) => [name, value ?? undefined])),
    };
  } catch {
    return undefined;
  }
}

/**
 * Takes a lease: an open connection that keeps the embedded AWS running. It ends with this process.
 * @returns a function that releases it; `undefined` when it is refused
 */
export function takeLease(proxyUrl: string): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    const request = get(`${proxyUrl}/hold`, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? () => request.destroy() : undefined);
    });
    request.on("error", () => resolve(undefined));
  });
}
