/** A stack as Terraform will read it: every Lazy produced, every override applied, whoever wrote the construct. */
import { TerraformResource, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/** Attributes as they are synthesized: literals, or text that holds expressions such as `${aws_kms_key.key.arn}`. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A resource as Terraform will read it. */
export interface SynthesizedResource {
  /** Such as `aws_api_gateway_method`. */
  readonly type: string;
  /** Name within its type; `<type>.<name>` is its address. */
  readonly name: string;
  /** Path of its construct or, when an override of the stack alone made it, the stack's path and the override's. */
  readonly path: string;
  readonly attributes: Attributes;
  /** What made it; `undefined` when an override of the stack did. */
  readonly construct: IConstruct | undefined;
}

/** A stack's resources and data sources. */
export class SynthesizedStack {
  readonly resources: readonly SynthesizedResource[];
  private readonly dataSources: unknown;

  constructor(stack: TerraformStack) {
    const { resource, data } = stack.toTerraform() as { readonly resource?: unknown; readonly data?: unknown };
    const constructs = new Map(stack.node.findAll().map((construct) => [construct.node.path, construct]));
    this.dataSources = data;
    this.resources = entriesOf(resource).flatMap(([type, named]) =>
      entriesOf(named).map(([name, attributes]) => {
        const path = pathIn(attributes);
        const construct = path === undefined ? undefined : constructs.get(path);
        return {
          type,
          name,
          path: path ?? `${stack.node.path} override resource.${type}.${name}`,
          attributes: Object.fromEntries(entriesOf(attributes)),
          construct: TerraformResource.isTerraformResource(construct) ? construct : undefined,
        };
      }),
    );
  }

  /** All resources of the type. */
  ofType(type: string): readonly SynthesizedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** Attributes of a data source; `undefined` when the stack has none of that type and name. */
  dataSource(type: string, name: string): Attributes | undefined {
    const named = new Map(entriesOf(this.dataSources)).get(type);
    const found = new Map(entriesOf(named)).get(name);
    return found === undefined ? undefined : Object.fromEntries(entriesOf(found));
  }
}

/** What CDKTF notes beside each resource about its construct. */
function pathIn(attributes: unknown): string | undefined {
  const metadata = new Map(entriesOf(new Map(entriesOf(attributes)).get("//"))).get("metadata");
  const path = new Map(entriesOf(metadata)).get("path");
  return typeof path === "string" ? path : undefined;
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
