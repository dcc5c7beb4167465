/** What a mapping template is made of, once it is read. */

/** A template, in order. */
export type Template = readonly TemplateNode[];

export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "print"; readonly reference: Reference }
  | { readonly kind: "set"; readonly target: Reference; readonly value: Expression }
  | { readonly kind: "if"; readonly branches: readonly Branch[] };

/** The first branch whose condition holds counts; `undefined` always holds. */
export interface Branch {
  readonly condition: Expression | undefined;
  readonly body: Template;
}

/** `$root.property.method(argument)`. */
export interface Reference {
  readonly root: string;
  readonly steps: readonly Step[];
  /** As it is written: what Velocity prints for something that is not there. */
  readonly source: string;
}

export interface Step {
  readonly name: string;
  /** `undefined` for a property. */
  readonly arguments: readonly Expression[] | undefined;
}

export type Expression =
  | { readonly kind: "constant"; readonly value: string | number | boolean }
  /** Text in double quotes, in which references are filled in. */
  | { readonly kind: "text"; readonly template: Template }
  | { readonly kind: "reference"; readonly reference: Reference }
  | { readonly kind: "not"; readonly operand: Expression }
  | {
      readonly kind: "operation";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    };
