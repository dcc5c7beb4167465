/** Overrides of the HTTP backends of access.yaml by origins on this machine: the option `--backend`. Pure. */
import { InvalidArgumentError } from "commander";

/** Origins on loopback by the backend's own origin. */
export type BackendOverrides = ReadonlyMap<string, string>;

const FORM = "Expected <origin of the backend>=<origin on this machine>";
const EXAMPLE = "such as https://orders.example.com=http://127.0.0.1:8080";
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Adds one option's override; commander calls it for each.
 * @throws {InvalidArgumentError} when it is not a pair of origins, or the second is not on this machine
 */
export function addBackendOverride(value: string, before: BackendOverrides): BackendOverrides {
  const [backend, override] = [originOf(value.split("=")[0]), originOf(value.split("=").slice(1).join("="))];
  if (backend?.protocol !== "https:" || override?.protocol !== "http:") {
    throw new InvalidArgumentError(`${FORM}, ${EXAMPLE}.`);
  }
  if (!LOOPBACK.includes(override.hostname)) {
    throw new InvalidArgumentError(
      `${override.host} is not on this machine. The embedded AWS connects to no other machine.`,
    );
  }
  return new Map([...before, [backend.origin, override.origin]]);
}

/** The URL, when it has no path, query or credentials. */
function originOf(text = ""): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isBare = url !== undefined && url.href === `${url.origin}/`;
  return isBare ? url : undefined;
}
