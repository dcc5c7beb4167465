/** A call of a route: the request as it is sent, the response, the decisions, and the event that the function received. */
import { METHODS_OF_ANY, RouteTable, routeKeyOf } from "../../access/access-model";
import type { Invocation, InvocationRecord } from "../../emulator/index";
import { callCurl, urlOfRoute } from "../../operations/deployed/call-request";
import { credentialsOf } from "../../operations/deployed/deployment";
import { explainRefusal, scopesIn } from "../../operations/deployed/refusal";
import { requireToken } from "../../operations/deployed/token-request";
import { type Html, html } from "../../platform/html";
import { type Incoming, type Outgoing, send } from "../../platform/http";
import { jsonIn, jsonText } from "../../platform/json";
import { copyable } from "../../platform/local-command";
import { quoted } from "../../platform/shell";
import { UserError } from "../../platform/user-error";
import type { DeployedEnvironment } from "./deployed";
import { badge, code, sameAs } from "./layout";
import type { ClientNames, LoggedRequest } from "./request-log";
import { invocationParts, trailList, waysToLogs } from "./requests-page";
import type { MaskedTexts } from "./secrets";

/** What the form sends. */
export interface CallFields {
  readonly method: string;
  /** Path below the stage; it may have a query. */
  readonly path: string;
  /** Name of the client; empty for a call without a token. */
  readonly client: string;
  readonly body: string;
}

/** The fields for a route of the matrix, whose path parameters become `1`. */
export function fieldsOfRoute(route: string, client: string): CallFields {
  const { method, path } = routeKeyOf(route);
  return { method: method === "ANY" ? "GET" : method, path: path.replace(/\{[^}]*\}/g, "1"), client, body: "" };
}

/** Value of the client field for a call without a token. */
const NO_TOKEN = "";

export function callForm({ matrix, deployment }: DeployedEnvironment, fields: CallFields): Html {
  const routes = Object.keys(deployment.routeUrls);
  const option = (value: string, text: string, chosen: string) =>
    html`<option value="${value}"${value === chosen && html` selected`}>${text}</option>`;
  return html`<form method="post" action="call" class="form" data-busy="Calling …">
<input type="hidden" name="env" value="${deployment.environment}">
<div class="fields"><label>Method <select name="method">${METHODS_OF_ANY.map((method) => option(method, method, fields.method))}</select></label>
<label class="wide-field">Path <input name="path" list="paths" value="${fields.path}" autocomplete="off" spellcheck="false" required></label></div>
<datalist id="paths">${[...new Set(routes.map((route) => routeKeyOf(route).path))].map((path) => html`<option value="${path}"></option>`)}</datalist>
<label>Client <select name="client">${option(NO_TOKEN, "without a token", fields.client)}${matrix.clients.map((name) => option(name, name, fields.client))}</select></label>
<label>Body <textarea name="body" rows="4" spellcheck="false" placeholder='JSON, such as {"id": 1}; none for GET and HEAD'>${fields.body}</textarea></label>
<button type="submit" class="primary">Send the call</button></form>
<section><h2>Routes</h2><ul class="chips">${matrix.routes.map(({ route }) => html`<li><a href="call?${String(new URLSearchParams({ env: deployment.environment, route, client: fields.client }))}"><code>${route}</code></a></li>`)}</ul></section>`;
}

/** What the console knows of requests that were answered. */
export interface AnsweredRequests {
  ofAws(requestId: string | undefined): LoggedRequest | undefined;
  invocation(of: Invocation): InvocationRecord;
  readonly names: ClientNames;
}

