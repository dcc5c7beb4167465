/**
 * What a REST API may hold beside what Terraform manages. Most of it takes effect with the next deployment; a stage, a usage plan and a mapping do at once.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html
 */
import type { Method, Resource, Stage } from "@aws-sdk/client-api-gateway";
import { type Holder, itemsOf, kind, type UnmanagedKind } from "./unmanaged-kind";

const on = "aws_api_gateway_rest_api";

/** As many as API Gateway lists at once. */
const limit = 500;

/** Models of every API. */
const DEFAULT_MODELS: readonly (string | undefined)[] = ["Empty", "Error"];

/** A method with the resource that it belongs to. */
interface Placed {
  readonly resource: Resource;
  readonly verb: string;
  readonly method: Method;
}

/** A method's response, of its own or of its integration. */
interface PlacedResponse extends Placed {
  readonly status: string;
}

export const UNMANAGED_IN_APIS: readonly UnmanagedKind[] = [
  kind({
    on,
    attribute: "method",
    severity: "warning",
    isRequired: true,
    isBlocking: true,
    list: methods,
    key: keyOf,
    managed: managedMethods,
    shown: ({ resource, verb, method }) => ({
      route: `${verb} ${resource.path}`,
      authorization: method.authorizationType,
      scopes: method.authorizationScopes ?? [],
    }),
    undo: async (placed, holder) => {
      const { id = "" } = placed.resource;
      const isManaged = isManagedResource(placed.resource, holder);
      return isManaged ? ["apigateway delete-method", placeOf(placed)] : await deletionOf(id, holder);
    },
    more: ({ resource, verb, method }) => {
      // A preflight leads to nothing.
      const isPreflight = verb === "OPTIONS" && method.methodIntegration?.type === "MOCK";
      const isOpen = method.authorizationType === "NONE" && !isPreflight;
      const route = `${verb} ${resource.path}`;
      const effect = `PUBLIC: anyone can call ${route} from the next deployment on`;
      return isOpen ? { route, severity: "critical", effect } : { route };
    },
  }),
  kind({
    on,
    attribute: "resource",
    severity: "warning",
    isRequired: true,
    list: async (holder) => (await resources(holder)).filter((one) => !hasMethods(one) && one.path !== "/"),
    key: ({ id }) => id,
    managed: (holder) => holder.own("aws_api_gateway_resource", "id"),
    shown: ({ path }) => ({ path }),
    undo: ({ id = "" }, holder) => deletionOf(id, holder),
  }),
  kind({
    on,
    attribute: "integration",
    severity: "warning",
    list: async (holder) => (await ownMethods(holder)).filter(({ method }) => method.methodIntegration !== undefined),
    key: keyOf,
    managed: (holder) => holder.own("aws_api_gateway_integration", "resource_id", "http_method"),
    shown: ({ resource, verb, method }) => {
      const { type, uri } = method.methodIntegration ?? {};
      return { route: `${verb} ${resource.path}`, type, uri };
    },
    undo: (placed) => ["apigateway delete-integration", placeOf(placed)],
  }),
  kind({
    on,
    attribute: "integration_response",
    severity: "warning",
    list: (holder) => responses(holder, ({ methodIntegration }) => methodIntegration?.integrationResponses),
    key: (placed) => `${keyOf(placed)} ${placed.status}`,
    managed: (holder) => ownResponses(holder, "aws_api_gateway_integration_response"),
    shown: shownResponse,
    undo: (placed) => ["apigateway delete-integration-response", placeOfResponse(placed)],
  }),
  kind({
    on,
    attribute: "method_response",
    severity: "info",
    list: (holder) => responses(holder, ({ methodResponses }) => methodResponses),
    key: (placed) => `${keyOf(placed)} ${placed.status}`,
    managed: (holder) => ownResponses(holder, "aws_api_gateway_method_response"),
    shown: shownResponse,
    undo: (placed) => ["apigateway delete-method-response", placeOfResponse(placed)],
  }),
  kind({
    on,
    attribute: "gateway_response",
    severity: "warning",
    list: async ({ aws, id }) => {
      const { items = [] } = await (await aws.apiGateway()).getGatewayResponses({ restApiId: id, limit });
      return items.filter(({ defaultResponse }) => !defaultResponse);
    },
    key: ({ responseType }) => responseType,
    managed: (holder) => holder.own("aws_api_gateway_gateway_response", "response_type"),
    shown: ({ responseType, statusCode, responseParameters }) => ({
      type: responseType,
      status: statusCode,
      parameters: responseParameters,
    }),
    undo: ({ responseType }) => ["apigateway delete-gateway-response", { "response-type": responseType }],
    more: ({ responseType, statusCode = "" }) => {
      const effect = `refused calls (${responseType}) get status ${statusCode} from the next deployment on`;
      return statusCode >= "200" && statusCode < "400" ? { severity: "critical", effect } : {};
    },
  }),
  kind({
    on,
    attribute: "policy",
    severity: "critical",
    list: async ({ aws, id }) => {
      const { policy } = await (await aws.apiGateway()).getRestApi({ restApiId: id });
      // API Gateway escapes the quotation marks.
      return policy ? [policy.replaceAll("\\", "")] : [];
    },
    key: () => "policy",
    managed: (holder) => {
      const isOwn = holder.isWritten("policy") || holder.own("aws_api_gateway_rest_api_policy", "id").length > 0;
      return isOwn ? ["policy"] : [];
    },
    shown: (policy) => policy,
    undo: () => ["apigateway update-rest-api", { "patch-operations": "op=replace,path=/policy,value=" }],
    more: (_policy, { resource }) => ({
      effect: `a resource policy decides who may call ${resource.address} from the next deployment on`,
    }),
  }),
  kind({
    on,
    attribute: "authorizer",
    severity: "warning",
    isRequired: true,
    list: async ({ aws, id }) => (await (await aws.apiGateway()).getAuthorizers({ restApiId: id, limit })).items,
    key: ({ id }) => id,
    managed: (holder) => holder.own("aws_api_gateway_authorizer", "id"),
    shown: ({ name, id, providerARNs }) => ({ name, id, providerARNs }),
    // AWS keeps an authorizer that a method refers to: a deployment has to change the stack's own methods back first.
    undo: async ({ id }, holder) => {
      const isUsed = (await ownMethods(holder)).some(({ method }) => method.authorizerId === id);
      return isUsed ? undefined : ["apigateway delete-authorizer", { "authorizer-id": id }];
    },
  }),
  kind({
    on,
    attribute: "request_validator",
    severity: "info",
    list: async ({ aws, id }) => (await (await aws.apiGateway()).getRequestValidators({ restApiId: id, limit })).items,
    key: ({ id }) => id,
    managed: (holder) => holder.own("aws_api_gateway_request_validator", "id"),
    shown: ({ name, id }) => ({ name, id }),
    undo: async ({ id }, holder) => {
      const isUsed = (await ownMethods(holder)).some(({ method }) => method.requestValidatorId === id);
      return isUsed ? undefined : ["apigateway delete-request-validator", { "request-validator-id": id }];
    },
  }),
  kind({
    on,
    attribute: "model",
    severity: "info",
    list: async ({ aws, id }) => itemsOf((await aws.apiGateway()).paginateGetModels({ restApiId: id }), "items"),
    key: ({ name }) => name,
    managed: (holder) => [...holder.own("aws_api_gateway_model", "name"), ...DEFAULT_MODELS.map(String)],
    shown: ({ name }) => ({ name }),
    undo: ({ name }) => ["apigateway delete-model", { "model-name": name }],
  }),
  kind({
    on,
    attribute: "usage_plan",
    severity: "warning",
    isBlocking: true,
    list: async ({ aws, id }) => {
      const plans = (await aws.apiGateway()).paginateGetUsagePlans({});
      return (await itemsOf(plans, "items")).flatMap((plan) =>
        (plan.apiStages ?? []).filter(({ apiId }) => apiId === id).map(({ stage }) => ({ ...plan, stage })),
      );
    },
    key: ({ id }) => id,
    managed: (holder) => holder.all("aws_api_gateway_usage_plan", "id"),
    shown: ({ name, id, stage }) => ({ name, id, stage }),
    // The plan may be for other APIs as well, so only the stage is removed from it.
    undo: ({ id, stage }, holder) => {
      const patch = `op=remove,path=/apiStages,value=${holder.id}:${stage}`;
      return `aws apigateway update-usage-plan --region ${holder.region} --usage-plan-id ${id} --patch-operations ${patch}`;
    },
  }),
  kind({
    on: "aws_api_gateway_usage_plan",
    attribute: "usage_plan_key",
    severity: "critical",
    list: async ({ aws, id }) =>
      itemsOf((await aws.apiGateway()).paginateGetUsagePlanKeys({ usagePlanId: id }), "items"),
    key: ({ id }) => id,
    managed: (holder) => holder.own("aws_api_gateway_usage_plan_key", "key_id"),
    shown: ({ name, id }) => ({ name, id }),
    undo: ({ id }) => ["apigateway delete-usage-plan-key", { "key-id": id }],
    more: ({ name }, { resource }) => ({ effect: `the API key ${name} was added to ${resource.address}` }),
  }),
  kind({
    on,
    attribute: "stage",
    severity: "critical",
    isRequired: true,
    isBlocking: true,
    list: stages,
    key: ({ stageName }) => stageName,
    managed: (holder) => holder.own("aws_api_gateway_stage", "stage_name"),
    shown: ({ stageName, deploymentId }) => ({ name: stageName, deployment: deploymentId }),
    undo: ({ stageName }) => ["apigateway delete-stage", { "stage-name": stageName }],
    more: ({ stageName }, { resource }) => ({
      effect: `stage ${stageName} of ${resource.address} answers calls with a deployment of its own`,
    }),
  }),
  kind({
    on,
    attribute: "method_settings",
    severity: "warning",
    list: async (holder) =>
      (await ownStages(holder)).flatMap(({ stageName, methodSettings = {} }) =>
        Object.entries(methodSettings).map(([path, settings]) => ({ stageName, path, settings })),
      ),
    key: ({ stageName, path }) => unescaped(`${stageName} ${path}`),
    managed: (holder) => holder.own("aws_api_gateway_method_settings", "stage_name", "method_path").map(unescaped),
    shown: ({ stageName, path, settings }) => ({ stage: stageName, path, logging: settings.loggingLevel, ...settings }),
    undo: ({ stageName, path }) => {
      const patch = `op=remove,path=/${path}`;
      return ["apigateway update-stage", { "stage-name": stageName, "patch-operations": patch }];
    },
  }),
  kind({
    on,
    attribute: "web_acl",
    severity: "warning",
    list: async (holder) => (await ownStages(holder)).filter(({ webAclArn }) => webAclArn),
    key: arnOfStage,
    managed: (holder) => holder.all("aws_wafv2_web_acl_association", "resource_arn"),
    shown: ({ stageName, webAclArn }) => ({ stage: stageName, arn: webAclArn }),
    undo: (stage, holder) => ["wafv2 disassociate-web-acl", { "resource-arn": arnOfStage(stage, holder) }],
  }),
  kind({
    on,
    attribute: "deployment",
    severity: "info",
    list: async ({ aws, id }) => itemsOf((await aws.apiGateway()).paginateGetDeployments({ restApiId: id }), "items"),
    key: ({ id }) => id,
    managed: (holder) => holder.own("aws_api_gateway_deployment", "id"),
    shown: ({ id, createdDate }) => ({ id, created: createdDate }),
    // AWS keeps a deployment that a stage answers with.
    undo: async ({ id }, holder) => {
      const isUsed = (await ownStages(holder)).some((one) =>
        [one.deploymentId, one.canarySettings?.deploymentId].includes(id),
      );
      return isUsed ? undefined : ["apigateway delete-deployment", { "deployment-id": id }];
    },
  }),
  kind({
    on,
    attribute: "base_path_mapping",
    severity: "warning",
    isBlocking: true,
    list: async ({ aws, id }) => {
      const gateway = await aws.apiGateway();
      const found = [];
      for (const { domainName, domainNameId } of await itemsOf(gateway.paginateGetDomainNames({}), "items")) {
        const mappings = gateway.paginateGetBasePathMappings({ domainName, domainNameId });
        const own = (await itemsOf(mappings, "items")).filter(({ restApiId }) => restApiId === id);
        found.push(...own.map((mapping) => ({ ...mapping, domainName, domainNameId })));
      }
      return found;
    },
    key: ({ domainName, basePath = "" }) => `${domainName} ${basePath.replace("(none)", "")}`,
    managed: (holder) => holder.all("aws_api_gateway_base_path_mapping", "domain_name", "base_path"),
    shown: ({ domainName, basePath, stage }) => ({ domain: domainName, path: basePath, stage }),
    undo: ({ domainName, domainNameId, basePath }, { region }) => {
      const options = `--domain-name ${domainName} --base-path '${basePath}'`;
      const ofPrivate = domainNameId === undefined ? "" : ` --domain-name-id ${domainNameId}`;
      return `aws apigateway delete-base-path-mapping --region ${region} ${options}${ofPrivate}`;
    },
  }),
  kind({
    on,
    attribute: "documentation_part",
    severity: "info",
    list: async ({ aws, id }) => (await (await aws.apiGateway()).getDocumentationParts({ restApiId: id, limit })).items,
    key: ({ id }) => id,
    managed: (holder) => holder.own("aws_api_gateway_documentation_part", "documentation_part_id"),
    shown: ({ id, location }) => ({ id, location }),
    undo: ({ id }) => ["apigateway delete-documentation-part", { "documentation-part-id": id }],
  }),
  kind({
    on,
    attribute: "documentation_version",
    severity: "info",
    list: async ({ aws, id }) =>
      (await (await aws.apiGateway()).getDocumentationVersions({ restApiId: id, limit })).items,
    key: ({ version }) => version,
    managed: (holder) => holder.own("aws_api_gateway_documentation_version", "version"),
    shown: ({ version }) => ({ version }),
    undo: ({ version }) => ["apigateway delete-documentation-version", { "documentation-version": version }],
  }),
];

