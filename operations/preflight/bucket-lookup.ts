/** Whether there is a bucket, and whose it is. */
import type { Backend } from "../../access/access-model";
import { callAws } from "../../platform/aws-call";
import { UserError } from "../../platform/user-error";

/** Where a state is, in S3. */
export type S3Backend = Extract<Backend, { readonly kind: "s3" }>;

/**
 * Whether the bucket is there.
 * @throws {UserError} when it is somebody else's, or in another region
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
 */
export async function isBucketThere({ bucket, region }: S3Backend): Promise<boolean> {
  const { status } = await callAws({ service: "s3", region, method: "HEAD", path: `/${bucket}` });
  if (status === 200) return true;
  if (status === 404) return false;
  if (status === 301 || status === 307) {
    throw new UserError(
      `the bucket ${bucket} is in another region than ${region}. Name its region: s3: { bucket, region }`,
    );
  }
  if (status === 403) {
    const whose =
      "Names of buckets are unique across all accounts: either it is somebody else's, and you need another name";
    throw new UserError(
      `the bucket ${bucket} is there, but closed to these credentials. ${whose}, or they lack s3:ListBucket.`,
    );
  }
  throw new UserError(`S3 does not tell whether there is a bucket ${bucket}: it answers ${status}.`);
}
