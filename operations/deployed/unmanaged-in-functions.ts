/** What functions, their roles, log groups, and secrets may hold beside what Terraform manages: who may do what in AWS. */
import { z } from "zod";
import { isConditional, isPublic, type Named, readPolicy } from "../../iam/policy";
import { AwsError } from "../../platform/aws";
import type { Finding } from "../plan-file/finding";
import { textIn, textsIn } from "./left-state";
import { type Holder, itemsOf, kind, type UnmanagedKind } from "./unmanaged-kind";

const fn = "aws_lambda_function";
const role = "aws_iam_role";
const group = "aws_cloudwatch_log_group";

const inlineBlocks = z.array(z.object({ name: z.string().nullable() }));

const policyDocument = z.object({ Statement: z.array(z.looseObject({ Sid: z.string().default("") })) });

/** Of functions, with what else may invoke them, and which code that runs. */
const IN_FUNCTIONS: readonly UnmanagedKind[] = [
  kind({
    on: fn,
    attribute: "policy",
    severity: "warning",
    isRequired: true,
    list: async ({ aws, id }) => {
      const { Policy = '{"Statement":[]}' } = await (await aws.lambda()).getPolicy({ FunctionName: id });
      return policyDocument.parse(JSON.parse(Policy)).Statement;
    },
    key: ({ Sid }) => Sid,
    managed: (holder) => holder.own("aws_lambda_permission", "statement_id"),
    // Which resource it is about is the function itself.
    shown: ({ Resource: _function, ...shown }) => shown,
    undo: ({ Sid }) => ["lambda remove-permission", { "statement-id": Sid }],
    more: (one, { resource }) =>
      isOpen(one)
        ? { severity: "critical", effect: `PUBLIC: anyone can invoke ${resource.address} without the API` }
        : {},
  }),
  kind({
    on: fn,
    attribute: "function_url",
    severity: "critical",
    isRequired: true,
    list: async ({ aws, id }) => [await (await aws.lambda()).getFunctionUrlConfig({ FunctionName: id })],
    key: () => "url",
    managed: (holder) => holder.own("aws_lambda_function_url", "id").map(() => "url"),
    shown: ({ FunctionUrl, AuthType }) => ({ FunctionUrl, AuthType }),
    undo: () => ["lambda delete-function-url-config"],
    more: ({ AuthType }, { resource }) => ({
      effect: `${resource.address} can be called by a URL of its own, without the API (authorization: ${AuthType})`,
    }),
  }),
  kind({
    on: fn,
    attribute: "event_source_mapping",
    severity: "critical",
    list: async ({ aws, id }) =>
      itemsOf((await aws.lambda()).paginateListEventSourceMappings({ FunctionName: id }), "EventSourceMappings"),
    key: ({ UUID }) => UUID,
    managed: (holder) => holder.own("aws_lambda_event_source_mapping", "uuid"),
    shown: ({ UUID, EventSourceArn }) => ({ id: UUID, source: EventSourceArn }),
    undo: ({ UUID }, { region }) => `aws lambda delete-event-source-mapping --region ${region} --uuid ${UUID}`,
    more: ({ EventSourceArn }, { resource }) => ({ effect: `${EventSourceArn} invokes ${resource.address}` }),
  }),
  kind({
    on: fn,
    attribute: "event_invoke_config",
    severity: "warning",
    list: async ({ aws, id }) =>
      itemsOf(
        (await aws.lambda()).paginateListFunctionEventInvokeConfigs({ FunctionName: id }),
        "FunctionEventInvokeConfigs",
      ),
    key: ({ FunctionArn }) => qualifierIn(FunctionArn),
    managed: (holder) => holder.own("aws_lambda_function_event_invoke_config", "qualifier").map((one) => one || LATEST),
    shown: ({ FunctionArn, DestinationConfig }) => ({ of: qualifierIn(FunctionArn), destinations: DestinationConfig }),
    undo: ({ FunctionArn }) => [
      "lambda delete-function-event-invoke-config",
      qualifierIn(FunctionArn) === LATEST ? {} : { qualifier: qualifierIn(FunctionArn) },
    ],
  }),
  kind({
    on: fn,
    attribute: "provisioned_concurrency",
    severity: "info",
    list: async ({ aws, id }) =>
      itemsOf(
        (await aws.lambda()).paginateListProvisionedConcurrencyConfigs({ FunctionName: id }),
        "ProvisionedConcurrencyConfigs",
      ),
    key: ({ FunctionArn }) => qualifierIn(FunctionArn),
    managed: (holder) => holder.own("aws_lambda_provisioned_concurrency_config", "qualifier"),
    shown: ({ FunctionArn, RequestedProvisionedConcurrentExecutions: executions }) => ({
      of: qualifierIn(FunctionArn),
      executions,
    }),
    undo: ({ FunctionArn }) => [
      "lambda delete-provisioned-concurrency-config",
      { qualifier: qualifierIn(FunctionArn) },
    ],
  }),
  kind({
    on: fn,
    attribute: "alias",
    severity: "warning",
    list: async ({ aws, id }) => itemsOf((await aws.lambda()).paginateListAliases({ FunctionName: id }), "Aliases"),
    key: ({ Name }) => Name,
    managed: (holder) => holder.own("aws_lambda_alias", "name"),
    shown: ({ Name, FunctionVersion }) => ({ name: Name, version: FunctionVersion }),
    undo: ({ Name }) => ["lambda delete-alias", { name: Name }],
  }),
  kind({
    on: fn,
    attribute: "version",
    severity: "info",
    list: async ({ aws, id, resource }) => {
      // Terraform publishes a version with each change, and keeps those before.
      if (resource.values["publish"] === true) return [];
      const pages = (await aws.lambda()).paginateListVersionsByFunction({ FunctionName: id });
      return itemsOf(pages, "Versions");
    },
    key: ({ Version }) => Version,
    managed: () => [LATEST],
    shown: ({ Version }) => Version,
    undo: ({ Version }) => ["lambda delete-function", { qualifier: Version }],
  }),
];

