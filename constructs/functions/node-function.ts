/** A Lambda function written in TypeScript, with everything that it needs and nothing that it does not. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaFunction, type LambdaFunctionLoggingConfig } from "@cdktf/provider-aws/lib/lambda-function";
import { App, AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import type { FunctionSettings } from "../../access/access-model";
import { resourceName } from "../resource-name";
import { bundleFunction } from "./function-bundle";

const MAX_NAME = 64;

/** Settings of a {@link NodeFunction}. */
export interface NodeFunctionProps extends FunctionSettings {
  /** Absolute path of the `.ts` file, which exports `handler`. */
  readonly entry: string;

  /** Parts of the function's name, joined with hyphens; unique within account and region. */
  readonly name: readonly string[];

  /** Region, which makes the role's name unique: IAM has one namespace for all regions. */
  readonly region: string;

  /** Environment variables; together at most 4 KB, with those that are added here. */
  readonly environment: Readonly<Record<string, string>>;

  /** How long log lines are kept, in days; one of the values that CloudWatch Logs knows. */
  readonly retentionDays: number;

  /** Whether X-Ray traces its runs. */
  readonly tracing: boolean;
}

/**
 * A function with its zip, its log group and a role that may write to that log group, send traces when it is traced,
 * and do nothing else.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
 */
export class NodeFunction extends Construct {
  readonly resource: LambdaFunction;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const functionName = resourceName(props.name, MAX_NAME);
    const logGroup = new CloudwatchLogGroup(this, "logs", {
      name: `/aws/lambda/${functionName}`,
      retentionInDays: props.retentionDays,
    });
    const role = this.createRole(resourceName([...props.name, props.region], MAX_NAME));
    const may = [this.allowLogging(role, logGroup), ...(props.tracing ? [this.allowTracing(role)] : [])];
    const code = this.createAsset(props);
    this.resource = new LambdaFunction(this, "function", {
      functionName,
      role: role.arn,
      filename: code.path,
      sourceCodeHash: code.sha256,
      handler: "index.handler",
      runtime: "nodejs22.x",
      architectures: [props.architecture],
      memorySize: props.memoryMegabytes,
      timeout: props.timeoutSeconds,
      environment: { variables: withSourceMaps(props.environment) },
      loggingConfig: loggingTo(logGroup, props.logLevel),
      ...(props.tracing ? { tracingConfig: { mode: "Active" } } : {}),
      dependsOn: [logGroup, ...may],
    });
  }

  private createRole(name: string): IamRole {
    return new IamRole(this, "role", {
      name,
      assumeRolePolicy: policy({
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: "sts:AssumeRole",
      }),
    });
  }

  /** Streams and events only: the group is declared here, so the function need not be able to create one. */
  private allowLogging(role: IamRole, logGroup: CloudwatchLogGroup): IamRolePolicy {
    return new IamRolePolicy(this, "may-log", {
      name: "write-own-logs",
      role: role.name,
      policy: policy({
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `${logGroup.arn}:*`,
      }),
    });
  }

  /** On all resources: AWS has no resource-level permissions for these two. */
  private allowTracing(role: IamRole): IamRolePolicy {
    return new IamRolePolicy(this, "may-trace", {
      name: "send-traces",
      role: role.name,
      policy: policy({
        Effect: "Allow",
        Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
        Resource: "*",
      }),
    });
  }

  private createAsset(props: NodeFunctionProps): { readonly path: string; readonly sha256: string } {
    const { zip, sha256 } = bundleFunction(props.entry);
    const folder = resolve(App.of(this).outdir, "bundles", ...this.node.path.split("/"));
    const file = join(folder, "function.zip");
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, zip);
    const assetHash = Buffer.from(sha256, "base64").toString("hex");
    const asset = new TerraformAsset(this, "code", { path: file, type: AssetType.FILE, assetHash });
    return { path: asset.path, sha256 };
  }
}

/**
 * JSON lines, which Lambda filters by the function's level. Its own lines begin at WARN: those of every start, end and
 * report cost more than they tell, and the metrics have them.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html
 */
function loggingTo(logGroup: CloudwatchLogGroup, level: FunctionSettings["logLevel"]): LambdaFunctionLoggingConfig {
  return {
    logFormat: "JSON",
    applicationLogLevel: level.toUpperCase(),
    systemLogLevel: "WARN",
    logGroup: logGroup.name,
  };
}

const SOURCE_MAPS = "--enable-source-maps";

/**
 * The variables with Node's option for stack traces that name the lines of the TypeScript files, unless they already
 * set or unset it.
 * @see https://nodejs.org/docs/latest-v22.x/api/cli.html#--enable-source-maps
 */
function withSourceMaps(variables: NodeFunctionProps["environment"]): NodeFunctionProps["environment"] {
  const { NODE_OPTIONS: own, ...others } = variables;
  if (own === undefined) return { ...others, NODE_OPTIONS: SOURCE_MAPS };
  const isDecided = /(?:^|\s)--(?:no-)?enable-source-maps(?:\s|$)/.test(own);
  return { ...others, NODE_OPTIONS: isDecided ? own : `${own} ${SOURCE_MAPS}` };
}

function policy(statement: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
