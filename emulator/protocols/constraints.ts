/**
 * Checks an input against the constraints of its shapes, in the words of AWS's own framework. Order and form of the
 * texts follow recorded violations of API Gateway, Cognito, Lambda, EventBridge and WAF.
 */
import { brokenConstraints, constraintsOf, printNumber } from "./constraint-texts";
import { hashCode } from "./enum-order";
import {
  type MemberShape,
  membersOf,
  operationOf,
  type ServiceModel,
  type Shape,
  type SimpleShape,
  shapeOf,
} from "./model";

/** Values by AWS's names of the members; what is left out is absent. */
export type Structure = Readonly<Record<string, unknown>>;

/** How a service differs from the framework. */
export interface ConstraintStyle {
  /** Whether required members are checked; false when the service has texts of its own for them. @default true */
  readonly required?: boolean;
  /** Whether texts show the value and the values of an enum. @default true */
  readonly values?: boolean;
  /** Whether members of the body are shown inside of `<operation>Input`, as API Gateway does. @default false */
  readonly bodyInput?: boolean;
}

/** One broken constraint: a path such as `tags.1.member.key`, and what AWS says of it. */
interface Violation {
  readonly path: readonly string[];
  /** `undefined` when the text does not show the value. */
  readonly value: string | undefined;
  readonly constraint: string;
}

/**
 * What AWS answers to an input that breaks constraints; `undefined` when it breaks none.
 * @param input values of the right types
 */
export function violationText(
  model: ServiceModel,
  operation: string,
  input: Structure,
  style: ConstraintStyle = {},
): string | undefined {
  const checker = new Checker(model, style);
  const found = checker.checkInput(operation, input);
  if (found.length === 0) return undefined;
  const texts = found.map(({ path, value, constraint }) => {
    const shown = value === undefined ? "Value" : `Value ${value}`;
    return `${shown} at '${path.join(".")}' failed to satisfy constraint: ${constraint}`;
  });
  return `${found.length} validation error${found.length === 1 ? "" : "s"} detected: ${texts.join("; ")}`;
}

class Checker {
  constructor(
    private readonly model: ServiceModel,
    private readonly style: ConstraintStyle,
  ) {}

  checkInput(operation: string, input: Structure): readonly Violation[] {
    const { input: structure } = operationOf(this.model, operation);
    const inBody = `${lowerFirst(operation)}Input`;
    const pathOf = ({ name, in: where }: MemberShape) =>
      this.style.bodyInput === true && where === undefined ? [inBody, lowerFirst(name)] : [lowerFirst(name)];
    return this.checkMembers(membersOf(this.model, structure), input, pathOf);
  }

  private checkMembers(
    members: readonly MemberShape[],
    input: Structure,
    pathOf: (member: MemberShape) => readonly string[],
    depth = 0,
  ): readonly Violation[] {
    const checked = members.map((member) => {
      const path = pathOf(member);
      const value = Object.hasOwn(input, member.name) ? (input[member.name] ?? undefined) : undefined;
      if (value !== undefined) return { path, found: this.checkValue(member.of, value, path) };
      const isMissing = member.required === true && this.style.required !== false;
      return { path, found: isMissing ? [this.missing(path)] : [] };
    });
    return inHashOrder(checked, depth).flatMap(({ found }) => found);
  }

  private checkValue(name: string, value: unknown, path: readonly string[]): readonly Violation[] {
    if (value === null) return [this.missing(path)];
    const shape = shapeOf(this.model, name);
    const own = brokenConstraints(shape, value).map((constraint) => this.violation(name, value, path, constraint));
    return [...own, ...this.checkParts(name, shape, value, path)];
  }

