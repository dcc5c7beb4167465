/**
 * What access.yaml may contain, and the constraints of AWS on each setting.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
import { z } from "zod";
import { keyArn } from "./arn";
import {
  defaults,
  environment,
  HANGUL_FILLERS,
  HOST,
  rotateAfterDays,
  tags,
  throttling,
  tokenMinutes,
  topicArn,
} from "./environment-schema";
import { FUNCTION_NAME, functionsOf } from "./function-schema";
import { QUOTAS } from "./quotas";
import {
  date,
  doc,
  exactlyOne,
  flag,
  flagOr,
  listOf,
  mapOf,
  positive,
  settings,
  TEMPLATE_START,
  text,
  textOr,
  together,
  whole,
} from "./setting";

/** Words with one space between them: a name that looks the same is the same. */
function spaced(maxLength: number) {
  return {
    expected: `1 to ${maxLength} letters, digits, single inner spaces or any of _+=,.@-`,
    pattern: new RegExp(`^(?=.{1,${maxLength}}$)[\\w+=,.@-]+( [\\w+=,.@-]+)*$`),
    maxLength,
  };
}

/** Names of resource servers; an identifier may be more. */
export const SERVER_NAME = spaced(256);

export const CLIENT_NAME = spaced(128);

/** Characters that end a line, are invisible or change how others are shown. */
const UNREADABLE = `[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}${HANGUL_FILLERS}]`;

/** Text in any language on one line. */
const READABLE = `(?!.*${UNREADABLE})`;

const IDENTIFIER = /^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/;
const SCOPE_NAME = /^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$/;

/** Full names of scopes: identifier of a resource server, slash, name of one of its scopes. */
export const FULL_NAME = new RegExp(`^${inner(IDENTIFIER)}/${inner(SCOPE_NAME)}$`);

/** Whether a scope with that name exists is checked by a rule. */
const scope = doc(
  "Full name of a scope: identifier of a resource server, slash, name of one of its scopes.",
  text("<identifier>/<scope>", /[\s\S]/, FULL_NAME),
);

const DESCRIPTION = {
  expected: "1 to 256 visible characters on one line",
  pattern: new RegExp(`^${READABLE}.{1,256}$`, "u"),
};

/** The text as a description may have it. */
export function descriptionOf(text: string): string {
  const readable = text.replace(new RegExp(`${UNREADABLE}+`, "gu"), " ").replace(TEMPLATE_START, "$1 {");
  return [...readable].slice(0, 256).join("") || "-";
}

/** Names of owners are file names and tags too. */
export const OWNER_NAME = {
  expected: "1 to 64 letters, digits, _ or -",
  pattern: /^(?!__proto__$)[A-Za-z0-9][\w-]{0,63}$/,
};

/** Users and teams of GitHub, and email addresses, as CODEOWNERS has them. */
export const CODE_OWNER =
  /^(@[A-Za-z0-9-]{1,39}(\/[\w.-]{1,100})?|[\w.+-]{1,64}@[A-Za-z0-9.-]{1,189}\.[A-Za-z]{2,63})$/;

const scopeSettings = together(
  settings({
    description: doc("Description of what the scope permits.", text(DESCRIPTION.expected, DESCRIPTION.pattern)),
    sensitive: doc("Whether a review marks each gain of the scope as critical.", flag().default(false)),
    approvers: doc(
      "Who approves gains of the scope.",
      listOf(
        "approver",
        doc(
          "An approver.",
          text(
            "the name of an owner, a GitHub user or team such as @acme/security, or an email address",
            /[\s\S]/,
            new RegExp(`${OWNER_NAME.pattern.source}|${CODE_OWNER.source}`),
          ),
        ),
        "Omit it for none.",
      ).exactOptional(),
    ),
  }),
  { dependentRequired: { approvers: ["sensitive"] } },
  ({ has, right, refuse }) => {
    if (right("approvers") === undefined || has("sensitive")) return;
    refuse('has approvers, but is not sensitive. Add "sensitive: true", or remove them.', "approvers");
  },
);

