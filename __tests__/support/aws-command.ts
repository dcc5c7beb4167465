/** Commands of the AWS CLI as the calls that they make, as far as this product prints them. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { aws } from "../../platform/aws";

const CLIENTS = {
  apigateway: "apiGateway",
  "cognito-idp": "cognito",
  iam: "iam",
  lambda: "lambda",
  logs: "logs",
  secretsmanager: "secretsManager",
  wafv2: "waf",
} as const;

/** Services whose members begin with a small letter. */
const CAMEL: readonly string[] = ["apigateway", "logs"];

/** Options that are members of another spelling. */
const MEMBERS: Readonly<Record<string, string>> = { uuid: "UUID" };

type Call = (input: object) => Promise<unknown>;

/** Runs `aws <service> <operation> --<option> <value> …`, or several with `&&` between them. @throws {AwsError} when AWS refuses */
export async function runAwsCommand(command: string, clients = (region: string) => aws(region)): Promise<unknown> {
  const [first = "", ...others] = command.split(" && ");
  const answer = await runOne(first, clients);
  return others.length === 0 ? answer : await runAwsCommand(others.join(" && "), clients);
}

async function runOne(command: string, clients: (region: string) => ReturnType<typeof aws>): Promise<unknown> {
  const [program, service = "", operation = "", ...words] = shellWords(command);
  const client = CLIENTS[service as keyof typeof CLIENTS];
  if (program !== "aws" || client === undefined) throw new Error(`${command} is not known here`);
  const { region = "us-east-1", ...input } = inputOf(words, CAMEL.includes(service) ? camel : pascal);
  const methods = (await clients(String(region))[client]()) as unknown as Record<string, Call | undefined>;
  const name = operation.replaceAll("-", "");
  const call =
    methods[Object.getOwnPropertyNames(Object.getPrototypeOf(methods)).find((one) => one.toLowerCase() === name) ?? ""];
  if (call === undefined) throw new Error(`aws ${service} ${operation} is not an operation`);
  return await call.call(methods, input);
}

/** As a shell takes the text apart. */
function shellWords(command: string): readonly string[] {
  const printed = execFileSync("sh", ["-c", `printf '%s\\0' ${command.trim()}`], { encoding: "utf8" });
  return printed.split("\0").slice(0, -1);
}

function inputOf(words: readonly string[], memberOf: (option: string) => string): Readonly<Record<string, unknown>> {
  const input: Record<string, unknown> = {};
  for (const [index, word] of words.entries()) {
    if (!word.startsWith("--")) continue;
    const name = word.slice(2);
    const value = words[index + 1];
    const member = name === "region" ? name : (MEMBERS[name] ?? memberOf(name));
    input[member] = value === undefined || value.startsWith("--") ? true : parsed(name, value);
  }
  return input;
}

/** A file's bytes, JSON, or the CLI's shorthand `Key=value,…`; lists of one where the member is a list. */
function parsed(option: string, value: string): unknown {
  if (value.startsWith("fileb://")) return readFileSync(value.slice("fileb://".length));
  if (/^[[{]/.test(value)) return JSON.parse(value);
  if (!/^\w+=/.test(value)) return value;
  const pairs = value.split(",").map((pair) => pair.split(/=(.*)/s));
  const shorthand = Object.fromEntries(pairs.map(([key = "", text = ""]) => [key, typed(text)]));
  return option === "patch-operations" ? [shorthand] : shorthand;
}

function typed(text: string): string | boolean {
  return text === "true" || text === "false" ? text === "true" : text;
}

function pascal(text: string): string {
  return text.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function camel(text: string): string {
  return text.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
