/** Limits of Lambda and API Gateway that an access model can pass only as a whole, and AWS would refuse half-way. */
import type { AccessFile } from "./access-file";
import type { AccessContent } from "./access-settings";
import { quote } from "./nearest-name";

/**
 * Ids of 26 characters and a comma that fit into a function's environment of 4 KB beside what else is in it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const CLIENTS_OF_A_FUNCTION = 150;

/** Permissions of up to 500 bytes, one for each route, that fit into a function's resource policy of 20 KB. */
const ROUTES_OF_A_FUNCTION = 40;

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const RESOURCES_OF_AN_API = 300;

/** Reports what is too much for one function or one API. */
export function checkLimits({ clients, routes }: AccessContent, file: AccessFile): void {
  for (const lambda of new Set(routes.map(({ value }) => value.lambda.text))) {
    const its = routes.filter(({ value }) => value.lambda.text === lambda);
    const demanded = new Set(its.flatMap(({ value }) => value.scopes.map(({ text }) => text)));
    const callers = clients.filter(({ value }) => value.scopes.some(({ text }) => demanded.has(text)));
    const report = (count: number, what: string, limit: number, why: string) => {
      const at = its[0]?.value.lambda.at;
      if (at === undefined || count <= limit) return;
      file.report(at, `lambda ${quote(lambda)} has ${count} ${what}, but ${why} for ${limit}. Split it in two.`);
    };
    report(callers.length, "clients that may call it", CLIENTS_OF_A_FUNCTION, "Lambda's 4 KB of environment have room");
    report(its.length, "routes", ROUTES_OF_A_FUNCTION, "Lambda's 20 KB of resource policy have room");
  }
  checkResources(routes, file);
}

/** Every part of every path is a resource, the root among them. The mistake stands at the first route too many. */
function checkResources(routes: AccessContent["routes"], file: AccessFile): void {
  const resources = new Set([""]);
  let first: number | undefined;
  for (const { name, at } of routes) {
    const parts = (name.split(" ")[1] ?? "").split("/");
    for (const depth of parts.keys()) resources.add(parts.slice(0, depth + 1).join("/"));
    if (resources.size > RESOURCES_OF_AN_API) first ??= at;
  }
  if (first === undefined) return;
  const has = `the paths of all routes have ${resources.size} parts`;
  file.report(
    first,
    `${has}, but an API has at most ${RESOURCES_OF_AN_API} resources. Move some to an access.yaml of their own.`,
  );
}
