/**
 * The picture of who can call what, and how: client, token endpoint, scope, authorizer, method and function, and what
 * joins them. The console draws it, and `npx access matrix --mermaid` writes it.
 */
import { oneLine } from "../../access/visible";
import { OUTPUT } from "../../constructs/contract/contract";
import { StackJson } from "../../constructs/contract/stack-json";
import { type AccessMatrix, accessMatrix, clientNames, type MatrixRoute, nameOf } from "./access-matrix";
import { parseStack } from "./synthesized-stack";
import { tokenWays } from "./token-ways";

/** A box of the picture. */
export interface PictureNode {
  /** Unique among all. */
  readonly id: string;
  readonly text: string;
  /** Whether it is an HTTP backend in the column of functions. */
  readonly isHttp?: true;
}

/** A column of the picture; one with `isGate` has one box, which all ways pass. */
export interface PictureColumn {
  readonly kind: PictureKind;
  readonly nodes: readonly PictureNode[];
  readonly isGate?: true;
}

export type PictureKind = "client" | "tokenEndpoint" | "scope" | "authorizer" | "method" | "function";

export interface AccessPicture {
  /** From the client to the function. Clients are sorted by name, and others by what leads to them, so that few edges cross. */
  readonly columns: readonly PictureColumn[];
  /** Pairs of ids: client and scope, scope and method, method and function, and {@link ANYONE} and a public method. */
  readonly edges: readonly (readonly [from: string, to: string])[];
}

/** What the picture is made of. */
export interface PictureSource {
  readonly matrix: AccessMatrix;
  readonly tokenUrl: string;
  /** Name of the authorizer; `undefined` without one. */
  readonly authorizer: string | undefined;
  /** Full names of the scopes with which a client gets tokens. */
  scopesOf(client: string): readonly string[];
}

/** The client of public routes. */
export const ANYONE = "without a token";

export function accessPicture({ matrix, tokenUrl, authorizer = "none", scopesOf }: PictureSource): AccessPicture {
  const { clients, routes } = matrix;
  const isOpen = routes.some(({ access }) => access === "public");
  const scopes = new Set([...clients.flatMap(scopesOf), ...routes.flatMap((route) => route.scopes)]);
  const edges = [
    ...clients.flatMap((client) => scopesOf(client).map((scope) => [`client ${client}`, `scope ${scope}`] as const)),
    ...routes.flatMap((route) => [
      ...route.scopes.map((scope) => [`scope ${scope}`, `route ${nameOf(route)}`] as const),
      ...(route.access === "public" ? [[`client ${ANYONE}`, `route ${nameOf(route)}`] as const] : []),
      [`route ${nameOf(route)}`, `backend ${backendOf(route)}`] as const,
    ]),
  ];
  const clientNodes = [...clients, ...(isOpen ? [ANYONE] : [])].map((name) => node("client", name));
  const names = [...scopes].toSorted().map((scope) => node("scope", scope));
  const scopeNodes = byOrigin(names, clientNodes, edges);
  // Requests without a token pass below all scopes.
  const origins = [...scopeNodes, node("client", ANYONE)];
  const methodNodes = byOrigin(
    routes.map((route) => node("route", nameOf(route))),
    origins,
    edges,
  );
  return {
    columns: [
      { kind: "client", nodes: clientNodes },
      { kind: "tokenEndpoint", nodes: [node("gate", firstLabel(tokenUrl))], isGate: true },
      { kind: "scope", nodes: scopeNodes },
      { kind: "authorizer", nodes: [node("gate", authorizer)], isGate: true },
      { kind: "method", nodes: methodNodes },
      { kind: "function", nodes: byOrigin(backendsOf(routes), methodNodes, edges) },
    ],
    edges,
  };
}

/** The boxes in the order of what leads to them: by the mean of its places. Those that nothing leads to are the last. */
function byOrigin(
  nodes: readonly PictureNode[],
  origins: readonly PictureNode[],
  edges: AccessPicture["edges"],
): readonly PictureNode[] {
  const places = new Map(origins.map(({ id }, place) => [id, place]));
  const found = new Map<string, { sum: number; count: number }>();
  for (const [from, to] of edges) {
    const place = places.get(from);
    if (place === undefined) continue;
    const { sum, count } = found.get(to) ?? { sum: 0, count: 0 };
    found.set(to, { sum: sum + place, count: count + 1 });
  }
  const meanOf = ({ id }: PictureNode) => {
    const { sum, count } = found.get(id) ?? { sum: origins.length, count: 1 };
    return sum / count;
  };
  return nodes.toSorted((a, b) => meanOf(a) - meanOf(b));
}

/**
 * The picture of a synthesized stack.
 *
 * @param environment name of the stack
 * @param json content of its `cdk.tf.json`
 */
