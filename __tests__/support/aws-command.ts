/** Commands of the AWS CLI as the calls that they make, for services of the JSON protocol. */
import { callAws } from "../../cli/aws-call";

const TARGETS: Readonly<Record<string, string>> = {
  logs: "Logs_20140328",
  "cognito-idp": "AWSCognitoIdentityProviderService",
  secretsmanager: "secretsmanager",
};

/** Runs `aws <service> <operation> --<option> <value> …`. @throws {Error} when AWS refuses */
export async function runAwsCommand(command: string): Promise<unknown> {
  const [program, service = "", operation = "", ...options] = command.trim().split(" ");
  const { region = "", ...input } = inputOf(options);
  const target = TARGETS[service];
  if (program !== "aws" || target === undefined) throw new Error(`${command} is not known here`);
  const { status, body } = await callAws({
    service,
    region: String(region),
    method: "POST",
    headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": `${target}.${pascal(operation)}` },
    body: JSON.stringify(service === "logs" ? mapKeys(input, camel) : mapKeys(input, pascal)),
  });
  if (status !== 200) throw new Error(`${command} answered ${status} ${body}`);
  return JSON.parse(body);
}

function inputOf(words: readonly string[]): Readonly<Record<string, string | true>> {
  const pairs = words.flatMap((word, index) => {
    if (!word.startsWith("--")) return [];
    const value = words[index + 1];
    return [[word.slice(2), value === undefined || value.startsWith("--") ? true : value] as const];
  });
  return Object.fromEntries(pairs);
}

function mapKeys(input: object, change: (key: string) => string): object {
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [change(key), value]));
}

function pascal(text: string): string {
  return text.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function camel(text: string): string {
  return text.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
