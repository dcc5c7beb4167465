/** Names by which AWS knows what a stack made, from its state and from what was synthesized last. */
import { listOf, StackJson } from "../../constructs/contract/stack-json";
import type { LeftResource } from "./left-state";

/** Which attribute of which type is the name of a kind. */
export const NAMED = {
  logGroups: ["aws_cloudwatch_log_group", "name"],
  functions: ["aws_lambda_function", "function_name"],
  roles: ["aws_iam_role", "name"],
  pools: ["aws_cognito_user_pool", "name"],
  poolIds: ["aws_cognito_user_pool", "id"],
  domains: ["aws_cognito_user_pool_domain", "domain"],
  apis: ["aws_api_gateway_rest_api", "name"],
  apiIds: ["aws_api_gateway_rest_api", "id"],
  secrets: ["aws_secretsmanager_secret", "name"],
} as const;

/** Names by kind. */
export type Names = Readonly<Record<keyof typeof NAMED, readonly string[]>>;

/** Kinds whose names need not be unique: AWS may have another one of the name that the state has. */
const SHARED: readonly string[] = [NAMED.pools[0], NAMED.apis[0]];

/** What a stack is known by. */
export interface StackNames {
  readonly region: string;
  readonly stages: readonly string[];
  /** Accounts that the stack may be in; empty when the code says nothing. */
  readonly accounts: readonly string[];
  /** What the state has: it is this stack's. */
  readonly deployed: Names;
  /** Names of what the state does not have: an interrupted deployment may have left it, or another stack may have it. */
  readonly orphaned: Names;
}

type Find = (type: string, attribute: string) => readonly string[];

/**
 * Collects the names.
 * @param json content of the stack's `cdk.tf.json`
 * @param resources those of the state
 */
export function namesOf(json: unknown, resources: readonly Pick<LeftResource, "type" | "values">[]): StackNames {
  const stack = new StackJson(json);
  const [provider] = stack.providers("aws");
  const inState: Find = (type, attribute) =>
    distinct(resources.filter((one) => one.type === type).map(({ values }) => values[attribute]));
  const inCode: Find = (type, attribute) => distinct(stack.ofType(type).map(({ attributes }) => attributes[attribute]));
  const orphaned: Find = (type, attribute) => {
    if (attribute === "id") return [];
    const known = inState(type, attribute);
    const others = inCode(type, attribute).filter((name) => !known.includes(name));
    return SHARED.includes(type) ? [...known, ...others] : others;
  };
  const stage = ["aws_api_gateway_stage", "stage_name"] as const;
  return {
    region: String(provider?.["region"] ?? ""),
    stages: distinct([...inState(...stage), ...inCode(...stage)]),
    accounts: stack.providers("aws").flatMap((one) => distinct(listOf(one["allowed_account_ids"]))),
    deployed: namesBy(inState),
    orphaned: namesBy(orphaned),
  };
}

function namesBy(find: Find): Names {
  const entries = Object.entries(NAMED).map(([kind, [type, attribute]]) => [kind, find(type, attribute)]);
  return Object.fromEntries(entries) as unknown as Names;
}

function distinct(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.filter(isName))].toSorted();
}

/** What is decided only when it is deployed is a reference in what is synthesized. */
function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !value.includes("${");
}
