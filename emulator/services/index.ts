/** All services of the embedded AWS, by the names of their endpoints. A service that is added belongs in this list. */
import type { ServiceDefinition } from "../protocols/service";
import { apigateway } from "./apigateway";
import { cloudTrail } from "./cloudtrail";
import { cloudWatch } from "./cloudwatch";
import { cognito } from "./cognito";
import { iam } from "./iam";
import { lambda } from "./lambda";
import { logs } from "./logs";
import { s3 } from "./s3";
import { secretsManager } from "./secretsmanager";
import { ssm } from "./ssm";
import { sts } from "./sts";
import { wafv2 } from "./wafv2";

const all: readonly ServiceDefinition[] = [
  apigateway,
  cloudTrail,
  cloudWatch,
  cognito,
  iam,
  lambda,
  logs,
  s3,
  secretsManager,
  ssm,
  sts,
  wafv2,
];

export const services: ReadonlyMap<string, ServiceDefinition> = new Map(all.map((service) => [service.name, service]));
