/**
 * Lists of secrets.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
 */
import type * as sdk from "@aws-sdk/client-secrets-manager";
import { UnsupportedError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { describe, existingSecrets, type SecretRecord, stagesOf } from "./secret";

const MAX_PAGE = 100;

export function listSecrets(context: OperationContext, input: Wire<sdk.ListSecretsRequest>) {
  const { Filters = [], IncludePlannedDeletion = false, SortOrder, MaxResults, NextToken } = input;
  const found = existingSecrets(context)
    .filter(({ DeletedDate }) => IncludePlannedDeletion || DeletedDate === undefined)
    .filter((secret) => Filters.every((filter) => fits(secret, filter)));
  const listed = SortOrder === "desc" ? [...found].reverse() : found;
  const { items, next } = pageOf(listed, MaxResults ?? MAX_PAGE, NextToken, "InvalidNextTokenException");
  const SecretList = items.map((secret) => present({ ...describe(secret), SecretVersionsToStages: stagesOf(secret) }));
  return present({ SecretList, NextToken: next });
}

/** Whether one of the filter's values fits: names, keys and values of tags by their beginning, descriptions by words. */
function fits({ Name, Description = "", Tags = [] }: SecretRecord, { Key, Values = [] }: Wire<sdk.Filter>): boolean {
  const words = (of: string) => of.toLowerCase().split(/\s+/);
  const beginsWith = (wanted: string) => (of: string) => of.startsWith(wanted);
  const fitsOne = (wanted: string): boolean => {
    switch (Key) {
      case "name":
        return beginsWith(wanted)(Name);
      case "description":
        return words(wanted).every((word) => words(Description).some(beginsWith(word)));
      case "tag-key":
        return Tags.some((tag) => beginsWith(wanted)(tag.Key ?? ""));
      case "tag-value":
        return Tags.some((tag) => beginsWith(wanted)(tag.Value ?? ""));
      default:
        throw new UnsupportedError(`the filter "${Key}" is not emulated`);
    }
  };
  return Values.some((value) => (value.startsWith("!") ? !fitsOne(value.slice(1)) : fitsOne(value)));
}
