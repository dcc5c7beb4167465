/**
 * What is set on a bucket. Each setting is read, replaced and deleted as a whole, and AWS has a way of its own to say that
 * there is none. Settings that would change what objects do are read only: objects are not emulated.
 */

import { AwsError } from "../../errors";
import type { Structure } from "../../protocols/constraints";
import type { Operation, OperationContext } from "../../protocols/service";
import { isObject, type Value } from "../../terraform/attributes";
import { type BucketInput, type BucketRecord, buckets, requireBucket } from "./bucket";

/** How a setting is read, and what is answered where a bucket has none. */
interface Setting {
  /** Operations, by what they do. */
  readonly get: string;
  readonly put?: string;
  readonly delete?: string;
  /** Member of the input that holds the setting. */
  readonly member: string;
  /** Whether the output is the setting itself and does not have it in the member. */
  readonly isFlat?: true;
  /** What a bucket has that was never told otherwise. */
  readonly initial?: Structure;
  /** What a bucket has without the setting: a value or a refusal. */
  readonly none: Structure | readonly [code: string, message: string];
  /** The value that is kept. @throws {AwsError} when AWS refuses it */
  readonly check?: (value: unknown) => unknown;
}

const ENCRYPTION = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }],
};

const PUBLIC_ACCESS = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const SETTINGS: readonly Setting[] = [
  { get: "GetBucketAccelerateConfiguration", member: "AccelerateConfiguration", isFlat: true, none: {} },
  {
    get: "GetBucketCors",
    member: "CORSConfiguration",
    isFlat: true,
    none: ["NoSuchCORSConfiguration", "The CORS configuration does not exist"],
  },
  {
    get: "GetBucketEncryption",
    put: "PutBucketEncryption",
    delete: "DeleteBucketEncryption",
    member: "ServerSideEncryptionConfiguration",
    none: ENCRYPTION,
    check: withBucketKeys,
  },
  {
    get: "GetBucketLifecycleConfiguration",
    member: "LifecycleConfiguration",
    isFlat: true,
    none: ["NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"],
  },
  { get: "GetBucketLogging", member: "BucketLoggingStatus", isFlat: true, none: {} },
  { get: "GetBucketNotificationConfiguration", member: "NotificationConfiguration", isFlat: true, none: {} },
  {
    get: "GetBucketOwnershipControls",
    put: "PutBucketOwnershipControls",
    delete: "DeleteBucketOwnershipControls",
    member: "OwnershipControls",
    initial: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
    none: ["OwnershipControlsNotFoundError", "The bucket ownership controls were not found"],
  },
  {
    get: "GetBucketPolicy",
    put: "PutBucketPolicy",
    delete: "DeleteBucketPolicy",
    member: "Policy",
    none: ["NoSuchBucketPolicy", "The bucket policy does not exist"],
    check: checkPolicy,
  },
  {
    get: "GetBucketReplication",
    member: "ReplicationConfiguration",
    none: ["ReplicationConfigurationNotFoundError", "The replication configuration was not found"],
  },
  {
    get: "GetBucketRequestPayment",
    member: "RequestPaymentConfiguration",
    isFlat: true,
    none: { Payer: "BucketOwner" },
  },
  {
    get: "GetBucketTagging",
    put: "PutBucketTagging",
    delete: "DeleteBucketTagging",
    member: "Tagging",
    isFlat: true,
    none: ["NoSuchTagSet", "The TagSet does not exist"],
  },
  {
    get: "GetBucketVersioning",
    put: "PutBucketVersioning",
    member: "VersioningConfiguration",
    isFlat: true,
    none: {},
    check: checkVersioning,
  },
  {
    get: "GetBucketWebsite",
    member: "WebsiteConfiguration",
    isFlat: true,
    none: ["NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"],
  },
  {
    get: "GetObjectLockConfiguration",
    member: "ObjectLockConfiguration",
    none: ["ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"],
  },
  {
    get: "GetPublicAccessBlock",
    put: "PutPublicAccessBlock",
    delete: "DeletePublicAccessBlock",
    member: "PublicAccessBlockConfiguration",
    initial: PUBLIC_ACCESS,
    none: ["NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"],
  },
];

/** What is set on every new bucket. */
export const initialSettings: Readonly<Record<string, unknown>> = Object.fromEntries(
  SETTINGS.flatMap(({ member, initial }) => (initial === undefined ? [] : [[member, initial]])),
);

function withBucketKeys(value: unknown): unknown {
  const { Rules = [] } = value as { readonly Rules?: readonly Structure[] };
  return { Rules: Rules.map((rule) => ({ BucketKeyEnabled: false, ...rule })) };
}

function checkVersioning(value: unknown): unknown {
  if ((value as Structure | undefined)?.["Status"] !== undefined) return value;
  throw new AwsError("IllegalVersioningConfigurationException", "The Versioning element must be specified");
}

function checkPolicy(value: unknown): unknown {
  let policy: Value = null;
  try {
    policy = JSON.parse(String(value)) as Value;
  } catch {
    // AWS has one text for everything that is not an object.
  }
  const refuse = (message: string) => new AwsError("MalformedPolicy", message);
  if (!isObject(policy)) throw refuse("Policies must be valid JSON and the first byte must be '{'");
  if (policy["Statement"] === undefined) throw refuse("Missing required field Statement");
  return value;
}

/** @throws {AwsError} when the bucket does not have the setting */
export function readSetting({ Name, settings }: BucketRecord, { member, none }: Setting): unknown {
  const value = settings[member];
  if (value !== undefined) return value;
  if (!isRefusal(none)) return none;
  throw new AwsError(none[0], none[1], 404, { BucketName: Name });
}

function isRefusal(none: Setting["none"]): none is readonly [code: string, message: string] {
  return Array.isArray(none);
}

function operationsOf(setting: Setting): readonly (readonly [string, Operation<never>])[] {
  const { member, isFlat, check = (value: unknown) => value } = setting;
  const get = (context: OperationContext, input: BucketInput) => {
    const value = readSetting(requireBucket(context, input), setting);
    return isFlat === true ? value : { [member]: value };
  };
  const set = (context: OperationContext, input: BucketInput, value: unknown) => {
    const bucket = requireBucket(context, input);
    buckets.put(context, { ...bucket, settings: { ...bucket.settings, [member]: value } });
    return {};
  };
  const put = (context: OperationContext, input: BucketInput & Structure) => {
    requireBucket(context, input);
    return set(context, input, check(input[member]));
  };
  const remove = (context: OperationContext, input: BucketInput) => set(context, input, undefined);
  return [
    [setting.get, get],
    ...(setting.put === undefined ? [] : [[setting.put, put] as const]),
    ...(setting.delete === undefined ? [] : [[setting.delete, remove] as const]),
  ];
}

/** The operations of all settings, by AWS's names. */
export const settingOperations: Readonly<Record<string, Operation<never>>> = Object.fromEntries(
  SETTINGS.flatMap(operationsOf),
);
