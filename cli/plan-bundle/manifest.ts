/** What a saved plan says of itself: what it was made from, and what is in it. */
import { z } from "zod";

/** Version of the format. */
export const FORMAT = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const manifestShape = z.object({
  format: z.literal(FORMAT),
  environment: z.string(),
  /** The commit that was checked out; `null` outside of git. */
  commit: z.string().nullable(),
  /** Whether there were changes that are not in the commit. */
  isDirty: z.boolean(),
  /** The state that the plan starts from; `null` when there was none. */
  state: z.object({ serial: z.number(), lineage: z.string() }).nullable(),
  terraformVersion: z.string(),
  /** What the plan comes to, as its review tells it. */
  fingerprint: sha256,
  /** When it was made, as ISO 8601 has it. */
  createdAt: z.string(),
  /** SHA-256 of each part, by its path. */
  parts: z.record(z.string(), sha256),
});

/** What a saved plan says of itself. */
export type Manifest = Readonly<z.infer<typeof manifestShape>>;
