/**
 * Published versions: settings and code of `$LATEST` as they were at one moment.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
 */
import { createHash } from "node:crypto";
import type * as sdk from "@aws-sdk/client-lambda";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { canonical } from "../../terraform/attributes";
import { addressOf, invalid, LATEST } from "./function-name";
import {
  describe,
  describeListed,
  functions,
  requireChangeable,
  requireFunction,
  type VersionRecord,
  versions,
  versionsOf,
} from "./function-record";

const MAX_PAGE = 50;

/**
 * Publishes `$LATEST`, unless nothing changed since that was last done.
 * @param description that of the version, in place of the function's
 * @returns the version; the newest one when nothing changed
 */
export function publish(context: OperationContext, latest: VersionRecord, description?: string): VersionRecord {
  const { FunctionName: name, FunctionArn: arn, settings } = latest;
  const record = requireFunction(context, { name, arn, qualifier: LATEST, qualifiedArn: arn });
  const source = createHash("sha256")
    .update(canonical(settings as never))
    .digest("hex");
  const newest = versions.get(context, `${name}:${record.published}`);
  if (newest !== undefined && newest.source === source) return newest;
  const published = record.published + 1;
  functions.put(context, { ...record, published });
  versions.put(context, { ...latest, RevisionId: context.account.uuid() });
  const { unsettledRevisionId: _, ...copied } = latest;
  return versions.put(context, {
    ...copied,
    Version: String(published),
    settings: { ...settings, ...present({ Description: description }) },
    RevisionId: context.account.uuid(),
    isUpdated: false,
    source,
  });
}

export function publishVersion(context: OperationContext, input: Wire<sdk.PublishVersionRequest>) {
  const latest = requireChangeable(context, input);
  const { CodeSha256 } = latest.settings;
  if (input.CodeSha256 !== undefined && input.CodeSha256 !== "" && input.CodeSha256 !== CodeSha256) {
    throw invalid(
      `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  }
  const published = publish(context, latest, input.Description === "" ? undefined : input.Description);
  return describe(context, published, published.Version);
}

export function listVersionsByFunction(context: OperationContext, input: Wire<sdk.ListVersionsByFunctionRequest>) {
  const { MaxItems = MAX_PAGE, Marker } = input;
  const { FunctionName } = requireFunction(context, addressOf(context, input));
  const listed = versionsOf(context, FunctionName);
  const { items, next } = pageOf(listed, Math.min(MaxItems, MAX_PAGE), Marker, "InvalidParameterValueException");
  return present({ Versions: items.map((version) => describeListed(version, version.Version)), NextMarker: next });
}
