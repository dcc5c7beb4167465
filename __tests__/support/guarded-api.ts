/** An API behind its authorizer, called without a socket, and AWS's own answers to those whom it does not let through. */
import { createHash } from "node:crypto";
import { createEndpoint } from "../../emulator/hosts";
import type { Endpoint, HttpRequest, HttpResponse } from "../../emulator/protocols/http";
import { text } from "../../emulator/terraform/attributes";
import { openPretendAccount, type PretendAccount, REGION } from "./pretend-account";
import { mintToken, requestOf } from "./requests";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** What the function answers: whoever reads it got through. */
export const INVOKED = "invoked";

/** A call of `POST /dev/access` with a good token, but for what is given; `token: null` sends none. */
export type Call = Partial<Omit<HttpRequest, "body">> & { readonly token?: string | null };

/** The API of a pretend account, whose function only tells that it was invoked. */
export class GuardedApi {
  /** Events that the function was given. */
  readonly events: unknown[] = [];
  readonly endpoint: Endpoint;
  readonly host: string;

  constructor(
    readonly pretend: PretendAccount,
    /** Opens `POST /access`. */
    readonly token: string,
  ) {
    const invoke = async (_fn: unknown, event: unknown) => {
      this.events.push(event);
      return { kind: "answer", payload: { statusCode: 200, body: INVOKED } } as const;
    };
    this.endpoint = createEndpoint({ account: pretend.account, runner: { invoke } });
    this.host = hostOf(text(pretend.made.api, "id"));
  }

  call({ token = this.token, headers = [], ...rest }: Call = {}): Promise<HttpResponse> {
    const authorization = token === null ? [] : [["Authorization", token] as const];
    const usual = { method: "POST", host: this.host, path: "/dev/access" };
    return this.endpoint(requestOf({ ...usual, ...rest, headers: [...headers, ...authorization] }));
  }
}

/** Host of an API. */
export function hostOf(apiId: string): string {
  return `${apiId}.execute-api.${REGION}.amazonaws.com`;
}

/** A guarded API in an account of its own. */
export async function openGuardedApi(): Promise<GuardedApi> {
  const pretend = await openPretendAccount();
  return new GuardedApi(pretend, await mintToken(pretend.pool));
}

/** API Gateway's own answer: body, error type and ids, and not one header more. */
function refusal(status: number, message: string, type: string): HttpResponse {
  return {
    status,
    headers: [
      ["Content-Type", "application/json"],
      ["x-amzn-RequestId", expect.stringMatching(UUID)],
      ["x-amz-apigw-id", expect.stringMatching(/^[A-Za-z0-9]{15}=$/)],
      ["x-amzn-ErrorType", type],
    ],
    body: JSON.stringify({ message }),
  };
}

export const UNAUTHORIZED = refusal(401, "Unauthorized", "UnauthorizedException");
export const EXPIRED = refusal(401, "The incoming token has expired", "UnauthorizedException");
export const FORBIDDEN = refusal(403, "Forbidden", "ForbiddenException");
export const NO_SUCH_METHOD = refusal(403, "Missing Authentication Token", "MissingAuthenticationTokenException");

/** What is said on an unknown path to whoever sent a token without a scheme. */
export function noSignature(token: string): HttpResponse {
  const hash = createHash("sha256").update(token, "latin1").digest("base64");
  const missing = ["Credential", "Signature", "SignedHeaders"].map(
    (name) => `Authorization header requires '${name}' parameter.`,
  );
  const date = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
  const message = `${missing.join(" ")} ${date} (Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`;
  return refusal(403, message, "IncompleteSignatureException");
}
