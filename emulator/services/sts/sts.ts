/**
 * The caller's identity, and sessions of roles. A caller without a session is one user of the account. A role that is not
 * in the account is taken for one that was prepared for deployments: it trusts every caller.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
import type * as sdk from "@aws-sdk/client-sts";
import { Table } from "../../account/table";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { findRole, mayAssume, type RoleRecord } from "../iam";
import { findFunctionSession } from "../lambda";

/** The id that AWS's documentation uses for its examples. */
const USER_ID = "AIDACKCEVSQ6C2EXAMPLE";
const KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const SECRET_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const DEFAULT_SECONDS = 3600;

/** The caller of a request. */
interface Caller {
  readonly UserId: string;
  readonly Account: string;
  readonly Arn: string;
}

interface SessionRecord extends Caller {
  readonly AccessKeyId: string;
  /** Seconds since 1970. */
  readonly Expiration: number;
  /** Keys of its tags that sessions of further roles keep, in lower case. */
  readonly transitiveKeys?: readonly string[];
}

const sessions = new Table<SessionRecord>("sts/Session", ({ AccessKeyId }) => AccessKeyId, true);

const invalid = (message: string) => new AwsError("ValidationError", message);

/** @throws {AwsError} `ExpiredToken` for a session that has ended */
function callerOf(context: OperationContext): Caller {
  const { account, accountId, accessKeyId = "" } = context;
  const session = sessions.get(context, accessKeyId);
  if (session === undefined) {
    const user = { UserId: USER_ID, Account: accountId, Arn: `arn:aws:iam::${accountId}:user/embedded-aws` };
    return functionCaller(context, accessKeyId) ?? user;
  }
  if (session.Expiration * 1000 > account.now()) return session;
  throw new AwsError("ExpiredToken", "The security token included in the request is expired", 403);
}

/** A function calls as a session of its role. */
function functionCaller(context: OperationContext, accessKeyId: string): Caller | undefined {
  const { roleArn, session = "" } = findFunctionSession(context.account, accessKeyId) ?? {};
  const role = roleArn === undefined ? undefined : findRole(context, roleArn);
  return role === undefined ? undefined : sessionOf(role, session);
}

function sessionOf({ Arn, RoleName, RoleId }: SessionRole, session = ""): Caller {
  const [, , , , Account = ""] = Arn.split(":");
  const arn = `arn:aws:sts::${Account}:assumed-role/${RoleName}/${session}`;
  return { UserId: `${RoleId}:${session}`, Account, Arn: arn };
}

export function getCallerIdentity(context: OperationContext): Caller {
  const { UserId, Account, Arn } = callerOf(context);
  return { Arn, UserId, Account };
}

