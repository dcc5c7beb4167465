/** How a secret of Secrets Manager says whose credentials it holds; the stack writes it, commands look for it. */
const BEGINNING = "Credentials of the client ";

/** @returns the client's name; `undefined` when the secret is no client's */
export function clientOfSecret(description: unknown): string | undefined {
  return typeof description === "string" && description.startsWith(BEGINNING)
    ? description.slice(BEGINNING.length)
    : undefined;
}