/** All resources of the API, with their methods. */
function resources(holder: Holder): Promise<readonly Resource[]> {
  const input = { restApiId: holder.id, embed: ["methods"], limit };
  return holder.once("resources", async () =>
    itemsOf((await holder.aws.apiGateway()).paginateGetResources(input), "items"),
  );
}

async function methods(holder: Holder): Promise<readonly Placed[]> {
  return (await resources(holder)).flatMap((resource) =>
    Object.entries(resource.resourceMethods ?? {}).map(([verb, method]) => ({ resource, verb, method })),
  );
}

/** Methods that the state has, as they are at AWS. */
async function ownMethods(holder: Holder): Promise<readonly Placed[]> {
  const managed = managedMethods(holder);
  return (await methods(holder)).filter((placed) => managed.includes(keyOf(placed)));
}

function managedMethods(holder: Holder): readonly string[] {
  return holder.own("aws_api_gateway_method", "resource_id", "http_method");
}

function hasMethods({ resourceMethods = {} }: Resource): boolean {
  return Object.keys(resourceMethods).length > 0;
}

function keyOf({ resource, verb }: Placed): string {
  return `${resource.id} ${verb}`;
}

function placeOf({ resource, verb }: Placed) {
  return { "resource-id": resource.id, "http-method": verb };
}

