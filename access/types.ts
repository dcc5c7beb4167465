/**
 * What an access model says once it is read: every default filled in, every override applied. The parser makes it, the
 * stack is made from it; neither knows of the other.
 */
import type { Environment, Throttling } from "./environment-types";
import type { Mistake } from "./file";

export type * from "./environment-types";

/** Who may call what, and where it is deployed. Each list has at least one entry. */
export interface AccessModel {
  /** Where it is deployed, in the order of the file. */
  readonly environments: readonly Environment[];

  /** APIs and the scopes that they know, in the order of the file. */
  readonly resourceServers: readonly ResourceServer[];

  /** Callers, in the order of the file. */
  readonly clients: readonly Client[];

  /** What can be called, in the order of the file. */
  readonly routes: readonly Route[];

  /** What is allowed but probably not meant, in the order of the file; empty with `strict: true`, which refuses it. */
  readonly warnings: readonly Mistake[];
}

/** An API in OAuth's sense: what scopes belong to. */
export interface ResourceServer {
  /** What its scopes' full names begin with, such as `orders` or `https://api.example.com/orders`. */
  readonly identifier: string;

  /**
   * Name for people.
   * @default the identifier
   */
  readonly name: string;

  /** What it can be asked for, sorted by name; at least one. */
  readonly scopes: readonly Scope[];
}

/** A permission of a resource server. */
export interface Scope {
  /** Name within the resource server, without a slash. */
  readonly name: string;

  /** What it permits, for people. */
  readonly description: string;
}

/** A machine that calls: one confidential app client. */
export interface Client {
  /** Name of the app client. */
  readonly name: string;

  /** Scopes that it may ask for as `<identifier>/<scope>`, sorted, without repeats; at least one. */
  readonly scopes: readonly string[];

  /** Life of its access tokens, in minutes, 5 to 1440; `undefined` means that of its environment. */
  readonly tokenMinutes: number | undefined;

  /** Names of the environments that it is in; `undefined` means all. */
  readonly environments: readonly string[] | undefined;

  /** Where its credentials are put for the service to read; `undefined` means that they are only in Terraform's state. */
  readonly secret: ClientSecretSettings | undefined;
}

/** A secret of AWS Secrets Manager with a client's credentials. */
export interface ClientSecretSettings {
  /** ARNs of the IAM roles and users that may read it; at least one, sorted. */
  readonly readers: readonly string[];
  /** ARN of the KMS key that encrypts it, which readers of other accounts need; `undefined` means Secrets Manager's own. */
  readonly kmsKeyArn: string | undefined;
}

/** One method of one path. */
export interface Route {
  /** `GET`, `POST`, `PUT`, `PATCH`, `DELETE`, `HEAD`, `OPTIONS`, or `ANY` for all that the path has not by itself. */
  readonly method: string;

  /** Path below the stage, such as `/orders/{id}`. */
  readonly path: string;

  /** What answers. */
  readonly backend: FunctionBackend | HttpBackend;

  /** Scopes as `<identifier>/<scope>`, sorted, without repeats; a token with any of them may call. Empty only if public. */
  readonly scopes: readonly string[];

  /** Why anybody may call it without a token; `undefined` for every route that demands one. */
  readonly publicReason: string | undefined;

  /** Pages of which other origins may call; `undefined` means none. */
  readonly cors: Cors | undefined;

  /** How many requests the route takes; `undefined` means that the stage's throttling is all. */
  readonly throttling: Throttling | undefined;
}

/** A function of this project. */
export interface FunctionBackend {
  readonly kind: "lambda";
  /** Name of the function that answers: `lambda/<name>.ts`. */
  readonly lambda: string;
}

/** Something that is reached by HTTP. */
export interface HttpBackend {
  readonly kind: "http";
  /** Such as `https://orders.example.com/v1/orders/{id}`; every parameter in braces is one of the route's path. */
  readonly url: string;
}

/** What a browser is told. */
export interface Cors {
  /** `["*"]`, or origins such as `https://app.example.com`, sorted. */
  readonly origins: readonly string[];
  /** Request headers that pages may set besides the usual ones (see cors.ts), sorted; never `*`. */
  readonly headers: readonly string[];
}
