/** Environments of an access model. */
import type { Environment } from "../../access/access-model";

/** An environment in which everything optional is off, but for what is given. */
export function environment(given: Partial<Environment> = {}): Environment {
  return {
    name: "dev",
    region: "eu-west-1",
    prefix: "shop-dev",
    tokenDomain: { kind: "prefix", prefix: "shop-dev" },
    apiDomain: undefined,
    isProtected: true,
    allowDestroy: [],
    isEphemeral: false,
    accountId: undefined,
    permissionsBoundary: undefined,
    backend: { kind: "local" },
    after: undefined,
    tags: {},
    tokenMinutes: 60,
    functions: {
      runtime: "nodejs24.x",
      memoryMegabytes: 256,
      timeoutSeconds: 10,
      architecture: "arm64",
      logLevel: "info",
    },
    ownFunctions: {},
    throttling: undefined,
    quotas: undefined,
    retentionDays: 30,
    rotateAfterDays: undefined,
    accessLog: false,
    methodMetrics: false,
    tracing: false,
    firewall: undefined,
    authorizerName: undefined,
    alarms: undefined,
    dashboard: false,
    tokenCache: undefined,
    ...given,
  };
}
