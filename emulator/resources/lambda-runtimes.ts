/**
 * Runtimes of functions: which of them are emulated, and which of them AWS no longer takes.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
import { AwsError } from "../errors";

/** Runtimes whose functions run here, on the Node.js that runs the embedded AWS. */
export const EMULATED_RUNTIMES: readonly string[] = ["nodejs22.x", "nodejs24.x"];

/**
 * Runtimes that no function can be created with or updated to. nodejs20.x: no creation since 2026-08-31, no update since
 * 2026-09-30. The next one is nodejs22.x, on 2027-04-30.
 */
const BLOCKED_RUNTIMES: readonly string[] = [
  ...["nodejs12.x", "nodejs14.x", "nodejs16.x", "nodejs18.x", "nodejs20.x"],
  ...["dotnetcore3.1", "go1.x", "java8", "provided", "python3.7", "ruby2.7"],
];

/** Whether AWS refuses the runtime whatever else the function says. */
export function isBlockedRuntime(runtime: string): boolean {
  return BLOCKED_RUNTIMES.includes(runtime);
}

/**
 * @param runtime `undefined` for a function that has none
 * @throws {AwsError} `InvalidParameterValueException` for a runtime that AWS no longer takes
 */
export function requireSupportedRuntime(runtime: string | undefined): void {
  if (runtime === undefined || !isBlockedRuntime(runtime)) return;
  throw new AwsError(
    "InvalidParameterValueException",
    `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
  );
}
