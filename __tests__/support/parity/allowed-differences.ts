/** The differences between the embedded and the real provider that are allowed, each with its reason. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Difference } from "./comparison";

const pattern = z.string();

const allowedDifference = z.strictObject({
  /** Terraform type. `*` in this and the next two stands for any characters. */
  resource: pattern,
  /** Attribute whose plan or schema differs; for a verdict, a path or a text the attribute that was changed. */
  attribute: pattern,
  /** What was changed, such as `create:left-out`. */
  mutation: pattern,
  differs: z.enum(["schema", "crash", "unsupported", "verdict", "stage", "path", "text", "planned", "replaced"]),
  /** Why it is allowed. One that begins with `fault:` is to be fixed. */
  reason: z.string().min(1),
});

export type AllowedDifference = z.infer<typeof allowedDifference>;

/** A difference with the case that shows it. */
export interface FoundDifference extends Difference {
  readonly resource: string;
  /** Attribute or block that was changed, or two of them joined by `+`; empty for the example itself. */
  readonly changed: string;
  readonly mutation: string;
}

/** Differences whose attribute is where they are seen; of the others it is what was changed. */
const SEEN = ["schema", "planned", "replaced"];

export class AllowedDifferences {
  private readonly used = new Set<AllowedDifference>();

  constructor(private readonly all: readonly AllowedDifference[]) {}

  static read(file: string): AllowedDifferences {
    return new AllowedDifferences(z.array(allowedDifference).parse(JSON.parse(readFileSync(file, "utf8"))));
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

  /** Lines that allowed nothing so far. */
  unused(): readonly AllowedDifference[] {
    return this.all.filter((allowed) => !this.used.has(allowed));
  }
}

function matches(wanted: string, text: string): boolean {
  const escaped = wanted.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`).test(text);
}
