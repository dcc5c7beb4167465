/** Stand-ins on this machine for the HTTP backends of access.yaml, as the option `--backend` names them. Pure. */
import { InvalidArgumentError } from "commander";

/** Origins on loopback by the backend's own origin. */
export type StandIns = ReadonlyMap<string, string>;

const FORM = "Expected <origin of the backend>=<origin on this machine>";
const EXAMPLE = "such as https://orders.example.com=http://127.0.0.1:8080";
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Adds what one option says; commander calls it for each.
 * @throws {InvalidArgumentError} when it is no pair of origins, or leads away from this machine
 */
export function addStandIn(value: string, before: StandIns): StandIns {
  const [backend, standIn] = [originOf(value.split("=")[0]), originOf(value.split("=").slice(1).join("="))];
  if (backend?.protocol !== "https:" || standIn?.protocol !== "http:") {
    throw new InvalidArgumentError(`${FORM}, ${EXAMPLE}.`);
  }
  if (!LOOPBACK.includes(standIn.hostname)) {
    throw new InvalidArgumentError(
      `${standIn.host} is not on this machine, and the embedded AWS connects to no other.`,
    );
  }
  return new Map([...before, [backend.origin, standIn.origin]]);
}

/** The URL, when it is nothing but an origin. */
function originOf(text = ""): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBare = url !== undefined && url.href === `${url.origin}/`;
  return isBare ? url : undefined;
}
