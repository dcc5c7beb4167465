/** What AWS demands of an access model beyond its single settings. */
import { checkClients } from "./client-rules";
import { checkEnvironments } from "./environment-rules";
import type { AccessFile } from "./file";
import { checkLimits } from "./limits";
import { quote } from "./nearest-name";
import { checkRoutes } from "./route-rules";
import { checkScopes } from "./scope-rules";
import { type AccessContent, SERVER_NAME } from "./settings";
import { checkTags } from "./tag-rules";

/**
 * Reports what is wrong between settings that are right by themselves. What was wrong by itself is empty here, or not a
 * number, and passed over.
 *
 * @param functions names of the functions that there are
 */
export function checkRules(content: AccessContent, functions: readonly string[], file: AccessFile): void {
  checkEnvironments(content, file);
  checkTags(content, file);
  for (const server of content.resourceServers) checkDefaultName(server, file);
  checkClients(content, file);
  checkScopes(content, file);
  checkRoutes(content.routes, functions, file);
  checkLimits(content, file);
}

function checkDefaultName({ name, at, value }: AccessContent["resourceServers"][number], file: AccessFile): void {
  if (value.name !== undefined || SERVER_NAME.pattern.test(name)) return;
  const why = "Left out it is the identifier, which has other characters";
  file.report(at, `resource server ${quote(name)} needs name: ${SERVER_NAME.expected}. ${why}.`);
}
