/** Lists of IAM, page by page. */
import { pageOf } from "../../protocols/pages";
import { present } from "../../protocols/values";

export interface PageInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

/** One page of the items as the member of that name. @throws {AwsError} `ValidationError` for a marker that is not AWS's */
export function listed(member: string, all: readonly unknown[], { MaxItems = 100, Marker }: PageInput) {
  const { items, next } = pageOf(all, MaxItems, Marker, "ValidationError");
  return present({ [member]: items, IsTruncated: next !== undefined, Marker: next });
}
