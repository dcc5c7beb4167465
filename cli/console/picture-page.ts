/** The picture of what is deployed: client, token endpoint, scope, authorizer, method and function, and what joins them. */
import { type MatrixRoute, nameOf } from "../../operations/access-graph/access-matrix";
import {
  type AccessPicture,
  ANYONE,
  accessPicture,
  backendOf,
  type PictureColumn,
  type PictureKind,
  type PictureNode,
} from "../../operations/access-graph/access-picture";
import { type Html, html } from "../../platform/html";
import type { DeployedEnvironment } from "./deployed";

/** Ways that are listed in words. */
const MAX_WAYS = 200;
/** Boxes that a column shows. */
const MAX_NODES = 40;
/** Characters of a text in a box. */
const MAX_TEXT = 23;
const BOX = { width: 154, height: 40 };
const GAP = { along: 32, across: 14 };
const TITLE = 26;
/** What a phone shows of a drawing that leads from top to bottom. */
const TWO_BOXES = 2 * BOX.width + GAP.across;

export function picturePage(environment: DeployedEnvironment): Html {
  const { matrix } = environment;
  const { columns, edges } = pictureOf(environment);
  const isCut = columns.some(({ nodes }) => nodes.length > MAX_NODES);
  const ways = matrix.routes.flatMap((route) => waysOf(route, environment));
  const more = ways.length - MAX_WAYS;
  return html`${isCut && html`<p class="note">The picture shows the first ${MAX_NODES} of each column. The page Access has all.</p>`}
<div class="scroll picture wide" tabindex="0" role="region" aria-label="Picture">${drawing(columns, edges, false)}</div>
<div class="scroll picture narrow" tabindex="0" role="region" aria-label="Picture">${drawing(columns, edges, true)}</div>
${matrix.routes.some(({ access }) => access === "public") && html`<p class="legend">A dashed line is a public route: neither the token endpoint nor the authorizer takes part.</p>`}
<h2>In words</h2>
<ul class="ways">${ways.slice(0, MAX_WAYS).map((way) => html`<li>${way}</li>`)}</ul>${more > 0 && html`<p class="muted">and ${more} more</p>`}`;
}

const TITLES: Readonly<Record<PictureKind, string>> = {
  client: "Client",
  tokenEndpoint: "Token endpoint",
  scope: "Scope",
  authorizer: "Authorizer",
  method: "Method",
  function: "Function",
};

function pictureOf({ matrix, deployment, resources, accessOf }: DeployedEnvironment): AccessPicture {
  const authorizer = resources.find(({ type }) => type === "aws_api_gateway_authorizer")?.values["name"];
  return accessPicture({
    matrix,
    tokenUrl: deployment.tokenUrl,
    authorizer: authorizer === undefined ? undefined : String(authorizer),
    scopesOf: (client) => (accessOf(client).ended === undefined ? accessOf(client).scopes : []),
  });
}

