/** What a data source is: the schema of the bindings, and how its attributes are found. */
import type { Attributes } from "../attributes";
import type { Place } from "./kind";
import bindings from "./schema/bindings.json";
import type { Bindings, BlockSchema } from "./schema/block";
import type { DataSourceType } from "./schema/resource-types";

/** Finds what is asked for, `id` included. @throws {AwsError} when there is no such thing */
export type ReadDataSource = (config: Attributes, place: Pick<Place, "accountId" | "region">) => Attributes;

/** A data source with its whole schema. */
export interface DataSource {
  readonly type: DataSourceType;
  readonly schema: BlockSchema;
  readonly read: ReadDataSource;
}

/** Makes a data source of what the bindings say and what they do not. */
export function defineDataSource(type: DataSourceType, read: ReadDataSource): DataSource {
  const schema = (bindings as unknown as Bindings).dataSources[type];
  if (schema === undefined) throw new Error(`${type} is not in bindings.json: run npm run schema`);
  return { type, schema, read };
}
