/**
 * Models of a REST API: JSON schemas of bodies.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Model.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { listingText, replacing } from "./patch";
import { type ModelRecord, models, requireApi, resources } from "./records";
import { badRequest, conflict, missing } from "./refusals";
import { partTraits, sharedOperations, withoutApi } from "./shared-operations";

const DRAFT = "http://json-schema.org/draft-04/schema#";

/** Adds the models that every API starts with. */
export function addDefaultModels(context: TablePlace, restApiId: string): void {
  const add = (name: string, description: string, members: object) =>
    models.put(context, {
      restApiId,
      id: context.account.randomId(6),
      name,
      description,
      schema: JSON.stringify({ $schema: DRAFT, title: `${name} Schema`, type: "object", ...members }, null, 2),
      contentType: "application/json",
    });
  add("Empty", "This is a default empty schema model", {});
  add("Error", "This is a default error schema model", { properties: { message: { type: "string" } } });
}

export function createModel(context: OperationContext, input: Wire<sdk.CreateModelRequest>) {
  const { name = "", schema, contentType } = input;
  const { id: restApiId } = requireApi(context, input.restApiId);
  if (name === "") throw badRequest("Model name must be non-empty");
  if (models.find(context, restApiId, name) !== undefined) {
    throw conflict("Model name already exists for this REST API");
  }
  const [id, description] = [context.account.randomId(6), input.description || undefined];
  const model = { restApiId, id, name, description, schema: requireSchema(schema), contentType };
  return withoutApi(models.put(context, present(model)));
}

function requireSchema(schema: string | undefined): string {
  if (schema !== undefined && schema !== "") return schema;
  throw badRequest("Model schema must have at least 1 property or array items defined");
}

interface ModelKey {
  readonly restApiId: string | undefined;
  readonly modelName: string | undefined;
}

const traits = partTraits("Model", models);

export const operations = sharedOperations<ModelRecord, ModelKey>({
  ...traits,
  require(context, { restApiId, modelName }) {
    const found = models.find(context, restApiId, modelName);
    if (found === undefined) throw missing(`Invalid model name specified: ${modelName}`);
    return found;
  },
  list: (context, input) => traits.list(context, input).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  rules: { "/description": replacing("description"), "/schema": replacing("schema", requireSchema) },
  text: listingText,
  beforeDelete(context, { name, restApiId }) {
    const names = (of: Readonly<Record<string, string>> = {}) => Object.values(of).includes(name);
    // As recorded, the resource that came last is named.
    for (const { path, resourceMethods } of resources.ofApi(context, restApiId).toReversed()) {
      for (const [httpMethod, { requestModels, methodResponses = {} }] of Object.entries(resourceMethods)) {
        const isInResponse = Object.values(methodResponses).some(({ responseModels }) => names(responseModels));
        if (!names(requestModels) && !isInResponse) continue;
        const where = names(requestModels) ? "request" : "response";
        throw conflict(`Cannot delete model '${name}', is referenced in method ${where}: ${path}/${httpMethod}`);
      }
    }
  },
});

/** Makes sure that the API has these models. @throws {AwsError} `BadRequestException` */
export function requireModels(
  context: TablePlace,
  restApiId: string,
  named: Readonly<Record<string, string>> | undefined,
): void {
  for (const name of Object.values(named ?? {})) {
    if (models.find(context, restApiId, name) !== undefined) continue;
    throw badRequest(`Invalid model identifier specified: ${name}`);
  }
}
