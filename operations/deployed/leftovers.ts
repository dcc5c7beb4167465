/**
 * What is left of a stack, asked of AWS itself: Terraform only knows what it made. A name is no proof: what is known by
 * its name alone may be another stack's, and gets no command that removes it.
 */
import type { callAws } from "../../platform/aws-call";
import { isThere, LookRefused, listed, lookedUp } from "./aws-look";
import type { Names, StackNames } from "./stack-names";

/** Something that is still there. */
export interface Leftover {
  /** Such as `log group`. */
  readonly kind: string;
  readonly name: string;
  /** Why, or for how long, as far as that is known. */
  readonly detail: string;
  /** Command that removes it; null when it may be another stack's, or no single one does. */
  readonly remove: string | null;
}

/** What was found. */
export interface Looked {
  readonly leftovers: readonly Leftover[];
  /** Kinds that AWS did not let be looked at, and why. */
  readonly notLookedAt: readonly string[];
}

/** Names of one origin, and where they are looked for. */
interface Wanted extends Names, Pick<StackNames, "region" | "stages"> {}

const NOT_DELETED = "not deleted";

type Look = (call: typeof callAws, wanted: Wanted) => Promise<readonly Leftover[]>;

const LOOKS: readonly (readonly [kind: string, look: Look])[] = [
  ["log groups", logGroups],
  ["domains of user pools", domains],
  ["user pools", userPools],
  ["REST APIs", restApis],
  ["functions", functions],
  ["roles", roles],
  ["secrets", secrets],
];

/** Looks for everything that the stack is known by. */
export async function findLeftovers(call: typeof callAws, names: StackNames): Promise<Looked> {
  const { region, stages, deployed, written } = names;
  const leftovers: Leftover[] = [];
  const notLookedAt: string[] = [];
  for (const [kind, look] of LOOKS) {
    try {
      leftovers.push(...(await look(call, { region, stages, ...deployed })));
      leftovers.push(...(await look(call, { region, stages, ...written })).map(mayBeForeign));
    } catch (error) {
      if (!(error instanceof LookRefused)) throw error;
      notLookedAt.push(`${kind}: ${error.message}`);
    }
  }
  return { leftovers, notLookedAt };
}

/** The user pools and APIs that are there and have a name of the stack's. @throws {LookRefused} */
export async function findMainThings(call: typeof callAws, names: StackNames): Promise<readonly Leftover[]> {
  const wanted = { region: names.region, stages: names.stages, ...names.written };
  return [...(await userPools(call, wanted)), ...(await restApis(call, wanted))];
}

function mayBeForeign(leftover: Leftover): Leftover {
  const detail = [leftover.detail, "known by its name alone: it may be another stack's"].filter((text) => text !== "");
  // A deleted secret serves nobody any more, and its name is needed for the next deployment.
  const isDeleted = leftover.kind === "secret" && leftover.detail !== NOT_DELETED;
  return { ...leftover, detail: detail.join("; "), remove: isDeleted ? leftover.remove : null };
}

/** API Gateway and Lambda make log groups by themselves, of names that Terraform does not see. */
async function logGroups(call: typeof callAws, wanted: Wanted): Promise<readonly Leftover[]> {
  const { region, functions: fns, apiIds, stages } = wanted;
  const execution = apiIds.flatMap((id) => stages.map((stage) => `API-Gateway-Execution-Logs_${id}/${stage}`));
  const names = [...new Set([...wanted.logGroups, ...fns.map((name) => `/aws/lambda/${name}`), ...execution])];
  const found = [];
  for (const name of names) {
    const groups = await listed(call, region, "logs", "DescribeLogGroups", { logGroupNamePrefix: name });
    if (groups.some((group) => group["logGroupName"] === name)) found.push(name);
  }
  return found.map((name) => ({
    kind: "log group",
    name,
    detail: "with what was logged",
    remove: `aws logs delete-log-group --region ${region} --log-group-name ${name}`,
  }));
}

