/**
 * The settings of an access model and what AWS demands of each.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
import { listOf, mapOf, settings } from "./access-collection";
import { documented, flag, optional, text, type ValueOf, whole } from "./access-shape";

/** Methods that a route can have. */
export const METHODS: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

/** A part of a route's path: as it is, a parameter, or a parameter that takes the rest of the path. */
export const PATH_PART = /^([a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._-]+\+?\})$/;

/** What a resource server's name may be; an identifier may be more. */
export const SERVER_NAME = {
  expected: "1 to 256 letters, digits, spaces or any of _+=,.@-",
  pattern: /^[\w\s+=,.@-]{1,256}$/,
};

const IDENTIFIER = /^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/;
const SCOPE_NAME = /^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$/;

const scope = documented(
  "Full name of a scope: identifier of a resource server, slash, name of one of its scopes.",
  text("<identifier>/<scope>", /[\s\S]/, joined([IDENTIFIER, SCOPE_NAME], "/")),
);

const environment = documented(
  "A place to deploy to: one stack, with this name, which is also the API's stage.",
  settings({
    region: documented(
      "Where the stack is deployed.",
      text('an AWS region such as "ap-northeast-1"', /^[a-z]{2}(-[a-z]+)+-\d$/),
    ),
    domainPrefix: documented(
      "What the token endpoint's host begins with: <domainPrefix>.auth.<region>.amazoncognito.com. Unique within a region, across all AWS accounts.",
      text(
        '1 to 63 lower-case letters, digits or inner hyphens, without "aws", "amazon" or "cognito"',
        /^(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
      ),
    ),
  }),
);

const resourceServer = documented(
  "An API in OAuth's sense: what scopes belong to.",
  settings({
    name: documented(
      "The API's name, for people. Left out it is the identifier, which then may have no other characters.",
      optional(text(SERVER_NAME.expected, SERVER_NAME.pattern), undefined),
    ),
    scopes: documented(
      "What the API can be asked for: a description for each scope's name.",
      mapOf(
        { noun: "scope", key: "name", value: "description" },
        text('1 to 256 ASCII characters other than space, ", \\ and /', SCOPE_NAME),
        documented("What the scope permits, for people.", text("1 to 256 characters", /^[\s\S]{1,256}$/u)),
        { max: 100, noun: "scopes", of: "a resource server", remedy: "Split it in two." },
      ),
    ),
  }),
);

const client = documented(
  "A machine that calls: one app client, with a secret, for client_credentials only.",
  settings({
    scopes: documented(
      "Scopes that the client may ask for.",
      listOf("scope", scope, "A client_credentials client needs at least one custom scope.", {
        max: 50,
        noun: "scopes",
        of: "a client",
        remedy: "Split it in two.",
      }),
    ),
    tokenMinutes: documented("How long an access token of the client lives.", optional(whole("minutes", 5, 1440), 60)),
  }),
);

const route = documented(
  "One method of one path, which demands a token.",
  settings({
    lambda: documented(
      "The function that answers.",
      text('a file of lambda/ without ".ts": 1 to 40 letters, digits, "_" or "-"', /^[a-zA-Z0-9_-]{1,40}$/),
    ),
    scopes: documented(
      "Scopes that open the route: a token with any of them may call.",
      listOf("scope", scope, "A route without scopes would accept ID tokens and refuse all access tokens."),
    ),
    cors: documented("Whether pages of other origins may call from a browser.", optional(flag(), false)),
  }),
);

const ELSEWHERE = "Move some to an access.yaml of their own.";

/** The whole file. */
export const accessShape = documented(
  "Who may call what, and where it is deployed.",
  settings({
    environments: documented(
      "Where it is deployed: environments by name.",
      mapOf(
        { noun: "environment", key: "name" },
        text('1 to 64 letters, digits, "_" or "-", beginning with a letter', /^[A-Za-z][A-Za-z0-9_-]{0,63}$/),
        environment,
      ),
    ),
    resourceServers: documented(
      "APIs and the scopes that they know: resource servers by identifier.",
      mapOf(
        { noun: "resource server", key: "identifier" },
        text('1 to 256 ASCII characters other than space, " and \\', IDENTIFIER),
        resourceServer,
        { max: 25, noun: "resource servers", of: "a user pool", remedy: ELSEWHERE },
      ),
    ),
    clients: documented(
      "Callers: clients by name.",
      mapOf(
        { noun: "client", key: "name" },
        text("1 to 128 letters, digits, spaces or any of _+=,.@-", /^[\w\s+=,.@-]{1,128}$/),
        client,
        { max: 1000, noun: "clients", of: "a user pool", remedy: ELSEWHERE },
      ),
    ),
    routes: documented(
      "What can be called: routes by method and path.",
      mapOf(
        { noun: "route", key: "key" },
        text('a method, a space and a path, such as "POST /orders"', /^\S+ \S+$/, routeKey()),
        route,
      ),
    ),
  }),
);

/** The file's values with their positions. */
export type AccessContent = ValueOf<typeof accessShape>;

/**
 * Returns the settings as JSON Schema, as `access.schema.json` holds it for editors. It refuses nothing that is right;
 * what depends on several settings or on files is left to access-rules.ts.
 *
 * @see https://json-schema.org/draft/2020-12
 */
export function accessSchemaText(): string {
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "access.yaml",
    ...accessShape.schema,
  };
  // Lists of names on one line, as the formatter has them.
  return `${JSON.stringify(schema, null, 2).replace(/"required": \[[^\]]*\]/g, onOneLine)}\n`;
}

function onOneLine(list: string): string {
  return list.replace(/\s+/g, " ").replace("[ ", "[").replace(" ]", "]");
}

/** A method, a space and a path of which only the last part may take the rest. */
function routeKey(): RegExp {
  const last = PATH_PART.source.slice(1, -1);
  const inner = last.replace("\\+?", "");
  return new RegExp(`^(${METHODS.join("|")}) (/|(/${inner})*/${last})$`);
}

/** What matches the patterns one after the other. */
function joined(patterns: readonly RegExp[], separator: string): RegExp {
  return new RegExp(`^${patterns.map(({ source }) => source.slice(1, -1)).join(separator)}$`);
}
