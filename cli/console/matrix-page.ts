/** The start page: who can call what, and for each pair why. */

import { type MatrixRoute, nameOf } from "../../operations/access-graph/access-matrix";
import { type ClientAccess, cellOf, MAX_COLUMNS, reasonsOf } from "../../operations/access-graph/access-matrix-text";
import { poolIdOf } from "../../operations/deployed/deployment";
import { type Html, html } from "../../platform/html";
import { copyable } from "../../platform/local-command";
import { counted } from "../../platform/markdown";
import type { DeployedEnvironment } from "./deployed";
import { sameAs, table } from "./layout";

/** Callers of a route that are named where there is no column for each client. */
const MAX_NAMES = 20;

/** @param chosen client with a column of its own where there are too many for one each; left out: none has */
export function matrixPage(
  { matrix, accessOf, deployment, resources, region }: DeployedEnvironment,
  chosen?: string,
): Html {
  const { clients, routes } = matrix;
  const isWide = clients.length > MAX_COLUMNS;
  const columns = isWide ? clients.filter((client) => client === chosen) : clients;
  const rows = routes.map((route) => [
    routeHead(route),
    ...(isWide ? [callersOf(route, clients.length)] : []),
    ...columns.map((client) => cell(route, client, accessOf(client), deployment.environment)),
  ]);
  const publicRoutes = routes.filter(({ access }) => access === "public");
  const notes = routes.flatMap((route) => route.notes.map((note) => [nameOf(route), note] as const));
  const api = resources.find(({ type }) => type === "aws_api_gateway_rest_api")?.values["id"];
  return html`${
    publicRoutes.length > 0 &&
    html`<p class="note alert"><strong>${counted(publicRoutes.length, "route is", "routes are")} public:</strong> ${publicRoutes.map(nameOf).join(", ")} ${publicRoutes.length === 1 ? "needs" : "need"} no token.</p>`
  }
${isWide && clientForm(clients, chosen, deployment.environment)}
${table("Access matrix", ["Route", ...(isWide ? ["Who can call it"] : []), ...columns], rows)}
<p class="legend"><span class="mark yes">✓</span> can call the route <span class="mark no">–</span> is refused. Choose a cell to send that call.</p>
${notes.length > 0 && html`<h2>Notes</h2><ul class="notes">${notes.map(([name, note]) => html`<li><code>${name}</code> ${note}</li>`)}</ul>`}
${sameAs([
  ["npx access", copyable(`npx access matrix --env ${deployment.environment}`)],
  [
    "AWS CLI",
    `aws apigateway get-resources --region ${region} --rest-api-id ${api} --embed methods\naws cognito-idp list-user-pool-clients --region ${region} --user-pool-id ${poolIdOf(deployment)}`,
  ],
])}`;
}

/** Chooses the client that has a column. */
function clientForm(clients: readonly string[], chosen: string | undefined, environment: string): Html {
  return html`<form method="get" class="form choice"><input type="hidden" name="env" value="${environment}">
<label>Client, with the reason for each route <select name="client">${clients.map((name) => html`<option${name === chosen && html` selected`}>${name}</option>`)}</select></label>
<button type="submit">Show</button></form>`;
}

function callersOf({ access, callers }: MatrixRoute, total: number): Html {
  if (access === "public") return html`<span class="mark open">PUBLIC</span>`;
  const named = callers.slice(0, MAX_NAMES).join(", ");
  const others = callers.length > MAX_NAMES && ` and ${callers.length - MAX_NAMES} more`;
  return html`${callers.length} of ${total}<span class="sub">${named}${others}</span>`;
}

function routeHead(route: MatrixRoute): Html {
  const target = route.function ?? route.url ?? "no function";
  return html`<code class="route">${nameOf(route)}</code><span class="sub">${route.scopes.length === 0 ? "requires no scope" : `requires ${route.scopes.join(" or ")}`}</span><span class="sub">→ ${target}</span>`;
}

function cell(route: MatrixRoute, client: string, access: ClientAccess, environment: string): Html {
  const mark = cellOf(route, client, (name) => name);
  const kind = mark === "✓" ? "yes" : mark === "PUBLIC" ? "open" : mark === "?" ? "unknown" : "no";
  const query = String(new URLSearchParams({ env: environment, route: route.route, client }));
  return html`<a class="cell" href="call?${query}"><span class="mark ${kind}">${mark}</span>${reasonsOf(route, client, access).map((reason) => html`<span class="sub">${reason}</span>`)}</a>`;
}
