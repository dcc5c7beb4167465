/**
 * Which policies of AWS's own there are. There are more than a thousand and new ones every month: those that functions
 * and APIs need are known with their path, of the others only how their names begin.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */

/** Below `service-role/`; to leave that out is the usual mistake. */
const OF_SERVICE_ROLES = [
  "AmazonAPIGatewayPushToCloudWatchLogs",
  "AWSLambdaBasicExecutionRole",
  "AWSLambdaDynamoDBExecutionRole",
  "AWSLambdaENIManagementAccess",
  "AWSLambdaKinesisExecutionRole",
  "AWSLambdaMSKExecutionRole",
  "AWSLambdaRole",
  "AWSLambdaSQSQueueExecutionRole",
  "AWSLambdaVPCAccessExecutionRole",
];

/** Policies whose names begin like no service. */
const OTHERS = [
  "AdministratorAccess",
  "PowerUserAccess",
  "ReadOnlyAccess",
  "SecurityAudit",
  "job-function/ViewOnlyAccess",
];

const BEGINNING =
  /^(?:[a-z-]+\/)?(?:AWS|Amazon|Alexa|AppRunner|Auto|Cloud|DAX|EC2|Elasti|IAM|Route53|Secrets|Service|VPC)/;

/** Whether AWS has the policy, so far as one can tell. */
export function isManagedPolicy(arn: string): boolean {
  const [, path = ""] = /^arn:aws:iam::aws:policy\/([\w+=,.@/-]+)$/.exec(arn) ?? [];
  const name = path.split("/").at(-1) ?? "";
  if (OF_SERVICE_ROLES.includes(name)) return path === `service-role/${name}`;
  return OTHERS.includes(path) || BEGINNING.test(path);
}
