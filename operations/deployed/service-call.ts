/** One call as a service makes it: with the module that is there for callers. */
import { MachineClient } from "../../client/machine-client";
import { openFetch } from "../../platform/http";
import type { ClientCredentials } from "./deployment";

/** Who calls. */
export interface Service {
  readonly tokenUrl: string;
  readonly credentials: ClientCredentials;
  /** Full names of the scopes to ask for. */
  readonly scopes: readonly string[];
}

/** @returns the answer's status @throws {TokenRequestError} when there is no token to be had */
export async function callAsService(
  { tokenUrl, credentials, scopes }: Service,
  method: string,
  url: string,
): Promise<number> {
  const { fetch, close } = openFetch();
  try {
    const client = new MachineClient({
      tokenUrl,
      clientId: credentials.id,
      clientSecret: credentials.secret,
      scopes,
      fetch,
    });
    const { status, body } = await client.fetch(url, { method });
    await body?.cancel();
    return status;
  } finally {
    await close();
  }
}
