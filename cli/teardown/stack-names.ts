/** Names by which AWS knows what a stack made, from its state and from what was synthesized last. */
import { z } from "zod";
import { managedResources, type StateValues } from "../state-json";

/** Names by kind. */
export interface StackNames {
  readonly region: string;
  readonly logGroups: readonly string[];
  readonly functions: readonly string[];
  readonly roles: readonly string[];
  readonly pools: readonly string[];
  readonly domains: readonly string[];
  readonly apis: readonly string[];
  /** Ids of REST APIs; none when the state is empty. */
  readonly apiIds: readonly string[];
  readonly stages: readonly string[];
  readonly secrets: readonly string[];
}

const record = z.record(z.string(), z.unknown());
const bundle = z.object({
  provider: z.object({ aws: z.array(z.object({ region: z.string().optional() })).default([]) }).default({ aws: [] }),
  resource: z.record(z.string(), z.record(z.string(), record)).default({}),
});

/**
 * Collects the names.
 * @param json content of the stack's `cdk.tf.json`
 */
export function namesOf(json: unknown, state: StateValues): StackNames {
  const { provider, resource } = bundle.parse(json);
  const deployed = managedResources(state);
  const all = (type: string, attribute: string): readonly string[] => {
    const written = Object.values(resource[type] ?? {});
    const known = deployed.filter((one) => one.type === type).map(({ values }) => values);
    const values = [...written, ...known].map((attributes) => attributes[attribute]);
    return [...new Set(values.filter(isName))].toSorted();
  };
  return {
    region: provider.aws[0]?.region ?? "",
    logGroups: all("aws_cloudwatch_log_group", "name"),
    functions: all("aws_lambda_function", "function_name"),
    roles: all("aws_iam_role", "name"),
    pools: all("aws_cognito_user_pool", "name"),
    domains: all("aws_cognito_user_pool_domain", "domain"),
    apis: all("aws_api_gateway_rest_api", "name"),
    apiIds: all("aws_api_gateway_rest_api", "id"),
    stages: all("aws_api_gateway_stage", "stage_name"),
    secrets: all("aws_secretsmanager_secret", "name"),
  };
}

/** What is decided only when it is deployed is a reference in what is synthesized. */
function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !value.includes("${");
}
