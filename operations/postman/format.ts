/**
 * Postman's files: collections of format 2.1 and environments.
 *
 * @see https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html
 */

/** URL by which Postman recognizes the format. */
export const COLLECTION_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

/** Requests in folders. */
export interface Collection {
  readonly info: { readonly name: string; readonly description: string; readonly schema: typeof COLLECTION_SCHEMA };
  readonly item: readonly Folder[];
}

/** Requests that run in order. */
export interface Folder {
  readonly name: string;
  readonly description?: string;
  readonly item: readonly Item[];
}

/** A request and the test of its response. */
export interface Item {
  readonly name: string;
  readonly event: readonly [
    {
      readonly listen: "test";
      readonly script: { readonly type: "text/javascript"; readonly exec: readonly string[] };
    },
  ];
  readonly request: Request;
}

/** A request. Texts may hold `{{variables}}` of the environment. */
export interface Request {
  readonly method: string;
  readonly auth: Auth;
  readonly header: readonly Pair[];
  readonly url: Url;
  readonly body?: { readonly mode: "urlencoded"; readonly urlencoded: readonly Pair[] } | RawBody;
}

interface RawBody {
  readonly mode: "raw";
  readonly raw: string;
  readonly options: { readonly raw: { readonly language: "json" } };
}

/** How a request authenticates. */
export type Auth =
  | { readonly type: "noauth" }
  | { readonly type: "basic"; readonly basic: readonly Parameter[] }
  | { readonly type: "bearer"; readonly bearer: readonly Parameter[] };

interface Parameter {
  readonly key: string;
  readonly value: string;
  readonly type: "string";
}

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Parts of the path that begin with a colon are names in `variable`. */
export interface Url {
  readonly raw: string;
  readonly host: readonly string[];
  readonly path?: readonly string[];
  readonly variable?: readonly Pair[];
}

export interface PostmanEnvironment {
  readonly name: string;
  readonly values: readonly Variable[];
  readonly _postman_variable_scope: "environment";
}

/** A variable; one of type `secret` is shown as dots. */
export interface Variable {
  readonly key: string;
  readonly value: string;
  readonly type: "default" | "secret";
  readonly enabled: true;
}

/** Parameters of `auth`, as Postman has them. */
export function parameters(values: Readonly<Record<string, string>>): readonly Parameter[] {
  return Object.entries(values).map(([key, value]) => ({ key, value, type: "string" }));
}
