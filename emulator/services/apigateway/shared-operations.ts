/** What most resource types of API Gateway share: operations that read, list, patch and delete, and their pages. */
import type { Table } from "../../account/table";
import { pageOf } from "../../protocols/pages";
import type { Operation, OperationContext, Operations } from "../../protocols/service";
import { present } from "../../protocols/values";
import type { Attributes } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { type Patches, type PatchRules, type PatchText, patched } from "./patch";
import { type ApiPart, type ApiPartTable, requireApi } from "./records";
import { badRequest } from "./refusals";

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 500;

interface PageInput {
  readonly limit?: number | undefined;
  readonly position?: string | undefined;
}

/**
 * One page of a list.
 * @throws {AwsError} `BadRequestException` for a limit that is out of range, or a position that was never given
 */
export function pageOfItems<Item>(items: readonly Item[], { limit = DEFAULT_LIMIT, position }: PageInput) {
  if (limit < 1 || limit > MAX_LIMIT) throw badRequest("Invalid value for limit");
  const page = pageOf(items, limit, position, "BadRequestException");
  return present({ items: page.items, position: page.next });
}

/** A resource type with members of its own for each operation. */
interface SharedTraits<T extends object, Key> {
  /** Name in operations, such as `Authorizer`. */
  readonly type: string;
  readonly table: Table<T>;
  /** The record that the input names. @throws {AwsError} `NotFoundException` */
  require(context: OperationContext, input: Key): T;
  /** The records to list. */
  list(context: OperationContext, input: Key): readonly T[];
  /** The output; left out: the record itself. */
  describe?(record: T, isListed: boolean): object;
  readonly rules: PatchRules<T> | ((context: OperationContext) => PatchRules<T>);
  readonly text?: PatchText;
  /** Checks and keeps what was patched; left out: it is kept. @throws {AwsError} */
  put?(context: OperationContext, changed: T, prior: T): T;
  /** Runs before the deletion. @throws {AwsError} when AWS refuses it */
  beforeDelete?(context: OperationContext, record: T): void;
}

/** `Get…`, `Get…s`, `Update…` and `Delete…` of a resource type. */
export function sharedOperations<T extends object, Key>(traits: SharedTraits<T, Key>): Operations {
  const { type, table, text, rules } = traits;
  const describe = (record: T, isListed: boolean) => traits.describe?.(record, isListed) ?? record;
  type Input = Key & PageInput & { readonly patchOperations?: Patches };
  const operation = (run: (context: OperationContext, input: Input) => object): Operation<never> =>
    run as Operation<never>;
  return {
    [`Get${type}`]: operation((context, input) => describe(traits.require(context, input), false)),
    [`Get${type}s`]: operation((context, input) => {
      const records = traits.list(context, input);
      return pageOfItems(
        records.map((record) => describe(record, true)),
        input,
      );
    }),
    [`Update${type}`]: operation((context, input) => {
      const prior = traits.require(context, input);
      const ruled = typeof rules === "function" ? rules(context) : rules;
      const changed = patched(prior, input.patchOperations, ruled, text);
      return describe(traits.put?.(context, changed, prior) ?? table.put(context, changed), false);
    }),
    [`Delete${type}`]: operation((context, input) => {
      const record = traits.require(context, input);
      traits.beforeDelete?.(context, record);
      table.delete(context, record);
      return {};
    }),
  };
}

/** What is the same for all types of an API's parts. */
export function partTraits<T extends ApiPart>(type: string, table: ApiPartTable<T>) {
  return {
    type,
    table,
    list: (context: OperationContext, { restApiId }: { readonly restApiId: string | undefined }) =>
      table.ofApi(context, requireApi(context, restApiId).id),
    describe: withoutApi<T>,
  };
}

/** A part as outputs have it. */
export function withoutApi<T extends ApiPart>({ restApiId: _, ...part }: T): Omit<T, "restApiId"> {
  return part;
}

/** Creates by the operation, whose output has nothing that the plan does not have. */
export function creating(operation: string) {
  return async (planned: Attributes, aws: Aws): Promise<Attributes> => {
    await aws.call(operation, aws.inputOf(operation, planned));
    return {};
  };
}
