/** Tokens that nobody issued. Pure. */

/** Something that is no token at all. */
export const GARBAGE = "this.is.garbage";

/** The token with more in it than it was signed for. @param scopes scopes that it then claims to have */
export function withOtherPayload(token: string, scopes: readonly string[]): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as object;
  const forged = Buffer.from(JSON.stringify({ ...claims, scope: scopes.join(" "), forged: true }));
  return [header, forged.toString("base64url"), signature].join(".");
}

/** The token with one letter of its signature changed: not the last, some of whose bits mean nothing. */
export function withOtherSignature(token: string): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const changed = signature.startsWith("A") ? "B" : "A";
  return [header, payload, changed + signature.slice(1)].join(".");
}

/** The scopes that a token carries, sorted; nobody checks its signature here, who issued it was asked for it. */
export function scopesIn(token: string): readonly string[] {
  const { scope } = claimsIn(token);
  return typeof scope === "string" && scope !== "" ? scope.split(" ").toSorted() : [];
}

/** The issuer that a token carries; empty when it carries none. */
export function issuerIn(token: string): string {
  const { iss } = claimsIn(token);
  return typeof iss === "string" ? iss : "";
}

function claimsIn(token: string): { readonly scope?: unknown; readonly iss?: unknown } {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
}