/** Of roles. */
const IN_ROLES: readonly UnmanagedKind[] = [
  kind({
    on: role,
    attribute: "inline_policy",
    severity: "warning",
    isRequired: true,
    list: async ({ aws, id }) => itemsOf((await aws.iam()).paginateListRolePolicies({ RoleName: id }), "PolicyNames"),
    key: (name) => name,
    managed: (holder) => [...holder.own("aws_iam_role_policy", "name"), ...inlineIn(holder)],
    shown: (name) => name,
    undo: (name) => ["iam delete-role-policy", { "policy-name": name }],
    more: grantsOf,
  }),
  kind({
    on: role,
    attribute: "managed_policy_arns",
    severity: "warning",
    isRequired: true,
    list: async ({ aws, id }) =>
      itemsOf((await aws.iam()).paginateListAttachedRolePolicies({ RoleName: id }), "AttachedPolicies"),
    key: ({ PolicyArn }) => PolicyArn,
    managed: (holder) => [
      ...holder.own("aws_iam_role_policy_attachment", "policy_arn"),
      ...(holder.isWritten("managed_policy_arns") ? textsIn(holder.resource, "managed_policy_arns") : []),
    ],
    shown: ({ PolicyArn }) => PolicyArn,
    undo: ({ PolicyArn }) => ["iam detach-role-policy", { "policy-arn": PolicyArn }],
  }),
  kind({
    on: role,
    attribute: "instance_profile",
    severity: "warning",
    isBlocking: true,
    list: async ({ aws, id }) =>
      itemsOf((await aws.iam()).paginateListInstanceProfilesForRole({ RoleName: id }), "InstanceProfiles"),
    key: ({ InstanceProfileName }) => InstanceProfileName,
    managed: (holder) => holder.own("aws_iam_instance_profile", "name"),
    shown: ({ InstanceProfileName }) => InstanceProfileName,
    undo: ({ InstanceProfileName }) => [
      "iam remove-role-from-instance-profile",
      { "instance-profile-name": InstanceProfileName },
    ],
  }),
];

