/** How long the access tokens of an app client are valid. Pure. */

const SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

/** Cognito's default. @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html */
const DEFAULT_SECONDS = 3600;

/**
 * @param validity how many units; 0 or nothing is Cognito's default
 * @param unit `seconds`, `minutes`, `hours` or `days`; Cognito counts in hours where none is set
 * @returns seconds
 */
export function tokenLifetime(validity: number | null | undefined, unit: string | null | undefined): number {
  return validity ? validity * (SECONDS[unit ?? "hours"] ?? 0) : DEFAULT_SECONDS;
}
