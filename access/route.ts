/** The settings of routes, and what AWS demands of each. */
import { HOST } from "./arn";
import { listOf } from "./collection";
import { throttling } from "./operation";
import { exactlyOne, flagOr, settings, type Together } from "./record";
import { flag, text } from "./scalar";
import { scope } from "./scope";
import { documented, type Located, located, optional, type Shape, type ValueOf } from "./shape";
import type { Cors } from "./types";

/** Methods that a route can have. */
export const METHODS: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"];

/** A part of a route's path: as it is, a parameter, or a parameter that takes the rest of the path. */
export const PATH_PART = /^([a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._-]+\+?\})$/;

/** A part of a URL's path: as it is, or a parameter of the route. */
export const URL_PART = /^([\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*$|^\{[a-zA-Z0-9._-]+\}$/;

/** What a URL must be, whatever else is said of it. */
export const URL_WORDS = 'an https URL such as "https://orders.example.com/v1/orders/{id}"';

/** Keys of routes. */
export const routeKey = text('a method, a space and a path, such as "POST /orders"', /^\S+ \S+$/, strictRouteKey());

const origin = documented(
  "An origin whose pages may call, or * for all.",
  text(
    '"*" or scheme and host in lower case such as "https://app.example.com", without a path or the usual port, http for localhost only',
    originPattern(),
  ),
);

const header = text("the name of a request header: letters, digits, _ or -", /^[\w-]+$/);

const cors = settings({
  origins: documented(
    "Origins whose pages may call, such as https://app.example.com.",
    listOf("origin", origin, 'Write "*" for all.'),
  ),
  headers: documented(
    "Request headers that pages may set besides the usual ones.",
    optional(
      listOf("header", documented("Name of a header.", withoutStar(header)), "Leave it out for none."),
      undefined,
    ),
  ),
});

/** Only a route that is public has no scopes, and only that has a reason. */
const publicOrScopes: Together = {
  schema: {
    anyOf: [
      { required: ["scopes"], properties: { public: { const: false } }, not: { required: ["reason"] } },
      { required: ["public", "reason"], properties: { public: { const: true } }, not: { required: ["scopes"] } },
    ],
  },
  check({ has, rightOf, miss, refuse }) {
    const isPublic = rightOf("public") === true;
    if (has("public") && !isPublic) return; // wrong, so that nobody knows what was meant
    if (isPublic && rightOf("scopes") !== undefined) {
      refuse(
        "has both scopes and public, but who asks for no token cannot ask for scopes. Remove one of them.",
        "scopes",
        "public",
      );
    }
    if (isPublic && !has("reason")) miss("reason");
    if (!isPublic && rightOf("reason") !== undefined) {
      refuse(
        'has a reason, but is not public. Add "public: true" if anybody may call it, or remove the reason.',
        "reason",
      );
    } else if (!isPublic && !has("scopes")) miss("scopes");
  },
};

/** What one route says. */
export const route = settings(
  {
    lambda: documented(
      "The function that answers.",
      optional(
        text('a file of lambda/ without ".ts": 1 to 40 letters, digits, "_" or "-"', /^[a-zA-Z0-9_-]{1,40}$/),
        undefined,
      ),
    ),
    url: documented(
      "The server that answers, in place of a function. {name} is a parameter of the route's path.",
      optional(text(URL_WORDS, /[\s\S]/, strictUrl()), undefined),
    ),
    scopes: documented(
      "Scopes that open the route: a token with any of them may call.",
      optional(
        listOf("scope", scope, "A route without scopes would accept ID tokens and refuse all access tokens."),
        undefined,
      ),
    ),
    public: documented("Whether anybody may call it without a token.", optional(flag(), false)),
    reason: documented(
      "Why anybody may call it, for reviewers.",
      optional(
        text("1 to 300 characters that say why anybody may call it", /^(?=[\s\S]*\S)[\s\S]{1,300}$/u),
        undefined,
      ),
    ),
    cors: documented(
      "Whether pages of other origins may call from a browser: all, or those listed.",
      located(optional(flagOr(cors), false)),
    ),
    throttling: documented("How many requests the route takes.", optional(throttling, undefined)),
  },
  exactlyOne("lambda", "url", "one of them answers"),
  publicOrScopes,
);

/** What one route says, with positions. */
export type RouteContent = ValueOf<typeof route>;

/** Returns the two parts of a route's key. */
export function splitRouteKey(key: string): { readonly method: string; readonly path: string } {
  const [method = "", path = ""] = key.split(" ");
  return { method, path };
}

/** What browsers are told of the route. */
export function corsOf({ cors: { value } }: RouteContent): Cors | undefined {
  if (typeof value === "boolean") return value ? { origins: ["*"], headers: [] } : undefined;
  return { origins: textsOf(value.origins), headers: textsOf(value.headers ?? []) };
}

/** Returns the texts, sorted. */
export function textsOf(list: readonly Located[]): readonly string[] {
  return list.map(({ text: one }) => one).toSorted();
}

function withoutStar(shape: Shape<Located>): Shape<Located> {
  const isStar = (place: Parameters<typeof shape.remedy>[0]) => place?.kind === "scalar" && place.value === "*";
  return {
    ...shape,
    remedy: (wrong) => (isStar(wrong) ? ' "*" would not cover Authorization. Name each.' : shape.remedy(wrong)),
  };
}

/** What browsers send as origin: never a path, nor the port that the scheme implies. */
function originPattern(): RegExp {
  const host = "[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*";
  const secure = `https://${host}(:(?!443$)\\d{1,5})?`;
  return new RegExp(`^(\\*|${secure}|http://(localhost|127\\.0\\.0\\.1)(:(?!80$)\\d{1,5})?)$`);
}

/** A method, a space and a path of which only the last part may take the rest. */
function strictRouteKey(): RegExp {
  const last = PATH_PART.source.slice(1, -1);
  const inner = last.replace("\\+?", "");
  return new RegExp(`^(${METHODS.join("|")}) (/|(/${inner})*/${last})$`);
}

/** A URL without credentials, query and fragment, in which each parameter is a whole part of the path. */
function strictUrl(): RegExp {
  const part = URL_PART.source
    .split("$|^")
    .map((one) => one.replace(/^\^|\$$/g, ""))
    .join("|");
  return new RegExp(`^https://${HOST}(:\\d{1,5})?(/(${part}))*$`);
}
