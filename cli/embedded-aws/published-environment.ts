/** What a running embedded AWS tells the commands of other processes that join it: a file in its folder. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import type { Environment } from "../../platform/child";

/** What a running one tells those who join it; a variable that must not be set is null. */
const PUBLISHED = "environment.json";
const publishedShape = z.object({
  proxyUrl: z.string(),
  variables: z.array(z.tuple([z.string(), z.string().nullable()])),
});

/** Writes it, for this user only. @returns what takes it away */
export function publish(folder: string, proxyUrl: string, environment: Environment): () => void {
  const file = join(folder, PUBLISHED);
  writeFileSync(file, JSON.stringify({ proxyUrl, variables: Object.entries(environment) }), { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** What the running one tells; `undefined` when there is none. */
export function readPublished(
  folder: string,
): { readonly proxyUrl: string; readonly environment: Environment } | undefined {
  try {
    const { proxyUrl, variables } = publishedShape.parse(JSON.parse(readFileSync(join(folder, PUBLISHED), "utf8")));
    return { proxyUrl, environment: Object.fromEntries(variables.map(([name, value]) => [name, value ?? undefined])) };
  } catch {
    return undefined;
  }
}

/**
 * A connection that stays open and keeps an embedded AWS from ending; it ends with this process, however that ends.
 * @returns what ends it; `undefined` when it is refused
 */
export function hold(proxyUrl: string): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    const request = get(`${proxyUrl}/hold`, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? () => request.destroy() : undefined);
    });
    request.on("error", () => resolve(undefined));
  });
}
