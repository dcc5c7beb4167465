/** What the endpoints of a user pool have in common: the pool behind a host or path, its keys and its issuer. */
import type { Account } from "../../account";
import { type Attributes, text } from "../../attributes";
import { isCustomDomain, userPool } from "../../resources/cognito";
import { userPoolDomain } from "../../resources/cognito-domain";
import type { SigningKey } from "../../resources/signing-keys";

/** A pool that issues tokens. */
export interface Pool {
  readonly id: string;
  readonly region: string;
  /** `https://cognito-idp.<region>.amazonaws.com/<pool id>`. */
  readonly issuer: string;
  /** Signs access tokens. */
  readonly accessKey: SigningKey;
  /** All keys, as the JWKS lists them. */
  readonly keys: readonly SigningKey[];
}

/** The pool of the id, or `undefined`. */
export function findPool(account: Account, region: string, id: string): Pool | undefined {
  const entry = account.get(userPool.type, `${region}/${id}`);
  if (entry === undefined) return undefined;
  const { keys } = entry.internal as { readonly keys: readonly SigningKey[] };
  const accessKey = keys[1];
  if (accessKey === undefined) throw new Error(`pool ${id} has no key for access tokens`);
  return { id, region, issuer: issuerOf(entry.attributes), accessKey, keys };
}

/** The pool that the domain prefix belongs to, or `undefined`. */
export function findPoolByDomain(account: Account, region: string, prefix: string): Pool | undefined {
  const domain = account.get(userPoolDomain.type, `${region}/${prefix}`)?.attributes;
  if (domain === undefined || isCustomDomain(domain)) return undefined;
  return findPool(account, region, text(domain, "user_pool_id"));
}

/** The pool whose custom domain the host is, or `undefined`. */
export function findPoolByCustomDomain(account: Account, host: string): Pool | undefined {
  const domain = account.list(userPoolDomain.type).find((other) => isCustomDomain(other) && other["domain"] === host);
  return domain && findPool(account, text(domain, "region"), text(domain, "user_pool_id"));
}

/** Host of the pool's token endpoint, its custom domain before its prefix; `undefined` when it has no domain. */
export function hostOfPool(account: Account, { id, region }: Pool): string | undefined {
  const domains = account.list(userPoolDomain.type).filter(({ user_pool_id }) => user_pool_id === id);
  const domain = domains.find(isCustomDomain) ?? domains[0];
  if (domain === undefined) return undefined;
  const name = text(domain, "domain");
  return isCustomDomain(domain) ? name : `${name}.auth.${region}.amazoncognito.com`;
}

function issuerOf(pool: Attributes): string {
  return `https://${text(pool, "endpoint")}`;
}
