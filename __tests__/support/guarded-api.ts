/** An API behind its authorizer, called without a socket, and AWS's own responses to calls that it does not let through. */
import { createHash } from "node:crypto";
import { createEndpoint } from "../../emulator/hosts";
import { decisionTrailOf } from "../../emulator/protocols/decision-trail";
import type { Endpoint, HttpRequest, HttpResponse } from "../../emulator/protocols/http";
import type { DeployedFunction, InvocationResult } from "../../emulator/runtime/invoke";
import { LogEvents } from "../../emulator/runtime/log-events";
import { type Attributes, text } from "../../emulator/terraform/attributes";
import { openPretendAccount, type PretendAccount, REGION } from "./pretend-account";
import { mintToken, requestOf } from "./requests";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Body of the function's response: the call got through. */
export const INVOKED = "invoked";

/** A call of `POST /dev/access` with a good token, but for what is given; `token: null` sends none. */
export type Call = Partial<Omit<HttpRequest, "body">> & {
  readonly token?: string | null;
  readonly body?: string | Buffer;
};

export const failed = (errorMessage: string, errorType = "Error"): InvocationResult => ({
  kind: "error",
  errorType,
  errorMessage,
});

/** The API of a pretend account, whose function returns {@link INVOKED}. */
export class GuardedApi {
  /** Events that the function received. */
  readonly events: unknown[] = [];
  /** What else it was invoked with. */
  readonly invocations: { readonly fn: DeployedFunction; readonly requestId: string }[] = [];
  /** Lines of access logs, by log group. */
  readonly logged: (readonly [logGroup: string, line: string])[] = [];
  readonly logs: LogEvents;
  /** What the function does. @param count how often it was invoked, this time included */
  result: (count: number) => InvocationResult | Promise<InvocationResult> = () => ({
    kind: "answer",
    payload: { statusCode: 200, body: INVOKED },
  });
  readonly endpoint: Endpoint;
  readonly host: string;

  constructor(
    readonly pretend: PretendAccount,
    /** Opens `POST /access`. */
    readonly token: string,
  ) {
    const invoke = async (fn: DeployedFunction, event: unknown, requestId: string) => {
      this.invocations.push({ fn, requestId });
      return await this.result(this.events.push(event));
    };
    this.logs = new LogEvents({ clock: () => pretend.time });
    const gateway = { account: pretend.account, runner: { invoke }, logs: this.logs };
    this.endpoint = createEndpoint(gateway, (group, line) => this.logged.push([group, line]));
    this.host = hostOf(text(pretend.made.api, "id"));
  }

  call({ token = this.token, headers = [], ...rest }: Call = {}): Promise<HttpResponse> {
    const authorization = token === null ? [] : [["Authorization", token] as const];
    const usual = { method: "POST", host: this.host, path: "/dev/access" };
    return this.endpoint(requestOf({ ...usual, ...rest, headers: [...headers, ...authorization] }));
  }

  /** Statuses of calls, one after another. */
  async statuses(calls: number, call?: Call): Promise<readonly number[]> {
    const statuses: number[] = [];
    while (statuses.length < calls) statuses.push((await this.call(call)).status);
    return statuses;
  }

  /** Adds a method below a new resource of the root; its id is returned. It is not deployed. */
  async addRoute(path_part: string, method: Attributes, integration?: Attributes): Promise<string> {
    const resource_id = text(await this.pretend.addResource(path_part), "id");
    await this.pretend.addMethod({ resource_id, ...method }, integration);
    return resource_id;
  }

  /** Lets every method of the API invoke the function. */
  async permitAll(): Promise<void> {
    const { api, permission } = this.pretend.made;
    const source_arn = `${text(api, "execution_arn")}/*`;
    await this.pretend.create("aws_lambda_permission", { ...permission, id: null, statement_id: "all", source_arn });
  }

  /** Creates a resource of the API. */
  create(type: string, given: Attributes): Promise<Attributes> {
    return this.pretend.create(`aws_api_gateway_${type}`, { rest_api_id: text(this.pretend.made.api, "id"), ...given });
  }

  /** Settings of the stage's methods. */
  addSettings(settings: Attributes, method_path = "*/*"): Promise<Attributes> {
    return this.create("method_settings", { stage_name: "dev", method_path, settings: [settings] });
  }
}

/** The decisions about a response: `authorizer refused: the request has no Authorization header`. */
export function decisionsOf(response: HttpResponse): readonly string[] {
  const { decisions = [] } = decisionTrailOf(response)?.() ?? {};
  return decisions.map(({ by, isRefused, text: what }) => `${by}${isRefused ? " refused" : ""}: ${what}`);
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

/** API Gateway's own response: body, error type and ids, and not one header more. */
export function refusal(status: number, message: string, type: string, colon = ":"): HttpResponse {
  return {
    status,
    headers: [
      ["Content-Type", "application/json"],
      ["x-amzn-RequestId", expect.stringMatching(UUID)],
      ["x-amz-apigw-id", expect.stringMatching(/^[A-Za-z0-9]{15}=$/)],
      ["x-amzn-ErrorType", type],
    ],
    body: `{"message"${colon}${JSON.stringify(message)}}`,
  };
}

export const UNAUTHORIZED = refusal(401, "Unauthorized", "UnauthorizedException");
export const EXPIRED = refusal(401, "The incoming token has expired", "UnauthorizedException");
export const FORBIDDEN = refusal(403, "Forbidden", "ForbiddenException");
export const NO_SUCH_METHOD = refusal(403, "Missing Authentication Token", "MissingAuthenticationTokenException");
/** @param status 500, or 502 for what the function did */
export const serverError = (status: number, message = "Internal server error") =>
  refusal(status, message, "InternalServerErrorException", ": ");

/** The refusal of an Authorization header that lacks parts of a signature; all of them unless some are named. */
export function noSignature(token: string, parts = ["Credential", "Signature", "SignedHeaders"]): HttpResponse {
  const hash = createHash("sha256").update(token, "latin1").digest("base64");
  const missing = parts.map((name) => `Authorization header requires '${name}' parameter.`);
  const date = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
  const all = [...missing, date].join(" ");
  const message = `${all} (Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`;
  return refusal(403, message, "IncompleteSignatureException");
}
