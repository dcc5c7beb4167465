/**
 * What is set on a bucket. Each setting is read, replaced and deleted as a whole, and AWS has a way of its own to say that
 * there is none. Settings that would change what objects do are read only: objects are not emulated.
 */

import type * as sdk from "@aws-sdk/client-s3";
import { AwsError } from "../../errors";
import type { Structure } from "../../protocols/constraints";
import type { Operation, OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { isObject, type Value } from "../../terraform/attributes";
import {
  type BucketInput,
  type BucketRecord,
  buckets,
  checkTags,
  malformed,
  requireBucket,
  requireWellFormed,
} from "./records";

/** A setting, by the part of its operations' names after Get, Put and Delete. */
interface Setting {
  /** Operations besides Get. */
  readonly also?: readonly ("Put" | "Delete")[];
  /** Member of the input that holds the setting. */
  readonly member: string;
  /** Whether the output is the setting itself and does not have it in the member. */
  readonly isFlat?: true;
  /** What a payload may leave out although the model requires it. */
  readonly optional?: Structure;
  /** The setting of a new bucket. */
  readonly initial?: Structure;
  /** The response for a bucket without the setting: a value or a refusal. */
  readonly none: Structure | readonly [code: string, message: string];
  /** The value that is kept; `undefined` for none. @throws {AwsError} when AWS refuses it */
  readonly check?: (value: unknown, bucket: BucketRecord) => unknown;
}

const ENCRYPTION = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }],
};

const publicAccess = (isBlocked: boolean) => ({
  BlockPublicAcls: isBlocked,
  IgnorePublicAcls: isBlocked,
  BlockPublicPolicy: isBlocked,
  RestrictPublicBuckets: isBlocked,
});

const PUT_DELETE = ["Put", "Delete"] as const;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const SETTINGS: Readonly<Record<string, Setting>> = {
  BucketAccelerateConfiguration: { member: "AccelerateConfiguration", isFlat: true, none: {} },
  BucketCors: {
    member: "CORSConfiguration",
    isFlat: true,
    none: ["NoSuchCORSConfiguration", "The CORS configuration does not exist"],
  },
  BucketEncryption: {
    also: PUT_DELETE,
    member: "ServerSideEncryptionConfiguration",
    none: ENCRYPTION,
    check: checkEncryption,
  },
  BucketLifecycleConfiguration: {
    member: "LifecycleConfiguration",
    isFlat: true,
    none: ["NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"],
  },
  BucketLogging: { member: "BucketLoggingStatus", isFlat: true, none: {} },
  BucketNotificationConfiguration: { member: "NotificationConfiguration", isFlat: true, none: {} },
  BucketOwnershipControls: {
    also: PUT_DELETE,
    member: "OwnershipControls",
    initial: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
    none: ["OwnershipControlsNotFoundError", "The bucket ownership controls were not found"],
    check: oneRule,
  },
  BucketPolicy: {
    also: PUT_DELETE,
    member: "Policy",
    none: ["NoSuchBucketPolicy", "The bucket policy does not exist"],
    check: checkPolicy,
  },
  BucketReplication: {
    member: "ReplicationConfiguration",
    none: ["ReplicationConfigurationNotFoundError", "The replication configuration was not found"],
  },
  BucketRequestPayment: { member: "RequestPaymentConfiguration", isFlat: true, none: { Payer: "BucketOwner" } },
  BucketTagging: {
    also: PUT_DELETE,
    member: "Tagging",
    isFlat: true,
    optional: { TagSet: [] },
    none: ["NoSuchTagSet", "The TagSet does not exist"],
    check: checkTagging,
  },
  BucketVersioning: {
    also: ["Put"],
    member: "VersioningConfiguration",
    isFlat: true,
    none: {},
    check: checkVersioning,
  },
  BucketWebsite: {
    member: "WebsiteConfiguration",
    isFlat: true,
    none: ["NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"],
  },
  ObjectLockConfiguration: {
    member: "ObjectLockConfiguration",
    none: ["ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"],
  },
  PublicAccessBlock: {
    also: PUT_DELETE,
    member: "PublicAccessBlockConfiguration",
    initial: publicAccess(true),
    none: ["NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"],
    check: (value) => ({ ...publicAccess(false), ...(value as Structure) }),
  },
};

