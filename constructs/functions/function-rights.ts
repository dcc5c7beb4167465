/** What the role of a function may do, as IAM statements: what Lambda needs for it, and what access.yaml states. */
import type { FunctionSettings, FunctionStatement, VariableReference } from "../../access/access-model";
import { BASIC_POLICIES } from "../contract/contract";

type Statement = Readonly<Record<string, unknown>>;

/** One inline policy of the role. */
export interface Right {
  /** Id of its construct. */
  readonly id: string;
  /** Name of the policy. */
  readonly name: string;
  readonly statements: readonly Statement[];
  /** Why it may have wildcards; left out for one that has none. */
  readonly reason?: string;
}

/** Where the function is. */
export interface Place {
  readonly region: string;
  /** Asked only where an ARN needs it. */
  readonly accountId: () => string;
}

/** On all resources: AWS has no resource-level permissions for these two. */
export const TRACING: Right = {
  id: "may-trace",
  name: BASIC_POLICIES.traces,
  statements: [{ Effect: "Allow", Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource: "*" }],
};

/**
 * Lambda's own service makes the network interfaces with the function's role. The function itself may not: a request of its
 * code has its ARN as a condition key.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
export function networkRight({ region, accountId }: Place, functionName: string): Right {
  const Action = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ];
  const fn = `arn:${partitionOf(region)}:lambda:${region}:${accountId()}:function:${functionName}`;
  return {
    id: "may-use-network",
    name: BASIC_POLICIES.network,
    statements: [
      { Effect: "Allow", Action, Resource: "*" },
      { Effect: "Deny", Action, Resource: "*", Condition: { ArnEquals: { "lambda:SourceFunctionArn": fn } } },
    ],
  };
}

/** Exactly the secrets and parameters that the variables refer to, and the keys that they name. */
export function readingRights(place: Place, variables: FunctionSettings["variables"]): readonly Right[] {
  const references = Object.values(variables).filter((value) => typeof value === "object");
  if (references.length === 0) return [];
  const arnsOf = (arnOf: (reference: VariableReference) => string | undefined) =>
    [...new Set(references.flatMap((reference) => arnOf(reference) ?? []))].toSorted();
  const secrets = arnsOf(({ secret }) => secret && secretArn(place, secret));
  const parameters = arnsOf(({ parameter }) => parameter && parameterArn(place, parameter));
  const keys = arnsOf(({ kmsKeyArn }) => kmsKeyArn);
  const on = (Action: string, Resource: readonly string[], more: Statement = {}) =>
    Resource.length === 0 ? [] : [{ Effect: "Allow", Action, Resource, ...more }];
  const services = [...(secrets.length > 0 ? ["secretsmanager"] : []), ...(parameters.length > 0 ? ["ssm"] : [])].map(
    (service) => `${service}.${place.region}.${suffixOf(place.region)}`,
  );
  const statements = [
    ...on("secretsmanager:GetSecretValue", secrets),
    ...on("ssm:GetParameter", parameters),
    ...on("kms:Decrypt", keys, { Condition: { StringEquals: { "kms:ViaService": services } } }),
  ];
  return [{ id: "may-read", name: "read-variables", statements }];
}

/** Statements with a reason have a policy of their own, so that the reason is for nothing else. */
export function statedRights(statements: readonly FunctionStatement[]): readonly Right[] {
  const plain = statements.filter(({ reason }) => reason === undefined);
  const wide = statements.filter(({ reason }) => reason !== undefined);
  return [
    ...(plain.length === 0 ? [] : [{ id: "may", name: "stated", statements: plain.map(statementOf) }]),
    ...wide.map((statement, index) => ({
      id: `may-with-reason-${index + 1}`,
      name: `stated-with-reason-${index + 1}`,
      statements: [statementOf(statement)],
      ...(statement.reason === undefined ? {} : { reason: statement.reason }),
    })),
  ];
}

function statementOf({ actions, resources, conditions }: FunctionStatement): Statement {
  return {
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    ...(conditions === undefined ? {} : { Condition: conditions }),
  };
}

/** AWS ends the ARN of a secret with a hyphen and six characters that the name does not tell. */
function secretArn({ region, accountId }: Place, secret: string): string {
  if (secret.startsWith("arn:")) return secret;
  return `arn:${partitionOf(region)}:secretsmanager:${region}:${accountId()}:secret:${secret}-??????`;
}

function parameterArn({ region, accountId }: Place, parameter: string): string {
  const path = parameter.startsWith("/") ? parameter : `/${parameter}`;
  return `arn:${partitionOf(region)}:ssm:${region}:${accountId()}:parameter${path}`;
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** End of the names of AWS's hosts. */
function suffixOf(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}
