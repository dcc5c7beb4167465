/** Requests as they come over the wire, and tokens signed with whatever key a test wants. */
import { createPrivateKey, type JsonWebKey } from "node:crypto";
import { type JWTPayload, SignJWT } from "jose";
import type { HttpRequest, HttpResponse } from "../../emulator/protocols/http";
import type { Pool } from "../../emulator/services/cognito/pool-hosts";
import type { SigningKey } from "../../emulator/services/cognito/signing-keys";
import { START } from "./pretend-account";

/** A request: GET / to nowhere, but for what is given. */
export function requestOf(
  given: Partial<Omit<HttpRequest, "body">> & { readonly body?: string | Buffer },
): HttpRequest {
  const { body = "", ...rest } = given;
  const defaults = { method: "GET", host: "nowhere.example", path: "/", query: "", headers: [], sourceIp: "127.0.0.1" };
  return { ...defaults, ...rest, body: Buffer.from(body) };
}

/** Values of the response's header, in order. */
export function valuesOf({ headers }: HttpResponse, name: string): readonly string[] {
  return headers.filter(([sent]) => sent.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

/** The body's JSON. */
export function jsonOf({ body }: HttpResponse): unknown {
  return JSON.parse(Buffer.from(body).toString("utf8"));
}

/** What a test wants to be different about a token. */
export interface TokenChanges {
  /** Replaces claims; `undefined` takes one away. */
  readonly claims?: JWTPayload;
  /** Replaces parts of the protected header. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs instead of the pool's own key for access tokens. */
  readonly key?: SigningKey;
}

/** A valid access token of the pool for `test_resource/test`, but for what is given. */
export function mintToken(pool: Pool, { claims = {}, header = {}, key = pool.accessKey }: TokenChanges = {}) {
  const issuedAt = START / 1000;
  const usual = {
    sub: "caller",
    token_use: "access",
    scope: "test_resource/test",
    auth_time: issuedAt,
    iss: pool.issuer,
    exp: issuedAt + 3600,
    iat: issuedAt,
    version: 2,
    jti: "5a2c6f5e-6f0f-4b43-9d0c-8f6c7a7a9e01",
    client_id: "caller",
  };
  const privateKey = createPrivateKey({ key: key.jwk as JsonWebKey, format: "jwk" });
  return new SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ kid: key.kid, alg: "RS256", ...header })
    .sign(privateKey);
}

/** The same token with another part in place of the one at the index: 0 header, 1 payload, 2 signature. */
export function withPart(token: string, index: 0 | 1 | 2, part: string): string {
  return token.split(".").with(index, part).join(".");
}

/** Base64url of JSON. */
export function encodePart(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
