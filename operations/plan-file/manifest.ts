/** The manifest of a saved plan: what it was made from, and what it holds. */
import { z } from "zod";

/** Version of the format. */
export const FORMAT = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** It is printed, so it holds no control characters. */
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
  /** Of the plan's content, as its review has it. */
  fingerprint: sha256,
  /** When it was made, as ISO 8601 has it. */
  createdAt: z.iso.datetime(),
  /** SHA-256 of each part, by its path. */
  parts: z.record(z.string(), sha256),
});

export type Manifest = Readonly<z.infer<typeof manifestShape>>;

/** A plan as it is described before its parts are packed. */
export type Described = Omit<Manifest, "parts">;
