/**
 * Base path mappings: which stage answers under which part of a custom domain's path.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_BasePathMapping.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_base_path_mapping
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { type Attributes, optionalText } from "../../terraform/attributes";
import { defineResource } from "../../terraform/resource";
import { requireDomain } from "./domain-name";
import { type MappingRecord, mappings, NO_BASE_PATH } from "./mapped-domains";
import { pageOfItems } from "./pages";
import { differences, patched, replacing } from "./patch";
import { restApis } from "./rest-api";
import { badRequest, conflict, notFound } from "./rules";
import { stages } from "./stage";

const BASE_PATH = /^[A-Za-z0-9$_.+!*'()-]+$/;

interface MappingName {
  readonly domainName: string | undefined;
  readonly basePath: string | undefined;
}

function requireMapping(context: OperationContext, { domainName, basePath }: MappingName): MappingRecord {
  const found = mappings.get(context, `${requireDomain(context, domainName).domainName}/${basePath}`);
  if (found === undefined) throw notFound("base path mapping identifier");
  return found;
}

function describe({ domainName: _, ...mapping }: MappingRecord): Wire<sdk.BasePathMapping> {
  return mapping;
}

export function createBasePathMapping(context: OperationContext, input: Wire<sdk.CreateBasePathMappingRequest>) {
  const { domainName } = requireDomain(context, input.domainName);
  const mapping = present({
    domainName,
    basePath: input.basePath || NO_BASE_PATH,
    restApiId: input.restApiId ?? "",
    stage: input.stage || undefined,
  });
  return describe(put(context, mapping));
}

/** @param prior the mapping that is changed; left out for a new one */
function put(context: OperationContext, mapping: MappingRecord, prior?: MappingRecord): MappingRecord {
  const { domainName, basePath, restApiId, stage } = mapping;
  checkBasePath(basePath);
  if (restApis.get(context, restApiId) === undefined) throw badRequest("Invalid REST API identifier specified");
  if (stage !== undefined && stages.find(context, restApiId, stage) === undefined) {
    throw badRequest("Invalid stage identifier specified");
  }
  const isTaken = mappings.get(context, `${domainName}/${basePath}`) !== undefined && prior?.basePath !== basePath;
  if (isTaken) throw conflict("Base path already exists for this domain name");
  if (prior !== undefined) mappings.delete(context, prior);
  return mappings.put(context, mapping);
}

function checkBasePath(basePath: string): void {
  if (basePath === NO_BASE_PATH || BASE_PATH.test(basePath)) return;
  if (!basePath.includes("/")) {
    throw badRequest(`Invalid base path: ${basePath}. It may only contain letters, numbers and $-_.+!*'()`);
  }
  throw badRequest(
    "API Gateway V1 doesn't support the slash character (/) in base path mappings. To create a multi-level base path mapping, use API Gateway V2.",
  );
}

export function getBasePathMapping(context: OperationContext, input: Wire<sdk.GetBasePathMappingRequest>) {
  return describe(requireMapping(context, input));
}

export function getBasePathMappings(context: OperationContext, input: Wire<sdk.GetBasePathMappingsRequest>) {
  const { domainName } = requireDomain(context, input.domainName);
  const ofDomain = mappings.list(context).filter((mapping) => mapping.domainName === domainName);
  return pageOfItems(ofDomain.map(describe), input);
}

const PATCHES = {
  "/basePath": replacing<MappingRecord>("basePath", (value) => value || NO_BASE_PATH),
  // AWS takes both spellings; the real provider uses the first.
  "/restapiId": replacing<MappingRecord>("restApiId"),
  "/restApiId": replacing<MappingRecord>("restApiId"),
  "/stage": replacing<MappingRecord>("stage"),
};

export function updateBasePathMapping(context: OperationContext, input: Wire<sdk.UpdateBasePathMappingRequest>) {
  const prior = requireMapping(context, input);
  return describe(put(context, patched(prior, input.patchOperations, PATCHES), prior));
}

export function deleteBasePathMapping(context: OperationContext, input: Wire<sdk.DeleteBasePathMappingRequest>) {
  mappings.delete(context, requireMapping(context, input));
  return {};
}

/** Names the mapping to an operation: the base path has a name of its own when it is empty. */
function nameOf(attributes: Attributes): MappingName {
  const basePath = optionalText(attributes, "base_path") ?? NO_BASE_PATH;
  return { domainName: optionalText(attributes, "domain_name"), basePath };
}

export const basePathMappingResource = defineResource("aws_api_gateway_base_path_mapping", {
  service: "apigateway",
  names: { api_id: "restApiId", stage_name: "stage" },
  id: "<domain_name>/<base_path>",
  importId: "<domain_name>/<base_path>",
  forceNew: ["domain_name"],
  // It says which private domain of the name is meant.
  refused: ["domain_name_id"],
  create: async (planned, aws) => {
    await aws.call("CreateBasePathMapping", aws.inputOf("CreateBasePathMapping", planned));
    return {};
  },
  read: async (known, aws) => {
    const output = await aws.call("GetBasePathMapping", { ...nameOf(known) });
    const found: Attributes = { ...aws.attributesOf("GetBasePathMapping", output, known), domain_name_id: "" };
    return found["base_path"] === NO_BASE_PATH ? { ...found, base_path: "" } : found;
  },
  update: async (planned, prior, aws) => {
    const paths = { api_id: "/restapiId", base_path: "/basePath", stage_name: "/stage" };
    const patchOperations = differences(planned, prior, paths);
    await aws.call("UpdateBasePathMapping", { ...nameOf(prior), patchOperations });
  },
  delete: async (prior, aws) => {
    await aws.call("DeleteBasePathMapping", { ...nameOf(prior) });
  },
});
