/**
 * API keys, which callers send besides their token where a method requires one. Usage plans refer to them, so that their
 * deletion is an operation of `usage-plan.ts`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_ApiKey.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_api_key
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { Table, type TablePlace } from "../../account/table";
import { UnsupportedError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { defineResource } from "../../terraform/resource";
import { byPatches, isTrue, listingText, type PatchRules, patched, replacing } from "./patch";
import { badRequest, conflict, notFound } from "./refusals";
import { pageOfItems } from "./shared-operations";

const MAX_NAME = 1024;
const MIN_VALUE = 20;
const MAX_VALUE = 128;
const MAX_DESCRIPTION = 125_000;
const VALUE_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** An API key as the account keeps it. */
export interface ApiKeyRecord extends Wire<sdk.ApiKey> {
  readonly id: string;
  readonly value: string;
  readonly enabled: boolean;
}

export const apiKeys = new Table<ApiKeyRecord>("apigateway/ApiKey", ({ id }) => id);

/** The key of the id. @throws {AwsError} `NotFoundException` */
export function requireApiKey(place: TablePlace, id: string | undefined): ApiKeyRecord {
  const key = apiKeys.get(place, id ?? "");
  if (key === undefined) throw notFound("API Key identifier");
  return key;
}

function describe({ tags = {}, value, ...key }: ApiKeyRecord, hasValue: boolean, hasTags = false): Wire<sdk.ApiKey> {
  const tagged = hasTags || Object.keys(tags).length > 0 ? { tags } : {};
  return { ...key, ...tagged, ...(hasValue ? { value } : {}) };
}

export function createApiKey(context: OperationContext, input: Wire<sdk.CreateApiKeyRequest>) {
  const { account } = context;
  if ((input.stageKeys ?? []).length > 0) throw new UnsupportedError("stageKeys are not emulated: use a usage plan");
  const now = Math.floor(account.now() / 1000);
  const key: ApiKeyRecord = present({
    id: account.randomId(10),
    value: checkedValue(input.value) ?? account.randomId(40, VALUE_ALPHABET),
    name: nameOf(input.name),
    customerId: input.customerId || undefined,
    description: descriptionOf(input.description),
    enabled: input.enabled ?? false,
    createdDate: now,
    lastUpdatedDate: now,
    stageKeys: [],
    tags: input.tags,
  });
  if (apiKeys.list(context).some(({ value }) => value === key.value)) throw conflict("API Key already exists");
  return describe(apiKeys.put(context, key), true);
}

function checkedValue(value = ""): string | undefined {
  if (value === "") return undefined;
  if (value.length < MIN_VALUE) throw badRequest(`API Key value should be at least ${MIN_VALUE} characters`);
  if (value.length > MAX_VALUE) throw badRequest(`API Key value exceeds maximum size of ${MAX_VALUE} characters`);
  return value;
}

function nameOf(name = ""): string | undefined {
  if (name.length > MAX_NAME) throw badRequest(`Invalid API Key name, can be at most ${MAX_NAME} characters.`);
  return name || undefined;
}

function descriptionOf(description = ""): string | undefined {
  if (description.length > MAX_DESCRIPTION) throw badRequest("Invalid API Key description specified.");
  return description || undefined;
}

export function getApiKey(context: OperationContext, { apiKey, includeValue }: Wire<sdk.GetApiKeyRequest>) {
  return describe(requireApiKey(context, apiKey), includeValue === true, true);
}

/** The newest come first. */
export function getApiKeys(context: OperationContext, input: Wire<sdk.GetApiKeysRequest>) {
  const { nameQuery = "", customerId, includeValues } = input;
  const named = apiKeys.list(context).filter(({ name = "" }) => name.startsWith(nameQuery));
  const found = named.filter((key) => customerId === undefined || key.customerId === customerId).reverse();
  // As recorded, a limit below 1 is none.
  const page = pageOfItems(found, { ...input, limit: Number(input.limit) < 1 ? undefined : input.limit });
  return { ...page, items: page.items.map((key) => describe(key, includeValues === true)) };
}

const RULES: PatchRules<ApiKeyRecord> = {
  "/description": replacing("description", descriptionOf),
  "/enabled": replacing("enabled", isTrue),
  "/name": replacing("name", nameOf),
  "/customerId": replacing("customerId"),
};

export function updateApiKey(context: OperationContext, { apiKey, patchOperations }: Wire<sdk.UpdateApiKeyRequest>) {
  const changed = patched(requireApiKey(context, apiKey), patchOperations, RULES, listingText);
  const lastUpdatedDate = Math.floor(context.account.now() / 1000);
  return describe(apiKeys.put(context, { ...changed, lastUpdatedDate }), false, true);
}

export const apiKeyResource = defineResource("aws_api_gateway_api_key", {
  service: "apigateway",
  names: { id: ["id", "apiKey"], tags_all: "tags" },
  tagging: { tag: "TagResource", untag: "UntagResource" },
  forceNew: ["value"],
  sensitive: ["value"],
  defaults: { description: "Managed by Terraform", enabled: true },
  create: "CreateApiKey",
  read: async (known, aws) => {
    const output = await aws.call("GetApiKey", { ...aws.inputOf("GetApiKey", known), includeValue: true });
    const found = aws.attributesOf("GetApiKey", output, known);
    return { ...found, arn: `arn:aws:apigateway:${aws.region}::/apikeys/${output["id"]}` };
  },
  update: byPatches("UpdateApiKey", {
    description: "/description",
    enabled: "/enabled",
    name: "/name",
    customer_id: "/customerId",
  }),
  delete: "DeleteApiKey",
});
