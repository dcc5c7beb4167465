/** How the proxy says no. */
import type { Socket } from "node:net";
import { PLAYED_HOSTS } from "../hosts";

/** To whoever does not have the password. */
export const UNKNOWN_CALLER =
  "The embedded AWS serves whoever has its password, which is in the environment of: npm run local -- <command>\n";

/** Answers a CONNECT with a refusal, and ends the connection. @param status such as `502 Bad Gateway` */
export function refuse(socket: Socket, status: string, text: string): void {
  const challenge = 'Proxy-Authenticate: Basic realm="embedded AWS"';
  const headers = ["Content-Type: text/plain", `Content-Length: ${text.length}`, challenge];
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join("\r\n")}\r\n\r\n${text}`);
}

/** What is said of a host that is not played. */
export function refusalOf(target: string): string {
  return `The embedded AWS does not play ${target.replace(/[^\w.:-]/g, "?")} and connects to nowhere. It plays ${PLAYED_HOSTS.join(", ")}.\n`;
}

/** What is said of a domain that was made after the authority, which is not for it. */
export function restartFor(host: string): string {
  return `${host} is a domain of this account, but the certificates that callers were told to trust are not for it. Restart: npm run local\n`;
}
