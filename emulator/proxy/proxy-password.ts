/**
 * The password of the proxy. Loopback is open to everybody on this machine, and whoever reaches the account may change
 * it; the password is made anew at each start and handed on in the environment and files that only the owner can read.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-authentication-credentials
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** User and password in the form that a URL holds, and their check. */
export class ProxyPassword {
  /** `user:password`, to stand before the `@` of the proxy's URL. */
  readonly userInfo = `aws:${randomBytes(24).toString("base64url")}`;

  /** Whether the value of a `Proxy-Authorization` or `Authorization` header holds them. */
  isIn(header: string | undefined): boolean {
    const expected = `Basic ${Buffer.from(this.userInfo).toString("base64")}`;
    return timingSafeEqual(digest(header ?? ""), digest(expected));
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
