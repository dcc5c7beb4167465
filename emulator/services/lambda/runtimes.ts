/**
 * Runtimes of functions: which of them are emulated, and which of them AWS refuses.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
import { UnsupportedError } from "../../errors";
import { words } from "../../protocols/words";
import { invalid } from "./function-name";

/** Runtimes whose functions run here, on the Node.js that runs the embedded AWS. */
export const EMULATED_RUNTIMES: readonly string[] = ["nodejs22.x", "nodejs24.x"];

/**
 * Runtimes that no function can be created with or updated to. nodejs20.x: no creation since 2026-08-31, no update since
 * 2026-09-30. The next one is nodejs22.x, on 2027-04-30.
 */
const BLOCKED_RUNTIMES: readonly string[] = words(`
  nodejs12.x nodejs14.x nodejs16.x nodejs18.x nodejs20.x dotnetcore3.1 go1.x java8 provided python3.7 ruby2.7
`);

/** In the order in which AWS lists them. */
const RUNTIMES: readonly string[] = words(`
  nodejs20.x python3.14 provided.al2023 python3.12 python3.13 nodejs24.x nodejs22.x java25 python3.10 python3.11 java21
  ruby3.3 ruby3.4 ruby3.2 python3.8 python3.9 java17 nodejs16.x dotnet10 dotnet8 java11 dotnet6 nodejs18.x provided.al2
  java8.al2
`);

/** Whether AWS refuses the runtime whatever else the function says. */
export function isBlockedRuntime(runtime: string): boolean {
  return BLOCKED_RUNTIMES.includes(runtime);
}

/**
 * @throws {AwsError} `InvalidParameterValueException` for a runtime that AWS does not know or no longer takes
 * @throws {UnsupportedError} for one that is not emulated
 */
export function requireRuntime(runtime: string): void {
  if (EMULATED_RUNTIMES.includes(runtime)) return;
  if (isBlockedRuntime(runtime)) {
    throw invalid(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
    );
  }
  if (RUNTIMES.includes(runtime)) throw notEmulated(runtime);
  throw invalid(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${RUNTIMES.join(", ")}] or be a valid ARN`,
  );
}

export function notEmulated(runtime: string): UnsupportedError {
  return new UnsupportedError(`runtime ${runtime} is not emulated. Emulated: ${EMULATED_RUNTIMES.join(", ")}.`);
}
