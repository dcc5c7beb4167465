/**
 * The deployment of a stage as OpenAPI 3.0 in JSON: every method with the scopes that open it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetExport.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { UnsupportedError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { type ApiSnapshot, type AuthorizerRecord, requireDeployment, requireStage } from "./records";
import { badRequest } from "./refusals";

const TYPES = ["oas30", "swagger"];
const EXTENSIONS = ["integrations", "authorizers", "apigateway"];
const LOCATIONS: Readonly<Record<string, string>> = { header: "header", path: "path", querystring: "query" };

type Json = Readonly<Record<string, unknown>>;
type Method = Wire<sdk.Method>;

/** What is exported besides OpenAPI's own words. */
interface Extensions {
  readonly integrations: boolean;
  readonly authorizers: boolean;
}

export function getExport(context: OperationContext, input: Wire<sdk.GetExportRequest>) {
  const { exportType = "", accepts = "", parameters = {} } = input;
  const stage = requireStage(context, input);
  const { snapshot, createdDate } = requireDeployment(context, stage);
  if (!TYPES.includes(exportType)) throw badRequest(`No API exporter for type '${exportType}'`);
  if (exportType !== "oas30" || /yaml/i.test(accepts)) {
    throw new UnsupportedError("an export is emulated as oas30 in application/json only");
  }
  const extensions = extensionsOf(parameters["extensions"]);
  const { id, name, description } = snapshot.restApi;
  const version = new Date(createdDate * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  const document = {
    openapi: "3.0.1",
    info: present({ title: name, description, version }),
    servers: [
      {
        url: `https://${id}.execute-api.${context.region}.amazonaws.com/{basePath}`,
        variables: { basePath: { default: stage.stageName } },
      },
    ],
    paths: pathsOf(snapshot, extensions),
    components: componentsOf(snapshot, extensions),
  };
  const file = `${exportType}_${new Date(context.account.now()).toISOString()}.json`;
  return {
    body: Buffer.from(JSON.stringify(document, null, 2)),
    contentType: "application/json",
    contentDisposition: `attachment; filename="${file}"`,
  };
}

function extensionsOf(parameter: string | undefined): Extensions {
  const names = parameter === undefined ? [] : parameter.split(",");
  const unknown = names.find((name) => !EXTENSIONS.includes(name));
  if (unknown !== undefined)
    throw new UnsupportedError(`extensions=${unknown} is not emulated. Emulated: ${EXTENSIONS}.`);
  const has = (name: string) => names.includes(name) || names.includes("apigateway");
  return { integrations: has("integrations"), authorizers: has("authorizers") };
}

function pathsOf({ resources, authorizers }: ApiSnapshot, extensions: Extensions): Json {
  const paths = resources.flatMap(({ path, resourceMethods }) => {
    const operations = Object.entries(resourceMethods).map(([name, method]) => [
      name === "ANY" ? "x-amazon-apigateway-any-method" : name.toLowerCase(),
      operationOf(method, authorizers, extensions),
    ]);
    return operations.length === 0 ? [] : [[path, Object.fromEntries(operations)] as const];
  });
  return Object.fromEntries(paths.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function operationOf(method: Method, authorizers: readonly AuthorizerRecord[], { integrations }: Extensions): Json {
  const { operationName, methodResponses = {}, methodIntegration } = method;
  const parameters = parametersOf(method);
  return present({
    operationId: operationName,
    parameters: parameters.length === 0 ? undefined : parameters,
    responses: Object.fromEntries(Object.entries(methodResponses).map(([code, of]) => [code, responseOf(code, of)])),
    security: securityOf(method, authorizers),
    "x-amazon-apigateway-integration": integrations && methodIntegration ? integrationOf(methodIntegration) : undefined,
  });
}

/** The authorizer of the method, with the scopes of which a token needs one. */
function securityOf(method: Method, authorizers: readonly AuthorizerRecord[]): readonly Json[] | undefined {
  if (method.authorizationType === "NONE") return undefined;
  const authorizer = authorizers.find(({ id }) => id === method.authorizerId);
  return authorizer && [{ [authorizer.name ?? ""]: method.authorizationScopes ?? [] }];
}

function parametersOf({ requestParameters = {} }: Method): readonly Json[] {
  return Object.entries(requestParameters).flatMap(([parameter, isRequired]) => {
    const [, place = "", name] = /^method\.request\.(header|path|querystring)\.(.+)$/.exec(parameter) ?? [];
    if (name === undefined) return [];
    const required = place === "path" || isRequired;
    return [{ name, in: LOCATIONS[place], ...(required ? { required } : {}), schema: { type: "string" } }];
  });
}

function responseOf(statusCode: string, { responseParameters = {} }: Wire<sdk.MethodResponse>): Json {
  const headers = Object.keys(responseParameters).map((parameter) => [
    parameter.replace("method.response.header.", ""),
    { schema: { type: "string" } },
  ]);
  return present({
    description: `${statusCode} response`,
    headers: headers.length === 0 ? undefined : Object.fromEntries(headers),
    content: {},
  });
}

function integrationOf(integration: Wire<sdk.Integration>): Json {
  return present({
    type: integration.type?.toLowerCase(),
    httpMethod: integration.httpMethod,
    uri: integration.uri,
    passthroughBehavior: integration.passthroughBehavior?.toLowerCase(),
    timeoutInMillis: integration.timeoutInMillis,
  });
}

function componentsOf({ authorizers: all }: ApiSnapshot, { authorizers }: Extensions): Json {
  const schemes = all.map(({ name, identitySource = "", providerARNs }) => {
    const about = {
      "x-amazon-apigateway-authtype": "cognito_user_pools",
      "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs },
    };
    const header = identitySource.replace("method.request.header.", "");
    return [name, { type: "apiKey", name: header, in: "header", ...(authorizers ? about : {}) }];
  });
  return schemes.length === 0 ? {} : { securitySchemes: Object.fromEntries(schemes) };
}
