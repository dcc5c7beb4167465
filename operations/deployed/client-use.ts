/** When a client was last used, as `usage` prints it and `report` summarizes it. */

/**
 * `used` within the days; `unused` in all of them; `new`: it is younger than that; `unknown`: what is known does not go
 * back far enough.
 */
export type UseVerdict = "used" | "unused" | "new" | "unknown";

/** A route that the client may call. Times are in ISO 8601; `null` where there is none. */
export interface RouteUse {
  readonly route: string;
  readonly lastCall: string | null;
  readonly verdict: UseVerdict;
}

/** A client's secret. */
export interface SecretUse {
  /** When the oldest secret that Cognito accepts was created; `null` when it is unknown. */
  readonly createdAt: string | null;
  readonly ageDays: number | null;
  readonly rotateAfterDays: number | null;
  readonly isOverdue: boolean;
  /** Whether services read it from Secrets Manager. */
  readonly isInSecretsManager: boolean;
}

/** One client. */
export interface ClientUse {
  readonly client: string;
  readonly clientId: string;
  readonly owner: string | null;
  readonly createdAt: string | null;
  readonly lastToken: string | null;
  readonly lastCall: string | null;
  /** `disabled`: access.yaml disables it, or it has expired. */
  readonly verdict: UseVerdict | "disabled";
  readonly routes: readonly RouteUse[];
  readonly secret: SecretUse;
}
