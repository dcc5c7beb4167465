/**
 * Resources that AWS still has of a stack. One that the state does not have is found by its name: an interrupted deployment
 * left it, or it belongs to another stack, so it is named with both origins and never deleted.
 */
import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { type Aws, AwsError, unlessMissing } from "../../platform/aws";
import { quoted } from "../../platform/shell";
import { inParallel } from "./in-parallel";
import { deleteCommand, restoreCommand } from "./secret-recovery";
import { NAMED, type Names, type StackNames } from "./stack-names";
import { itemsOf } from "./unmanaged-kind";

/** A resource that still exists. */
export interface Leftover {
  /** Such as `log group`. */
  readonly kind: string;
  /** Terraform's type, such as `aws_cloudwatch_log_group`. */
  readonly type: string;
  readonly name: string;
  /** Its id, or until when it exists; empty where there is nothing to add. */
  readonly detail: string;
  /** Command that removes it; commands that have to be run before it come first, with `&&` between them. */
  readonly remove: string;
  /** Command that restores it; left out where it is not scheduled for deletion. */
  readonly restore?: string;
}

/** All that were found. */
export interface Leftovers {
  readonly leftovers: readonly Leftover[];
  /** Kinds that AWS refused to list, each with the reason. */
  readonly notChecked: readonly string[];
}

/** AWS's refusal to list a kind. */
export interface Refusal {
  /** Such as `user pools`. */
  readonly kinds: string;
  readonly error: AwsError;
}

/** What is looked for. */
interface Wanted extends Names, Pick<StackNames, "region" | "stages"> {
  /** Ids and names of log groups that the state has: these are not looked for. */
  readonly known: readonly string[];
}

type Found = Omit<Leftover, "type">;
type Find = (aws: Aws, wanted: Wanted) => Promise<readonly Found[]>;

/** In the order in which their commands have to be run. */
const KINDS: readonly (readonly [kinds: string, type: string, find: Find])[] = [
  ["log groups", NAMED.logGroups[0], logGroups],
  ["domains of user pools", NAMED.domains[0], domains],
  ["user pools", NAMED.pools[0], userPools],
  ["REST APIs", NAMED.apis[0], restApis],
  ["functions", NAMED.functions[0], functions],
  ["roles", NAMED.roles[0], roles],
  ["secrets", NAMED.secrets[0], secrets],
];

/** Why an orphan may be another stack's. */
export const ORPHANED =
  "has the name of this stack and is not in its state: an interrupted deployment left it, or it belongs to another stack";

/** Looks for everything that the stack is known by. */
export async function findLeftovers(aws: Aws, names: StackNames): Promise<Leftovers> {
  const { region, stages, deployed } = names;
  const own = await findAll(aws, { region, stages, ...deployed, known: [] });
  const orphaned = await findOrphans(aws, names);
  const notChecked = [...own.refusals, ...orphaned.refusals].map(({ kinds, error }) => `${kinds}: ${error.message}`);
  const doubtful = orphaned.found.map((one) =>
    one.restore === undefined ? { ...one, detail: [one.detail, ORPHANED].filter(Boolean).join("; ") } : one,
  );
  return { leftovers: [...own.found, ...doubtful], notChecked: [...new Set(notChecked)] };
}

/** Looks for what has a name of the stack, and is not in its state. */
export async function findOrphans(aws: Aws, names: StackNames) {
  const { region, stages, deployed, orphaned } = names;
  return await findAll(aws, {
    region,
    stages,
    ...orphaned,
    known: [...deployed.poolIds, ...deployed.apiIds, ...deployed.logGroups],
  });
}

async function findAll(aws: Aws, wanted: Wanted) {
  const found: Leftover[] = [];
  const refusals: Refusal[] = [];
  for (const [kinds, type, find] of KINDS) {
    try {
      found.push(...(await find(aws, wanted)).map((one) => ({ ...one, type })));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      refusals.push({ kinds, error });
    }
  }
  return { found, refusals };
}

/** API Gateway and Lambda create log groups themselves, of names that Terraform does not see. */
async function logGroups(aws: Aws, wanted: Wanted): Promise<readonly Found[]> {
  const { region, functions: fns, apiIds, stages, known } = wanted;
  const execution = apiIds.flatMap((id) => stages.map((stage) => `API-Gateway-Execution-Logs_${id}/${stage}`));
  const names = [...new Set([...wanted.logGroups, ...fns.map((name) => `/aws/lambda/${name}`), ...execution])];
  const unknown = names.filter((name) => !known.includes(name));
  return existing(unknown, async (name) => {
    const pages = (await aws.logs()).paginateDescribeLogGroups({ logGroupNamePrefix: name });
    const groups = await itemsOf(pages, "logGroups");
    if (!groups.some(({ logGroupName }) => logGroupName === name)) return undefined;
    const remove = `aws logs delete-log-group --region ${region} --log-group-name ${quoted(name)}`;
    return { kind: "log group", name, detail: "with its log events", remove };
  });
}