  /** Members of a structure; items of a list or a map. */
  private checkParts(name: string, shape: Shape, value: unknown, path: readonly string[]): readonly Violation[] {
    if ("members" in shape) {
      const pathOf = (member: MemberShape) => [...path, lowerFirst(member.name)];
      return this.checkMembers(membersOf(this.model, name), value as Structure, pathOf, path.length);
    }
    if (!("of" in shape)) return [];
    const isMap = shape.type === "map";
    const items = isMap ? Object.entries(value as Structure) : numbered(value as readonly unknown[]);
    const keys = isMap ? this.checkItems(shape.key, Object.keys(value as Structure), "Map keys") : [];
    const what = isMap ? "Map value" : "Member";
    const inner = shapeOf(this.model, shape.of);
    if (!("members" in inner || "of" in inner)) {
      const values = items.map(([, item]) => item);
      const whole = [...keys, ...this.checkItems(shape.of, values, what, shape.itemsNotNull)];
      return whole.map((constraint) => this.violation(name, value, path, constraint));
    }
    return [
      ...keys.map((constraint) => this.violation(name, value, path, constraint)),
      ...items.flatMap(([key, item]) => this.checkValue(shape.of, item, [...path, key, "member"])),
    ];
  }

  /** All constraints of the items, when any of them breaks one. */
  private checkItems(of: string, items: readonly unknown[], what: string, isNullListed = false): readonly string[] {
    const shape = shapeOf(this.model, of);
    if (items.every((item) => item !== null && brokenConstraints(shape, item).length === 0)) return [];
    const isNullShown = isNullListed || items.includes(null);
    const texts = [...constraintsOf(shape as SimpleShape), ...(isNullShown ? ["Member must not be null"] : [])];
    return [`${what} must satisfy constraint: [${texts.join(", ")}]`];
  }

  private missing(path: readonly string[]): Violation {
    return { path, value: this.shown("null"), constraint: "Member must not be null" };
  }

  private violation(name: string, value: unknown, path: readonly string[], constraint: string): Violation {
    const text = this.style.values === false ? constraint.replace(/(enum value set): .*/, "$1") : constraint;
    return {
      path,
      value: this.isSensitive(name) ? undefined : this.shown(`'${this.print(name, value)}'`),
      constraint: text,
    };
  }

  private shown(value: string): string | undefined {
    return this.style.values === false ? undefined : value;
  }

  private isSensitive(name: string): boolean {
    const shape = shapeOf(this.model, name);
    return "of" in shape ? this.isSensitive(shape.of) : "sensitive" in shape && shape.sensitive === true;
  }

  /** The value as Java prints it. */
  private print(name: string, value: unknown): string {
    const shape = shapeOf(this.model, name);
    if (value === undefined || value === null) return "null";
    if ("members" in shape) {
      const members = membersOf(this.model, name).map((member) => {
        return `${lowerFirst(member.name)}=${this.print(member.of, (value as Structure)[member.name])}`;
      });
      return `${name}(${members.join(", ")})`;
    }
    if (shape.type === "list") {
      return `[${(value as readonly unknown[]).map((item) => this.print(shape.of, item)).join(", ")}]`;
    }
    if (shape.type === "map") {
      const entries = Object.entries(value as Structure).map(([key, item]) => `${key}=${this.print(shape.of, item)}`);
      return `{${entries.join(", ")}}`;
    }
    return typeof value === "number" ? printNumber(shape, value) : String(value);
  }
}

/**
 * AWS checks the members of each structure in the order of a hash map with 16 buckets.
 * @param depth how many names of the paths are those of the structure itself
 */
function inHashOrder<Checked extends { readonly path: readonly string[] }>(
  members: readonly Checked[],
  depth: number,
): readonly Checked[] {
  const bucketOf = ({ path }: Checked, index: number) => {
    const hash = hashCode(path[index] ?? "");
    return (hash ^ (hash >>> 16)) & 15;
  };
  const compare = (one: Checked, other: Checked, index: number) => bucketOf(one, index) - bucketOf(other, index);
  return [...members].sort((one, other) => compare(one, other, depth) || compare(one, other, depth + 1));
}

/** Items with their numbers from 1 on. */
function numbered(items: readonly unknown[]): readonly (readonly [number: string, item: unknown])[] {
  return items.map((item, index) => [String(index + 1), item]);
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
