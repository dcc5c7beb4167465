/** The differences between the embedded and the real provider that are allowed, each with its reason. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const FILE = join(__dirname, "..", "..", "parity", "differences.json");

/** In what validations and plans of both providers differ. */
export const DIFFERENTIAL = [
  "schema",
  "crash",
  "unsupported",
  "verdict",
  "stage",
  "path",
  "text",
  "planned",
  "replaced",
] as const;

/** In what states of both providers differ, and the plans of each over the other's state. */
export const STATES = ["state", "crossing"] as const;

export type Differs = (typeof DIFFERENTIAL)[number] | (typeof STATES)[number];

const pattern = z.string();

const allowedDifference = z.strictObject({
  /** Terraform type. `*` in this and the next two stands for any characters. */
  resource: pattern,
  /** Attribute whose plan or schema differs; for a verdict, a path or a text the attribute that was changed. */
  attribute: pattern,
  /** What was changed, such as `create:left-out`; of states `none`. */
  mutation: pattern,
  differs: z.enum([...DIFFERENTIAL, ...STATES]),
  /** Why it is allowed. One that begins with `fault:` is to be fixed. */
  reason: z.string().min(1),
});

export type AllowedDifference = z.infer<typeof allowedDifference>;

/** All lines of the file. */
export function readDifferences(): readonly AllowedDifference[] {
  return z.array(allowedDifference).parse(JSON.parse(readFileSync(FILE, "utf8")));
}

/** One difference between the embedded and the real provider. */
export interface Difference {
  readonly differs: Differs;
  /** Attribute that differs, with dots and without indices; empty for the resource as a whole. */
  readonly at: string;
  readonly embedded: string;
  readonly real: string;
}

/** A difference with the case that shows it. */
export interface FoundDifference extends Difference {
  readonly resource: string;
  /** Attribute or block that was changed, or two of them joined by `+`; empty for the example itself. */
  readonly changed: string;
  readonly mutation: string;
}

/** Differences whose attribute is where they are seen; of the others it is what was changed. */
const SEEN = ["schema", "planned", "replaced", ...STATES];

export class AllowedDifferences {
  private readonly used = new Set<AllowedDifference>();

  constructor(private readonly all: readonly AllowedDifference[]) {}

  /** The lines of the file that are about those differences. */
  static about(differs: readonly Differs[]): AllowedDifferences {
    return new AllowedDifferences(readDifferences().filter((allowed) => differs.includes(allowed.differs)));
  }

  /** Whether a line of the file allows the difference. A pair of changes may differ as either of them does. */
  has(found: FoundDifference): boolean {
    const names = SEEN.includes(found.differs) ? [found.at] : [found.changed, ...found.changed.split("+")];
    const allowing = this.all.filter(
      (allowed) =>
        allowed.differs === found.differs &&
        matches(allowed.resource, found.resource) &&
        matches(allowed.mutation, found.mutation) &&
        names.some((name) => matches(allowed.attribute, name)),
    );
    for (const allowed of allowing) this.used.add(allowed);
    return allowing.length > 0;
  }

  /** Whether the case is known to end the real provider's process; it is then not asked again. */
  isCrash(resource: string, changed: string, mutation: string): boolean {
    return this.has({ differs: "crash", resource, changed, mutation, at: "", embedded: "", real: "" });
  }

  /** Whether a line of the file is about the change of that resource in particular. */
  isAbout(resource: string, changed: string, mutation: string): boolean {
    return this.all.some(
      (allowed) =>
        allowed.resource !== "*" &&
        allowed.differs !== "schema" &&
        matches(allowed.resource, resource) &&
        matches(allowed.mutation, mutation) &&
        [changed, ...changed.split("+")].some((name) => matches(allowed.attribute, name)),
    );
  }

  /** Lines that allowed nothing so far. */
  unused(): readonly AllowedDifference[] {
    return this.all.filter((allowed) => !this.used.has(allowed));
  }
}

function matches(wanted: string, text: string): boolean {
  if (!wanted.includes("*")) return wanted === text;
  const escaped = wanted.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`).test(text);
}