export function assumeRole(context: OperationContext, input: Wire<sdk.AssumeRoleRequest>) {
  const { RoleArn = "", Tags = [], TransitiveTagKeys = [], SourceIdentity } = input;
  requireRoleArn(RoleArn);
  checkTags(Tags, TransitiveTagKeys, sessions.get(context, context.accessKeyId ?? "")?.transitiveKeys ?? []);
  const caller = callerOf(context);
  const role = findRole(context, RoleArn);
  const isCaller = (kind: string, principal: string) =>
    kind === "AWS" && ["*", caller.Account, `arn:aws:iam::${caller.Account}:root`, caller.Arn].includes(principal);
  if (role === undefined ? !isPrepared(context, RoleArn) : !mayAssume(role, "AssumeRole", isCaller)) {
    const what = `User: ${caller.Arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
    throw new AwsError("AccessDenied", what, 403);
  }
  return { ...present({ SourceIdentity }), ...openSession(context, role ?? preparedRole(context, RoleArn), input) };
}

/** The token is read, and its signature is not checked: its provider cannot be reached from here. */
export function assumeRoleWithWebIdentity(
  context: OperationContext,
  input: Wire<sdk.AssumeRoleWithWebIdentityRequest>,
) {
  const { RoleArn = "", WebIdentityToken = "" } = input;
  requireRoleArn(RoleArn);
  const claims = claimsOf(WebIdentityToken);
  const Provider = String(claims["iss"] ?? "").replace(/^https:\/\//, "");
  const role = findRole(context, RoleArn);
  const isCaller = (kind: string, principal: string) =>
    kind === "Federated" && (principal === Provider || principal.endsWith(`:oidc-provider/${Provider}`));
  if (role === undefined ? !isPrepared(context, RoleArn) : !mayAssume(role, "AssumeRoleWithWebIdentity", isCaller)) {
    throw new AwsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403);
  }
  const Audience = [claims["aud"]].flat()[0];
  return present({
    SubjectFromWebIdentityToken: claims["sub"],
    ...openSession(context, role ?? preparedRole(context, RoleArn), input),
    Provider: claims["iss"],
    Audience,
  });
}

/** Whether the ARN is that of a role in one of the accounts that are emulated. */
function isPrepared({ account }: OperationContext, arn: string): boolean {
  const id = /^arn:aws:iam::(\d{12}):role\/./.exec(arn)?.[1];
  return id !== undefined && account.ids.includes(id);
}

function preparedRole({ account }: OperationContext, Arn: string): SessionRole {
  return { Arn, RoleName: Arn.split("/").at(-1) ?? "", RoleId: `AROA${account.randomId(17, KEY_ALPHABET)}` };
}

/** @throws {AwsError} `ValidationError` for what is not the ARN of anything */
function requireRoleArn(arn: string): void {
  const [prefix, partition, service, , , resource] = arn.split(":");
  const isArn = prefix === "arn" && [partition, service, resource].every((part) => part !== undefined && part !== "");
  if (!isArn) throw invalid(`${arn} is invalid`);
}

/** @param kept transitive keys of the calling session @throws {AwsError} `InvalidParameterValue` */
function checkTags(tags: readonly Wire<sdk.Tag>[], transitive: readonly string[], kept: readonly string[]): void {
  const refuse = (message: string) => new AwsError("InvalidParameterValue", message);
  const keys = tags.map(({ Key = "" }) => Key.toLowerCase());
  if (new Set(keys).size !== keys.length) {
    throw refuse("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  if (transitive.some((key) => !keys.includes(key.toLowerCase()))) {
    throw refuse("The specified transitive tag key must be included in the requested tags.");
  }
  if (keys.some((key) => kept.includes(key))) {
    throw refuse(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
}

/** @throws {AwsError} `InvalidIdentityToken` when it is not a JWT */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    if (typeof claims === "object" && claims !== null) return claims as Readonly<Record<string, unknown>>;
  } catch {
    // AWS does not say what is wrong with it.
  }
  throw new AwsError(
    "InvalidIdentityToken",
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
  );
}

type SessionRole = Pick<RoleRecord, "Arn" | "RoleName" | "RoleId"> & Partial<RoleRecord>;
type SessionInput = Pick<
  Wire<sdk.AssumeRoleRequest>,
  "RoleSessionName" | "DurationSeconds" | "Tags" | "TransitiveTagKeys"
>;

function openSession(context: OperationContext, role: SessionRole, input: SessionInput) {
  const { RoleSessionName, DurationSeconds = DEFAULT_SECONDS, TransitiveTagKeys = [] } = input;
  if (DurationSeconds > (role.MaxSessionDuration ?? DEFAULT_SECONDS)) {
    throw invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  const kept = sessions.get(context, context.accessKeyId ?? "")?.transitiveKeys ?? [];
  const transitiveKeys = [...kept, ...TransitiveTagKeys.map((key) => key.toLowerCase())];
  const caller = sessionOf(role, RoleSessionName);
  const Credentials = openCredentials(context, { ...caller, transitiveKeys }, DurationSeconds);
  return { Credentials, AssumedRoleUser: { AssumedRoleId: caller.UserId, Arn: caller.Arn } };
}

/** Credentials of the caller for so many seconds. Sessions that are over are forgotten. */
function openCredentials(
  context: OperationContext,
  caller: Omit<SessionRecord, "AccessKeyId" | "Expiration">,
  seconds: number,
) {
  const { account } = context;
  const now = Math.floor(account.now() / 1000);
  for (const session of sessions.list(context)) if (session.Expiration <= now) sessions.delete(context, session);
  const { AccessKeyId, Expiration } = sessions.put(context, {
    ...caller,
    AccessKeyId: `ASIA${account.randomId(16, KEY_ALPHABET)}`,
    Expiration: now + seconds,
  });
  return {
    AccessKeyId,
    SecretAccessKey: account.randomId(40, SECRET_ALPHABET),
    SessionToken: account.randomId(356, SECRET_ALPHABET),
    Expiration,
  };
}
