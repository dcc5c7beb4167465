/** Names by which AWS knows what a stack made, from its state and from what was synthesized last. */
import { listOf, StackJson } from "../../constructs/contract/stack-json";
import { managedResources, type StateValues } from "../plan-file/state-json";

/** Names by kind. */
export interface Names {
  readonly logGroups: readonly string[];
  readonly functions: readonly string[];
  readonly roles: readonly string[];
  readonly pools: readonly string[];
  readonly poolIds: readonly string[];
  readonly domains: readonly string[];
  readonly apis: readonly string[];
  readonly apiIds: readonly string[];
  readonly secrets: readonly string[];
}

/** What a stack is known by. */
export interface StackNames {
  readonly region: string;
  readonly stages: readonly string[];
  /** Accounts that the stack may be in; empty when the code says nothing. */
  readonly accounts: readonly string[];
  /** What the state has: it is this stack's. */
  readonly deployed: Names;
  /** What only the code has: another stack may have made what is there of that name. */
  readonly written: Names;
}

type Find = (type: string, attribute: string) => readonly string[];

/**
 * Collects the names.
 * @param json content of the stack's `cdk.tf.json`
 */
export function namesOf(json: unknown, state: StateValues): StackNames {
  const stack = new StackJson(json);
  const [provider] = stack.providers("aws");
  const resources = managedResources(state);
  const inState: Find = (type, attribute) =>
    distinct(resources.filter((one) => one.type === type).map(({ values }) => values[attribute]));
  const inCode: Find = (type, attribute) => distinct(stack.ofType(type).map(({ attributes }) => attributes[attribute]));
  const onlyInCode: Find = (type, attribute) => {
    const known = inState(type, attribute);
    return inCode(type, attribute).filter((name) => !known.includes(name));
  };
  const stage = ["aws_api_gateway_stage", "stage_name"] as const;
  return {
    region: String(provider?.["region"] ?? ""),
    stages: distinct([...inState(...stage), ...inCode(...stage)]),
    accounts: stack.providers("aws").flatMap((one) => distinct(listOf(one["allowed_account_ids"]))),
    deployed: namesBy(inState),
    written: namesBy(onlyInCode),
  };
}

function namesBy(find: Find): Names {
  return {
    logGroups: find("aws_cloudwatch_log_group", "name"),
    functions: find("aws_lambda_function", "function_name"),
    roles: find("aws_iam_role", "name"),
    pools: find("aws_cognito_user_pool", "name"),
    poolIds: find("aws_cognito_user_pool", "id"),
    domains: find("aws_cognito_user_pool_domain", "domain"),
    apis: find("aws_api_gateway_rest_api", "name"),
    apiIds: find("aws_api_gateway_rest_api", "id"),
    secrets: find("aws_secretsmanager_secret", "name"),
  };
}

function distinct(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.filter(isName))].toSorted();
}

/** What is decided only when it is deployed is a reference in what is synthesized. */
function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !value.includes("${");
}
