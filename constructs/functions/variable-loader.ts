/**
 * What runs before a function whose variables refer to secrets or parameters: reads their values with the function's role,
 * sets them as environment variables, and loads the function, all while Lambda starts the execution environment. It is
 * bundled into such functions alone, as an ES module, for whose loading Lambda waits.
 *
 * A value is read once for each execution environment; a new one is taken by new environments.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
import type * as secrets from "@aws-sdk/client-secrets-manager";
import type * as parameters from "@aws-sdk/client-ssm";
import type { APIGatewayProxyResult } from "aws-lambda";
import { REFERENCES, type Reference, type References } from "../../access/variable-references";
import { type Callback, checked, type Handler } from "./caller-check";

/** Requires a module beside this one, or a package of Lambda's runtime. */
type Load = (name: string) => unknown;

/** Milliseconds in which all values have to be there. */
const DEADLINE = 5000;

const FAILURE: APIGatewayProxyResult = {
  statusCode: 500,
  headers: { "Content-Type": "application/json" },
  body: '{"message":"Internal server error"}',
};

/**
 * The function's handler, once its variables are set. Where they cannot be read, that is logged, calls are answered by 500
 * after their caller is checked, and each of them tries again.
 *
 * @throws whatever the function's own code throws
 */
export async function loadFunction(load: Load): Promise<Handler> {
  let handler: Handler | undefined;
  let trying: Promise<boolean> | undefined;
  const start = async (): Promise<boolean> => {
    const isSet = await setVariables(load);
    if (isSet) handler = (load("./index.js") as { readonly handler: Handler }).handler;
    return isSet;
  };
  await start();
  if (handler !== undefined) return handler;
  return checked(async (event, context) => {
    if (handler === undefined) {
      trying ??= start().finally(() => {
        trying = undefined;
      });
      await trying;
    }
    return handler === undefined ? FAILURE : await answerOf(handler, event, context);
  });
}

/** The answer of a handler that returns a promise or a value, or calls back. */
function answerOf(handler: Handler, event: Parameters<Handler>[0], context: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callback: Callback = (error, value) => (error ? reject(error) : resolve(value));
    const answer = handler(event, context, callback);
    if (answer !== undefined) resolve(answer);
  });
}

/** Whether all values are there. Those that are not are logged, by their names alone. */
async function setVariables(load: Load): Promise<boolean> {
  const references: References = JSON.parse(process.env[REFERENCES] ?? "{}");
  const reader = readerOf(load);
  const failures = await Promise.all(
    Object.entries(references).map(async ([name, reference]) => {
      try {
        process.env[name] = await reader(reference);
        return [];
      } catch (error) {
        return [`${name} (${sourceOf(reference)}): ${reasonOf(error)}`];
      }
    }),
  );
  const all = failures.flat();
  if (all.length > 0) console.error(`Environment variables could not be read: ${all.join("; ")}`);
  return all.length === 0;
}

/** Reads each secret once, however many variables it has values for. */
function readerOf(load: Load): (reference: Reference) => Promise<string> {
  const abortSignal = AbortSignal.timeout(DEADLINE);
  const texts = new Map<string, Promise<string>>();
  const once = (source: string, read: () => Promise<string>): Promise<string> => {
    const text = texts.get(source) ?? read();
    texts.set(source, text);
    return text;
  };
  return async ({ secret, key, parameter }) => {
    if (secret !== undefined) {
      const text = await once(`secret ${secret}`, async () => {
        const { SecretsManagerClient, GetSecretValueCommand } = load(
          "@aws-sdk/client-secrets-manager",
        ) as typeof secrets;
        const command = new GetSecretValueCommand({ SecretId: secret });
        return requireText((await new SecretsManagerClient().send(command, { abortSignal })).SecretString);
      });
      return key === undefined ? text : valueAt(text, key);
    }
    return await once(`parameter ${parameter}`, async () => {
      const { SSMClient, GetParameterCommand } = load("@aws-sdk/client-ssm") as typeof parameters;
      const command = new GetParameterCommand({ Name: parameter, WithDecryption: true });
      return requireText((await new SSMClient().send(command, { abortSignal })).Parameter?.Value);
    });
  };
}

function requireText(text: string | undefined): string {
  if (text === undefined) throw new Error("it has no text");
  return text;
}

/** An error of JSON.parse would show a part of the secret. */
function valueAt(secret: string, key: string): string {
  let value: unknown;
  try {
    value = (JSON.parse(secret) as Readonly<Record<string, unknown>> | null)?.[key];
  } catch {
    throw new Error("the secret is not JSON");
  }
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Error(`the secret's JSON has no text at the key ${JSON.stringify(key)}`);
}

/** The SDK's message for an error that AWS sends without one. */
const NO_MESSAGE = "UnknownError";

function reasonOf(error: unknown): string {
  return error instanceof Error && ["", NO_MESSAGE].includes(error.message) ? error.name : String(error);
}

function sourceOf({ secret, parameter }: Reference): string {
  return secret === undefined ? `parameter ${parameter}` : `secret ${secret}`;
}
