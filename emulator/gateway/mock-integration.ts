/**
 * An integration that API Gateway answers itself, as "enable CORS" makes it for OPTIONS.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
import type { HttpResponse } from "../protocols/http";
import type { DeployedMethod } from "./deployed-api";
import { misconfigured } from "./execution-log";
import type { Refusal } from "./gateway-response";
import type { RequestIds } from "./headers";
import { answerWith, integrationBody } from "./integration-mapping";
import type { MappingSource } from "./parameter-mapping";

/** AWS's text in the execution log. */
const NO_STATUS = "Unable to parse statusCode. It should be an integer that is defined in the request template.";
const STATUS = /^[1-5]\d\d$/;

/** The integration response for the status that the request's template chooses. */
export function answerMock(method: DeployedMethod, source: MappingSource, ids: RequestIds): HttpResponse | Refusal {
  const made = integrationBody(method.integration, source);
  if ("type" in made) return made;
  const status = statusIn(made.body.toString("utf8"));
  if (status === undefined || !STATUS.test(status)) return misconfigured(NO_STATUS);
  return answerWith(method.integrationResponses, { status, headers: [], body: "" }, source, ids, made.overrides);
}

/**
 * The status that the text chooses. AWS reads it without demanding JSON: names need no quotes, or single ones, and there
 * may be a comma too many.
 * @see https://github.com/localstack/localstack/issues/11967
 */
function statusIn(text: string): string | undefined {
  try {
    const { statusCode } = JSON.parse(text) as { readonly statusCode?: unknown };
    return typeof statusCode === "string" || typeof statusCode === "number" ? String(statusCode) : undefined;
  } catch {
    const inner = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
    let status: string | undefined;
    for (const pair of (inner ?? "").split(",").filter((each) => each.trim() !== "")) {
      const [, name = "", value = ""] = /^([^:]*):(.*)$/s.exec(pair)?.map((part) => part.trim()) ?? [];
      if (!pair.includes(":") || /^[[{]/.test(name) || !isClosed(name) || !isClosed(value)) return undefined;
      if (/^(?:statusCode|'statusCode'|"statusCode")$/.test(name)) status = value;
    }
    return status;
  }
}

const CLOSING: Readonly<Record<string, string>> = { "'": "'", '"': '"', "[": "]", "{": "}" };

/** Whether a text that begins with a quote or a bracket ends with the one that closes it. */
function isClosed(text: string): boolean {
  const close = CLOSING[text[0] ?? ""];
  return close === undefined || (text.length > 1 && text.endsWith(close));
}