async function responses(
  holder: Holder,
  of: (method: Method) => Readonly<Record<string, unknown>> | undefined,
): Promise<readonly PlacedResponse[]> {
  return (await ownMethods(holder)).flatMap((placed) =>
    Object.keys(of(placed.method) ?? {}).map((status) => ({ ...placed, status })),
  );
}

function ownResponses(holder: Holder, type: string): readonly string[] {
  return holder.own(type, "resource_id", "http_method", "status_code");
}

function shownResponse({ resource, verb, status }: PlacedResponse) {
  return { route: `${verb} ${resource.path}`, status };
}

function placeOfResponse(placed: PlacedResponse) {
  return { ...placeOf(placed), "status-code": placed.status };
}

function isManagedResource({ id, path }: Resource, holder: Holder): boolean {
  return path === "/" || holder.own("aws_api_gateway_resource", "id").includes(id ?? "");
}

/** Deletes the topmost unmanaged resource with all below it; `undefined` where something of the stack's would be deleted along. */
async function deletionOf(id: string, holder: Holder) {
  const all = await resources(holder);
  const top = topmost(id, all, holder);
  const isSafe = !hasManagedBelow(top, all, holder);
  return isSafe ? (["apigateway delete-resource", { "resource-id": top }] as const) : undefined;
}

