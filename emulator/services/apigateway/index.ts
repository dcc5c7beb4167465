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
import * as methods from "./method";
import * as methodSettings from "./method-settings";
import * as models from "./model";
import * as validators from "./request-validator";
import * as resources from "./resource";
import * as restApis from "./rest-api";
import * as stages from "./stage";
import * as tags from "./tags";
import * as plans from "./usage-plan";

export const apigateway: ServiceDefinition = {
  name: "apigateway",
  model: () => loadModel("apigateway"),
  constraintError: "ValidationException",
  constraintStyle: { required: false, bodyInput: true },
  operations: operationsIn(
    "apigateway",
    account,
    authorizers,
    authorizers.operations,
    deployments,
    deployments.operations,
    domainNames,
    domainNames.operations,
    apiExport,
    gatewayResponses,
    integrations,
    keys,
    mappings,
    mappings.operations,
    methods,
    models,
    models.operations,
    plans,
    resources,
    restApis,
    restApis.operations,
    stages,
    tags,
    validators,
    validators.operations,
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

export { apigatewayDataSources } from "./rest-api";

export const apigatewayResources: readonly Resource[] = [
  restApis.restApiResource,
  resources.resourceResource,
  methods.methodResource,
  methods.methodResponseResource,
  integrations.integrationResource,
  integrations.integrationResponseResource,
  authorizers.authorizerResource,
  gatewayResponses.gatewayResponseResource,
  validators.requestValidatorResource,
  deployments.deploymentResource,
  stages.stageResource,
  methodSettings.methodSettingsResource,
  domainNames.domainNameResource,
  mappings.basePathMappingResource,
  keys.apiKeyResource,
  plans.usagePlanResource,
  plans.usagePlanKeyResource,
];
