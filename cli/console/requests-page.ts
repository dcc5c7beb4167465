/** The live list of requests, and the decisions about one of them. */

import type { InvocationRecord } from "../../emulator/index";
import { eventText, logText } from "../../operations/deployed/log-lines";
import { type Html, html } from "../../platform/html";
import { counted } from "../../platform/markdown";
import { badge, code, facts, sameAs } from "./layout";
import { type ClientNames, type LoggedRequest, summaryOf } from "./request-log";

/** @param requests oldest first */
export function requestsPage(requests: readonly LoggedRequest[], names: ClientNames): Html {
  const last = requests.at(-1)?.id ?? 0;
  return html`<p class="live" role="status" data-live-state>Listening for requests …</p>
<ol class="requests" reversed data-events="events?after=${last}">${requests.toReversed().map((request) => requestRow(request, names))}</ol>
<p class="empty muted">No request yet. Call a route here, on the page Call, or in another terminal.</p>`;
}

/** A row of the list. */
export function requestRow(request: LoggedRequest, names: ClientNames): Html {
  const { id, time, status, method, host, path, durationMs } = request;
  const { client, route, refusal } = summaryOf(request, names);
  return html`<li><a href="requests/${id}"><span class="row-head">${badge(status)}<code class="route">${method} ${path === "" ? host : path}</code></span>
<span class="row-more"><time datetime="${new Date(time).toISOString()}">${timeText(time)}</time><span>${durationMs} ms</span>${client !== undefined && html`<span>${client}</span>`}${route !== undefined && html`<span>${route}</span>`}</span>${refusal !== undefined && html`<span class="reason">${refusal}</span>`}</a></li>`;
}

/** The decisions about a request, what its function logged and received, and how to read the same elsewhere. */
export function requestPage(request: LoggedRequest, invoked: InvocationRecord | undefined, names: ClientNames): Html {
  const { time, status, method, host, path, durationMs } = request;
  const { client } = summaryOf(request, names);
  return html`${facts([
    ["Request", html`<code>${method} https://${host}${path}</code>`],
    ["Status", badge(status)],
    ...(client === undefined ? [] : [["Client", client] as const]),
    ["Time", html`<time datetime="${new Date(time).toISOString()}">${timeText(time)}</time>`],
    ["Duration", `${durationMs} ms`],
  ])}
<h2>Decisions</h2>${trailList(request)}${invoked !== undefined && html`${invocationParts(request, invoked, names)}${sameAs(waysToLogs(request))}`}`;
}

/** The decisions, in their order. */
export function trailList({ trail: { decisions } }: LoggedRequest): Html {
  return html`<ol class="trail">${decisions.map(
    ({ by, isRefused, text, facts: pairs = [] }) =>
      html`<li class="${isRefused ? "refused" : "passed"}"><p><strong>${capitalized(by)}</strong> <span class="outcome">${isRefused ? "refused" : "passed"}</span></p><p>${text}</p>${
        pairs.length > 0 &&
        html`<details${isRefused && html` open`}><summary>${counted(pairs.length, "value")}</summary>${facts(pairs)}</details>`
      }</li>`,
  )}</ol>`;
}

/** What the function received and logged. */
export function invocationParts(
  { trail }: LoggedRequest,
  { event, lines }: InvocationRecord,
  names: ClientNames,
): Html {
  const { functionName = "" } = trail.invocation ?? {};
  const written = lines.map(({ timestamp, message }) =>
    logText({ source: functionName, time: new Date(timestamp).toISOString(), message }, names),
  );
  return html`<h2>Function ${functionName}</h2>
${written.length > 0 ? code("Log lines", written.join("\n")) : html`<p class="muted">The function logged nothing with the id of this request.</p>`}
${event !== undefined && html`<details class="event"><summary>Event that the function received</summary>${code("Event, with masks in place of tokens and secrets", eventText(event))}</details>`}`;
}

/** How the log lines of an invocation are read elsewhere. */
export function waysToLogs({
  trail: { invocation },
}: LoggedRequest): readonly (readonly [name: string, lines: string])[] {
  if (invocation === undefined) return [];
  const { region, logGroup, requestId } = invocation;
  const filter = `--log-group-name ${logGroup} --filter-pattern '"${requestId}"'`;
  return [["AWS CLI: log lines of the function", `aws logs filter-log-events --region ${region} ${filter}`]];
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Time of day, in UTC. */
function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(11, 23)} UTC`;
}
