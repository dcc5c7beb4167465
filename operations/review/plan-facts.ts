/** What a review knows of a plan besides what changes: what the code says where the plan does not know yet. Pure. */
import { z } from "zod";
import type { AccessMatrix } from "../access-graph/access-matrix";
import type { PlanJson } from "../plan-file/plan-json";
import type { Values } from "./protected-values";

/** Facts that change nothing by themselves. */
export interface PlanFacts {
  /** The account that the stack is deployed to; `undefined` when nothing tells it. */
  readonly account: string | undefined;
  /** What the code says of a resource, in which references are `${…}`. */
  readonly written: (type: string, name: string) => Values;
  /** What the code says of all resources, by type and name. */
  readonly stack: Readonly<Record<string, Readonly<Record<string, Values>>>>;
  /** What somebody deleted outside of the code, by address. */
  readonly deleted: ReadonlySet<string>;
  /** The settings of all methods of the stage, as they are deployed; `undefined` when there are none. */
  readonly stageSettings: Values | undefined;
  /** Names of the routes that are deployed. */
  readonly routesBefore: readonly string[];
}

const stack = z.object({
  provider: z
    .object({ aws: z.array(z.object({ allowed_account_ids: z.array(z.string()).default([]) })).default([]) })
    .default({ aws: [] }),
  resource: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
});

const SETTINGS = "aws_api_gateway_method_settings";
const ACCOUNT_IN_ARN = /^arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}):/;

/** Where nothing is known but what changes. */
export const NO_FACTS: PlanFacts = {
  account: undefined,
  written: () => ({}),
  stack: {},
  deleted: new Set(),
  stageSettings: undefined,
  routesBefore: [],
};

/**
 * What a plan and its stack tell.
 * @param json content of the stack's `cdk.tf.json`
 * @param routesBefore the routes that are deployed
 */
export function planFacts(
  { resource_changes, resource_drift }: PlanJson,
  json: unknown,
  routesBefore: AccessMatrix["routes"] = [],
): PlanFacts {
  const { provider, resource } = stack.parse(json);
  const arns = resource_changes.map(({ change }) => change.before?.["arn"]);
  const inArns = arns.map((arn) => ACCOUNT_IN_ARN.exec(String(arn))?.[1]).find((account) => account !== undefined);
  const allowed = provider.aws.flatMap(({ allowed_account_ids }) => allowed_account_ids);
  return {
    account: allowed.length === 1 ? allowed[0] : inArns,
    written: (type, name) => resource[type]?.[name] ?? {},
    stack: resource,
    deleted: new Set(resource_drift.filter(({ change }) => change.after === null).map(({ address }) => address)),
    stageSettings:
      resource_changes.find(({ type, change }) => type === SETTINGS && change.before?.["method_path"] === "*/*")?.change
        .before ?? undefined,
    routesBefore: routesBefore.map(({ route }) => route),
  };
}
