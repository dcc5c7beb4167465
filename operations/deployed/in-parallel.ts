/** Calls of AWS, a few at a time; the AWS SDK retries throttled ones. */

const CONCURRENCY = 8;

/** The results in the order of the items. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>();
  const rest = items.entries();
  const worker = async () => {
    for (const [index, item] of rest) results.set(index, await work(item));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return items.map((_, index) => results.get(index) as Result);
}