function domains(aws: Aws, { region, poolIds, known, domains: names }: Wanted): Promise<readonly Found[]> {
  return existing(names, async (name) => {
    const { DomainDescription } = await (await aws.cognito()).describeUserPoolDomain({ Domain: name });
    const pool = DomainDescription?.UserPoolId;
    // A domain is free as soon as it is deleted, and another account may have it now.
    if (pool === undefined || known.includes(pool) || (poolIds.length > 0 && !poolIds.includes(pool))) return undefined;
    return { kind: "domain of a user pool", name, detail: `of ${pool}`, remove: domainRemoval(region, name, pool) };
  });
}

function domainRemoval(region: string, domain: string, pool: string): string {
  return `aws cognito-idp delete-user-pool-domain --region ${region} --domain ${quoted(domain)} --user-pool-id ${pool}`;
}

async function userPools(aws: Aws, { region, pools, poolIds, known, domains }: Wanted): Promise<readonly Found[]> {
  if (pools.length + poolIds.length === 0) return [];
  const cognito = await aws.cognito();
  const all = await itemsOf(cognito.paginateListUserPools({ MaxResults: 60 }), "UserPools");
  const wanted = all.filter(({ Id = "", Name = "" }) => isWanted(Id, poolIds, Name, pools, known));
  return existing(wanted, async ({ Id = "", Name = "" }) => {
    const { UserPool = {} } = await cognito.describeUserPool({ UserPoolId: Id }).catch(unlessDenied);
    // Those of the stack's names are listed by themselves.
    const others = [UserPool.Domain, UserPool.CustomDomain].filter((one) => one && !domains.includes(one));
    const pool = `--region ${region} --user-pool-id ${Id}`;
    const isProtected = UserPool.DeletionProtection === "ACTIVE";
    const remove = [
      ...others.map((domain = "") => domainRemoval(region, domain, Id)),
      ...(isProtected ? [`aws cognito-idp update-user-pool ${pool} --deletion-protection INACTIVE`] : []),
      `aws cognito-idp delete-user-pool ${pool}`,
    ];
    return { kind: "user pool", name: Name, detail: Id, remove: remove.join(" && ") };
  });
}

/** A role that is limited by tags may not read a pool of another stack, which is listed all the same. */
function unlessDenied(error: unknown): { readonly UserPool?: UserPoolType } {
  if (error instanceof AwsError && error.isAccessDenied) return {};
  throw error;
}

async function restApis(aws: Aws, { region, apis, apiIds, known }: Wanted): Promise<readonly Found[]> {
  if (apis.length + apiIds.length === 0) return [];
  const all = await itemsOf((await aws.apiGateway()).paginateGetRestApis({ limit: 500 }), "items");
  return all
    .filter(({ id = "", name = "" }) => isWanted(id, apiIds, name, apis, known))
    .map(({ id = "", name = "" }) => {
      const remove = `aws apigateway delete-rest-api --region ${region} --rest-api-id ${id}`;
      return { kind: "REST API", name, detail: id, remove };
    });
}

/** By its id or, when no ids are looked for, by its name. */
function isWanted(
  id: string,
  ids: readonly string[],
  name: string,
  names: readonly string[],
  known: readonly string[],
): boolean {
  return ids.length > 0 ? ids.includes(id) : names.includes(name) && !known.includes(id);
}

function functions(aws: Aws, { region, functions: names }: Wanted): Promise<readonly Found[]> {
  return existing(names, async (name) => {
    await (await aws.lambda()).getFunction({ FunctionName: name });
    const remove = `aws lambda delete-function --region ${region} --function-name ${quoted(name)}`;
    return { kind: "function", name, detail: "", remove };
  });
}

/** IAM deletes a role only without policies. */
function roles(aws: Aws, { roles: names }: Wanted): Promise<readonly Found[]> {
  return existing(names, async (name) => {
    const iam = await aws.iam();
    await iam.getRole({ RoleName: name });
    const inline = await itemsOf(iam.paginateListRolePolicies({ RoleName: name }), "PolicyNames");
    const attached = await itemsOf(iam.paginateListAttachedRolePolicies({ RoleName: name }), "AttachedPolicies");
    const role = `--role-name ${quoted(name)}`;
    const remove = [
      ...inline.map((policy) => `aws iam delete-role-policy ${role} --policy-name ${quoted(policy)}`),
      ...attached.map(({ PolicyArn = "" }) => `aws iam detach-role-policy ${role} --policy-arn ${quoted(PolicyArn)}`),
      `aws iam delete-role ${role}`,
    ];
    return { kind: "role", name, detail: "with its policies", remove: remove.join(" && ") };
  });
}

function secrets(aws: Aws, { region, secrets: names }: Wanted): Promise<readonly Found[]> {
  return existing(names, async (name) => {
    const { DeletedDate } = await (await aws.secretsManager()).describeSecret({ SecretId: name });
    const secret = { kind: "secret", name, remove: deleteCommand(region, name) };
    if (DeletedDate === undefined) return { ...secret, detail: "not deleted" };
    const detail = `deleted, can be restored until ${DeletedDate.toISOString()} and reserves its name until then`;
    return { ...secret, detail, restore: restoreCommand(region, name) };
  });
}

/** Those of the items that AWS knows. */
async function existing<Item>(
  items: readonly Item[],
  find: (item: Item) => Promise<Found | undefined>,
): Promise<readonly Found[]> {
  const found = await inParallel(items, (item) => unlessMissing(find(item)));
  return found.filter((one) => one !== undefined);
}
