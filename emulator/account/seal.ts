/** JSON that says of itself whether it is as it was written: a disk, or a person, may have changed it meanwhile. */
import { createHash } from "node:crypto";

const SEALED = /^\{"sha256":"([0-9a-f]{64})","content":(.*)\}$/s;

/** The content as JSON, on one line, with its SHA-256. */
export function seal(content: object): string {
  const json = JSON.stringify(content);
  return `{"sha256":"${sha256(json)}","content":${json}}`;
}

/** The content of what {@link seal} made; `undefined` when the text is anything else. */
export function unseal(text: string): unknown {
  const [, expected, json = ""] = SEALED.exec(text) ?? [];
  return expected !== undefined && sha256(json) === expected ? JSON.parse(json) : undefined;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
