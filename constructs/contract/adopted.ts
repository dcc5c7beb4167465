/** The file adopted.json: what of AWS the resources of a stack already are. `access adopt` writes it, the stack reads it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** Next to access.yaml. */
export const ADOPTED_FILE = "adopted.json";

const adoptedStack = z.strictObject({
  /**
   * Import ids by Terraform address. Terraform imports what is not in its state yet. Once everything is deployed, they
   * have no effect and can be deleted.
   *
   * @example { "aws_api_gateway_rest_api.api_4E1A": "a1b2c3d4e5" }
   */
  imports: z.record(z.string(), z.string()).default({}),
  /**
   * Values of attributes by Terraform address, which the resources keep in place of those of the stack: names that AWS
   * cannot change, and settings that access.yaml does not have. `null` leaves an attribute unset.
   *
   * @example { "aws_lambda_function.orders_function_77AB": { "function_name": "OrdersHandler" } }
   */
  keep: z.record(z.string(), z.record(z.string(), z.json())).default({}),
  /** Names of attributes by Terraform address that Terraform leaves as they are (`ignore_changes`). */
  ignore: z.record(z.string(), z.array(z.string())).default({}),
});

/** What is adopted in one environment. */
export type AdoptedStack = z.output<typeof adoptedStack>;

/** By the names of environments. */
export type Adopted = Readonly<Record<string, AdoptedStack>>;

const file = z.record(z.string(), adoptedStack);

/** adopted.json cannot be read. The message says why. */
export class AdoptedFileError extends Error {
  override readonly name = "AdoptedFileError";
}

/** @returns what the folder's file has; empty without a file @throws {AdoptedFileError} */
export function readAdopted(folder: string): Adopted {
  const path = join(folder, ADOPTED_FILE);
  try {
    return file.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new AdoptedFileError(`${ADOPTED_FILE} ${whyNot(cause)}. Restore the file that npx access adopt wrote.`);
  }
}

function whyNot(cause: unknown): string {
  if (cause instanceof SyntaxError) return "is not valid JSON";
  if (!(cause instanceof z.ZodError)) return `cannot be read (${(cause as NodeJS.ErrnoException).code})`;
  const [issue] = cause.issues;
  return `has a mistake at ${issue?.path.join(" › ") || "its beginning"}: ${issue?.message}`;
}
