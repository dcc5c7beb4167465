/** Lists of API Gateway, page by page. Pure. */
import { pageOf } from "../../protocols/pages";
import { present } from "../../protocols/values";
import { badRequest } from "./rules";

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 500;

/**
 * One page of a list.
 * @throws {AwsError} `BadRequestException` for a limit that is out of range, or a position that was never given
 */
export function pageOfItems<Item>(
  items: readonly Item[],
  { limit = DEFAULT_LIMIT, position }: { readonly limit?: number | undefined; readonly position?: string | undefined },
): { readonly items: readonly Item[]; readonly position?: string | undefined } {
  if (limit < 1 || limit > MAX_LIMIT) throw badRequest("Invalid value for limit");
  const page = pageOf(items, limit, position, "BadRequestException");
  return present({ items: page.items, position: page.next });
}