/** Settings of every new bucket. */
export const initialSettings: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.values(SETTINGS).flatMap(({ member, initial }) => (initial === undefined ? [] : [[member, initial]])),
);

interface Ruled {
  readonly Rules?: readonly Structure[];
}

/** @throws {AwsError} for no rule and for two */
function oneRule(value: unknown): Structure & { readonly Rules: readonly Structure[] } {
  const { Rules = [] } = value as Ruled;
  if (Rules.length !== 1) throw malformed();
  return { Rules };
}

function checkEncryption(value: unknown): unknown {
  const { Rules } = oneRule(value);
  const { SSEAlgorithm, KMSMasterKeyID } = (Rules[0]?.["ApplyServerSideEncryptionByDefault"] ?? {}) as Structure;
  if (SSEAlgorithm === "AES256" && KMSMasterKeyID !== undefined) {
    const message = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse";
    throw new AwsError("InvalidArgument", message, 400, { ArgumentName: "ApplyServerSideEncryptionByDefault" });
  }
  return { Rules: Rules.map((rule) => ({ BucketKeyEnabled: false, ...rule })) };
}

function checkTagging(value: unknown): unknown {
  const { TagSet } = value as { readonly TagSet: readonly Wire<sdk.Tag>[] };
  checkTags(TagSet);
  return TagSet.length === 0 ? undefined : { TagSet };
}

function checkVersioning(value: unknown, { settings }: BucketRecord): unknown {
  const { Status } = (value ?? {}) as Structure;
  if (Status === undefined) {
    throw new AwsError("IllegalVersioningConfigurationException", "The Versioning element must be specified");
  }
  if (settings["ObjectLockConfiguration"] === undefined || Status === "Enabled") return value;
  const message = "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.";
  throw new AwsError("InvalidBucketState", message, 409);
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
function readSetting({ Name, settings }: BucketRecord, { member, none }: Setting): unknown {
  const value = settings[member];
  if (value !== undefined) return value;
  if (!isRefusal(none)) return none;
  throw new AwsError(none[0], none[1], 404, { BucketName: Name });
}

function isRefusal(none: Setting["none"]): none is readonly [code: string, message: string] {
  return Array.isArray(none);
}

function operationsOf([name, setting]: readonly [string, Setting]): readonly (readonly [string, Operation<never>])[] {
  const { also = [], member, isFlat, optional, check = (value: unknown) => value } = setting;
  const set = (context: OperationContext, input: BucketInput, value: unknown) => {
    const bucket = requireBucket(context, input);
    buckets.put(context, { ...bucket, settings: { ...bucket.settings, [member]: value } });
    return {};
  };
  const all: Readonly<Record<"Get" | "Put" | "Delete", Operation<never>>> = {
    Get: (context, input: BucketInput) => {
      const value = readSetting(requireBucket(context, input), setting);
      return isFlat === true ? value : { [member]: value };
    },
    Put: (context, input: BucketInput & Structure) => {
      const bucket = requireBucket(context, input);
      const given = optional ? { ...input, [member]: { ...optional, ...(input[member] as object) } } : input;
      requireWellFormed(`Put${name}`, given);
      return set(context, input, check(given[member], bucket));
    },
    Delete: (context, input: BucketInput) => set(context, input, undefined),
  };
  return (["Get", ...also] as const).map((verb) => [`${verb}${name}`, all[verb]]);
}

/** The operations of all settings, by AWS's names. */
export const settingOperations: Readonly<Record<string, Operation<never>>> = Object.fromEntries(
  Object.entries(SETTINGS).flatMap(operationsOf),
);
