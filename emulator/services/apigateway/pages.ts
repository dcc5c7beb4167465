/** Lists of API Gateway, page by page. Pure. */
import { pageOf } from "../../protocols/pages";
import { present } from "../../protocols/values";

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 500;

/**
 * One page of a list. A limit that is out of range counts as the default.
 * @throws {AwsError} `BadRequestException` for a position that was never given
 */
export function pageOfItems<Item>(
  items: readonly Item[],
  { limit, position }: { readonly limit?: number | undefined; readonly position?: string | undefined },
): { readonly items: readonly Item[]; readonly position?: string | undefined } {
  const isInRange = limit !== undefined && limit >= 1 && limit <= MAX_LIMIT;
  const page = pageOf(items, isInRange ? limit : DEFAULT_LIMIT, position, "BadRequestException");
  return present({ items: page.items, position: page.next });
}
