/** What is left of a stack by its names, asked of AWS itself: Terraform only knows what it made. */
import type { callAws } from "../aws-call";
import { isThere, LookRefused, listed, lookedUp } from "./aws-look";
import type { StackNames } from "./stack-names";

/** Something that is still there. */
export interface Leftover {
  /** Such as `log group`. */
  readonly kind: string;
  readonly name: string;
  /** Why, or for how long, as far as that is known. */
  readonly detail: string;
  /** Command that removes it. */
  readonly remove: string;
}

/** What was found. */
export interface Looked {
  readonly leftovers: readonly Leftover[];
  /** Kinds that AWS did not let be looked at, and why. */
  readonly notLookedAt: readonly string[];
}

/** Looks for everything that has one of the names. */
export async function findLeftovers(call: typeof callAws, names: StackNames): Promise<Looked> {
  const looks: readonly (readonly [kind: string, () => Promise<readonly Leftover[]>])[] = [
    ["log groups", () => logGroups(call, names)],
    ["domains of user pools", () => domains(call, names)],
    ["user pools", () => userPools(call, names)],
    ["REST APIs", () => restApis(call, names)],
    ["functions", () => functions(call, names)],
    ["roles", () => roles(call, names)],
    ["secrets", () => secrets(call, names)],
  ];
  const leftovers: Leftover[] = [];
  const notLookedAt: string[] = [];
  for (const [kind, look] of looks) {
    try {
      leftovers.push(...(await look()));
    } catch (error) {
      if (!(error instanceof LookRefused)) throw error;
      notLookedAt.push(`${kind}: ${error.message}`);
    }
  }
  return { leftovers, notLookedAt };
}

/** API Gateway and Lambda make log groups by themselves, of names that Terraform does not see. */
async function logGroups(call: typeof callAws, names: StackNames): Promise<readonly Leftover[]> {
  const { region, functions: fns, apiIds, stages } = names;
  const execution = apiIds.flatMap((id) => stages.map((stage) => `API-Gateway-Execution-Logs_${id}/${stage}`));
  const wanted = [...new Set([...names.logGroups, ...fns.map((name) => `/aws/lambda/${name}`), ...execution])];
  const found = [];
  for (const name of wanted) {
    const groups = await listed(call, region, "logs", "DescribeLogGroups", { logGroupNamePrefix: name });
    if (groups.some((group) => group["logGroupName"] === name)) found.push(name);
  }
  return [...found, ...(await orphans(call, names, wanted))].map((name) => ({
    kind: "log group",
    name,
    detail: "with what was logged",
    remove: `aws logs delete-log-group --region ${region} --log-group-name ${name}`,
  }));
}

/** Execution logs of an API that is gone, of a stage of this name: with an empty state, its id is not known any more. */
async function orphans(
  call: typeof callAws,
  { region, stages, apiIds }: StackNames,
  known: readonly string[],
): Promise<readonly string[]> {
  if (apiIds.length > 0) return [];
  const prefix = "API-Gateway-Execution-Logs_";
  const groups = await listed(call, region, "logs", "DescribeLogGroups", { logGroupNamePrefix: prefix });
  const apis = await listed(call, region, "apigateway", "/restapis?limit=500", {});
  const living = new Set(apis.map(({ id }) => String(id)));
  return groups
    .map(({ logGroupName }) => String(logGroupName))
    .filter((name) => {
      const [id = "", stage = ""] = name.slice(prefix.length).split("/");
      return stages.includes(stage) && !living.has(id) && !known.includes(name);
    });
}

async function domains(call: typeof callAws, { region, domains: names }: StackNames): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const name of names) {
    const { DomainDescription } = await lookedUp(call, region, "cognito-idp", "DescribeUserPoolDomain", {
      Domain: name,
    });
    const { UserPoolId: pool } = Object(DomainDescription) as { readonly UserPoolId?: string };
    if (pool === undefined) continue;
    const remove = `aws cognito-idp delete-user-pool-domain --region ${region} --domain ${name} --user-pool-id ${pool}`;
    found.push({ kind: "domain of a user pool", name, detail: `of ${pool}`, remove });
  }
  return found;
}

async function userPools(call: typeof callAws, { region, pools }: StackNames): Promise<readonly Leftover[]> {
  const all = await listed(call, region, "cognito-idp", "ListUserPools", { MaxResults: 60 });
  return all
    .filter(({ Name }) => pools.includes(String(Name)))
    .map(({ Id, Name }) => ({
      kind: "user pool",
      name: String(Name),
      detail: String(Id),
      remove: `aws cognito-idp delete-user-pool --region ${region} --user-pool-id ${String(Id)}`,
    }));
}

async function restApis(call: typeof callAws, { region, apis }: StackNames): Promise<readonly Leftover[]> {
  const all = await listed(call, region, "apigateway", "/restapis?limit=500", {});
  return all
    .filter(({ name }) => apis.includes(String(name)))
    .map(({ id, name }) => ({
      kind: "REST API",
      name: String(name),
      detail: String(id),
      remove: `aws apigateway delete-rest-api --region ${region} --rest-api-id ${String(id)}`,
    }));
}

async function functions(call: typeof callAws, { region, functions: names }: StackNames): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const name of names) {
    const path = `/2015-03-31/functions/${encodeURIComponent(name)}`;
    if (!(await isThere(call, { service: "lambda", region, method: "GET", path }))) continue;
    const remove = `aws lambda delete-function --region ${region} --function-name ${name}`;
    found.push({ kind: "function", name, detail: "", remove });
  }
  return found;
}

async function roles(call: typeof callAws, { region, roles: names }: StackNames): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const name of names) {
    const body = new URLSearchParams({ Action: "GetRole", Version: "2010-05-08", RoleName: name }).toString();
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    if (!(await isThere(call, { service: "iam", region, method: "POST", headers, body }))) continue;
    const remove = `aws iam delete-role --role-name ${name}`;
    found.push({ kind: "role", name, detail: "its policies have to be removed first", remove });
  }
  return found;
}

async function secrets(call: typeof callAws, { region, secrets: names }: StackNames): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const name of names) {
    const secret = await lookedUp(call, region, "secretsmanager", "DescribeSecret", { SecretId: name });
    if (secret["Name"] === undefined) continue;
    const until = secret["DeletedDate"];
    const detail =
      typeof until === "number"
        ? `deleted, can be restored until ${new Date(until * 1000).toISOString()}, and keeps its name as long`
        : "not deleted";
    const remove = `aws secretsmanager delete-secret --region ${region} --secret-id ${name} --force-delete-without-recovery`;
    found.push({ kind: "secret", name, detail, remove });
  }
  return found;
}
