/**
 * The settings of an access model and what AWS demands of each.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
import { keyArn, principalArn } from "./arn";
import { listOf, mapOf } from "./collection";
import { environment, tags } from "./environment";
import { defaults, tokenMinutes } from "./operation";
import { settings } from "./record";
import { route, routeKey } from "./route";
import { flag, text } from "./scalar";
import { IDENTIFIER, SCOPE_NAME, scope } from "./scope";
import { documented, optional, type ValueOf } from "./shape";

/** What a resource server's name may be; an identifier may be more. */
export const SERVER_NAME = {
  expected: "1 to 256 letters, digits, spaces or any of _+=,.@-",
  pattern: /^[\w\s+=,.@-]{1,256}$/,
};

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

const secret = settings({
  readers: documented(
    "IAM roles and users that may read it.",
    listOf("reader", documented("ARN of a role or user.", principalArn()), "Name the role that the service runs as."),
  ),
  kmsKeyArn: documented(
    "The key that encrypts it, which readers of other accounts need; left out it is Secrets Manager's own.",
    optional(keyArn(), undefined),
  ),
});

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
    tokenMinutes: documented(
      "How long an access token of the client lives; left out it is as in its environment.",
      optional(tokenMinutes, undefined),
    ),
    environments: documented(
      "Environments that the client is in; left out it is in all.",
      optional(
        listOf(
          "environment",
          documented("One of the environments of this file.", text("the name of an environment", /[\s\S]/)),
          "Leave it out for all.",
        ),
        undefined,
      ),
    ),
    secret: documented(
      "A secret of AWS Secrets Manager, from which the service reads its credentials.",
      optional(secret, undefined),
    ),
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
        documented("A place to deploy to: one stack, with this name, which is also the API's stage.", environment),
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
        routeKey,
        documented("One method of one path, which demands a token unless it is public.", route),
      ),
    ),
    defaults: documented("What environments are unless they say otherwise.", optional(defaults, undefined)),
    tags: tags("Tags of every resource, in every environment."),
    strict: documented("Whether warnings are mistakes.", optional(flag(), false)),
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
  // Lists of names and numbers on one line where they fit, as the formatter has them.
  const lists = /^( *)("(?:required|enum)": )\[\n([^\]]*?)\n *\](,?)/gm;
  return `${JSON.stringify(schema, null, 2).replace(lists, onOneLine)}\n`;
}

function onOneLine(_: string, indent: string, key: string, items: string, comma: string): string {
  const list = items.trim().replace(/\s+/g, " ");
  const line = `${indent}${key}[${list}]${comma}`;
  return line.length <= 120 ? line : `${indent}${key}[\n${indent}  ${list}\n${indent}]${comma}`;
}
