/**
 * Resources that AWS still has of a stack, whether Terraform knows them or not. A name is not a proof: what is known by its
 * name alone may be another stack's, and gets no command that removes it.
 */
import { type Aws, AwsError, unlessMissing } from "../../platform/aws";
import { quoted } from "../../platform/shell";
import type { Names, StackNames } from "./stack-names";
import { itemsOf } from "./unmanaged-kind";

/** A resource that still exists. */
export interface Leftover {
  /** Such as `log group`. */
  readonly kind: string;
  readonly name: string;
  /** Its id, or until when it exists; empty where there is nothing to add. */
  readonly detail: string;
  /** Command that removes it; `null` when it may be another stack's, or no single command does. */
  readonly remove: string | null;
}

/** All that were found. */
export interface Leftovers {
  readonly leftovers: readonly Leftover[];
  /** Kinds that AWS refused to list, each with the reason. */
  readonly notChecked: readonly string[];
}

/** Names of one origin, and where they are looked for. */
interface Wanted extends Names, Pick<StackNames, "region" | "stages"> {}

type Find = (aws: Aws, wanted: Wanted) => Promise<readonly Leftover[]>;

const NOT_DELETED = "not deleted";

const KINDS: readonly (readonly [name: string, find: Find])[] = [
  ["log groups", logGroups],
  ["domains of user pools", domains],
  ["user pools", userPools],
  ["REST APIs", restApis],
  ["functions", functions],
  ["roles", roles],
  ["secrets", secrets],
];

/** Looks for everything that the stack is known by. */
export async function findLeftovers(aws: Aws, names: StackNames): Promise<Leftovers> {
  const { region, stages, deployed, written } = names;
  const leftovers: Leftover[] = [];
  const notChecked: string[] = [];
  for (const [name, find] of KINDS) {
    try {
      leftovers.push(...(await find(aws, { region, stages, ...deployed })));
      leftovers.push(...(await find(aws, { region, stages, ...written })).map(mayBeForeign));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      notChecked.push(`${name}: ${error.message}`);
    }
  }
  return { leftovers, notChecked };
}

/** User pools and APIs that have a name of the stack's. @throws {AwsError} */
export async function findMainThings(aws: Aws, names: StackNames): Promise<readonly Leftover[]> {
  const wanted = { region: names.region, stages: names.stages, ...names.written };
  return [...(await userPools(aws, wanted)), ...(await restApis(aws, wanted))];
}

function mayBeForeign(leftover: Leftover): Leftover {
  const detail = [leftover.detail, "identified only by its name: it may belong to another stack"].filter(
    (text) => text !== "",
  );
  // A deleted secret cannot be read, and its name is needed for the next deployment.
  const isDeleted = leftover.kind === "secret" && leftover.detail !== NOT_DELETED;
  return { ...leftover, detail: detail.join("; "), remove: isDeleted ? leftover.remove : null };
}

/** API Gateway and Lambda create log groups themselves, of names that Terraform does not see. */
async function logGroups(aws: Aws, wanted: Wanted): Promise<readonly Leftover[]> {
  const { region, functions: fns, apiIds, stages } = wanted;
  const execution = apiIds.flatMap((id) => stages.map((stage) => `API-Gateway-Execution-Logs_${id}/${stage}`));
  const names = [...new Set([...wanted.logGroups, ...fns.map((name) => `/aws/lambda/${name}`), ...execution])];
  return existing(names, async (name) => {
    const pages = (await aws.logs()).paginateDescribeLogGroups({ logGroupNamePrefix: name });
    const groups = await itemsOf(pages, "logGroups");
    if (!groups.some(({ logGroupName }) => logGroupName === name)) return undefined;
    const remove = `aws logs delete-log-group --region ${region} --log-group-name ${quoted(name)}`;
    return { kind: "log group", name, detail: "with its log events", remove };
  });
}

function domains(aws: Aws, { region, poolIds, domains: names }: Wanted): Promise<readonly Leftover[]> {
  return existing(names, async (name) => {
    const { DomainDescription } = await (await aws.cognito()).describeUserPoolDomain({ Domain: name });
    const pool = DomainDescription?.UserPoolId;
    // A domain is free as soon as it is deleted, and another account may have it now.
    if (pool === undefined || (poolIds.length > 0 && !poolIds.includes(pool))) return undefined;
    const remove = `aws cognito-idp delete-user-pool-domain --region ${region} --domain ${quoted(name)} --user-pool-id ${pool}`;
    return { kind: "domain of a user pool", name, detail: `of ${pool}`, remove };
  });
}

/** By their ids, or by their names when no ids are known. */
async function userPools(aws: Aws, { region, pools, poolIds }: Wanted): Promise<readonly Leftover[]> {
  if (pools.length + poolIds.length === 0) return [];
  const all = await itemsOf((await aws.cognito()).paginateListUserPools({ MaxResults: 60 }), "UserPools");
  return all
    .filter(({ Id = "", Name = "" }) => (poolIds.length > 0 ? poolIds.includes(Id) : pools.includes(Name)))
    .map(({ Id = "", Name = "" }) => {
      const remove = `aws cognito-idp delete-user-pool --region ${region} --user-pool-id ${Id}`;
      return { kind: "user pool", name: Name, detail: Id, remove };
    });
}

/** By their ids, or by their names when no ids are known. */
async function restApis(aws: Aws, { region, apis, apiIds }: Wanted): Promise<readonly Leftover[]> {
  if (apis.length + apiIds.length === 0) return [];
  const all = await itemsOf((await aws.apiGateway()).paginateGetRestApis({ limit: 500 }), "items");
  return all
    .filter(({ id = "", name = "" }) => (apiIds.length > 0 ? apiIds.includes(id) : apis.includes(name)))
    .map(({ id = "", name = "" }) => {
      const remove = `aws apigateway delete-rest-api --region ${region} --rest-api-id ${id}`;
      return { kind: "REST API", name, detail: id, remove };
    });
}

function functions(aws: Aws, { region, functions: names }: Wanted): Promise<readonly Leftover[]> {
  return existing(names, async (name) => {
    await (await aws.lambda()).getFunction({ FunctionName: name });
    const remove = `aws lambda delete-function --region ${region} --function-name ${quoted(name)}`;
    return { kind: "function", name, detail: "", remove };
  });
}

/** IAM deletes a role only without policies, so no single command does. */
function roles(aws: Aws, { roles: names }: Wanted): Promise<readonly Leftover[]> {
  return existing(names, async (name) => {
    await (await aws.iam()).getRole({ RoleName: name });
    return { kind: "role", name, detail: "delete it in IAM, after its policies", remove: null };
  });
}

function secrets(aws: Aws, { region, secrets: names }: Wanted): Promise<readonly Leftover[]> {
  return existing(names, async (name) => {
    const { DeletedDate } = await (await aws.secretsManager()).describeSecret({ SecretId: name });
    const detail =
      DeletedDate === undefined
        ? NOT_DELETED
        : `deleted, can be restored until ${DeletedDate.toISOString()} and reserves its name until then`;
    const remove = `aws secretsmanager delete-secret --region ${region} --secret-id ${quoted(name)} --force-delete-without-recovery`;
    return { kind: "secret", name, detail, remove };
  });
}

/** Those of the names that AWS knows. */
async function existing(
  names: readonly string[],
  find: (name: string) => Promise<Leftover | undefined>,
): Promise<readonly Leftover[]> {
  const found = await Promise.all(names.map((name) => unlessMissing(find(name))));
  return found.filter((one) => one !== undefined);
}