const resourceServer = settings({
  name: doc(
    "Display name of the API. Defaults to the identifier, if that has no other characters.",
    text(SERVER_NAME.expected, SERVER_NAME.pattern).exactOptional(),
  ),
  scopes: doc(
    "Scopes of the API: names and descriptions.",
    mapOf(
      { noun: "scope", key: "name" },
      { expected: '1 to 256 ASCII characters other than space, ", \\ and /', pattern: SCOPE_NAME },
      doc("What the scope permits.", textOr(DESCRIPTION.expected, DESCRIPTION.pattern, scopeSettings)),
      { max: QUOTAS.scopesOfServer.value, noun: "scopes", of: "a resource server", remedy: "Split it in two." },
    ),
  ),
});

const reader = text(
  'the ARN of an IAM role or user without wildcards, such as "arn:aws:iam::123456789012:role/billing"',
  /^arn:aws(-cn|-us-gov)?:iam::\d{12}:(role|user)\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
);

const secret = settings({
  readers: doc(
    "IAM roles and users that may read the secret.",
    listOf("reader", doc("ARN of a role or user.", reader), "Name the role that the service runs as."),
  ),
  kmsKeyArn: doc(
    "The key that encrypts the secret; required for readers in other accounts. Defaults to the key of Secrets Manager.",
    keyArn.exactOptional(),
  ),
});

const beginning = doc("A prefix.", text("1 to 256 visible characters on one line", DESCRIPTION.pattern));

/** A part of a route's path: as it is, a parameter, or a parameter that takes the rest of the path. */
export const PATH_PART = /^([a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._-]+\+?\})$/;

const owner = settings({
  contact: doc(
    "How to reach the owner, such as an email address or a channel.",
    text(DESCRIPTION.expected, DESCRIPTION.pattern),
  ),
  url: doc(
    "Page about the owner, such as a runbook.",
    text(
      'an https URL such as "https://wiki.example.com/payments"',
      new RegExp(`^https://${HOST}(:\\d{1,5})?(/[\\w.~!$&'()*+,;=:@/?#%-]*)?$`),
    ).exactOptional(),
  ),
  topicArn: doc("The SNS topic for notices to the owner.", topicArn.exactOptional()),
  github: doc(
    "Who reviews the owner's file, for CODEOWNERS. Defaults to contact, if that is such a name.",
    text("a GitHub user or team such as @acme/payments, or an email address", CODE_OWNER).exactOptional(),
  ),
  prefixes: doc(
    "What the owner's file access.d/<owner>.yaml may name. What is left out is not limited.",
    settings({
      clients: doc("Beginnings of names of clients.", listOf("prefix", beginning, "Omit it for all.").exactOptional()),
      scopes: doc(
        "Scopes that the file may define, request and require: full names, or beginnings that end in a slash.",
        listOf("prefix", beginning, "Omit it for all.").exactOptional(),
      ),
      routes: doc(
        "Paths at and below which the file may have routes.",
        listOf(
          "prefix",
          doc("A path.", text('a path such as "/payments"', new RegExp(`^(/${inner(PATH_PART)})+$`))),
          "Omit it for all.",
        ).exactOptional(),
      ),
    }).exactOptional(),
  ),
  limits: doc(
    "Limits of the owner's file.",
    settings({
      clients: doc("Number of clients.", whole("clients", 0, 1000).exactOptional()),
      routes: doc("Number of routes.", whole("routes", 0, 2400).exactOptional()),
      tokenMinutes: doc("Longest validity of access tokens.", tokenMinutes.exactOptional()),
      throttling: doc("Highest throttling of each route, which each route then needs.", throttling.exactOptional()),
    }).exactOptional(),
  ),
});
const grant = doc(
  "A scope, or a scope with the last day on which it is granted.",
  textOr(
    "<identifier>/<scope>",
    /[\s\S]/,
    settings({
      scope,
      until: doc("Last day, in UTC, on which the scope is granted.", date().exactOptional()),
    }),
    FULL_NAME,
  ),
);

