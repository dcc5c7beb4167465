/**
 * The settings of an access model and what AWS demands of each.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
import { listOf, mapOf, settings } from "./access-collection";
import { flag, optional, text, type ValueOf, whole } from "./access-shape";

/** What a resource server's name may be; an identifier may be more. */
export const SERVER_NAME = {
  expected: "1 to 256 letters, digits, spaces or any of _+=,.@-",
  pattern: /^[\w\s+=,.@-]{1,256}$/,
};

/** Its form and whether it is there are matters of access-rules.ts, which can say more. */
const scope = text("<identifier>/<scope>", /[\s\S]/);

const environment = settings({
  region: text('an AWS region such as "ap-northeast-1"', /^[a-z]{2}(-[a-z]+)+-\d$/),
  domainPrefix: text(
    '1 to 63 lower-case letters, digits or inner hyphens, without "aws", "amazon" or "cognito"',
    /^(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  ),
});

const resourceServer = settings({
  name: optional(text(SERVER_NAME.expected, SERVER_NAME.pattern), undefined),
  scopes: mapOf(
    { noun: "scope", key: "name", value: "description" },
    text('1 to 256 ASCII characters other than space, ", \\ and /', /^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$/),
    text("1 to 256 characters", /^[\s\S]{1,256}$/u),
    { max: 100, noun: "scopes", of: "a resource server", remedy: "Split it in two." },
  ),
});

const client = settings({
  scopes: listOf("scope", scope, "A client_credentials client needs at least one custom scope.", {
    max: 50,
    noun: "scopes",
    of: "a client",
    remedy: "Split it in two.",
  }),
  tokenMinutes: optional(whole("minutes", 5, 1440), 60),
});

const route = settings({
  lambda: text('a file of lambda/ without ".ts": 1 to 40 letters, digits, "_" or "-"', /^[a-zA-Z0-9_-]{1,40}$/),
  scopes: listOf("scope", scope, "A route without scopes would accept ID tokens and refuse all access tokens."),
  cors: optional(flag(), false),
});

const ELSEWHERE = "Move some to an access.yaml of their own.";

/** The whole file. */
export const accessShape = settings({
  environments: mapOf(
    { noun: "environment", key: "name" },
    text('1 to 64 letters, digits, "_" or "-", beginning with a letter', /^[A-Za-z][A-Za-z0-9_-]{0,63}$/),
    environment,
  ),
  resourceServers: mapOf(
    { noun: "resource server", key: "identifier" },
    text('1 to 256 ASCII characters other than space, " and \\', /^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/),
    resourceServer,
    { max: 25, noun: "resource servers", of: "a user pool", remedy: ELSEWHERE },
  ),
  clients: mapOf(
    { noun: "client", key: "name" },
    text("1 to 128 letters, digits, spaces or any of _+=,.@-", /^[\w\s+=,.@-]{1,128}$/),
    client,
    { max: 1000, noun: "clients", of: "a user pool", remedy: ELSEWHERE },
  ),
  routes: mapOf(
    { noun: "route", key: "key" },
    text('a method, a space and a path, such as "POST /orders"', /^\S+ \S+$/),
    route,
  ),
});

/** The file's values with their positions. */
export type AccessContent = ValueOf<typeof accessShape>;
