/** Asking an embedded AWS for a token, over its proxy. */
import { readFileSync } from "node:fs";
import { decodeJwt } from "jose";
import { fetch } from "undici";
import type { Emulator } from "../../emulator";
import { dispatcherFor } from "./every-pair";
import { REGION } from "./pretend-account";

/** Who asks, for all that it may have. */
export interface Credentials {
  readonly id: string | undefined;
  readonly secret: string | undefined;
}

/** Scopes of the token that the answer has, separated by spaces, or the code of its error. */
export async function grantedScope(
  { proxyUrl, environment }: Pick<Emulator, "proxyUrl" | "environment">,
  domain: string,
  { id, secret }: Credentials,
): Promise<string> {
  const ca = readFileSync(String(environment["NODE_EXTRA_CA_CERTS"]), "utf8");
  const dispatcher = dispatcherFor({ proxyUrl, ca }, 1);
  try {
    const response = await fetch(`https://${domain}.auth.${REGION}.amazoncognito.com/oauth2/token`, {
      method: "POST",
      headers: { Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
      dispatcher,
    });
    const answer = (await response.json()) as { readonly error: string } | { readonly access_token: string };
    return "error" in answer ? answer.error : String(decodeJwt(answer.access_token)["scope"]);
  } finally {
    await dispatcher.close();
  }
}
