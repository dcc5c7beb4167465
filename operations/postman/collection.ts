/** Requests for each client and route, with tests of the responses. Holds no secret, id or host. */
import type { AccessMatrix, MatrixRoute } from "../access-graph/access-matrix";
import {
  COLLECTION_SCHEMA,
  type Collection,
  type Folder,
  type Item,
  parameters,
  type Request,
  type Url,
} from "./format";
import { CLIENT_VARIABLES, collectionName, variableOf } from "./variables";

/** Value of path parameters. */
const PLACEHOLDER = "probe";
const WITH_BODY = ["POST", "PUT", "PATCH"];

/** Scopes by client, as full names. */
export type ScopesOf = ReadonlyMap<string, readonly string[]>;

const INTRODUCTION = [
  "Written by `npx access postman`. Choose the environment of the same name, fill in the secrets and run the folders from top to bottom.",
  "Each client's first request gets a token, which the requests below it use until it expires.",
];

/**
 * Makes the collection.
 *
 * @param matrix who can call what
 * @param clients which of its clients
 */
export function collectionOf(matrix: AccessMatrix, clients: readonly string[], scopes: ScopesOf): Collection {
  return {
    info: {
      name: collectionName(matrix.environment),
      description: INTRODUCTION.join("\n\n"),
      schema: COLLECTION_SCHEMA,
    },
    item: [withoutToken(matrix), ...clients.map((client) => folderOf(client, matrix, scopes.get(client) ?? []))],
  };
}

function withoutToken({ routes }: AccessMatrix): Folder {
  return {
    name: "Without a token",
    item: routes.map((route) => requestOf(route, { type: "noauth" }, withoutTokenAt(route))),
  };
}

function folderOf(client: string, { routes, disabled = [] }: AccessMatrix, scopes: readonly string[]): Folder {
  const token = `{{${variableOf(client, CLIENT_VARIABLES.token)}}}`;
  const auth = { type: "bearer", bearer: parameters({ token }) } as const;
  return {
    name: client,
    item: [
      tokenRequest(client, scopes, disabled.includes(client)),
      // Without a token, there is nothing to send to the routes.
      ...(disabled.includes(client) ? [] : routes).map((route) => requestOf(route, auth, expectedFor(client, route))),
    ],
  };
}

function tokenRequest(client: string, scopes: readonly string[], isDisabled: boolean): Item {
  const [username, password] = [CLIENT_VARIABLES.id, CLIENT_VARIABLES.secret].map(
    (what) => `{{${variableOf(client, what)}}}`,
  );
  const form = { grant_type: "client_credentials", ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }) };
  return {
    name: isDisabled ? "Get a token is denied: the client is disabled" : "Get a token",
    event: testing(
      isDisabled
        ? NO_TOKEN
        : [
            'pm.test("a token is issued", function () {',
            "  pm.expect(pm.response.code).to.eql(200);",
            '  pm.expect(pm.response.json().token_type).to.eql("Bearer");',
            "});",
            `pm.environment.set(${JSON.stringify(variableOf(client, CLIENT_VARIABLES.token))}, pm.response.json().access_token);`,
          ],
    ),
    request: {
      method: "POST",
      auth: { type: "basic", basic: parameters({ username: username ?? "", password: password ?? "" }) },
      header: [],
      url: { raw: "{{token_url}}", host: ["{{token_url}}"] },
      body: { mode: "urlencoded", urlencoded: Object.entries(form).map(([key, value]) => ({ key, value })) },
    },
  };
}

const NO_TOKEN = [
  'pm.test("no token is issued", function () {',
  "  pm.expect(pm.response.code).to.eql(400);",
  '  pm.expect(pm.response.json().error).to.be.oneOf(["invalid_grant", "unauthorized_client"]);',
  "});",
];

/** An expected response: a sentence, and the lines of the script that test it. */
interface Expected {
  readonly sentence: string;
  readonly lines: readonly string[];
}

const ALLOWED: Expected = {
  sentence: "is allowed",
  lines: [
    "  pm.expect(pm.response.code).to.not.be.oneOf([401, 403]);",
    "  pm.expect(pm.response.code).to.be.below(500);",
  ],
};
const UNAUTHORIZED: Expected = {
  sentence: "is denied by API Gateway",
  lines: [
    "  pm.expect(pm.response.code).to.eql(401);",
    '  pm.expect(pm.response.json().message).to.eql("Unauthorized");',
  ],
};
const FORBIDDEN: Expected = {
  sentence: "is denied by the function",
  lines: ["  pm.expect(pm.response.code).to.eql(403);"],
};
/** The matrix does not decide. */
const ANSWERED: Expected = { sentence: "is answered", lines: ["  pm.expect(pm.response.code).to.be.below(500);"] };

function withoutTokenAt({ access }: MatrixRoute): Expected {
  if (access === "unknown") return ANSWERED;
  return access === "public" ? ALLOWED : UNAUTHORIZED;
}

function expectedFor(client: string, route: MatrixRoute): Expected {
  if (route.access !== "clients") return withoutTokenAt(route);
  if (route.callers.includes(client)) return ALLOWED;
  return route.refusedByFunction.includes(client) ? FORBIDDEN : UNAUTHORIZED;
}

function requestOf({ route }: MatrixRoute, auth: Request["auth"], { sentence, lines }: Expected): Item {
  const [any = "", path = ""] = route.split(" ");
  const method = any === "ANY" ? "GET" : any;
  const body = { mode: "raw", raw: "{}", options: { raw: { language: "json" } } } as const;
  return {
    name: `${route} ${sentence}`,
    event: testing([`pm.test(${JSON.stringify(sentence)}, function () {`, ...lines, "});"]),
    request: { method, auth, header: [], url: urlOf(path), ...(WITH_BODY.includes(method) ? { body } : {}) },
  };
}

/** API Gateway's path parameters `{id}` and `{rest+}` are `:id` and `:rest` in Postman. */
function urlOf(path: string): Url {
  const parts = path.split("/").slice(1);
  const names = parts.map((part) => /^\{(.+?)\+?\}$/.exec(part)?.[1]);
  const written = parts.map((part, index) => (names[index] === undefined ? part : `:${names[index]}`));
  const variable = names.flatMap((key) => (key === undefined ? [] : [{ key, value: PLACEHOLDER }]));
  return {
    raw: `{{api_url}}/${written.join("/")}`,
    host: ["{{api_url}}"],
    path: written,
    ...(variable.length === 0 ? {} : { variable }),
  };
}

function testing(exec: readonly string[]): Item["event"] {
  return [{ listen: "test", script: { type: "text/javascript", exec } }];
}