function topmost(id: string, all: readonly Resource[], holder: Holder): string {
  const parentId = all.find((one) => one.id === id)?.parentId;
  const parent = all.find((one) => one.id === parentId);
  return parent?.id === undefined || isManagedResource(parent, holder) ? id : topmost(parent.id, all, holder);
}

function hasManagedBelow(id: string, all: readonly Resource[], holder: Holder): boolean {
  const below = all.filter(({ parentId }) => parentId === id);
  return below.some((one) => isManagedResource(one, holder) || hasManagedBelow(one.id ?? "", all, holder));
}

function stages(holder: Holder): Promise<readonly Stage[]> {
  return holder.once("stages", async () => {
    const { item = [] } = await (await holder.aws.apiGateway()).getStages({ restApiId: holder.id });
    return item;
  });
}

/** Stages that the state has, as they are at AWS. */
async function ownStages(holder: Holder): Promise<readonly Stage[]> {
  const managed = holder.own("aws_api_gateway_stage", "stage_name");
  return (await stages(holder)).filter(({ stageName = "" }) => managed.includes(stageName));
}

function arnOfStage({ stageName }: Stage, { resource, id, region }: Holder): string {
  const partition = String(resource.values["arn"] ?? "").split(":")[1] || "aws";
  return `arn:${partition}:apigateway:${region}::/restapis/${id}/stages/${stageName}`;
}

/** Stage and path of method settings in one form: Terraform may leave out the first slash, and escape slashes or not. */
function unescaped(stageAndPath: string): string {
  return stageAndPath.replaceAll("~1", "/").replace(" /", " ");
}
