/** Amazon API Gateway: REST APIs, how they are configured and who may call them. */
import { loadModel } from "../../protocols/model";
import { defineService, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as account from "./account";
import * as keys from "./api-key";
import * as authorizers from "./authorizer";
import * as mappings from "./base-path-mapping";
import * as deployments from "./deployment";
import * as domainNames from "./domain-name";
import { getExport } from "./export";
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
import { tags } from "./tags";
import * as plans from "./usage-plan";
import { usagePlanKeyResource, usagePlanResource } from "./usage-plan-resource";

export const apigateway: ServiceDefinition = defineService({
  name: "apigateway",
  model: () => loadModel("apigateway"),
  constraintError: "ValidationException",
  constraintStyle: { required: false, bodyInput: true },
  operations: {
    CreateApiKey: keys.createApiKey,
    CreateAuthorizer: authorizers.createAuthorizer,
    CreateBasePathMapping: mappings.createBasePathMapping,
    CreateDeployment: deployments.createDeployment,
    CreateDomainName: domainNames.createDomainName,
    CreateModel: models.createModel,
    CreateRequestValidator: validators.createRequestValidator,
    CreateResource: resources.createResource,
    CreateRestApi: restApis.createRestApi,
    CreateStage: stages.createStage,
    CreateUsagePlan: plans.createUsagePlan,
    CreateUsagePlanKey: plans.createUsagePlanKey,
    DeleteApiKey: keys.deleteApiKey,
    DeleteAuthorizer: authorizers.deleteAuthorizer,
    DeleteBasePathMapping: mappings.deleteBasePathMapping,
    DeleteDeployment: deployments.deleteDeployment,
    DeleteDomainName: domainNames.deleteDomainName,
    DeleteGatewayResponse: gatewayResponses.deleteGatewayResponse,
    DeleteIntegration: integrations.deleteIntegration,
    DeleteIntegrationResponse: integrationResponses.deleteIntegrationResponse,
    DeleteMethod: methods.deleteMethod,
    DeleteMethodResponse: methodResponses.deleteMethodResponse,
    DeleteModel: models.deleteModel,
    DeleteRequestValidator: validators.deleteRequestValidator,
    DeleteResource: resources.deleteResource,
    DeleteRestApi: restApis.deleteRestApi,
    DeleteStage: stages.deleteStage,
    DeleteUsagePlan: plans.deleteUsagePlan,
    DeleteUsagePlanKey: plans.deleteUsagePlanKey,
    FlushStageAuthorizersCache: stages.flushStageAuthorizersCache,
    FlushStageCache: stages.flushStageCache,
    GetAccount: account.getAccount,
    GetApiKey: keys.getApiKey,
    GetApiKeys: keys.getApiKeys,
    GetAuthorizer: authorizers.getAuthorizer,
    GetAuthorizers: authorizers.getAuthorizers,
    GetBasePathMapping: mappings.getBasePathMapping,
    GetBasePathMappings: mappings.getBasePathMappings,
    GetDeployment: deployments.getDeployment,
    GetDeployments: deployments.getDeployments,
    GetDomainName: domainNames.getDomainName,
    GetDomainNames: domainNames.getDomainNames,
    GetExport: getExport,
    GetGatewayResponse: gatewayResponses.getGatewayResponse,
    GetGatewayResponses: gatewayResponses.getGatewayResponses,
    GetIntegration: integrations.getIntegration,
    GetIntegrationResponse: integrationResponses.getIntegrationResponse,
    GetMethod: methods.getMethod,
    GetMethodResponse: methodResponses.getMethodResponse,
    GetModel: models.getModel,
    GetModels: models.getModels,
    GetRequestValidator: validators.getRequestValidator,
    GetRequestValidators: validators.getRequestValidators,
    GetResource: resources.getResource,
    GetResources: resources.getResources,
    GetRestApi: restApis.getRestApi,
    GetRestApis: restApis.getRestApis,
    GetStage: stages.getStage,
    GetStages: stages.getStages,
    GetTags: tags.list,
    GetUsagePlan: plans.getUsagePlan,
    GetUsagePlanKey: plans.getUsagePlanKey,
    GetUsagePlanKeys: plans.getUsagePlanKeys,
    GetUsagePlans: plans.getUsagePlans,
    PutGatewayResponse: gatewayResponses.putGatewayResponse,
    PutIntegration: integrations.putIntegration,
    PutIntegrationResponse: integrationResponses.putIntegrationResponse,
    PutMethod: methods.putMethod,
    PutMethodResponse: methodResponses.putMethodResponse,
    TagResource: tags.tag,
    UntagResource: tags.untag,
    UpdateAccount: account.updateAccount,
    UpdateApiKey: keys.updateApiKey,
    UpdateAuthorizer: authorizers.updateAuthorizer,
    UpdateBasePathMapping: mappings.updateBasePathMapping,
    UpdateDeployment: deployments.updateDeployment,
    UpdateDomainName: domainNames.updateDomainName,
    UpdateGatewayResponse: gatewayResponses.updateGatewayResponse,
    UpdateIntegration: integrations.updateIntegration,
    UpdateIntegrationResponse: integrationResponses.updateIntegrationResponse,
    UpdateMethod: methods.updateMethod,
    UpdateMethodResponse: methodResponses.updateMethodResponse,
    UpdateModel: models.updateModel,
    UpdateRequestValidator: validators.updateRequestValidator,
    UpdateResource: resources.updateResource,
    UpdateRestApi: restApis.updateRestApi,
    UpdateStage: stages.updateStage,
    UpdateUsagePlan: plans.updateUsagePlan,
  },
  notEmulated: {
    CreateAuthorizer: ["authorizerCredentials", "authorizerUri", "identityValidationExpression"],
    CreateBasePathMapping: ["domainNameId"],
    CreateDomainName: domainNames.NOT_EMULATED,
    CreateRestApi: ["cloneFrom", "endpointAccessMode", "policy", "securityPolicy"],
    PutIntegration: integrations.NOT_EMULATED,
    PutIntegrationResponse: ["contentHandling"],
  },
});

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
