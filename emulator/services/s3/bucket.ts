/**
 * Buckets, as far as Terraform's state is kept in one: private, encrypted, versioned. Objects are not emulated.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
import { createHash } from "node:crypto";
import type * as sdk from "@aws-sdk/client-s3";
import { isConditional, isPublic, readPolicy } from "../../../iam/policy";
import { regionNames } from "../../account/regions";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { buckets, checkTags, requireBucket, requireWellFormed } from "./records";
import { initialSettings } from "./settings";

const BUCKET_NAME = /^(?=.{3,63}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])$/;
const IP_ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;
/** The region whose buckets have no location, and where a bucket may be created again by its owner. */
const FIRST_REGION = "us-east-1";
/** The region that has a second name, of old. */
const EU_REGION = "eu-west-1";
const OWNERSHIPS: readonly string[] = ["BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"];
/** What a bucket has that was created with a lock of its objects. */
const LOCKED = {
  ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" },
  VersioningConfiguration: { Status: "Enabled" },
};
const MAX_PAGE = 10_000;

const arnOf = (name: string) => `arn:aws:s3:::${name}`;
export function createBucket(context: OperationContext, input: Wire<sdk.CreateBucketRequest>) {
  const { account, region } = context;
  const { Bucket: Name = "", CreateBucketConfiguration: { LocationConstraint, Tags = [] } = {} } = input;
  const { ObjectOwnership, ObjectLockEnabledForBucket } = input;
  if (!BUCKET_NAME.test(Name) || Name.includes("..") || IP_ADDRESS.test(Name)) {
    throw new AwsError("InvalidBucketName", "The specified bucket is not valid.", 400, { BucketName: Name });
  }
  const Region = regionOf(region, LocationConstraint);
  const { ObjectOwnership: _, ...payload } = input;
  requireWellFormed("CreateBucket", payload);
  checkOwnership(ObjectOwnership);
  checkTags(Tags);
  const Location = Region === FIRST_REGION ? `/${Name}` : `http://${Name}.s3.amazonaws.com/`;
  const answer = { Location, BucketArn: arnOf(Name) };
  const existing = buckets.get(context, Name);
  if (existing !== undefined) {
    if (Region === FIRST_REGION && existing.Region === Region && Tags.length === 0) return answer;
    const why = "Your previous request to create the named bucket succeeded and you already own it.";
    throw new AwsError("BucketAlreadyOwnedByYou", why, 409, { BucketName: Name });
  }
  const settings = {
    ...initialSettings,
    ...(Tags.length === 0 ? {} : { Tagging: { TagSet: Tags } }),
    ...(ObjectOwnership === undefined ? {} : { OwnershipControls: { Rules: [{ ObjectOwnership }] } }),
    ...(ObjectLockEnabledForBucket === true ? LOCKED : {}),
  };
  const CreationDate = Math.floor(account.now() / 1000);
  buckets.put(context, present({ Name, Region, LocationConstraint, CreationDate, settings }));
  return answer;
}

/** @throws {AwsError} `InvalidArgument` */
function checkOwnership(given: string | undefined): void {
  if (given === undefined || OWNERSHIPS.includes(given)) return;
  const message = `Invalid x-amz-object-ownership header: ${given}`;
  throw new AwsError("InvalidArgument", message, 400, { ArgumentName: "x-amz-object-ownership" });
}

/** The region that the bucket is made in. The first region alone takes another. @throws {AwsError} */
function regionOf(endpoint: string, location: string | undefined): string {
  const region = location === "EU" ? EU_REGION : location;
  if (endpoint !== FIRST_REGION) {
    if (region === endpoint) return endpoint;
    const text = `The ${location ?? "unspecified"} location constraint is incompatible for the region specific endpoint this request was sent to.`;
    throw new AwsError("IllegalLocationConstraintException", text);
  }
  if (location === undefined || region === undefined) return endpoint;
  if (location !== FIRST_REGION && regionNames.has(region)) return region;
  const details = { LocationConstraint: location };
  throw new AwsError("InvalidLocationConstraint", "The specified location-constraint is not valid", 400, details);
}

export function headBucket(context: OperationContext, input: Wire<sdk.HeadBucketRequest>) {
  const { Name, Region } = requireBucket(context, input);
  return { BucketArn: arnOf(Name), BucketRegion: Region, AccessPointAlias: false };
}

export function getBucketLocation(context: OperationContext, input: Wire<sdk.GetBucketLocationRequest>) {
  // Every endpoint knows where a bucket is.
  const region = buckets.get(context, input.Bucket ?? "")?.Region ?? context.region;
  const { LocationConstraint } = requireBucket({ ...context, region }, input);
  return present({ LocationConstraint });
}

/** The owner of every bucket: S3's id of the account. */
const ownerOf = ({ accountId }: OperationContext) => ({ ID: createHash("sha256").update(accountId).digest("hex") });

export function listBuckets(context: OperationContext, input: Wire<sdk.ListBucketsRequest>) {
  const { Prefix = "", BucketRegion, MaxBuckets = MAX_PAGE, ContinuationToken } = input;
  const found = buckets
    .list(context)
    .filter(({ Name, Region }) => Name.startsWith(Prefix) && (BucketRegion ?? Region) === Region)
    .map(({ Name, Region, CreationDate }) => ({ Name, CreationDate, BucketRegion: Region, BucketArn: arnOf(Name) }))
    .sort((one, other) => (one.Name < other.Name ? -1 : 1));
  const { items, next } = pageOf(found, MaxBuckets, ContinuationToken, "InvalidArgument");
  return present({ Owner: ownerOf(context), Buckets: items, Prefix: input.Prefix, ContinuationToken: next });
}

/** Access control lists are not emulated: the owner alone may do everything. */
export function getBucketAcl(context: OperationContext, input: Wire<sdk.GetBucketAclRequest>) {
  requireBucket(context, input);
  const Owner = ownerOf(context);
  return { Owner, Grants: [{ Grantee: { ...Owner, Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }] };
}

/** Whether the bucket is public. A statement for every principal under a condition does not count. */
export function getBucketPolicyStatus(context: OperationContext, input: Wire<sdk.GetBucketPolicyStatusRequest>) {
  const { Name, settings } = requireBucket(context, input);
  const policy = settings["Policy"];
  if (policy === undefined) {
    throw new AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404, { BucketName: Name });
  }
  const open = (readPolicy(policy) ?? []).filter(isPublic);
  return { PolicyStatus: { IsPublic: !open.every(isConditional) } };
}

export function deleteBucket(context: OperationContext, input: Wire<sdk.DeleteBucketRequest>) {
  buckets.delete(context, requireBucket(context, input));
  return {};
}