/** Sends the call, and shows all of it. */
export async function sentCall(
  environment: DeployedEnvironment,
  fields: CallFields,
  { ofAws, invocation, names }: AnsweredRequests,
  masks: MaskedTexts,
): Promise<Html> {
  const { deployment } = environment;
  const { method, path, client } = fields;
  if (!METHODS_OF_ANY.includes(method)) throw new UserError(`"${method}" is not a method.`);
  // Behind the host of a custom domain, anything else would be a part of its name.
  if (!path.startsWith("/"))
    throw new UserError(`"${path}" is not a path. Expected the path below the stage: /${path}`);
  const hasBody = fields.body !== "" && !["GET", "HEAD"].includes(method);
  const token =
    client === NO_TOKEN
      ? undefined
      : (await requireToken(deployment, credentialsOf(deployment, client), undefined)).access_token;
  const table = new RouteTable(Object.keys(deployment.routeUrls));
  const route = table.answering(method, path.split("?")[0] ?? path);
  // Without a route, the call goes to where one would be.
  const [first = ""] = Object.keys(deployment.routeUrls);
  const url = urlOfRoute(deployment, route ?? first, path);
  const outgoing: Outgoing = {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(hasBody ? { "Content-Type": "application/json" } : {}),
    },
    ...(hasBody && { body: fields.body }),
  };
  const response = await send(url, outgoing);
  const logged = ofAws(response.headers["x-amzn-requestid"]);
  const invoked = logged?.trail.invocation && invocation(logged.trail.invocation);
  return html`<h2>Request</h2>${code("Request", requestText(url, outgoing, token, masks))}
${logged !== undefined && html`<h2>Decisions</h2>${trailList(logged)}${invoked !== undefined && invocationParts(logged, invoked, names)}`}
<h2>Response ${badge(response.status)}</h2>${response.status >= 400 && explanation(environment, fields, route, token, response)}${code("Response", responseText(response))}
${sameAs([...waysOf(environment, fields, url, hasBody), ...(logged === undefined ? [] : waysToLogs(logged))])}`;
}

function requestText(
  url: string,
  { method, headers, body }: Outgoing,
  token: string | undefined,
  masks: MaskedTexts,
): Html {
  const { host, pathname, search } = new URL(url);
  const type = headers["Content-Type"];
  return html`${method} ${pathname}${search} HTTP/1.1
Host: ${host}${
    token !== undefined &&
    html`
Authorization: Bearer ${masks.mask("token", token)}`
  }${
    type !== undefined &&
    html`
Content-Type: ${type}

${body}`
  }`;
}

function responseText({ status, headers, body }: Incoming): string {
  const json = jsonIn(body);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status}`, ...lines, "", json === undefined ? body : jsonText(json)].join("\n");
}

function explanation(
  { matrix, deployment }: DeployedEnvironment,
  { client }: CallFields,
  name: string | undefined,
  token: string | undefined,
  { status, headers, body }: Incoming,
): Html | false {
  const lines = explainRefusal({
    ...{ status, headers, body, environment: deployment.environment, prefix: "" },
    client: client === NO_TOKEN ? undefined : client,
    tokenScopes: scopesIn(token),
    route: matrix.routes.find(({ route }) => route === name),
  });
  return lines.length > 0 && html`<div class="note">${lines.map((line) => html`<p>${line}</p>`)}</div>`;
}

function waysOf({ deployment, region }: DeployedEnvironment, fields: CallFields, url: string, hasBody: boolean) {
  const { method, path, client, body } = fields;
  const env = `--env ${deployment.environment}`;
  const tokenCommand = client === NO_TOKEN ? undefined : copyable(`npx access token ${quoted(client)} ${env} --raw`);
  const options = [
    ...(client === NO_TOKEN ? [] : [`--client ${quoted(client)}`]),
    env,
    ...(hasBody ? [`--data ${quoted(body)}`] : []),
  ];
  const api = new URL(url).hostname.split(".")[0] ?? "";
  return [
    ["curl", callCurl({ method, url, tokenCommand, body: hasBody ? body : undefined })],
    ["npx access", copyable(`npx access call ${method} ${quoted(path)} ${options.join(" ")}`)],
    [
      "AWS CLI: it has no command for a call of an API; this one shows what is deployed",
      `aws apigateway get-resources --region ${region} --rest-api-id ${api} --embed methods`,
    ],
  ] as const;
}
