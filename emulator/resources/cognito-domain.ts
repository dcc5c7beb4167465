/** Domains of user pools: a prefix of Cognito's own, or a name of one's own with a certificate for it. */
import { type Attributes, optionalText, text } from "../attributes";
import { defineKind, type Place } from "../provider/kind";
import { invalid, isCustomDomain, requirePool } from "./cognito";

const PREFIX = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const INVALID_PREFIX =
  "The domain name contains an invalid character. Domain names can only contain lower-case letters, numbers, and hyphens. Please enter a different name that follows this format: ^[a-z0-9](?:[a-z0-9\\-]{0,61}[a-z0-9])?$";
/** Nowhere in a prefix, not even within a word. @see https://github.com/aws-amplify/amplify-cli/issues/3854 */
const RESERVED_IN_PREFIX = ["aws", "amazon", "cognito"];

const CUSTOM = /^(?=.{1,63}$)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
/** CloudFront answers under a custom domain, and takes its certificates from one region. */
const CERTIFICATE = /^arn:aws:acm:us-east-1:\d{12}:certificate\/.+$/;
const INVALID_CERTIFICATE =
  "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.";

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cognito_user_pool_domain */
export const userPoolDomain = defineKind("aws_cognito_user_pool_domain", {
  forceNew: ["domain", "user_pool_id"],
  create(given, place) {
    const { account, accountId, region } = place;
    const domain = text(given, "domain");
    const isCustom = isCustomDomain(given);
    const pool = requirePool(given, { account, region });
    if (isCustom) checkCustom(given);
    else checkPrefix(domain);
    requireFree(given, pool, place);
    const distribution = isCustom ? `d${account.randomId(13)}.cloudfront.net` : "";
    return {
      id: domain,
      aws_account_id: accountId,
      cloudfront_distribution: distribution,
      cloudfront_distribution_arn: distribution,
      cloudfront_distribution_zone_id: "Z2FDTNDATAQYW2",
      managed_login_version: given["managed_login_version"] ?? 1,
      s3_bucket: "",
      version: account.timestamp(),
    };
  },
  update(given, prior) {
    if (isCustomDomain(given) !== isCustomDomain(prior)) {
      throw invalid("User pool should have a custom domain associated, failed to update the certificate.");
    }
    if (isCustomDomain(given)) checkCustom(given);
    return {};
  },
});

function checkPrefix(prefix: string): void {
  if (!PREFIX.test(prefix)) throw invalid(INVALID_PREFIX);
  const reserved = RESERVED_IN_PREFIX.find((word) => prefix.includes(word));
  if (reserved !== undefined) throw invalid(`Domain cannot contain reserved word: ${reserved}`);
}

function checkCustom(given: Attributes): void {
  const domain = text(given, "domain");
  if (!CUSTOM.test(domain)) throw invalid(`Invalid domain: ${domain}. Custom domains are host names in lower case.`);
  if (!CERTIFICATE.test(optionalText(given, "certificate_arn") ?? "")) throw invalid(INVALID_CERTIFICATE);
}

/** A pool has one domain of each sort; a prefix is unique within its region, a custom domain in all of AWS. */
function requireFree(given: Attributes, pool: Attributes, { account, region }: Place): void {
  const isCustom = isCustomDomain(given);
  const ofSort = account.list(userPoolDomain.type).filter((other) => isCustomDomain(other) === isCustom);
  const isTaken = (other: Attributes) =>
    other["domain"] === given["domain"] && (isCustom || other["region"] === region);
  if (ofSort.some(isTaken)) throw invalid("Domain already associated with another user pool.");
  if (ofSort.some(({ user_pool_id }) => user_pool_id === pool["id"])) {
    throw invalid("User pool already has a domain configured.");
  }
}
