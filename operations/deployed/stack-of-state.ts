/**
 * What is deployed, in the form of what is synthesized: the state's values, in which ids are references again. So one
 * computation says who can call what, of code and of state.
 */
import { managedResources, type StateValues } from "../plan-file/state-json";

/** Attributes by which resources refer to each other, by type. The first that has a value stands for it. */
const REFERRED: Readonly<Record<string, readonly string[]>> = {
  aws_api_gateway_authorizer: ["id"],
  aws_api_gateway_resource: ["id"],
  aws_api_gateway_rest_api: ["id", "root_resource_id"],
  aws_cognito_user_pool: ["id", "arn"],
  aws_cognito_user_pool_client: ["id"],
  aws_lambda_function: ["invoke_arn"],
};

/** Client ids also stand within longer texts, such as a function's list of callers. */
const WITHIN_TEXTS = "aws_cognito_user_pool_client";

/** As Cognito documents client ids: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html */
const CLIENT_ID = /[\w+]+/g;

/** Blocks that are lists in the state, and objects in what is synthesized. */
const SINGLE_BLOCKS = ["environment"];

/** Content of a `cdk.tf.json` that says the same as the state: resources, and the outputs that are not sensitive. */
export function stackOfState(values: StateValues): unknown {
  const resources = managedResources(values);
  const references = new Map<string, string>();
  const clients = new Map<string, string>();
  for (const { type, name, values: attributes } of resources) {
    for (const attribute of REFERRED[type] ?? []) {
      const value = attributes[attribute];
      if (typeof value !== "string" || value === "") continue;
      const reference = `\${${type}.${name}.${attribute}}`;
      references.set(value, reference);
      if (type === WITHIN_TEXTS) clients.set(value, reference);
    }
  }
  const byType: Record<string, Record<string, unknown>> = {};
  for (const { type, name, values: attributes } of resources) {
    const own = REFERRED[type] ?? [];
    const written = Object.entries(attributes).filter(([key, value]) => value !== null && !own.includes(key));
    const entries = written.map(([key, value]) => [key, single(key, referring(value, references, clients))]);
    byType[type] ??= {};
    byType[type][name] = Object.fromEntries(entries);
  }
  const outputs = Object.entries(values.outputs).filter(([, { sensitive }]) => !sensitive);
  return { resource: byType, output: Object.fromEntries(outputs.map(([name, { value }]) => [name, { value }])) };
}

function single(name: string, value: unknown): unknown {
  return SINGLE_BLOCKS.includes(name) && Array.isArray(value) ? value[0] : value;
}

function referring(
  value: unknown,
  references: ReadonlyMap<string, string>,
  clients: ReadonlyMap<string, string>,
): unknown {
  if (typeof value === "string") {
    return references.get(value) ?? value.replace(CLIENT_ID, (word) => clients.get(word) ?? word);
  }
  if (Array.isArray(value)) return value.map((item) => referring(item, references, clients));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, referring(inner, references, clients)]),
  );
}
