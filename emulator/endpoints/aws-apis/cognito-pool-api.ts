/**
 * User pools and their domains, as far as a pool for machines has them.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPool.html
 */
import { type Attributes, blocks, optionalText as optionalValue, text, textMap } from "../../attributes";
import { byHand, changeByHand, readAsRefreshed, removeByHand } from "../../resources/by-hand";
import { invalid, isCustomDomain, requirePool, userPool } from "../../resources/cognito";
import { userPoolDomain } from "../../resources/cognito-domain";
import { constraintError, optionalNumber, optionalText, refuseOthers, requiredText } from "./api-input";
import { pageOf } from "./api-pages";
import { type ApiOperation, type ApiPlace, epochSeconds, type Json, present } from "./aws-api";

const PROTECTIONS: readonly string[] = ["ACTIVE", "INACTIVE"];
const POOL_ID = /^[\w-]{1,45}_[0-9a-zA-Z]+$/;

/** `DescribeUserPool`. */
export const describeUserPool: ApiOperation = async (place, input) => ({
  UserPool: describe(readAsRefreshed(userPool, place.account, findUserPool(place, input))),
});

/** `ListUserPools`. */
export const listUserPools: ApiOperation = async ({ account, region }, input) => {
  const limit = optionalNumber(input, "MaxResults", 1, 60);
  if (limit === undefined) throw constraintError("MaxResults", "Member must not be null");
  const pools = account.list(userPool.type).filter((pool) => pool["region"] === region);
  const { items, next } = pageOf(pools, limit, optionalText(input, "NextToken"));
  const UserPools = items.map((pool) => ({
    Id: text(pool, "id"),
    Name: text(pool, "name"),
    LambdaConfig: {},
    ...datesOf(pool),
  }));
  return present({ UserPools, NextToken: next });
};

/**
 * `UpdateUserPool`, of the protection alone. AWS documents that what is left out is reset; of most settings people
 * measured that it is not, so nothing else is touched.
 */
export const updateUserPool: ApiOperation = (place, input) =>
  byHand(place, async () => {
    refuseOthers(input, ["UserPoolId", "DeletionProtection"]);
    const deletion_protection = optionalText(input, "DeletionProtection");
    if (deletion_protection === undefined) return {};
    if (!PROTECTIONS.includes(deletion_protection)) {
      const constraint = `Member must satisfy enum value set: [${PROTECTIONS.join(", ")}]`;
      throw constraintError("DeletionProtection", constraint, deletion_protection);
    }
    await changeByHand(userPool, place, findUserPool(place, input), { deletion_protection });
    return {};
  });

/** `DeleteUserPool`, with its resource servers and clients; a domain stands in the way. */
export const deleteUserPool: ApiOperation = (place, input) =>
  byHand(place, () => {
    removeByHand(userPool, place, findUserPool(place, input));
    return {};
  });

/** `DeleteUserPoolDomain`. */
export const deleteUserPoolDomain: ApiOperation = (place, input) =>
  byHand(place, () => {
    const domain = findDomain(place, requiredText(input, "Domain"));
    if (domain === undefined || domain["user_pool_id"] !== requiredText(input, "UserPoolId", POOL_ID)) {
      throw invalid("No such domain or user pool exists.");
    }
    removeByHand(userPoolDomain, place, domain);
    return {};
  });

/** `DescribeUserPoolDomain`; of a domain that is not there, the description is empty. */
export const describeUserPoolDomain: ApiOperation = async (place, input) => {
  const name = requiredText(input, "Domain");
  const domain = findDomain(place, name);
  if (domain === undefined) return { DomainDescription: {} };
  const DomainDescription = present({
    UserPoolId: text(domain, "user_pool_id"),
    AWSAccountId: text(domain, "aws_account_id"),
    Domain: name,
    S3Bucket: optionalValue(domain, "s3_bucket"),
    CloudFrontDistribution: optionalValue(domain, "cloudfront_distribution"),
    Version: text(domain, "version"),
    Status: "ACTIVE",
    CustomDomainConfig: isCustomDomain(domain) ? { CertificateArn: text(domain, "certificate_arn") } : {},
    ManagedLoginVersion: domain["managed_login_version"],
  });
  return { DomainDescription };
};

/** The pool that `UserPoolId` names. @throws {AwsError} `ResourceNotFoundException` */
export function findUserPool(place: ApiPlace, input: Json): Attributes {
  return requirePool({ user_pool_id: requiredText(input, "UserPoolId", POOL_ID) }, place);
}

function findDomain({ account, region }: ApiPlace, name: string): Attributes | undefined {
  const isMeant = (found: Attributes) => found["domain"] === name && found["region"] === region;
  return account.list(userPoolDomain.type).find(isMeant);
}

function describe(pool: Attributes): Json {
  const [administration] = blocks(pool, "admin_create_user_config");
  const [passwords] = blocks(pool, "password_policy");
  return present({
    Id: text(pool, "id"),
    Name: text(pool, "name"),
    Policies: passwords && { PasswordPolicy: describePasswords(passwords) },
    DeletionProtection: text(pool, "deletion_protection"),
    LambdaConfig: {},
    ...datesOf(pool),
    MfaConfiguration: text(pool, "mfa_configuration"),
    EstimatedNumberOfUsers: pool["estimated_number_of_users"],
    UserPoolTags: textMap(pool, "tags_all"),
    Domain: optionalValue(pool, "domain"),
    CustomDomain: optionalValue(pool, "custom_domain"),
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: administration?.["allow_admin_create_user_only"] ?? false },
    Arn: text(pool, "arn"),
    UserPoolTier: text(pool, "user_pool_tier"),
  });
}

function describePasswords(policy: Attributes): Json {
  const given = (name: string) => policy[name] ?? undefined;
  return present({
    MinimumLength: given("minimum_length"),
    RequireUppercase: given("require_uppercase"),
    RequireLowercase: given("require_lowercase"),
    RequireNumbers: given("require_numbers"),
    RequireSymbols: given("require_symbols"),
    PasswordHistorySize: given("password_history_size"),
    TemporaryPasswordValidityDays: given("temporary_password_validity_days"),
  });
}

function datesOf(pool: Attributes): Json {
  return {
    LastModifiedDate: epochSeconds(pool["last_modified_date"]),
    CreationDate: epochSeconds(pool["creation_date"]),
  };
}
