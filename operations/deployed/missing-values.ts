/**
 * Secrets and parameters to which variables of functions refer and that do not exist: such a function answers 500. Their
 * values are not read.
 */
import { REFERENCES, type References } from "../../access/variable-references";
import { blocksOf, StackJson } from "../../constructs/contract/stack-json";
import { type Aws, AwsError, unlessMissing } from "../../platform/aws";
import { jsonIn } from "../../platform/json";
import { quoted } from "../../platform/shell";
import type { Finding } from "../plan-file/finding";
import { plannedSecrets, restoreCommand } from "./secret-recovery";
import type { UnmanagedResources } from "./unmanaged";
import { itemsOf } from "./unmanaged-kind";

/** Attribute of these findings. */
export const REFERENCED_VALUE = "referenced value";

/** What variables of a function refer to. */
interface Referenced {
  readonly kind: "secret" | "parameter";
  /** Name or ARN. */
  readonly id: string;
  /** Address of the first function that refers to it. */
  readonly address: string;
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html */
const MAX_NAMES = 50;

/**
 * Looks for them in AWS, without a secret that the stack itself creates.
 * @param json content of the stack's `cdk.tf.json`
 * @throws {AwsError} when AWS cannot be reached; what it refuses to list is returned as not checked
 */
export async function findMissingValues(json: unknown, clients: Aws): Promise<UnmanagedResources> {
  const all = referencedIn(json);
  const of = (kind: Referenced["kind"]) => all.filter((one) => one.kind === kind);
  const both = await Promise.all([
    noted(of("secret"), () => missingSecrets(of("secret"), clients)),
    noted(of("parameter"), () => missingParameters(of("parameter"), clients)),
  ]);
  return {
    findings: both.flatMap(({ findings }) => findings),
    notChecked: both.flatMap(({ notChecked }) => notChecked),
  };
}

/** Each secret and parameter once, in the order of the functions. */
function referencedIn(json: unknown): readonly Referenced[] {
  const own = plannedSecrets(json).map(({ name }) => name);
  const all = new StackJson(json).ofType("aws_lambda_function").flatMap(({ name, attributes }) => {
    const [environment] = blocksOf(attributes["environment"]);
    const [variables] = blocksOf(environment?.["variables"]);
    const references = Object(jsonIn(String(variables?.[REFERENCES]))) as References;
    return Object.values(references).flatMap(({ secret, parameter }): readonly Referenced[] => {
      const address = `aws_lambda_function.${name}`;
      if (parameter !== undefined) return [{ kind: "parameter", id: parameter, address }];
      return secret === undefined || own.includes(secret) ? [] : [{ kind: "secret", id: secret, address }];
    });
  });
  return [...new Map(all.toReversed().map((one) => [`${one.kind} ${one.id}`, one])).values()].toReversed();
}

async function noted(of: readonly Referenced[], find: () => Promise<readonly Finding[]>): Promise<UnmanagedResources> {
  const [first] = of;
  if (first === undefined) return { findings: [], notChecked: [] };
  try {
    return { findings: await find(), notChecked: [] };
  } catch (error) {
    if (!(error instanceof AwsError) || error.status === undefined) throw error;
    const { operation, code } = error;
    return { findings: [], notChecked: [{ address: first.address, attribute: `${first.kind}s`, operation, code }] };
  }
}

async function missingSecrets(all: readonly Referenced[], { region, ...sdk }: Aws): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const one of all) {
    const found = await unlessMissing((await sdk.secretsManager()).describeSecret({ SecretId: one.id }));
    const text = `--secret-string '<value>'`;
    if (found === undefined) {
      const name = quoted(one.id.replace(/^arn:.*:secret:(.*)-\w{6}$/, "$1"));
      const create = `aws secretsmanager create-secret --region ${region} --name ${name} ${text}`;
      findings.push(findingOf(one, "does not exist", create));
    } else if (found.DeletedDate !== undefined) {
      findings.push(findingOf(one, "is scheduled for deletion", restoreCommand(region, one.id)));
    } else if (Object.keys(found.VersionIdsToStages ?? {}).length === 0) {
      const put = `aws secretsmanager put-secret-value --region ${region} --secret-id ${quoted(one.id)} ${text}`;
      findings.push(findingOf(one, "has no value", put));
    }
  }
  return findings;
}

async function missingParameters(all: readonly Referenced[], { region, ...sdk }: Aws): Promise<readonly Finding[]> {
  const ssm = await sdk.ssm();
  const names = new Set<string | undefined>();
  for (let start = 0; start < all.length; start += MAX_NAMES) {
    const Values = all.slice(start, start + MAX_NAMES).map(({ id }) => id);
    const pages = ssm.paginateDescribeParameters({ ParameterFilters: [{ Key: "Name", Option: "Equals", Values }] });
    for (const { Name } of await itemsOf(pages, "Parameters")) names.add(Name);
  }
  return all
    .filter(({ id }) => !names.has(id))
    .map((one) => {
      const options = `--region ${region} --name ${quoted(one.id)} --type SecureString --value '<value>'`;
      return findingOf(one, "does not exist", `aws ssm put-parameter ${options}`);
    });
}

function findingOf({ kind, id, address }: Referenced, state: string, undo: string): Finding {
  return {
    address,
    attribute: REFERENCED_VALUE,
    expected: "a value",
    found: `the ${kind} ${id} ${state}`,
    verdict: "out-of-band-change",
    severity: "warning",
    effect: `the ${kind} ${id} ${state}: ${address} answers 500`,
    undo,
  };
}
