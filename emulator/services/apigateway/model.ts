/**
 * Models of a REST API: JSON schemas of bodies.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Model.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { pageOfItems } from "./pages";
import { listingTexts, type PatchRules, patched, replacing } from "./patch";
import { resources } from "./resource";
import { requireApi } from "./rest-api";
import { type ApiPart, ApiPartTable, badRequest, conflict } from "./rules";

/** A model as the account keeps it. */
export interface ModelRecord extends Wire<sdk.Model>, ApiPart {
  readonly name: string;
}

export const models = new ApiPartTable<ModelRecord>("Model", ({ name }) => name);

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

interface ModelKey {
  readonly restApiId: string | undefined;
  readonly modelName: string | undefined;
}

function requireModel(context: TablePlace, { restApiId, modelName }: ModelKey): ModelRecord {
  const found = models.find(context, restApiId, modelName);
  if (found !== undefined) return found;
  throw new AwsError("NotFoundException", `Invalid model name specified: ${modelName}`, 404);
}

const describe = ({ restApiId: _, ...model }: ModelRecord): Wire<sdk.Model> => model;

export function createModel(context: OperationContext, input: Wire<sdk.CreateModelRequest>) {
  const { name = "", schema, contentType } = input;
  const description = input.description || undefined;
  const { id: restApiId } = requireApi(context, input.restApiId);
  if (name === "") throw badRequest("Model name must be non-empty");
  if (models.find(context, restApiId, name) !== undefined) {
    throw conflict("Model name already exists for this REST API");
  }
  const id = context.account.randomId(6);
  const model = { restApiId, id, name, description, schema: requireSchema(schema), contentType };
  return describe(models.put(context, present(model)));
}

function requireSchema(schema: string | undefined): string {
  if (schema !== undefined && schema !== "") return schema;
  throw badRequest("Model schema must have at least 1 property or array items defined");
}

export function getModel(context: OperationContext, input: Wire<sdk.GetModelRequest>) {
  return describe(requireModel(context, input));
}

export function getModels(context: OperationContext, input: Wire<sdk.GetModelsRequest>) {
  const { id } = requireApi(context, input.restApiId);
  const sorted = [...models.ofApi(context, id)].sort((a, b) => (a.name < b.name ? -1 : 1));
  return pageOfItems(sorted.map(describe), input);
}

const PATCHES: PatchRules<ModelRecord> = {
  "/description": replacing("description"),
  "/schema": replacing("schema", requireSchema),
};

export function updateModel(context: OperationContext, input: Wire<sdk.UpdateModelRequest>) {
  const model = requireModel(context, input);
  return describe(models.put(context, patched(model, input.patchOperations, PATCHES, listingTexts)));
}

export function deleteModel(context: OperationContext, input: Wire<sdk.DeleteModelRequest>) {
  const model = requireModel(context, input);
  // As recorded, the resource that came last is named.
  for (const { path, resourceMethods } of resources.ofApi(context, model.restApiId).toReversed()) {
    for (const [httpMethod, { requestModels, methodResponses }] of Object.entries(resourceMethods)) {
      const refuse = (where: string) => {
        const text = `Cannot delete model '${model.name}', is referenced in ${where}: ${path}/${httpMethod}`;
        throw conflict(text);
      };
      const names = (of: Readonly<Record<string, string>> | undefined) => Object.values(of ?? {}).includes(model.name);
      if (names(requestModels)) refuse("method request");
      if (Object.values(methodResponses ?? {}).some(({ responseModels }) => names(responseModels))) {
        refuse("method response");
      }
    }
  }
  models.delete(context, model);
  return {};
}

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