/** For `access capacity`: nothing is deployed of it. */
const load = settings({
  instances: doc("Running instances of the client at its peak.", whole("instances", 1, 1_000_000).default(1)),
  callsPerSecond: doc(
    "Calls a second of all instances together at the peak.",
    positive("calls a second", 1_000_000).default(1),
  ),
  tokenSeconds: doc(
    "How long an instance keeps a token; 0 means a token for each call. Defaults to 75 % of its validity.",
    whole("seconds", 0, 86_400).exactOptional(),
  ),
});

const client = settings({
  owner: doc(
    "Who answers for the client: one of owners. Required if the file has owners.",
    text("the name of an owner", /[\s\S]/).exactOptional(),
  ),
  purpose: doc("What the client is for.", text(DESCRIPTION.expected, DESCRIPTION.pattern).exactOptional()),
  scopes: doc(
    "Scopes that the client may request.",
    listOf("scope", grant, "A client_credentials client needs at least one custom scope.", {
      max: QUOTAS.scopesOfClient.value,
      by: "scope",
      noun: "scopes",
      of: "a client",
      remedy: "Split it in two.",
    }),
  ),
  tokenMinutes: doc(
    "Validity of the client's access tokens. Defaults to the value of the environment.",
    tokenMinutes.exactOptional(),
  ),
  rotateAfterDays: doc(
    "Age at which usage and drift report the client's secret. Defaults to the value of the environment.",
    rotateAfterDays.exactOptional(),
  ),
  environments: doc(
    "Environments that the client belongs to. Defaults to all environments.",
    listOf(
      "environment",
      doc("One of the environments of this file.", text("the name of an environment", /[\s\S]/)),
      "Omit it for all.",
    ).exactOptional(),
  ),
  load: doc("How much the client calls, for access capacity.", load.exactOptional()),
  secret: doc("A secret of AWS Secrets Manager, from which the service reads its credentials.", secret.exactOptional()),
  enabled: doc(
    "Whether the client gets tokens: in all environments, or in each that is named. It keeps its id and its secret.",
    flagOr(
      mapOf(
        { noun: "environment", key: "name", value: "enabled" },
        { expected: "the name of an environment", pattern: /[\s\S]/ },
        doc("Whether the client gets tokens in this environment.", flag()),
      ),
    ).default(true),
  ),
  expires: doc("Last day, in UTC, on which the client gets tokens.", date().exactOptional()),
});

/** Methods that a route can have. */
export const METHODS: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"];

