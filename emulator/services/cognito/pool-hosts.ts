/** The pool behind a host or a path, its keys and its issuer: what the endpoints of a user pool have in common. */
import type { Account } from "../../account/account";
import { domains, findCustomDomain, isCustomDomain, type UserPoolRecord, userPools } from "./records";
import { idKeyBeside, type SigningKey } from "./signing-keys";

/** A pool that issues tokens. */
export interface Pool {
  readonly id: string;
  readonly region: string;
  /** `https://cognito-idp.<region>.amazonaws.com/<pool id>`, or its UPDATED form. */
  readonly issuer: string;
  /** Signs access tokens. */
  readonly accessKey: SigningKey;
  /** All keys that it has until now. */
  readonly keys: readonly SigningKey[];
}

/** The pool of the id, or `undefined`. */
export function findPool(account: Account, region: string, id: string): Pool | undefined {
  const pool = userPools.get({ account, region }, id);
  if (pool === undefined) return undefined;
  const accessKey = pool.keys.at(-1);
  if (accessKey === undefined) throw new Error(`pool ${id} has no key for access tokens`);
  return { id, region, issuer: issuerOf(region, pool), accessKey, keys: pool.keys };
}

/** All keys of the pool, as the JWKS lists them: first that for ID tokens, then that for access tokens. */
export async function publishedKeys(account: Account, pool: Pool): Promise<readonly SigningKey[]> {
  const { accessKey, id, keys, region } = pool;
  if (keys.length > 1) return keys;
  const both = [await idKeyBeside(account, accessKey), accessKey];
  await account.change(async () => {
    // The pool may be another one by now, or gone.
    const record = userPools.get({ account, region }, id);
    if (record?.keys.length === 1) userPools.put({ account, region }, { ...record, keys: both });
    return { result: undefined, operation: null };
  });
  return both;
}

/** The pool that the domain prefix belongs to, or `undefined`. */
export function findPoolByDomain(account: Account, region: string, prefix: string): Pool | undefined {
  const domain = domains.get({ account, region }, prefix);
  return domain === undefined || isCustomDomain(domain) ? undefined : findPool(account, region, domain.UserPoolId);
}

/** The pool whose custom domain the host is, or `undefined`. */
export function findPoolByCustomDomain(account: Account, host: string): Pool | undefined {
  const found = findCustomDomain(account, host);
  return found && findPool(account, found.region, found.record.UserPoolId);
}

/** Host of the pool's token endpoint, its custom domain before its prefix; `undefined` when it has no domain. */
export function hostOfPool(account: Account, { id, region }: Pool): string | undefined {
  const [first, ...others] = domains.where({ account, region }, { UserPoolId: id });
  if (first === undefined) return undefined;
  const domain = [first, ...others].find(isCustomDomain) ?? first;
  return isCustomDomain(domain) ? domain.Domain : `${domain.Domain}.auth.${region}.amazoncognito.com`;
}

function issuerOf(region: string, { Id, IssuerConfiguration }: UserPoolRecord): string {
  const host = IssuerConfiguration?.Type === "UPDATED" ? "issuer-cognito-idp" : "cognito-idp";
  return `https://${host}.${region}.amazonaws.com/${Id}`;
}

/** The issuer that tokens of the pool have unless it is configured for the UPDATED one. */
export function originalIssuer({ id, region }: Pick<Pool, "id" | "region">): string {
  return `https://cognito-idp.${region}.amazonaws.com/${id}`;
}
