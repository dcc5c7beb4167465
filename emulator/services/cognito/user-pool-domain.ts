/**
 * Domains of user pools: a prefix of Cognito's own, or a custom domain with a certificate.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DomainDescriptionType.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cognito_user_pool_domain
 */
import type * as sdk from "@aws-sdk/client-cognito-identity-provider";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { defineResource } from "../../terraform/resource";
import { type DomainRecord, domains, findCustomDomain, invalid, isCustomDomain, requirePool } from "./records";

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
/** CloudFront's own zone in Route 53. */
const CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2";

export function createUserPoolDomain(context: OperationContext, input: Wire<sdk.CreateUserPoolDomainRequest>) {
  const { account, accountId } = context;
  const { Domain = "", CustomDomainConfig = {}, ManagedLoginVersion = 1 } = input;
  const isCustom = isCustomDomain({ CustomDomainConfig: CustomDomainConfig as never });
  const pool = requirePool(context, input.UserPoolId);
  if (isCustom) checkCustom(Domain, CustomDomainConfig);
  else checkPrefix(Domain);
  requireFree(context, Domain, pool.Id, isCustom);
  const CloudFrontDistribution = isCustom ? `d${account.randomId(13)}.cloudfront.net` : undefined;
  domains.put(
    context,
    present({
      UserPoolId: pool.Id,
      AWSAccountId: accountId,
      Domain,
      S3Bucket: `aws-cognito-prod-${context.region}-assets`,
      CloudFrontDistribution,
      Version: account.timestamp(),
      Status: "ACTIVE" as const,
      CustomDomainConfig: CustomDomainConfig as Wire<sdk.CustomDomainConfigType>,
      ManagedLoginVersion,
    }),
  );
  return present({ CloudFrontDomain: CloudFrontDistribution, ManagedLoginVersion });
}

/** Of a domain that does not exist, the description is empty. */
export function describeUserPoolDomain(context: OperationContext, { Domain }: Wire<sdk.DescribeUserPoolDomainRequest>) {
  return { DomainDescription: domains.get(context, Domain ?? "") ?? {} };
}

export function updateUserPoolDomain(context: OperationContext, input: Wire<sdk.UpdateUserPoolDomainRequest>) {
  const domain = requireDomain(context, input);
  const { CustomDomainConfig, ManagedLoginVersion = domain.ManagedLoginVersion } = input;
  if (CustomDomainConfig !== undefined && !isCustomDomain(domain)) {
    throw invalid("User pool should have a custom domain associated, failed to update the certificate.");
  }
  if (CustomDomainConfig !== undefined) checkCustom(domain.Domain, CustomDomainConfig);
  const changed = { CustomDomainConfig: CustomDomainConfig ?? domain.CustomDomainConfig, ManagedLoginVersion };
  domains.put(context, { ...domain, ...changed });
  return present({ CloudFrontDomain: domain.CloudFrontDistribution, ManagedLoginVersion });
}

export function deleteUserPoolDomain(context: OperationContext, input: Wire<sdk.DeleteUserPoolDomainRequest>) {
  domains.delete(context, requireDomain(context, input));
  return {};
}

function requireDomain(
  context: OperationContext,
  { Domain, UserPoolId }: Pick<Wire<sdk.DeleteUserPoolDomainRequest>, "Domain" | "UserPoolId">,
): DomainRecord {
  const domain = domains.get(context, Domain ?? "");
  if (domain?.UserPoolId !== UserPoolId || domain === undefined) throw invalid("No such domain or user pool exists.");
  return domain;
}

function checkPrefix(prefix: string): void {
  if (!PREFIX.test(prefix)) throw invalid(INVALID_PREFIX);
  const reserved = RESERVED_IN_PREFIX.find((word) => prefix.includes(word));
  if (reserved !== undefined) throw invalid(`Domain cannot contain reserved word: ${reserved}`);
}

function checkCustom(domain: string, { CertificateArn = "" }: Partial<Wire<sdk.CustomDomainConfigType>>): void {
  if (!CUSTOM.test(domain)) throw invalid(`Invalid domain: ${domain}. Custom domains are host names in lower case.`);
  if (!CERTIFICATE.test(CertificateArn)) throw invalid(INVALID_CERTIFICATE);
}

/** A pool has one domain of each kind; a prefix is unique within its region, a custom domain in all of AWS. */
function requireFree(context: OperationContext, domain: string, poolId: string, isCustom: boolean): void {
  const isTaken = isCustom ? findCustomDomain(context.account, domain) : domains.get(context, domain);
  if (isTaken !== undefined) throw invalid("Domain already associated with another user pool.");
  if (domains.where(context, { UserPoolId: poolId }).some((other) => isCustomDomain(other) === isCustom)) {
    throw invalid("User pool already has a domain configured.");
  }
}

export const userPoolDomainResource = defineResource("aws_cognito_user_pool_domain", {
  service: "cognito-idp",
  names: {
    certificate_arn: "CustomDomainConfig.CertificateArn",
    cloudfront_distribution: "CloudFrontDistribution",
    cloudfront_distribution_arn: "CloudFrontDistribution",
    id: "Domain",
  },
  output: "DomainDescription",
  id: "<domain>",
  importId: "<domain>",
  forceNew: ["domain", "user_pool_id"],
  forceNewWhenSet: ["certificate_arn"],
  create: async (planned, aws) => {
    await aws.call("CreateUserPoolDomain", aws.inputOf("CreateUserPoolDomain", { ...planned, id: null }));
    return { id: planned["domain"] ?? null };
  },
  read: async (known, aws) => {
    const output = await aws.call("DescribeUserPoolDomain", { Domain: known["id"] });
    if (Object.keys(output["DomainDescription"] as object).length === 0) return null;
    const found = aws.attributesOf("DescribeUserPoolDomain", output, known);
    return { ...found, cloudfront_distribution_zone_id: CLOUDFRONT_ZONE };
  },
  update: "UpdateUserPoolDomain",
  delete: "DeleteUserPoolDomain",
});
