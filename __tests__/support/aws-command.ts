/** Commands of the AWS CLI as the calls that they make, as far as this product tells people to run them. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type AwsRequest, callAws } from "../../platform/aws-call";

const TARGETS: Readonly<Record<string, string>> = {
  logs: "Logs_20140328",
  "cognito-idp": "AWSCognitoIdentityProviderService",
  secretsmanager: "secretsmanager",
};

const API = "/restapis/{rest-api-id}";
const FUNCTION = "/2015-03-31/functions/{function-name}";

/** Method and path, in which options stand; the others are the body. */
const RESTS: Readonly<Record<string, readonly [method: string, path: string]>> = {
  "apigateway delete-authorizer": ["DELETE", `${API}/authorizers/{authorizer-id}`],
  "apigateway delete-method": ["DELETE", `${API}/resources/{resource-id}/methods/{http-method}`],
  "apigateway delete-resource": ["DELETE", `${API}/resources/{resource-id}`],
  "apigateway delete-stage": ["DELETE", `${API}/stages/{stage-name}`],
  "lambda remove-permission": ["DELETE", `${FUNCTION}/policy/{statement-id}`],
  "lambda update-function-code": ["PUT", `${FUNCTION}/code`],
};

type Options = Readonly<Record<string, string | true>>;
type Request = Omit<AwsRequest, "service" | "region">;

/** Runs `aws <service> <operation> --<option> <value> …`. @throws {Error} when AWS refuses */
export async function runAwsCommand(command: string): Promise<unknown> {
  const [program, service = "", operation = "", ...words] = shellWords(command);
  const { region = "us-east-1", ...options } = optionsIn(words);
  if (program !== "aws") throw new Error(`${command} is not known here`);
  const { status, body } = await callAws({
    service,
    region: String(region),
    ...requestOf(service, operation, options),
  });
  if (status >= 300) throw new Error(`${command} answered ${status} ${body}`);
  return body.startsWith("{") ? JSON.parse(body) : body;
}

/** As the shell of whoever pastes it takes it apart. */
function shellWords(command: string): readonly string[] {
  const printed = execFileSync("sh", ["-c", `printf '%s\\0' ${command.trim()}`], { encoding: "utf8" });
  return printed.split("\0").slice(0, -1);
}

function optionsIn(words: readonly string[]): Options {
  const pairs = words.flatMap((word, index) => {
    if (!word.startsWith("--")) return [];
    const value = words[index + 1];
    return [[word.slice(2), value === undefined || value.startsWith("--") ? true : value] as const];
  });
  return Object.fromEntries(pairs);
}

function requestOf(service: string, operation: string, options: Options): Request {
  const target = TARGETS[service];
  if (target !== undefined) {
    const headers = { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": `${target}.${pascal(operation)}` };
    return { method: "POST", headers, body: JSON.stringify(mapKeys(options, service === "logs" ? camel : pascal)) };
  }
  if (service === "iam") {
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const input = { Action: pascal(operation), Version: "2010-05-08", ...mapKeys(options, pascal) };
    return { method: "POST", headers, body: new URLSearchParams(input as Record<string, string>).toString() };
  }
  const rest = RESTS[`${service} ${operation}`];
  if (rest === undefined) throw new Error(`aws ${service} ${operation} is not known here`);
  return restRequest(rest, options);
}

function restRequest([method, template]: readonly [method: string, path: string], options: Options): Request {
  const inPath = [...template.matchAll(/\{([\w-]+)\}/g)].map(([, name = ""]) => name);
  const path = template.replaceAll(/\{([\w-]+)\}/g, (_, name: string) => encodeURIComponent(String(options[name])));
  const rest = Object.entries(options).filter(([name]) => !inPath.includes(name));
  if (rest.length === 0) return { method, path };
  const body = Object.fromEntries(rest.map(([name, value]) => [pascal(name), contentOf(value)]));
  return { method, path, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

/** A file's bytes are sent in base64. */
function contentOf(value: string | true): string | true {
  if (value === true || !value.startsWith("fileb://")) return value;
  return readFileSync(value.slice("fileb://".length)).toString("base64");
}

function mapKeys(input: object, change: (key: string) => string): object {
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [change(key), structured(value)]));
}

/** A structure in the CLI's shorthand, such as `Type=ORIGINAL`, as an object; other values as they are. */
function structured(value: unknown): unknown {
  if (typeof value !== "string" || !/^\w+=/.test(value)) return value;
  const members = value.split(",").map((member) => member.split("=") as [string, string]);
  return Object.fromEntries(members.map(([name, text]) => [name, { true: true, false: false }[text] ?? text]));
}

function pascal(text: string): string {
  return text.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function camel(text: string): string {
  return text.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
