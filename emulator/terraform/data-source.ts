/** What a data source is: the schema of the bindings, and how AWS's operations find its attributes. */
import { type Attributes, optionalText } from "./attributes";
import { type Aws, type AwsPlace, awsOf, callAndConvert, type Face, type FaceTraits } from "./aws";
import { conformBlock } from "./dynamic-value";
import { schemaOfDataSource } from "./kind";
import { isOfLegacyTypeSystem, withoutEmpty } from "./legacy-type-system";
import type { DataSourceType } from "./schema/resource-types";

/** What the schema does not say of a data source. */
export interface DataSourceTraits extends Omit<FaceTraits, "service"> {
  /** Name of the endpoint of the service whose operations are called; left out: none is called. */
  readonly service?: string;
  /** Whether it is written with the plugin framework although its `id` is optional, as with the legacy type system. */
  readonly isOfFramework?: boolean;
  /** Attributes that Terraform does not show. */
  readonly sensitive?: readonly string[];
  /**
   * Finds what is asked for: the one operation that is called, or a function that returns attributes, `id` included.
   * @throws {AwsError} when there is no such thing
   */
  readonly read: string | ((config: Attributes, aws: Aws) => Attributes | Promise<Attributes>);
}

/** A data source with its whole schema. */
export interface DataSource extends DataSourceTraits, Face {
  readonly service: string;
  readonly type: DataSourceType;
}

/** Whether the real provider's is written with the legacy type system (SDK v2). */
export function isLegacyDataSource({ schema, isOfFramework = false }: DataSource): boolean {
  return isOfLegacyTypeSystem(schema) && !isOfFramework;
}

/** Makes a data source of what the bindings say and what they do not. */
export function defineDataSource(type: DataSourceType, traits: DataSourceTraits): DataSource {
  return { service: "", ...traits, type, schema: schemaOfDataSource(type, traits.sensitive) };
}

/**
 * The configured data source with what AWS's operations say; nothing where the legacy type system has no `id` to keep it by.
 * @throws {AwsError} when there is no such thing
 */
export async function readDataSource(source: DataSource, place: AwsPlace, config: Attributes): Promise<Attributes> {
  const { schema, read } = source;
  const isOlder = isLegacyDataSource(source);
  const aws = awsOf(source, { ...place, region: optionalText(config, "region") ?? place.region });
  const found = typeof read === "string" ? await callAndConvert(source, aws, read, config) : await read(config, aws);
  if (isOlder && found["id"] === "") return conformBlock(schema, {});
  const state = conformBlock(schema, { ...config, region: aws.region, ...found });
  return isOlder ? withoutEmpty(schema, state) : state;
}
