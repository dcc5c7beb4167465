/**
 * The value rules that the real provider derives as well: an enum of AWS's, an ARN by its name or its shape, and JSON.
 * AWS's model may list the values of an enum in another order, and newer ones.
 */
import { type ServiceModel, type Shape, shapeOf } from "../protocols/model";
import { conversionTo } from "./aws";
import { findPlace, type Place } from "./conversion";
import type { ValueRule, ValueRules } from "./kind-values";
import { isOfLegacyTypeSystem } from "./legacy-type-system";
import type { Resource } from "./resource";
import type { AttributeSchema, BlockSchema } from "./schema/block";
import { arn, json, oneOf } from "./value-rule";
import { mustBeArn, mustBeOfEnum, mustBeOneOf } from "./value-rule-framework";

/** Rules by path. Blocks that are refused anyway have none. */
export function derivedRules(kind: Resource, model: ServiceModel): ValueRules {
  const blocks = Object.entries(kind.schema.blocks).filter(([name]) => kind.refused?.includes(name) !== true);
  const schema = { ...kind.schema, blocks: Object.fromEntries(blocks) };
  const jsons = Object.keys(kind.json ?? {}).map((path) => [path, json] as const);
  const structures = operationsThatMake(kind, model).flatMap((name) => model.operations[name]?.input ?? []);
  const rules = new Rules(kind, model).of(schema, structures, "");
  return Object.fromEntries([...rules, ...jsons]);
}

/** Operations that are named like the resource: `PutMetricAlarm` for `aws_cloudwatch_metric_alarm`. */
function operationsThatMake({ type, create }: Resource, model: ServiceModel): readonly string[] {
  const words = type.split("_");
  const names = words.map((_, index) => words.slice(index).join(""));
  const isNamedSo = (operation: string) => names.includes(operation.replace(/^(Create|Put|Add)/, "").toLowerCase());
  const named = Object.keys(model.operations).filter((name) => /^(Create|Put|Add)/.test(name) && isNamedSo(name));
  return [...new Set([...named, ...(typeof create === "string" ? [create] : [])])];
}

class Rules {
  private readonly conversion;
  private readonly isOlder: boolean;

  constructor(
    kind: Resource,
    private readonly model: ServiceModel,
  ) {
    this.conversion = conversionTo(kind, () => model);
    this.isOlder = isOfLegacyTypeSystem(kind.schema);
  }

  /** @param structures names of the shapes that the attributes may be members of */
  of(schema: BlockSchema, structures: readonly string[], prefix: string): readonly (readonly [string, ValueRule])[] {
    const shapesOf = (name: string) =>
      structures.flatMap((structure) => findPlace(this.conversion, structure, name, prefix + name) ?? []);
    const attributes = Object.entries(schema.attributes).flatMap(([name, attribute]) => {
      const rule = this.ruleFor(name, attribute, shapesOf(name)[0]);
      const isList = typeof attribute.type !== "string";
      return rule === undefined ? [] : [[`${prefix}${name}${isList ? "[]" : ""}`, rule] as const];
    });
    const blocks = Object.entries(schema.blocks).flatMap(([name, { block }]) => {
      const inner = shapesOf(name).map(({ shape, of }) => ("of" in shape ? shape.of : of));
      return this.of(block, inner, `${prefix}${name}.`);
    });
    return [...attributes, ...blocks];
  }

  private ruleFor(name: string, { type, optional, required }: AttributeSchema, place?: Place): ValueRule | undefined {
    const isText = type === "string" || (Array.isArray(type) && type[0] !== "map" && type[1] === "string");
    if (!isText || (optional !== true && required !== true)) return undefined;
    const values = place && this.valuesOf(place.shape);
    if (values !== undefined && this.isOlder) return oneOf(...values);
    if (values !== undefined) return type === "string" ? mustBeOfEnum(...values) : mustBeOneOf(...values);
    if (!/(^|_)arns?$/.test(name) && !/^arn(type)?$/i.test(place?.of ?? "")) return undefined;
    return this.isOlder ? arn : mustBeArn;
  }

  private valuesOf(shape: Shape): readonly string[] | undefined {
    if (shape.type === "list") return this.valuesOf(shapeOf(this.model, shape.of));
    return "enum" in shape ? shape.enum : undefined;
  }
}
