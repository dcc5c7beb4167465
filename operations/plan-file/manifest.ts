/** What a saved plan says of itself: what it was made from, and what is in it. */
import { z } from "zod";

/** Version of the format. */
export const FORMAT = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What is printed of it may hold nothing that a terminal takes for a command. */
const name = z.string().regex(/^[\w.+-]{1,64}$/);

export const manifestShape = z.object({
  format: z.literal(FORMAT),
  environment: name,
  /** The commit that was checked out; `null` outside of git. */
  commit: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/)
    .nullable(),
  /** Whether there were changes that are not in the commit. */
  isDirty: z.boolean(),
  /** The state that the plan starts from; `null` when there was none. */
  state: z.object({ serial: z.number(), lineage: z.string() }).nullable(),
  terraformVersion: name,
  /** What the plan comes to, as its review tells it. */
  fingerprint: sha256,
  /** When it was made, as ISO 8601 has it. */
  createdAt: z.iso.datetime(),
  /** SHA-256 of each part, by its path. */
  parts: z.record(z.string(), sha256),
});

/** What a saved plan says of itself. */
export type Manifest = Readonly<z.infer<typeof manifestShape>>;