/** @param isDown whether it leads from top to bottom, for narrow pages */
function drawing(
  columns: readonly PictureColumn[],
  edges: readonly (readonly [string, string])[],
  isDown: boolean,
): Html {
  const most = Math.max(...columns.map(({ nodes }) => Math.min(nodes.length, MAX_NODES)));
  const [along, across] = isDown ? [BOX.height, BOX.width] : [BOX.width, BOX.height];
  const extent = most * across + (most - 1) * GAP.across;
  const titleAlong = isDown ? TITLE : 0;
  const step = along + GAP.along + titleAlong;
  const length = columns.length * step - GAP.along;
  const [width, height] = isDown ? [Math.max(extent, TWO_BOXES), length + 1] : [length, extent + TITLE + 1];
  const places = new Map<string, { readonly x: number; readonly y: number }>();
  for (const [index, { nodes }] of columns.entries()) {
    const shown = nodes.slice(0, MAX_NODES);
    // Where only a part of the drawing is in sight, it is the left one.
    const begin = isDown ? 0 : (extent - used(shown, across)) / 2;
    for (const [place, { id }] of shown.entries()) {
      const [a, b] = [index * step + titleAlong, begin + place * (across + GAP.across)];
      places.set(id, isDown ? { x: b, y: a } : { x: a, y: b + TITLE });
    }
  }
  const curves = edges.flatMap(([from, to]) => {
    const [start, end] = [places.get(from), places.get(to)];
    return start === undefined || end === undefined
      ? []
      : [{ d: curve(start, end, isDown), isOpen: from.endsWith(ANYONE) }];
  });
  return html`<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="From client to function: the list below says the same in words">
<defs><marker id="arrow-${isDown ? "down" : "right"}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0 L8 4 L0 8 z"/></marker></defs>
${curves.map(
  ({
    d,
    isOpen,
  }) => html`<path class="edge${isOpen && " open"}" d="${d}" marker-end="url(#arrow-${isDown ? "down" : "right"})"/>
`,
)}${columns.map(({ kind, nodes, isGate }, index) => {
  const title = TITLES[kind];
  const at = index * step;
  const head = isDown
    ? html`<text class="title" x="1" y="${at + 16}">${title}</text>`
    : html`<text class="title" x="${at + BOX.width / 2}" y="14" text-anchor="middle">${title}</text>`;
  const shown = nodes.slice(0, MAX_NODES).flatMap((one) => {
    const place = places.get(one.id);
    return place === undefined
      ? []
      : [box(one.text, { ...place, ...(isGate && gate(place, width, extent, isDown)) }, isGate === true, isDown)];
  });
  return html`${head}${shown}`;
})}</svg>`;
}

const used = (nodes: readonly PictureNode[], across: number) =>
  nodes.length * across + Math.max(0, nodes.length - 1) * GAP.across;

interface Shape {
  readonly x: number;
  readonly y: number;
  readonly width?: number;
  readonly height?: number;
}

/** A gate is as wide as all that passes it. */
function gate({ x, y }: Shape, width: number, extent: number, isDown: boolean): Shape {
  return isDown ? { x: 0, y, width } : { x, y: TITLE, height: extent };
}

function box(
  text: string,
  { x, y, width = BOX.width, height = BOX.height }: Shape,
  isGate: boolean,
  isDown: boolean,
): Html {
  const middle = x + (isDown ? Math.min(width, TWO_BOXES) : width) / 2;
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
  return html`<g class="box${isGate && " gate"}"><title>${text}</title><rect x="${x + 0.5}" y="${y + 0.5}" width="${width - 1}" height="${height - 1}" rx="6"/><text x="${middle}" y="${y + height / 2 + 4}" text-anchor="middle">${short}</text></g>
`;
}

function curve(start: Shape, end: Shape, isDown: boolean): string {
  if (isDown) {
    const [x1, y1, x2, y2] = [start.x + BOX.width / 2, start.y + BOX.height, end.x + BOX.width / 2, end.y];
    const middle = (y1 + y2) / 2;
    return `M${x1} ${y1} C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
  }
  const [x1, y1, x2, y2] = [start.x + BOX.width, start.y + BOX.height / 2, end.x, end.y + BOX.height / 2];
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1} C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
}

/** Every way to a route: who, by which scope, to which method and function. */
function waysOf(route: MatrixRoute, { accessOf }: DeployedEnvironment): readonly Html[] {
  const end = html`<code>${nameOf(route)}</code> → <code>${backendOf(route)}</code>`;
  if (route.access === "public") return [html`<strong>${ANYONE}</strong> → ${end}`];
  return route.callers.map((client) => {
    const scopes = accessOf(client).scopes.filter((scope) => route.scopes.includes(scope));
    return html`<strong>${client}</strong> → token with <code>${scopes.join(" or ")}</code> → ${end}`;
  });
}
