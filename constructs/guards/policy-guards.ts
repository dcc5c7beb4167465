/** IAM policies with wildcards, or that allow all but what they name. */
import { isEveryResource, readPolicy, type Statement } from "../../iam/policy";
import { type Attributes, blocksOf, isUnset, listOf, type StackJson } from "../contract/stack-json";
import { all, type Finding, type Guard, type GuardTable, hasExpression, shown, when } from "./guard";

/**
 * Actions without resource-level permissions, in lower case, as IAM ignores case.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 */
const WITHOUT_RESOURCE: ReadonlySet<string> = new Set(["xray:puttracesegments", "xray:puttelemetryrecords"]);

const NEGATIONS = { NotAction: "actions", NotResource: "resources", NotPrincipal: "principals" } as const;

type Check = (statement: Statement) => readonly Finding[];

const identity = policy("policy", [checkActions, checkResources, checkNegations]);
const ofThing = policy("policy", [checkActions, checkPrincipals, checkNegations]);
const attachment = managed("policy_arn");

export const policyGuards: GuardTable = {
  aws_iam_policy: identity,
  aws_iam_role_policy: identity,
  aws_iam_user_policy: identity,
  aws_iam_group_policy: identity,
  aws_iam_role: all(
    policy("assume_role_policy", [checkActions, checkPrincipals, checkNegations]),
    (role, stack) =>
      blocksOf(role.attributes["inline_policy"]).flatMap((attributes) => identity({ ...role, attributes }, stack)),
    managed("managed_policy_arns"),
  ),
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
  // A key's policy gives its account kms:* by default, and without that it could never be changed again.
  aws_kms_key: policy("policy", [checkPrincipals, checkNegations]),
  aws_kms_key_policy: policy("policy", [checkPrincipals, checkNegations]),
};

/** Checks each statement that allows something; a policy that is left out allows nothing. */
function policy(attribute: string, checks: readonly Check[]): Guard {
  return ({ attributes }, stack) => {
    if (isUnset(attributes[attribute])) return [];
    const statements = statementsOf(attributes[attribute], stack);
    if (statements === undefined) {
      const wayOut = "Write it as JSON text or as a data source aws_iam_policy_document";
      return when(true, `its ${attribute} cannot be read before deployment`, wayOut);
    }
    const allowing = statements.filter(({ effect }) => effect === "Allow");
    return allowing.flatMap((statement) => checks.flatMap((check) => check(statement)));
  };
}

/** Statements of JSON text or of a data source `aws_iam_policy_document`; `undefined` when they cannot be read yet. */
function statementsOf(policy: unknown, stack: StackJson): readonly Statement[] | undefined {
  const [, name] = /^\$\{data\.aws_iam_policy_document\.([^.]+)\.json\}$/.exec(String(policy)) ?? [];
  if (name === undefined) return readPolicy(String(policy));
  const document = stack.dataSource("aws_iam_policy_document", name);
  if (document === undefined || !isUnset(document["dynamic"])) return undefined;
  const merged = [...listOf(document["source_policy_documents"]), ...listOf(document["override_policy_documents"])];
  const own = readPolicy({ Statement: blocksOf(document["statement"]).map(statementOf) });
  const all = [own, ...merged.map((other) => statementsOf(other, stack))];
  return all.some((statements) => statements === undefined) ? undefined : all.flatMap((statements) => statements ?? []);
}

/** The JSON of a block `statement`. Conditions only limit what it allows. */
function statementOf(block: Attributes): object {
  const principals = (blocks: unknown) =>
    Object.fromEntries(blocksOf(blocks).map(({ identifiers }, index) => [index, listOf(identifiers)]));
  return {
    Effect: block["effect"] ?? "Allow",
    Action: listOf(block["actions"]),
    NotAction: listOf(block["not_actions"]),
    Resource: listOf(block["resources"]),
    NotResource: listOf(block["not_resources"]),
    Principal: principals(block["principals"]),
    NotPrincipal: principals(block["not_principals"]),
  };
}

function checkActions({ actions }: Statement): readonly Finding[] {
  const wide = actions.filter((action) => /[*?]/.test(action) || hasExpression(action));
  return wide.flatMap((action) => when(true, `it allows ${shown(action)}, not single actions`, "Name each action"));
}

function checkResources({ actions, resources }: Statement): readonly Finding[] {
  if (actions.length > 0 && actions.every((action) => WITHOUT_RESOURCE.has(action.toLowerCase()))) return [];
  const wide = resources.filter(isEveryResource);
  return wide.flatMap((resource) =>
    when(
      true,
      `it allows ${actions.join(", ") || "actions"} on ${shown(resource)} instead of single resources`,
      "Name the ARNs",
    ),
  );
}

function checkPrincipals({ principals }: Statement): readonly Finding[] {
  const wide = principals.filter(({ id }) => /[*?]/.test(id));
  return wide.flatMap(({ id }) => when(true, `it allows the principal ${shown(id)}`, "Name the principals by ARN"));
}

function checkNegations({ except }: Statement): readonly Finding[] {
  return Object.entries(NEGATIONS).flatMap(([element, named]) =>
    when(except[named].length > 0, `it allows all ${named} except those in ${element}`, "Name what it allows instead"),
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
      .flatMap((arn) => when(true, `it attaches ${shown(arn)}, which contains wildcards`, wayOut));
}
