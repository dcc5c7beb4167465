/**
 * Buckets, as far as Terraform's state is kept in one: private, encrypted, versioned. Objects are not emulated.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
import { createHash } from "node:crypto";
import type * as sdk from "@aws-sdk/client-s3";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { initialSettings } from "./settings";

const BUCKET_NAME = /^(?=.{3,63}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])$/;
const IP_ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;
/** The region whose buckets have no location, and where a bucket may be created again by its owner. */
const FIRST_REGION = "us-east-1";
const MAX_PAGE = 10_000;

/** A bucket as the account keeps it; names are unique among all regions. */
export interface BucketRecord {
  readonly Name: string;
  readonly Region: string;
  /** Seconds since 1970. */
  readonly CreationDate: number;
  /** By the member of the operation that sets it; `undefined` for what was deleted. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export const buckets = new Table<BucketRecord>("s3/Bucket", ({ Name }) => Name, true);

export interface BucketInput {
  readonly Bucket: string | undefined;
}

const noSuchBucket = (BucketName: string) =>
  new AwsError("NoSuchBucket", "The specified bucket does not exist", 404, { BucketName });

/** The bucket that the input names. @throws {AwsError} `NoSuchBucket`, or `PermanentRedirect` to another region */
export function requireBucket(context: TablePlace, { Bucket = "" }: BucketInput): BucketRecord {
  const bucket = buckets.get(context, Bucket);
  if (bucket === undefined) throw noSuchBucket(Bucket);
  if (bucket.Region === context.region) return bucket;
  const text =
    "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.";
  const Endpoint = `${Bucket}.s3.${bucket.Region}.amazonaws.com`;
  throw new AwsError("PermanentRedirect", text, 301, { Endpoint, Bucket, Region: bucket.Region });
}

export function createBucket(context: OperationContext, input: Wire<sdk.CreateBucketRequest>) {
  const { account, region } = context;
  const { Bucket: Name = "", CreateBucketConfiguration: { LocationConstraint, Tags = [] } = {} } = input;
  if (!BUCKET_NAME.test(Name) || Name.includes("..") || IP_ADDRESS.test(Name)) {
    throw new AwsError("InvalidBucketName", "The specified bucket is not valid.", 400, { BucketName: Name });
  }
  checkLocation(region, LocationConstraint);
  const answer = { Location: region === FIRST_REGION ? `/${Name}` : `http://${Name}.s3.amazonaws.com/` };
  const existing = buckets.get(context, Name);
  if (existing !== undefined) {
    if (region === FIRST_REGION && existing.Region === region && Tags.length === 0) return answer;
    const why = "Your previous request to create the named bucket succeeded and you already own it.";
    throw new AwsError("BucketAlreadyOwnedByYou", why, 409, { BucketName: Name });
  }
  const tagging = Tags.length === 0 ? {} : { Tagging: { TagSet: Tags } };
  buckets.put(context, {
    Name,
    Region: region,
    CreationDate: Math.floor(account.now() / 1000),
    settings: { ...initialSettings, ...tagging },
  });
  return answer;
}

/** @throws {AwsError} when the location is not the region of the endpoint */
function checkLocation(region: string, location: string | undefined): void {
  if (region === FIRST_REGION) {
    if (location === undefined) return;
    const details = { LocationConstraint: location };
    throw new AwsError("InvalidLocationConstraint", "The specified location-constraint is not valid", 400, details);
  }
  if (location === region) return;
  const text = `The ${location ?? "unspecified"} location constraint is incompatible for the region specific endpoint this request was sent to.`;
  throw new AwsError("IllegalLocationConstraintException", text);
}

export function headBucket(context: OperationContext, input: Wire<sdk.HeadBucketRequest>) {
  const { Name, Region } = requireBucket(context, input);
  return { BucketArn: `arn:aws:s3:::${Name}`, BucketRegion: Region, AccessPointAlias: false };
}

export function getBucketLocation(context: OperationContext, input: Wire<sdk.GetBucketLocationRequest>) {
  const { Region } = requireBucket(context, input);
  return Region === FIRST_REGION ? {} : { LocationConstraint: Region };
}

/** Who owns everything in the account, as S3 names accounts. */
const ownerOf = ({ accountId }: OperationContext) => ({ ID: createHash("sha256").update(accountId).digest("hex") });

export function listBuckets(context: OperationContext, input: Wire<sdk.ListBucketsRequest>) {
  const { Prefix = "", BucketRegion, MaxBuckets = MAX_PAGE, ContinuationToken } = input;
  const found = buckets
    .list(context)
    .filter(({ Name, Region }) => Name.startsWith(Prefix) && (BucketRegion ?? Region) === Region)
    .map(({ Name, Region, CreationDate }) => ({ Name, CreationDate, BucketRegion: Region }))
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

/** Whether everybody may use the bucket. Only statements for everybody without conditions count. */
export function getBucketPolicyStatus(context: OperationContext, input: Wire<sdk.GetBucketPolicyStatusRequest>) {
  const { Name, settings } = requireBucket(context, input);
  const policy = settings["Policy"];
  if (policy === undefined) {
    throw new AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", 404, { BucketName: Name });
  }
  const { Statement } = JSON.parse(String(policy)) as { readonly Statement: unknown };
  const isPublic = [Statement].flat().some((statement) => {
    const { Effect, Principal, Condition } = statement as Readonly<Record<string, unknown>>;
    return Effect === "Allow" && Condition === undefined && /^("\*"|\{"AWS":"\*"\})$/.test(JSON.stringify(Principal));
  });
  return { PolicyStatus: { IsPublic: isPublic } };
}

export function deleteBucket(context: OperationContext, input: Wire<sdk.DeleteBucketRequest>) {
  buckets.delete(context, requireBucket(context, input));
  return {};
}
