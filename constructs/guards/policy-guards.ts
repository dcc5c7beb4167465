/** IAM policies with wildcards or for everyone, or that allow all but what they name. */

import { isEveryResource, readPolicy, type Statement } from "../../iam/policy";
import {
  ATTACHED_POLICIES,
  IDENTITY_POLICIES,
  KEY_POLICIES,
  PRINCIPALS,
  RESOURCE_POLICIES,
} from "../contract/checked-types";
import { type Attributes, blocksOf, listOf, mapped, type StackJson } from "../contract/stack-json";
import { certainText, certainTexts, hasDynamicBlock } from "./certainty";
import {
  type Finding,
  type Guard,
  type GuardedResource,
  type GuardTable,
  merged,
  shown,
  uncertain,
  valuesAt,
  when,
} from "./guard";

/**
 * Actions without resource-level permissions, in lower case, as IAM ignores case.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 */
const WITHOUT_RESOURCE: ReadonlySet<string> = new Set(["xray:puttracesegments", "xray:puttelemetryrecords"]);

/** What Lambda does with the role of a function in a VPC, on network interfaces whose ids no policy can name. */
const OF_NETWORK: ReadonlySet<string> = new Set([
  "ec2:createnetworkinterface",
  "ec2:describenetworkinterfaces",
  "ec2:describesubnets",
  "ec2:deletenetworkinterface",
  "ec2:assignprivateipaddresses",
  "ec2:unassignprivateipaddresses",
]);

const NEGATIONS = { NotAction: "actions", NotResource: "resources", NotPrincipal: "principals" } as const;

/** AWS's own policies for everything of one service or of all. */
const WIDE_POLICY = /(?:^|\/)[\w-]*(?:Administrator|PowerUser|Full_?Access)/;

type Check = (statement: Statement, resource: GuardedResource) => readonly Finding[];

export const policyGuards: GuardTable = merged(
  mapped(IDENTITY_POLICIES, (path) => policy(path, [checkActions, checkResources, checkNegations])),
  mapped(RESOURCE_POLICIES, (path) => policy(path, [checkActions, checkPrincipals, checkNegations])),
  // A key's policy gives its account kms:* by default, and without that it could never be changed again.
  mapped(KEY_POLICIES, (path) => policy(path, [checkPrincipals, checkNegations])),
  mapped(ATTACHED_POLICIES, managed),
  mapped(PRINCIPALS, named),
  { aws_iam_role: policy("assume_role_policy", [checkActions, checkPrincipals, checkFederated, checkNegations]) },
);

/** Checks each statement that allows something; a policy that is left out allows nothing. */
function policy(path: string, checks: readonly Check[]): Guard {
  return (resource, stack) =>
    valuesAt(resource.attributes, path).flatMap((value) => {
      const statements = statementsOf(value, stack);
      if (statements === undefined) {
        const wayOut = `Write it as JSON text or as a data source aws_iam_policy_document, without variables, locals, functions and dynamic blocks`;
        return when(true, `its ${path} cannot be read before deployment`, wayOut);
      }
      const allowing = statements.filter(({ effect }) => effect === "Allow");
      return allowing.flatMap((statement) => checks.flatMap((check) => check(statement, resource)));
    });
}

/** Statements of JSON text or of a data source `aws_iam_policy_document`; `undefined` when they cannot be read yet. */
function statementsOf(policy: unknown, stack: StackJson): readonly Statement[] | undefined {
  const [, name] = /^\$\{data\.aws_iam_policy_document\.([\w-]+)\.(?:minified_)?json\}$/.exec(String(policy)) ?? [];
  if (name !== undefined) return statementsIn(stack.dataSource("aws_iam_policy_document", name), stack);
  const text = certainText(policy, stack);
  return text === undefined ? undefined : readPolicy(text);
}

function statementsIn(document: Attributes | undefined, stack: StackJson): readonly Statement[] | undefined {
  if (document === undefined || hasDynamicBlock(document)) return undefined;
  const blocks = blocksOf(document["statement"]).map((block) => statementOf(block, stack));
  if (blocks.includes(undefined)) return undefined;
  const others = ["source_policy_documents", "override_policy_documents", "source_json", "override_json"];
  const mergedIn = others.flatMap((argument) => listOf(document[argument]));
  const all = [readPolicy({ Statement: blocks }), ...mergedIn.map((other) => statementsOf(other, stack))];
  return all.includes(undefined) ? undefined : all.flatMap((statements) => statements ?? []);
}