/** Of log groups and secrets, with where their content goes. */
const IN_STORES: readonly UnmanagedKind[] = [
  kind({
    on: group,
    attribute: "subscription_filter",
    severity: "warning",
    list: async ({ aws, id }) =>
      itemsOf((await aws.logs()).paginateDescribeSubscriptionFilters({ logGroupName: id }), "subscriptionFilters"),
    key: ({ filterName }) => filterName,
    managed: (holder) => holder.own("aws_cloudwatch_log_subscription_filter", "name"),
    shown: ({ filterName, destinationArn }) => ({ name: filterName, destination: destinationArn }),
    undo: ({ filterName }) => ["logs delete-subscription-filter", { "filter-name": filterName }],
  }),
  kind({
    on: group,
    attribute: "metric_filter",
    severity: "info",
    list: async ({ aws, id }) =>
      itemsOf((await aws.logs()).paginateDescribeMetricFilters({ logGroupName: id }), "metricFilters"),
    key: ({ filterName }) => filterName,
    managed: (holder) => holder.own("aws_cloudwatch_log_metric_filter", "name"),
    shown: ({ filterName, filterPattern }) => ({ name: filterName, pattern: filterPattern }),
    undo: ({ filterName }) => ["logs delete-metric-filter", { "filter-name": filterName }],
  }),
  kind({
    on: group,
    attribute: "resource_policy",
    severity: "critical",
    list: async ({ aws, resource }) => {
      const input = { resourceArn: textIn(resource, "arn"), policyScope: "RESOURCE" } as const;
      return (await (await aws.logs()).describeResourcePolicies(input)).resourcePolicies;
    },
    key: ({ resourceArn }) => resourceArn,
    managed: (holder) => holder.all("aws_cloudwatch_log_resource_policy", "resource_arn"),
    shown: ({ policyDocument: document }) => document,
    undo: ({ resourceArn, revisionId }, { region }) =>
      `aws logs delete-resource-policy --region ${region} --resource-arn ${resourceArn} --expected-revision-id ${revisionId}`,
    more: (_policy, { resource }) => ({ effect: `a resource policy decides who may use ${resource.address}` }),
  }),
  kind({
    on: "aws_secretsmanager_secret",
    attribute: "policy",
    severity: "critical",
    list: async ({ aws, id }) => {
      const { ResourcePolicy } = await (await aws.secretsManager()).getResourcePolicy({ SecretId: id });
      return ResourcePolicy ? [ResourcePolicy] : [];
    },
    key: () => "policy",
    managed: (holder) => {
      const isOwn = holder.isWritten("policy") || holder.own("aws_secretsmanager_secret_policy", "id").length > 0;
      return isOwn ? ["policy"] : [];
    },
    shown: (policy) => policy,
    undo: () => ["secretsmanager delete-resource-policy"],
    more: (_policy, { resource }) => ({ effect: `a resource policy decides who may read ${resource.address}` }),
  }),
];

export const UNMANAGED_IN_FUNCTIONS: readonly UnmanagedKind[] = [...IN_FUNCTIONS, ...IN_ROLES, ...IN_STORES];

const LATEST = "$LATEST";

/** What follows the function's name in an ARN. */
function qualifierIn(arn = ""): string {
  return arn.split(":")[7] ?? LATEST;
}

/** Whether every caller of AWS may invoke it. */
function isOpen(one: unknown): boolean {
  return (readPolicy({ Statement: one }) ?? []).some((read) => isPublic(read) && !isConditional(read));
}

/** What an inline policy grants, as far as it may be read. */
async function grantsOf(name: string, { aws, id, resource }: Holder): Promise<Partial<Finding>> {
  try {
    const read = await (await aws.iam()).getRolePolicy({ RoleName: id, PolicyName: name });
    // IAM encodes the document as a part of a URL.
    const statements = readPolicy(decodeURIComponent(read.PolicyDocument ?? ""));
    if (statements === undefined) return {};
    const lists = (prefix: "" | "Not", { actions, resources }: Named) => ({
      ...(actions.length > 0 && { [`${prefix}Action`]: actions }),
      ...(resources.length > 0 && { [`${prefix}Resource`]: resources }),
    });
    const shown = statements.map((one) => ({ Effect: one.effect, ...lists("", one), ...lists("Not", one.except) }));
    const wide = statements
      .filter(({ effect }) => effect === "Allow")
      .flatMap(({ actions, except }) => [...actions, ...(except.actions.length > 0 ? ["*"] : [])])
      .filter((action) => /^(?:[\w-]+:)?\*+$/.test(action));
    const found = JSON.stringify({ name, statements: shown });
    if (wide.length === 0) return { found };
    return {
      found,
      severity: "critical",
      effect: `${resource.address} has every action of a service: ${wide.join(", ")}`,
    };
  } catch (error) {
    if (error instanceof AwsError) return {};
    throw error;
  }
}

/** Names of the policies in the role's own blocks: a refresh brings all there are into the state, so only what the code sets counts. */
function inlineIn(holder: Holder): readonly string[] {
  if (!holder.isWritten("inline_policy")) return [];
  return inlineBlocks.parse(holder.resource.values["inline_policy"] ?? []).flatMap(({ name }) => name ?? []);
}
