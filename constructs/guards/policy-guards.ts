/** Permissions that are wider than what somebody wrote down: wildcards, and all but what is named. */
import { blocksOf, hasExpression, isUnset, listOf, shown } from "./attribute-value";
import { all, type Finding, type Guard, type GuardTable, when } from "./guard";
import { type AllowStatement, allowStatements } from "./policy-document";

/**
 * Actions that AWS lets nobody limit to a resource, in lower case, as IAM does not mind.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 */
const WITHOUT_RESOURCE: ReadonlySet<string> = new Set(["xray:puttracesegments", "xray:puttelemetryrecords"]);

type Check = (statement: AllowStatement) => readonly Finding[];

const identity = policy("policy", [checkActions, checkResources, checkNegations]);
const ofThing = policy("policy", [checkActions, checkPrincipals, checkNegations]);
const attachment = managed("policy_arn");

export const policyGuards: GuardTable = {
  aws_iam_policy: identity,
  aws_iam_role_policy: identity,
  aws_iam_user_policy: identity,
  aws_iam_group_policy: identity,
  aws_iam_role: all([
    policy("assume_role_policy", [checkActions, checkPrincipals, checkNegations]),
    (role, stack) =>
      blocksOf(role.attributes["inline_policy"]).flatMap((attributes) => identity({ ...role, attributes }, stack)),
    managed("managed_policy_arns"),
  ]),
  aws_iam_role_policy_attachment: attachment,
  aws_iam_user_policy_attachment: attachment,
  aws_iam_group_policy_attachment: attachment,
  aws_iam_policy_attachment: attachment,
  aws_secretsmanager_secret: ofThing,
  aws_secretsmanager_secret_policy: ofThing,
  aws_s3_bucket_policy: ofThing,
  aws_sns_topic: ofThing,
  aws_sns_topic_policy: ofThing,
  aws_sqs_queue: ofThing,
  aws_sqs_queue_policy: ofThing,
  // A key's policy gives its account kms:* by default, and without that nobody could ever change it again.
  aws_kms_key: policy("policy", [checkPrincipals, checkNegations]),
  aws_kms_key_policy: policy("policy", [checkPrincipals, checkNegations]),
};

/** Checks each statement that allows something; a policy that is left out allows nothing. */
function policy(attribute: string, checks: readonly Check[]): Guard {
  return ({ attributes }, stack) => {
    if (isUnset(attributes[attribute])) return [];
    const statements = allowStatements(attributes[attribute], stack);
    if (statements !== undefined) return statements.flatMap((statement) => checks.flatMap((check) => check(statement)));
    const wayOut = "Write it as JSON text or as a data source aws_iam_policy_document";
    return when(true, `nobody can read its ${attribute} before it is deployed`, wayOut);
  };
}

function checkActions({ actions }: AllowStatement): readonly Finding[] {
  const wide = actions.filter((action) => /[*?]/.test(action) || hasExpression(action));
  return wide.flatMap((action) => when(true, `it allows ${shown(action)}, not single actions`, "Name each action"));
}

function checkResources({ actions, resources }: AllowStatement): readonly Finding[] {
  if (actions.length > 0 && actions.every((action) => WITHOUT_RESOURCE.has(action.toLowerCase()))) return [];
  const wide = resources.filter(isEverything);
  return wide.flatMap((resource) =>
    when(true, `it allows ${actions.join(", ") || "actions"} on ${shown(resource)}, whatever that is`, "Name the ARNs"),
  );
}

/** Whether it is a star, or an ARN that names no resource of its service, or any region's or account's. */
export function isEverything(resource: string): boolean {
  if (/^[*?]+$/.test(resource)) return true;
  const [arn, , service, region = "", account = "", ...rest] = resource.replace(/\$\{[^}]*\}/g, "$").split(":");
  if (arn !== "arn") return false;
  const name = rest.join(":");
  // What is in a bucket is named by the bucket; elsewhere a type alone is all things of that type.
  const isOfType = service !== "s3" && /^[\w-]+[:/][*?]+$/.test(name);
  const isAnywhere = /[*?]/.test(region + account);
  return isAnywhere || isOfType || (rest.length === 0 ? /[*?]/.test(resource) : /^[*?]/.test(name));
}

function checkPrincipals({ principals }: AllowStatement): readonly Finding[] {
  const wide = principals.filter((principal) => /[*?]/.test(principal));
  return wide.flatMap((principal) => when(true, `it allows the principal ${shown(principal)}`, "Name who may, by ARN"));
}

function checkNegations({ negations }: AllowStatement): readonly Finding[] {
  return negations.flatMap((element) =>
    when(true, `it allows all but what it names in ${element}`, "Name what it allows instead"),
  );
}

/** Refuses AWS's own policies for everything of one service or of all. */
function managed(attribute: string): Guard {
  const isWide = (arn: unknown) =>
    /:aws:policy\/.*(?:AdministratorAccess|PowerUserAccess|FullAccess)/.test(String(arn));
  const wayOut = "Write a policy with the actions and ARNs that are needed";
  return ({ attributes }) =>
    listOf(attributes[attribute])
      .filter(isWide)
      .flatMap((arn) => when(true, `it attaches ${shown(arn)}, which is full of wildcards`, wayOut));
}