/** The JSON of a block `statement`; `undefined` when an expression decides what it allows. */
function statementOf(block: Attributes, stack: StackJson): object | undefined {
  const principals = (blocks: unknown) =>
    blocksOf(blocks).map(({ type, identifiers }) => [certainText(type, stack), certainTexts(identifiers, stack)]);
  const [who, notWho] = [principals(block["principals"]), principals(block["not_principals"])];
  const conditions = blocksOf(block["condition"]).map(({ test, variable, values }) => {
    return [String(test), { [String(variable)]: listOf(values).map(String) }];
  });
  const statement = {
    Effect: certainText(block["effect"] ?? "Allow", stack),
    Action: certainTexts(block["actions"], stack),
    NotAction: certainTexts(block["not_actions"], stack),
    Resource: certainTexts(block["resources"], stack),
    NotResource: certainTexts(block["not_resources"], stack),
  };
  const isUncertain = [...Object.values(statement), ...who.flat(), ...notWho.flat()].includes(undefined);
  if (isUncertain) return undefined;
  return {
    ...statement,
    Principal: byType(who),
    NotPrincipal: byType(notWho),
    Condition: Object.fromEntries(conditions),
  };
}

/** Ids by the type of principal, of which there may be several blocks. */
function byType(principals: readonly (readonly unknown[])[]): object {
  const types = new Set(principals.map(([type]) => type));
  const idsOf = (type: unknown) => principals.filter(([other]) => other === type).flatMap(([, ids]) => listOf(ids));
  return Object.fromEntries([...types].map((type) => [String(type), idsOf(type)]));
}

function checkActions({ actions }: Statement): readonly Finding[] {
  const wide = actions.filter((action) => /[*?]/.test(action));
  return wide.flatMap((action) => when(true, `it allows ${shown(action)}, not single actions`, "Name each action"));
}

function checkResources({ actions, resources }: Statement, { isStated }: GuardedResource): readonly Finding[] {
  const areAll = (known: ReadonlySet<string>) => actions.every((action) => known.has(action.toLowerCase()));
  if (actions.length > 0 && (areAll(WITHOUT_RESOURCE) || (isStated && areAll(OF_NETWORK)))) return [];
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

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
function checkFederated({ principals, conditions }: Statement): readonly Finding[] {
  if (Object.keys(conditions).length > 0) return [];
  const federated = principals.filter(({ type }) => type === "Federated");
  return federated.flatMap(({ id }) =>
    when(true, `every identity of ${shown(id)} may assume it`, "Add a condition on the provider's claims"),
  );
}

function checkNegations({ except }: Statement): readonly Finding[] {
  return Object.entries(NEGATIONS).flatMap(([element, named]) =>
    when(except[named].length > 0, `it allows all ${named} except those in ${element}`, "Name what it allows instead"),
  );
}

/** Refuses AWS's own policies for everything of one service or of all. */
function managed(path: string): Guard {
  const wayOut = "Write a policy with the actions and ARNs that are needed";
  return ({ attributes }, stack) =>
    valuesAt(attributes, path)
      .flatMap(listOf)
      .flatMap((arn) => {
        const names = namesOfPolicy(arn, stack);
        if (names === undefined) return uncertain(path, arn, "Name the policy's ARN");
        return when(
          names.some((name) => WIDE_POLICY.test(name)),
          `it attaches ${shown(arn)}, which contains wildcards`,
          wayOut,
        );
      });
}

/** What says which policy it is: an ARN, or what a data source looks it up by; `undefined` when it is not certain. */
function namesOfPolicy(arn: unknown, stack: StackJson): readonly string[] | undefined {
  const [, name] = /^\$\{data\.aws_iam_policy\.([\w-]+)\.\w+\}$/.exec(String(arn)) ?? [];
  if (name === undefined) return certainTexts(arn, stack);
  const found = stack.dataSource("aws_iam_policy", name) ?? {};
  return certainTexts([found["name"], found["arn"]].flatMap(listOf), stack);
}

/** Refuses everyone as a principal. */
function named(path: string): Guard {
  const wayOut = "Name the principals by ARN or account";
  return ({ attributes }, stack) =>
    valuesAt(attributes, path)
      .flatMap(listOf)
      .flatMap((principal) => {
        const text = certainText(principal, stack);
        if (text === undefined) return uncertain(path, principal, wayOut);
        return when(/[*?]/.test(text), `${path} is ${shown(principal)}`, wayOut);
      });
}
