/** Amazon API Gateway: REST APIs, how they are configured and who may call them. */
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as account from "./account";
import * as keys from "./api-key";
import * as authorizers from "./authorizer";
import * as mappings from "./base-path-mapping";
import * as deployments from "./deployment";
import * as domainNames from "./domain-name";
import * as apiExport from "./export";
import * as gatewayResponses from "./gateway-response";
import * as integrations from "./integration";
import * as integrationResponses from "./integration-response";
import * as methods from "./method";
import * as methodResponses from "./method-response";
import * as methodSettings from "./method-settings";
import * as models from "./model";
import * as validators from "./request-validator";
import * as resources from "./resource";
import * as restApis from "./rest-api";
import * as stages from "./stage";
import { stageResource } from "./stage-resource";
import * as tags from "./tags";
import * as plans from "./usage-plan";
import { usagePlanKeyResource, usagePlanResource } from "./usage-plan-resource";

export const apigateway: ServiceDefinition = {
  name: "apigateway",
  model: () => loadModel("apigateway"),
  constraintError: "ValidationException",
  constraintStyle: { required: false, bodyInput: true },
  operations: operationsIn(
    "apigateway",
    account,
    authorizers,
    deployments,
    domainNames,
    apiExport,
    gatewayResponses,
    integrationResponses,
    integrations,
    keys,
    mappings,
    methodResponses,
    methods,
    models,
    plans,
    resources,
    restApis,
    stages,
    tags,
    validators,
  ),
  notEmulated: {
    CreateAuthorizer: ["authorizerCredentials", "authorizerUri", "identityValidationExpression"],
    CreateBasePathMapping: ["domainNameId"],
    CreateDomainName: domainNames.NOT_EMULATED,
    CreateRestApi: ["cloneFrom", "endpointAccessMode", "policy", "securityPolicy"],
    PutIntegration: integrations.NOT_EMULATED,
    PutIntegrationResponse: ["contentHandling"],
  },
};

export const apigatewayResources: readonly Resource[] = [
  restApis.restApiResource,
  resources.resourceResource,
  methods.methodResource,
  methodResponses.methodResponseResource,
  integrations.integrationResource,
  integrationResponses.integrationResponseResource,
  authorizers.authorizerResource,
  gatewayResponses.gatewayResponseResource,
  validators.requestValidatorResource,
  deployments.deploymentResource,
  stageResource,
  methodSettings.methodSettingsResource,
  domainNames.domainNameResource,
  mappings.basePathMappingResource,
  keys.apiKeyResource,
  usagePlanResource,
  usagePlanKeyResource,
];