export function pictureOfStack(environment: string, json: unknown): AccessPicture {
  const stack = parseStack(json);
  const names = clientNames(stack);
  const scopes = new Map(
    Object.entries(stack.aws_cognito_user_pool_client).map(([id, client]) => [
      names.get(id),
      tokenWays(client).length === 0 ? [] : client.allowed_oauth_scopes.toSorted(),
    ]),
  );
  return accessPicture({
    matrix: accessMatrix(environment, json),
    tokenUrl: String(new StackJson(json).output(OUTPUT.tokenUrl)),
    authorizer: Object.values(stack.aws_api_gateway_authorizer)[0]?.name,
    scopesOf: (client) => scopes.get(client) ?? [],
  });
}

const node = (kind: string, text: string): PictureNode => ({ id: `${kind} ${text}`, text });

function backendsOf(routes: readonly MatrixRoute[]): readonly PictureNode[] {
  const urls = new Set(routes.map(({ url }) => url));
  const names = new Set(routes.map(backendOf));
  return [...names].map((name) => ({ ...node("backend", name), ...(urls.has(name) && { isHttp: true }) }));
}

export const backendOf = ({ function: fn, url }: MatrixRoute) => fn ?? url ?? "none";

/** Of a URL's host; an expression of Terraform has none. */
function firstLabel(url: string): string {
  return URL.canParse(url) ? (new URL(url).hostname.split(".")[0] ?? "") : "";
}

/** Words of the Mermaid diagram. */
export type PictureWords = Readonly<Record<PictureKind | "backend", string>>;

const WORDS: PictureWords = {
  client: "client",
  tokenEndpoint: "token endpoint",
  scope: "scope",
  authorizer: "authorizer",
  method: "method",
  function: "function",
  backend: "HTTP backend",
};

/**
 * The picture as a flowchart of Mermaid, without a line break at its end. Lines behind the token endpoint and behind the
 * authorizer have the names of what passes, where there are several.
 */
export function mermaidText({ columns, edges }: AccessPicture, words: PictureWords = WORDS): string {
  const marks = new Map<string, string>();
  const boxes = columns.flatMap(({ kind, nodes, isGate }) =>
    nodes.map(({ id, text, isHttp }, index) => {
      const mark = isGate ? kind : `${kind}${index + 1}`;
      marks.set(isGate ? kind : id, mark);
      const label = [words[isHttp ? "backend" : kind], ...(text === "" ? [] : [escaped(text)])].join("<br>");
      return `${mark}${kind === "client" ? `(["${label}"])` : `["${label}"]`}`;
    }),
  );
  const of = (kind: PictureKind) => columns.find((column) => column.kind === kind)?.nodes ?? [];
  const from = (id: string) => edges.filter(([start]) => start === id).map(([, end]) => end);
  const to = (id: string) => edges.filter(([, end]) => end === id).map(([start]) => start);
  const mark = (id: string) => marks.get(id) ?? id;
  const tokens = of("client").filter(({ id }) => from(id).some((end) => end.startsWith("scope ")));
  const needed = of("scope").filter(({ id }) => from(id).length > 0);
  const named = (ids: readonly string[], all: readonly PictureNode[]) =>
    all.length < 2
      ? "-->"
      : `-- "${all
          .filter(({ id }) => ids.includes(id))
          .map(({ text }) => escaped(text))
          .join("<br>")}" -->`;
  const lines = [
    ...tokens.map(({ id }) => `${mark(id)} --> tokenEndpoint`),
    ...of("scope").flatMap(({ id }) =>
      to(id).length === 0 ? [] : [`tokenEndpoint ${named(to(id), tokens)} ${mark(id)}`],
    ),
    ...needed.map(({ id }) => `${mark(id)} --> authorizer`),
    ...of("method").flatMap(({ id }) => {
      const scopes = to(id).filter((start) => start.startsWith("scope "));
      const isOpen = to(id).includes(`client ${ANYONE}`);
      return [
        ...(scopes.length === 0 ? [] : [`authorizer ${named(scopes, needed)} ${mark(id)}`]),
        ...(isOpen ? [`${mark(`client ${ANYONE}`)} -.-> ${mark(id)}`] : []),
        ...from(id).map((backend) => `${mark(id)} --> ${mark(backend)}`),
      ];
    }),
  ];
  return ["flowchart LR", ...[...boxes, ...lines].map((line) => `  ${line}`)].join("\n");
}

/** A name within quotes. Mermaid's entities begin with `#`. */
function escaped(text: string): string {
  return oneLine(text).replace(/[#&"<>`]/g, (sign) => `#${sign.charCodeAt(0)};`);
}
