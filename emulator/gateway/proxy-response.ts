/**
 * Lambda proxy integration: the caller's answer, made of what the function returns.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
 */

import type { HttpResponse } from "../protocols/http";
import type { RequestIds } from "./gateway-response";
import { isSendable } from "./remapped-headers";

const ANSWER_KEYS = ["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"];

/** Headers that are API Gateway's own to send; a function's come back as `x-amzn-Remapped-<name>`. */
const REMAPPED = [
  "authorization",
  "connection",
  "content-length",
  "date",
  "server",
  "www-authenticate",
  "x-amz-apigw-id",
  "x-amzn-requestid",
];

/** Headers about the connection to the function, which is not the caller's. */
const DROPPED = ["keep-alive", "trailer", "transfer-encoding", "upgrade"];

type Pairs = HttpResponse["headers"];

/**
 * The caller's answer from what the function returned.
 *
 * @returns what is wrong when the function's answer is not of the form that API Gateway takes; it names no value
 */
export function proxyResponse(payload: unknown, ids: RequestIds): HttpResponse | string {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return "it is not an object";
  const answer = payload as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(answer).filter((key) => !ANSWER_KEYS.includes(key));
  if (unknown.length > 0) return `it has ${quoted(unknown)}, expected only ${quoted(ANSWER_KEYS)}`;
  const status = statusOf(answer["statusCode"]);
  const headers = headersOf(answer["headers"], answer["multiValueHeaders"])?.filter(isKept).map(remapped);
  const body = answer["body"] ?? "";
  if (status === undefined) return '"statusCode" is not an integer from 200 to 599';
  if (headers === undefined) return '"headers" has to map names to values, and "multiValueHeaders" names to lists';
  if (typeof body !== "string") return '"body" is not a string';
  const unsendable = headers.filter((header) => !isSendable(header)).map(([name]) => name);
  if (unsendable.length > 0) return `the headers ${quoted(unsendable)} cannot be written in HTTP`;
  const hasType = headers.some(([name]) => name.toLowerCase() === "content-type");
  return {
    status,
    headers: [
      ...(hasType ? [] : [["Content-Type", "application/json"] as const]),
      ["x-amzn-RequestId", ids.requestId],
      ["x-amz-apigw-id", ids.extendedRequestId],
      ...headers,
    ],
    body,
  };
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}

function statusOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return 200;
  const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599 ? status : undefined;
}

/** Values of both maps, those of `multiValueHeaders` first. */
function headersOf(single: unknown, multiple: unknown): Pairs | undefined {
  const many = mapOf(multiple);
  const one = mapOf(single);
  if (many === undefined || one === undefined) return undefined;
  const lists = Object.entries(many);
  if (!lists.every(([, values]) => Array.isArray(values))) return undefined;
  const pairs = lists.flatMap(([name, values]) =>
    (values as readonly unknown[]).map((value) => [name, value] as const),
  );
  const all = [...pairs, ...Object.entries(one).filter(([name, value]) => !isListed(many, name, value))];
  if (all.some(([, value]) => typeof value === "object" && value !== null)) return undefined;
  return all.map(([name, value]) => [name, String(value)] as const);
}

function isListed(many: Readonly<Record<string, unknown>>, name: string, value: unknown): boolean {
  const listed = many[name];
  return Array.isArray(listed) && listed.includes(value);
}

function isKept([name]: Pairs[number]): boolean {
  return !DROPPED.includes(name.toLowerCase());
}

function remapped([name, value]: Pairs[number]): Pairs[number] {
  return REMAPPED.includes(name.toLowerCase()) ? [`x-amzn-Remapped-${name}`, value] : [name, value];
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined || value === null) return {};
  return typeof value === "object" && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}