async function domains(call: typeof callAws, wanted: Wanted): Promise<readonly Leftover[]> {
  const { region, poolIds } = wanted;
  const found: Leftover[] = [];
  for (const name of wanted.domains) {
    const input = { Domain: name };
    const { DomainDescription } = await lookedUp(call, region, "cognito-idp", "DescribeUserPoolDomain", input);
    const { UserPoolId: pool } = Object(DomainDescription) as { readonly UserPoolId?: string };
    // A name is free as soon as it is given up, and anybody may take it.
    if (pool === undefined || (poolIds.length > 0 && !poolIds.includes(pool))) continue;
    const remove = `aws cognito-idp delete-user-pool-domain --region ${region} --domain ${name} --user-pool-id ${pool}`;
    found.push({ kind: "domain of a user pool", name, detail: `of ${pool}`, remove });
  }
  return found;
}

/** By their ids, or by their names when no ids are known. */
async function userPools(call: typeof callAws, { region, pools, poolIds }: Wanted): Promise<readonly Leftover[]> {
  if (pools.length + poolIds.length === 0) return [];
  const all = await listed(call, region, "cognito-idp", "ListUserPools", { MaxResults: 60 });
  return all
    .filter(({ Id, Name }) => (poolIds.length > 0 ? poolIds.includes(String(Id)) : pools.includes(String(Name))))
    .map(({ Id, Name }) => ({
      kind: "user pool",
      name: String(Name),
      detail: String(Id),
      remove: `aws cognito-idp delete-user-pool --region ${region} --user-pool-id ${String(Id)}`,
    }));
}

/** By their ids, or by their names when no ids are known. */
async function restApis(call: typeof callAws, { region, apis, apiIds }: Wanted): Promise<readonly Leftover[]> {
  if (apis.length + apiIds.length === 0) return [];
  const all = await listed(call, region, "apigateway", "/restapis?limit=500", {});
  return all
    .filter(({ id, name }) => (apiIds.length > 0 ? apiIds.includes(String(id)) : apis.includes(String(name))))
    .map(({ id, name }) => ({
      kind: "REST API",
      name: String(name),
      detail: String(id),
      remove: `aws apigateway delete-rest-api --region ${region} --rest-api-id ${String(id)}`,
    }));
}

async function functions(call: typeof callAws, { region, functions: names }: Wanted): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const name of names) {
    const path = `/2015-03-31/functions/${encodeURIComponent(name)}`;
    if (!(await isThere(call, { service: "lambda", region, method: "GET", path }))) continue;
    const remove = `aws lambda delete-function --region ${region} --function-name ${name}`;
    found.push({ kind: "function", name, detail: "", remove });
  }
  return found;
}

/** IAM deletes no role that has policies, so that there is no one command for it. */
async function roles(call: typeof callAws, { region, roles: names }: Wanted): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const name of names) {
    const body = new URLSearchParams({ Action: "GetRole", Version: "2010-05-08", RoleName: name }).toString();
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    if (!(await isThere(call, { service: "iam", region, method: "POST", headers, body }))) continue;
    found.push({ kind: "role", name, detail: "remove it in IAM, after its policies", remove: null });
  }
  return found;
}

async function secrets(call: typeof callAws, { region, secrets: names }: Wanted): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const name of names) {
    const secret = await lookedUp(call, region, "secretsmanager", "DescribeSecret", { SecretId: name });
    if (secret["Name"] === undefined) continue;
    const until = secret["DeletedDate"];
    const detail =
      typeof until === "number"
        ? `deleted, can be restored until ${new Date(until * 1000).toISOString()}, and keeps its name as long`
        : NOT_DELETED;
    const remove = `aws secretsmanager delete-secret --region ${region} --secret-id ${name} --force-delete-without-recovery`;
    found.push({ kind: "secret", name, detail, remove });
  }
  return found;
}
