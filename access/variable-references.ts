/** Environment variables whose values a function reads when it starts. Pure, and small: it is a part of such functions. */

/** Name of the environment variable that says where the values are: JSON of {@link References}. */
export const REFERENCES = "VARIABLE_REFERENCES";

/** Where a value is. */
export interface Reference {
  /** Name or ARN of a secret of AWS Secrets Manager. */
  readonly secret?: string;
  /** Key of the secret's JSON; left out for the whole secret. */
  readonly key?: string;
  /** Name of a parameter of AWS Systems Manager. */
  readonly parameter?: string;
}

/** By the name of the variable. */
export type References = Readonly<Record<string, Reference>>;

/** The references among the variables, without what only the function's role needs. */
export function referencesIn(variables: Readonly<Record<string, string | Reference>>): References {
  const found = Object.entries(variables).flatMap(([name, value]) => {
    if (typeof value !== "object") return [];
    const { secret, key, parameter } = value;
    const where = parameter === undefined ? { secret, ...(key === undefined ? {} : { key }) } : { parameter };
    return [[name, where as Reference] as const];
  });
  // Sorted: a line that moves within the file must not change the function.
  return Object.fromEntries(found.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
