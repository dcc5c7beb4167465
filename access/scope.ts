/** Names of scopes, as resource servers, clients and routes have them. */
import { text } from "./scalar";
import { documented } from "./shape";

/** Identifiers of resource servers. */
export const IDENTIFIER = /^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/;

/** Names of scopes within their resource server. */
export const SCOPE_NAME = /^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$/;

/** Full names of scopes. */
export const FULL_NAME = joined([IDENTIFIER, SCOPE_NAME], "/");

/** The full name of a scope; whether there is one with that name is checked elsewhere. */
export const scope = documented(
  "Full name of a scope: identifier of a resource server, slash, name of one of its scopes.",
  text("<identifier>/<scope>", /[\s\S]/, FULL_NAME),
);

/** What matches the patterns one after the other. */
function joined(patterns: readonly RegExp[], separator: string): RegExp {
  return new RegExp(`^${patterns.map(({ source }) => source.slice(1, -1)).join(separator)}$`);
}
