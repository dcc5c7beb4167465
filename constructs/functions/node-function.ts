/** A Lambda function written in TypeScript, with everything that it needs and nothing that it does not. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaFunction, type LambdaFunctionLoggingConfig } from "@cdktf/provider-aws/lib/lambda-function";
import { App, AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import type { FunctionSettings } from "../../access/access-model";
import { REFERENCES } from "../../access/variable-references";
import { BASIC_POLICIES } from "../contract/contract";
import { declareException, declareStated } from "../declared-reason";
import { lambdaName, resourceName } from "../resource-name";
import { bundleFunction, type FunctionBundle, HANDLER, LOADING_HANDLER } from "./function-bundle";
import { networkRight, type Right, readingRights, statedRights, TRACING } from "./function-rights";

const MAX_NAME = 64;

/** Settings of a {@link NodeFunction}. */
export interface NodeFunctionProps extends FunctionSettings {
  /** Absolute path of the `.ts` file, which exports `handler`. */
  readonly entry: string;

  /** Parts of the function's name, joined with hyphens; unique within account and region. */
  readonly name: readonly string[];

  /** Region, which makes the role's name unique: IAM has one namespace for all regions. */
  readonly region: string;

  /** Environment variables as Lambda gets them; together at most 4 KB, with those that are added here. */
  readonly environment: Readonly<Record<string, string>>;

  /** The AWS account that it is deployed to, 12 digits; `undefined` means that of the caller. */
  readonly accountId: string | undefined;

  /** How long log lines are kept, in days; one of the values that CloudWatch Logs knows. */
  readonly retentionDays: number;

  /** Whether X-Ray traces its runs. */
  readonly tracing: boolean;
}

/**
 * A function with its zip, its log group and a role that may write to that log group, send traces when it is traced, read
 * the secrets and parameters that its variables refer to, what access.yaml states, and do nothing else.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
 */
export class NodeFunction extends Construct {
  readonly resource: LambdaFunction;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const functionName = lambdaName(props.name);
    const logGroup = new CloudwatchLogGroup(this, "logs", {
      name: `/aws/lambda/${functionName}`,
      retentionInDays: props.retentionDays,
    });
    const role = this.createRole(resourceName([...props.name, props.region], MAX_NAME));
    const may = this.rights(props, functionName, logGroup).map((right) => this.allow(role, right));
    const handler = REFERENCES in props.environment ? LOADING_HANDLER : HANDLER;
    const code = this.createAsset(props, handler);
    const { vpc, layers, reservedConcurrency } = props;
    this.resource = new LambdaFunction(this, "function", {
      functionName,
      role: role.arn,
      filename: code.path,
      sourceCodeHash: code.sha256,
      handler,
      runtime: props.runtime,
      architectures: [props.architecture],
      memorySize: props.memoryMegabytes,
      timeout: props.timeoutSeconds,
      environment: { variables: withSourceMaps(props.environment) },
      loggingConfig: loggingTo(logGroup, props.logLevel),
      ...(layers === undefined ? {} : { layers }),
      ...(vpc === undefined ? {} : { vpcConfig: vpc }),
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
      ...(props.tracing ? { tracingConfig: { mode: "Active" } } : {}),
      dependsOn: [logGroup, ...may],
    });
  }

  /** Everything that the role may do. The first is there for every function. */
  private rights(props: NodeFunctionProps, functionName: string, logGroup: CloudwatchLogGroup): readonly Right[] {
    const place = { region: props.region, accountId: () => this.accountId(props) };
    return [
      // Streams and events only: the group is declared here, so the function need not be able to create one.
      {
        id: "may-log",
        name: BASIC_POLICIES.logs,
        statements: [
          {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: `${logGroup.arn}:*`,
          },
        ],
      },
      ...(props.tracing ? [TRACING] : []),
      ...(props.vpc === undefined ? [] : [networkRight(place, functionName)]),
      ...readingRights(place, props.variables),
      ...statedRights(props.statements),
    ];
  }

  private accountId({ accountId }: NodeFunctionProps): string {
    if (accountId !== undefined) return accountId;
    const known = this.node.tryFindChild("caller") as DataAwsCallerIdentity | undefined;
    return (known ?? new DataAwsCallerIdentity(this, "caller")).accountId;
  }

  private allow(role: IamRole, { id, name, statements, reason }: Right): IamRolePolicy {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    const allowed = new IamRolePolicy(this, id, { name, role: role.name, policy });
    declareStated(allowed, policy);
    if (reason !== undefined) {
      declareException(allowed, reason);
      // A comment of Terraform's, which a review shows.
      allowed.addOverride("//", { reason });
    }
    return allowed;
  }

  private createRole(name: string): IamRole {
    const assumeRolePolicy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    });
    const role = new IamRole(this, "role", { name, assumeRolePolicy });
    declareStated(role, assumeRolePolicy);
    return role;
  }

  private createAsset(props: NodeFunctionProps, handler: string): { readonly path: string; readonly sha256: string } {
    const { zip, sha256 } = this.bundle(props.entry, handler);
    const folder = resolve(App.of(this).outdir, "bundles", ...this.node.path.split("/"));
    const file = join(folder, "function.zip");
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, zip);
    const assetHash = Buffer.from(sha256, "base64").toString("hex");
    const asset = new TerraformAsset(this, "code", { path: file, type: AssetType.FILE, assetHash });
    return { path: asset.path, sha256 };
  }

  /** All environments have the same code, which is bundled once for the app. */
  private bundle(entry: string, handler: string): FunctionBundle {
    const app = App.of(this);
    const bundles = bundlesOf.get(app) ?? new Map<string, FunctionBundle>();
    bundlesOf.set(app, bundles);
    const key = JSON.stringify([entry, handler]);
    const bundle = bundles.get(key) ?? bundleFunction(entry, handler);
    bundles.set(key, bundle);
    return bundle;
  }
}

const bundlesOf = new WeakMap<App, Map<string, FunctionBundle>>();

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
