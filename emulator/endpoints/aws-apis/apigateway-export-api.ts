/**
 * What a stage answers with, as OpenAPI 3.0 in JSON: every deployed method with the scopes that it asks for.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetExport.html
 */
import { type Attributes, optionalText, text, textMap, texts } from "../../attributes";
import { UnsupportedError } from "../../errors";
import { deployment, type Snapshot } from "../../resources/apigateway-deployment";
import { badRequest } from "../../resources/apigateway-rules";
import { headerValues } from "../http";
import { type ApiGatewayOperation, findApi } from "./apigateway-parts";
import { findStageOf } from "./apigateway-stage-api";
import { type Json, present } from "./aws-api";
import { RestAnswer } from "./rest-api";

const TYPES = ["oas30", "swagger"];
const EXTENSIONS = ["integrations", "authorizers", "apigateway"];
const LOCATIONS: Readonly<Record<string, string>> = { header: "header", path: "path", querystring: "query" };

/** What is exported besides OpenAPI's own words. */
interface Extensions {
  readonly integrations: boolean;
  readonly authorizers: boolean;
}

/** `GetExport`. */
export const getExport: ApiGatewayOperation = async (place, call) => {
  const { export_type = "" } = call.parts;
  const [api, stage] = [findApi(place, call), findStageOf(place, call)];
  if (!TYPES.includes(export_type)) throw badRequest(`No API exporter for type '${export_type}'`);
  const accepted = headerValues(call.request, "Accept").join();
  if (export_type !== "oas30" || /yaml/i.test(accepted)) {
    throw new UnsupportedError("an export is emulated as oas30 in application/json only");
  }
  const extensions = extensionsOf(call.query["extensions"]);
  const entry = place.account.get(deployment.type, `${place.region}/${text(stage, "deployment_id")}`);
  const snapshot = entry?.internal as Snapshot;
  const document = {
    openapi: "3.0.1",
    info: present({
      title: text(api, "name"),
      description: optionalText(api, "description"),
      version: entry?.attributes["created_date"],
    }),
    servers: [
      {
        url: `https://${text(api, "id")}.execute-api.${place.region}.amazonaws.com/{basePath}`,
        variables: { basePath: { default: text(stage, "stage_name") } },
      },
    ],
    paths: pathsOf(snapshot, extensions),
    components: componentsOf(snapshot, extensions),
  };
  const name = `${export_type}_${new Date(place.account.now()).toISOString()}.json`;
  return new RestAnswer(200, JSON.stringify(document, null, 2), [
    ["Content-Type", "application/json"],
    ["Content-Disposition", `attachment; filename="${name}"`],
  ]);
};

function extensionsOf(asked: string | undefined): Extensions {
  const names = asked === undefined ? [] : asked.split(",");
  const unknown = names.find((name) => !EXTENSIONS.includes(name));
  if (unknown !== undefined)
    throw new UnsupportedError(`extensions=${unknown} is not emulated. Emulated: ${EXTENSIONS}.`);
  const has = (name: string) => names.includes(name) || names.includes("apigateway");
  return { integrations: has("integrations"), authorizers: has("authorizers") };
}

const of = (snapshot: Snapshot, type: string) => snapshot[`aws_api_gateway_${type}`] ?? [];

function pathsOf(snapshot: Snapshot, extensions: Extensions): Json {
  const paths = new Map(of(snapshot, "resource").map(({ id = null, path }) => [id, String(path)]));
  const operations: Record<string, Record<string, Json>> = {};
  for (const method of of(snapshot, "method")) {
    const path = paths.get(method["resource_id"] ?? null) ?? "/";
    const verb = text(method, "http_method").toLowerCase();
    const name = verb === "any" ? "x-amazon-apigateway-any-method" : verb;
    operations[path] = { ...operations[path], [name]: operationOf(snapshot, method, extensions) };
  }
  return Object.fromEntries(Object.entries(operations).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function operationOf(snapshot: Snapshot, method: Attributes, { integrations }: Extensions): Json {
  const isOfMethod = (part: Attributes) =>
    part["resource_id"] === method["resource_id"] && part["http_method"] === method["http_method"];
  const responses = of(snapshot, "method_response").filter(isOfMethod);
  const [integration] = of(snapshot, "integration").filter(isOfMethod);
  const parameters = parametersOf(method);
  return present({
    operationId: optionalText(method, "operation_name"),
    parameters: parameters.length === 0 ? undefined : parameters,
    responses: Object.fromEntries(responses.map((response) => [text(response, "status_code"), responseOf(response)])),
    security: securityOf(snapshot, method),
    "x-amazon-apigateway-integration": integrations && integration ? integrationOf(integration) : undefined,
  });
}

/** The authorizer that is asked, with the scopes of which a token needs one. */
function securityOf(snapshot: Snapshot, method: Attributes): readonly Json[] | undefined {
  if (method["authorization"] === "NONE") return undefined;
  const authorizer = of(snapshot, "authorizer").find(({ id }) => id === method["authorizer_id"]);
  return authorizer && [{ [text(authorizer, "name")]: texts(method, "authorization_scopes") }];
}

function parametersOf(method: Attributes): readonly Json[] {
  return Object.entries(textMap(method, "request_parameters")).flatMap(([parameter, isRequired]) => {
    const [, place = "", name] = /^method\.request\.(header|path|querystring)\.(.+)$/.exec(parameter) ?? [];
    if (name === undefined) return [];
    const required = place === "path" || isRequired === "true";
    return [{ name, in: LOCATIONS[place], ...(required ? { required } : {}), schema: { type: "string" } }];
  });
}

function responseOf(response: Attributes): Json {
  const headers = Object.keys(textMap(response, "response_parameters")).map((parameter) => [
    parameter.replace("method.response.header.", ""),
    { schema: { type: "string" } },
  ]);
  return present({
    description: `${text(response, "status_code")} response`,
    headers: headers.length === 0 ? undefined : Object.fromEntries(headers),
    content: {},
  });
}

function integrationOf(integration: Attributes): Json {
  const type = text(integration, "type").toLowerCase();
  return present({
    type,
    httpMethod: optionalText(integration, "integration_http_method"),
    uri: optionalText(integration, "uri"),
    passthroughBehavior: text(integration, "passthrough_behavior").toLowerCase(),
    timeoutInMillis: integration["timeout_milliseconds"],
  });
}

function componentsOf(snapshot: Snapshot, { authorizers }: Extensions): Json {
  const schemes = of(snapshot, "authorizer").map((authorizer) => {
    const header = text(authorizer, "identity_source").replace("method.request.header.", "");
    const about = {
      "x-amazon-apigateway-authtype": "cognito_user_pools",
      "x-amazon-apigateway-authorizer": {
        type: "cognito_user_pools",
        providerARNs: texts(authorizer, "provider_arns"),
      },
    };
    return [text(authorizer, "name"), { type: "apiKey", name: header, in: "header", ...(authorizers ? about : {}) }];
  });
  return schemes.length === 0 ? {} : { securitySchemes: Object.fromEntries(schemes) };
}
