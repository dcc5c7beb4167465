/** What a function receives: API Gateway's event, with the caller that the stack has checked. */
import type { APIGatewayProxyEvent } from "aws-lambda";

/** The client that calls. */
export interface Caller {
  readonly clientId: string;
  /** Its name in access.yaml; `undefined` where names do not fit into the function's environment. */
  readonly name: string | undefined;
  /** Full names of all scopes of its token. */
  readonly scopes: readonly string[];
}

/**
 * An event of one of the function's routes. Only clients that may call the route get here: all others, and events of no
 * route of the function, are refused with 403 before the handler runs. The CORS headers of `access.yaml` are added to
 * what it returns.
 */
export interface ApiEvent extends APIGatewayProxyEvent {
  /** `undefined` on public routes. */
  readonly caller: Caller | undefined;
}