/** A part of a URL's path: as it is, or a parameter of the route. */
export const URL_PART = /^(([\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*|\{[a-zA-Z0-9._-]+\})$/;

/** What a URL must be; rules report what exactly is wrong. */
export const URL_WORDS = 'an https URL such as "https://orders.example.com/v1/orders/{id}"';

/** Only the last part of a path may take the rest. */
const routeKey = {
  expected: 'a method, a space and a path, such as "POST /orders"',
  pattern: /^\S+ \S+$/,
  strict: new RegExp(`^(${METHODS.join("|")}) (/|(/${inner(PATH_PART).replace("\\+?", "")})*/${inner(PATH_PART)})$`),
};

/** What browsers send as origin: never a path, nor the port that the scheme implies. */
const ORIGIN_HOST = "[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*";
const HTTPS_ORIGIN = `https://${ORIGIN_HOST}(:(?!443$)\\d{1,5})?`;
const HTTP_ORIGIN = "http://(localhost|127\\.0\\.0\\.1)(:(?!80$)\\d{1,5})?";

const origin = text(
  '"*" or scheme and host in lower case such as "https://app.example.com", without a path or the default port, http for localhost only',
  new RegExp(`^(\\*|${HTTPS_ORIGIN}|${HTTP_ORIGIN})$`),
);

const header = text("the name of a request header: letters, digits, _ or -", /^[\w-]+$/, undefined, (wrong) =>
  wrong?.value === "*" ? ' "*" would not cover Authorization. Name each.' : "",
);

export const cors = settings({
  origins: doc(
    "Origins whose pages may call the route, such as https://app.example.com.",
    listOf("origin", doc("An origin whose pages may call the route, or * for all.", origin), 'Write "*" for all.'),
  ),
  headers: doc(
    "Request headers that pages may set in addition to the default ones.",
    listOf("header", doc("Name of a header.", header), "Omit it for none.").exactOptional(),
  ),
});

const routeSettings = settings({
  lambda: doc(
    "The function that handles the route.",
    text(FUNCTION_NAME.expected, FUNCTION_NAME.pattern).exactOptional(),
  ),
  url: doc(
    "The HTTP backend that handles the route instead of a function. {name} is a parameter of the route's path.",
    text(URL_WORDS, /[\s\S]/, new RegExp(`^https://${HOST}(:\\d{1,5})?(/${inner(URL_PART)})*$`)).exactOptional(),
  ),
  scopes: doc(
    "Scopes of the route: a token with any of them may call it.",
    listOf(
      "scope",
      scope,
      "A route without scopes would accept ID tokens and refuse all access tokens.",
    ).exactOptional(),
  ),
  public: doc("Whether the route may be called without a token.", flag().default(false)),
  reason: doc(
    "Reason why the route may be called without a token, for reviewers.",
    text(
      "1 to 300 visible characters on one line, a letter or digit among them, that explain why no token is needed",
      new RegExp(`^${READABLE}(?=.*[\\p{L}\\p{N}]).{1,300}$`, "u"),
    ).exactOptional(),
  ),
  cors: doc(
    "Whether web pages of other origins may call the route: all origins, or those listed.",
    flagOr(cors).default(false),
  ),
  throttling: doc("Throttling of the route.", throttling.exactOptional()),
});

/** Only a route that is public has no scopes, and only that has a reason. */
const PUBLIC_OR_SCOPES = {
  anyOf: [
    { required: ["scopes"], properties: { public: { const: false } }, not: { required: ["reason"] } },
    { required: ["public", "reason"], properties: { public: { const: true } }, not: { required: ["scopes"] } },
  ],
};

const route = together(
  exactlyOne(routeSettings, "lambda", "url", "a route has one backend"),
  PUBLIC_OR_SCOPES,
  ({ has, right, miss, refuse }) => {
    const isPublic = right("public") === true;
    if (has("public") && !isPublic) return; // wrong, so that it is unknown what was meant
    if (isPublic && right("scopes") !== undefined) {
      refuse("has both scopes and public, but a public route needs no token. Remove one of them.", "scopes", "public");
    }
    if (isPublic && !has("reason")) miss("reason");
    if (!isPublic && right("reason") !== undefined) {
      const remedy = 'Add "public: true" if it may be called without a token, or remove the reason.';
      refuse(`has a reason, but is not public. ${remedy}`, "reason");
    } else if (!isPublic && !has("scopes")) miss("scopes");
  },
);

/** Days before an end from which a warning says so. */
export const DEFAULT_EXPIRY_WARNING_DAYS = 30;

const ELSEWHERE = "Move some of them to a separate access.yaml.";

/** The whole file. */
export const accessSchema = doc(
  "Access model: clients, scopes, routes, and the environments to deploy them to.",
  settings({
    environments: doc(
      "Environments by name.",
      mapOf(
        { noun: "environment", key: "name" },
        {
          expected: '1 to 64 letters, digits, "_" or "-", beginning with a letter',
          pattern: /^[A-Za-z][A-Za-z0-9_-]{0,63}$/,
        },
        doc("One stack of this name, which is also the name of the API's stage.", environment),
        { max: 100, noun: "environments", remedy: ELSEWHERE },
      ),
    ),
    owners: doc(
      "Owners of clients by name. With owners, each client needs one.",
      mapOf({ noun: "owner", key: "name" }, OWNER_NAME, doc("A team or person, and how to reach them.", owner), {
        max: 200,
        noun: "owners",
        remedy: ELSEWHERE,
      }).exactOptional(),
    ),
    resourceServers: doc(
      "APIs and their scopes: resource servers by identifier.",
      mapOf(
        { noun: "resource server", key: "identifier" },
        { expected: '1 to 256 ASCII characters other than space, " and \\', pattern: IDENTIFIER },
        doc("An OAuth resource server: an API and its scopes.", resourceServer),
        { max: QUOTAS.resourceServers.value, noun: "resource servers", of: "a user pool", remedy: ELSEWHERE },
      ),
    ),
    clients: doc(
      "Clients by name.",
      mapOf(
        { noun: "client", key: "name" },
        CLIENT_NAME,
        doc("A machine client: one app client with a secret, for the client_credentials grant only.", client),
        { max: QUOTAS.clients.value, noun: "clients", of: "a user pool", remedy: ELSEWHERE },
      ),
    ),
    routes: doc(
      "Routes by method and path.",
      mapOf(
        { noun: "route", key: "key" },
        routeKey,
        doc("One method of one path, which requires a token unless it is public.", route),
        { max: 2400, noun: "routes", remedy: ELSEWHERE },
      ),
    ),
    functions: functionsOf("Settings of functions, which override those of environments."),
    defaults: doc("Settings of environments that do not override them.", defaults.exactOptional()),
    tags: tags("Tags of every resource, in every environment."),
    strict: doc("Whether warnings are errors.", flag().default(false)),
    expiryWarningDays: doc(
      "How many days before access ends a warning says so.",
      whole("days", 0, 366).default(DEFAULT_EXPIRY_WARNING_DAYS),
    ),
  }),
);

const { resourceServers, clients, routes, functions } = accessSchema.shape;

/** A team's file. */
const teamSchema = doc(
  "The part of the access model that a team has in access.d/<owner>.yaml.",
  settings({
    resourceServers: resourceServers.exactOptional(),
    clients: clients.exactOptional(),
    routes: routes.exactOptional(),
    functions,
  }),
);

/** The settings as the file has them, once they are right. */
export type Settings = z.output<typeof accessSchema>;

/** The settings as the file has them. What is wrong is an empty text, not a number, `false`, or an empty list or map. */
export type WrittenContent = z.input<typeof accessSchema>;

/** The same for rules: scopes of clients are full names, at the places of their grants. */
export type Content = Omit<WrittenContent, "clients"> & {
  readonly clients: Readonly<
    Record<string, Omit<WrittenContent["clients"][string], "scopes"> & { readonly scopes: readonly string[] }>
  >;
};

/**
 * The settings as JSON Schema, the text of access.schema.json. It refuses nothing that is right; what depends on several
 * settings or on files is left to the rules.
 *
 * @see https://json-schema.org/draft/2020-12
 */
export function accessSchemaText(): string {
  return schemaText("access.yaml", accessSchema);
}

/** The settings of a team's file as JSON Schema, the text of access.d.schema.json. */
export function teamSchemaText(): string {
  return schemaText("access.d/<owner>.yaml", teamSchema);
}

function schemaText(title: string, of: z.ZodType): string {
  const { $schema, ...schema } = z.toJSONSchema(of, { io: "input" });
  const text = JSON.stringify({ $schema, title, ...schema }, null, 2);
  // Lists of names and numbers on one line where they fit, as the formatter has them.
  return `${text.replace(/^( *)("\w+": )\[\n([^[\]{}]*?)\n *\](,?)/gm, onOneLine)}\n`;
}

function onOneLine(_: string, indent: string, key: string, items: string, comma: string): string {
  const list = items.trim().replace(/\s+/g, " ");
  const line = `${indent}${key}[${list}]${comma}`;
  return line.length <= 120 ? line : `${indent}${key}[\n${indent}  ${list}\n${indent}]${comma}`;
}

/** The source of a pattern without its anchors. */
function inner({ source }: RegExp): string {
  return source.slice(1, -1);
}
