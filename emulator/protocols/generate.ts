/**
 * Writes the tables of AWS's shapes, `emulator/services/<room>/model.json`, from AWS's Smithy models and, for what is
 * newer, from the installed clients of the AWS SDK. What they hold is listed in `operations.ts`.
 *
 *     npm run aws-model -- <folder of models>
 *
 * @see https://github.com/aws/api-models-aws
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Member, type OperationModel, PRIMITIVES, type Protocol, type ServiceModel, type Shape } from "./model";
import { type TableSource, tableSources } from "./operations";
import { SdkReader } from "./read-sdk";
import { type SmithyModel, SmithyReader } from "./read-smithy";

/** Builds the table of a service. @throws {Error} naming an operation or a shape that neither source has */
export function generateTable(source: TableSource, model: SmithyModel): ServiceModel {
  const smithy = new SmithyReader(model, source.keepsAnchors ?? false);
  const sdk = new SdkReader(source.sdk);
  const service = smithy.service();
  const operations = [...source.operations].sort().map((name): readonly [string, OperationModel] => {
    const operation = smithy.operation(name) ?? sdk.operation(name);
    if (operation === undefined) throw new Error(`${source.model}: there is no operation "${name}"`);
    const { http } = operation;
    const status = source.statuses?.[name];
    return [
      name,
      http === undefined || status === undefined ? operation : { ...operation, http: [http[0], http[1], status] },
    ];
  });
  const errors = Object.assign({}, ...operations.map(([name]) => smithy.errors(name)));
  const shapes = new ShapeCollector(source, smithy, sdk);
  for (const [, { input, output }] of operations) shapes.add(input, output);
  const selectors = operations.some(([, { http }]) => http !== undefined) ? { selectors: smithy.selectors() } : {};
  return {
    ...service,
    protocols: [...service.protocols, ...((source.alsoSpeaks ?? []) as readonly Protocol[])],
    operations: Object.fromEntries(operations),
    errors: sorted(errors),
    shapes: sorted(Object.fromEntries(shapes.collected)),
    ...selectors,
  };
}

/** `model.json`: one operation, error or shape a line. */
export function formatTable({ operations, errors, shapes, ...service }: ServiceModel): string {
  const block = (name: string, entries: object) => {
    const lines = Object.entries(entries).map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
    return `  "${name}": {\n${lines.join(",\n")}\n  }`;
  };
  const head = Object.entries(service).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const blocks = [block("operations", operations), block("errors", errors), block("shapes", shapes)];
  return `{\n${[...head, ...blocks].join(",\n")}\n}\n`;
}

/** Shapes that are reachable from those added. */
class ShapeCollector {
  readonly collected = new Map<string, Shape>();

  constructor(
    private readonly source: TableSource,
    private readonly smithy: SmithyReader,
    private readonly sdk: SdkReader,
  ) {}

  add(...names: readonly (string | undefined)[]): void {
    for (const name of names) {
      if (name === undefined || this.collected.has(name) || PRIMITIVES.some((primitive) => primitive === name))
        continue;
      const shape = this.read(name);
      this.collected.set(name, shape);
      if ("members" in shape) {
        this.add(...Object.values(shape.members).map((member) => (typeof member === "string" ? member : member.of)));
      } else if ("of" in shape) this.add(shape.of, "key" in shape ? shape.key : undefined);
    }
  }

  private read(name: string): Shape {
    const correction = this.source.corrections?.[name];
    const found = this.smithy.shape(name) ?? this.sdk.met.get(name) ?? this.newStructure(name);
    // A primitive is a shape of its own only with a constraint.
    const shape = typeof found === "string" && correction !== undefined ? ({ type: found } as Shape) : found;
    if (typeof shape === "string" || shape === undefined) {
      throw new Error(`${this.source.model}: there is no shape "${name}"`);
    }
    const newer = this.withNewer(name, shape);
    const whole = { ...newer, ...correction } as Shape;
    if (!("enum" in whole) || whole.enum === undefined) return whole;
    const values = [...whole.enum, ...("enum" in newer ? (newer.enum ?? []) : [])];
    return { ...whole, enum: [...new Set(values)] };
  }

  /** The shape with what only the SDK has. */
  private withNewer(name: string, shape: Shape): Shape {
    if ("members" in shape) {
      const members = this.sdk.members(name) ?? {};
      return { ...shape, members: { ...withoutRequired(members, shape.members), ...shape.members } };
    }
    if (!("enum" in shape) || shape.enum === undefined) return shape;
    return { ...shape, enum: [...new Set([...shape.enum, ...this.sdk.values(name)])] };
  }

  private newStructure(name: string): Shape | undefined {
    const members = this.sdk.members(name);
    if (members === undefined) return undefined;
    const shaped = Object.entries(members).map(([member, of]) => [member, this.likeNamed(member, of)] as const);
    return { type: "structure", members: Object.fromEntries(shaped) };
  }

  private likeNamed(name: string, member: string | Member): string | Member {
    const of = this.source.memberShapes?.[name];
    if (of === undefined) return member;
    return typeof member === "string" ? of : { ...member, of };
  }
}

/** Members that the others do not have; AWS requires none of them of clients that are older. */
function withoutRequired(
  members: Readonly<Record<string, string | Member>>,
  others: object,
): Readonly<Record<string, string | Member>> {
  const newer = Object.entries(members).filter(([name]) => !Object.hasOwn(others, name));
  return Object.fromEntries(
    newer.map(([name, member]) => {
      if (typeof member === "string") return [name, member];
      const { required: _, ...rest } = member;
      return [name, Object.keys(rest).length === 1 ? rest.of : rest];
    }),
  );
}

function sorted<Value>(entries: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(entries).sort(([one], [other]) => (one < other ? -1 : 1)));
}

if (require.main === module) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error("npm run aws-model -- <folder of models>: the folder is missing");
  for (const [room, source] of Object.entries(tableSources)) {
    const model = JSON.parse(readFileSync(join(folder, source.model), "utf8")) as SmithyModel;
    const path = join(__dirname, "..", "services", room);
    const text = formatTable(generateTable(source, model));
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "model.json"), text);
    console.log(`Wrote ${room}/model.json: ${source.operations.length} operations, ${text.length} bytes.`);
  }
}
