/**
 * Base path mappings: which stage answers under which part of a custom domain's path.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_BasePathMapping.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_base_path_mapping
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { type Attributes, optionalText } from "../../terraform/attributes";
import { defineResource } from "../../terraform/resource";
import { requireDomain } from "./domain-name";
import { differences, replacing } from "./patch";
import { type MappingRecord, mappings, NO_BASE_PATH, restApis, stages } from "./records";
import { badRequest, conflict, notFound } from "./refusals";
import { creating, sharedOperations } from "./shared-operations";

const BASE_PATH = /^[A-Za-z0-9$_.+!*'()-]+$/;

function describe({ domainName: _, ...mapping }: MappingRecord): Wire<sdk.BasePathMapping> {
  return mapping;
}

export function createBasePathMapping(context: OperationContext, input: Wire<sdk.CreateBasePathMappingRequest>) {
  const { domainName } = requireDomain(context, input.domainName);
  const [basePath, stage] = [input.basePath || NO_BASE_PATH, input.stage || undefined];
  return describe(put(context, present({ domainName, basePath, restApiId: input.restApiId ?? "", stage })));
}

/** @param prior the mapping that is changed; left out for a new one */
function put(context: TablePlace, mapping: MappingRecord, prior?: MappingRecord): MappingRecord {
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
  throw badRequest(
    basePath.includes("/")
      ? "API Gateway V1 doesn't support the slash character (/) in base path mappings. To create a multi-level base path mapping, use API Gateway V2."
      : `Invalid base path: ${basePath}. It may only contain letters, numbers and $-_.+!*'()`,
  );
}

interface MappingKey {
  readonly domainName: string | undefined;
  readonly basePath: string | undefined;
}

export const operations = sharedOperations<MappingRecord, MappingKey>({
  type: "BasePathMapping",
  table: mappings,
  require(context, input) {
    const found = mappings.get(context, `${requireDomain(context, input.domainName).domainName}/${input.basePath}`);
    if (found === undefined) throw notFound("base path mapping identifier");
    return found;
  },
  list(context, input) {
    const { domainName } = requireDomain(context, input.domainName);
    return mappings.list(context).filter((mapping) => mapping.domainName === domainName);
  },
  describe,
  rules: {
    "/basePath": replacing("basePath", (value) => value || NO_BASE_PATH),
    // AWS takes both spellings; the real provider uses the first.
    "/restapiId": replacing("restApiId"),
    "/restApiId": replacing("restApiId"),
    "/stage": replacing("stage"),
  },
  put,
});

/**
 * Refuses to delete what custom domains lead to.
 * @param stage name of the stage that is to be deleted; left out for the whole API
 * @throws {AwsError} `BadRequestException` naming the domains
 */
export function refuseMapped(place: TablePlace, restApiId: string, what: "RestApi" | "stage", stage?: string): void {
  const domains = mappings
    .list(place)
    .filter((mapping) => mapping.restApiId === restApiId && (stage === undefined || mapping.stage === stage))
    .map(({ domainName }) => domainName);
  if (domains.length === 0) return;
  const mapped = `base path mappings related to the ${what} in your domains: ${domains.join(", ")}`;
  throw badRequest(`Deleting ${what} failed. Please remove all ${mapped}`);
}

/** Names the mapping to an operation: the base path has a name of its own when it is empty. */
function keyOf(attributes: Attributes): MappingKey {
  const basePath = optionalText(attributes, "base_path") ?? NO_BASE_PATH;
  return { domainName: optionalText(attributes, "domain_name"), basePath };
}

export const basePathMappingResource = defineResource("aws_api_gateway_base_path_mapping", {
  service: "apigateway",
  names: { api_id: "restApiId", stage_name: "stage" },
  id: "<domain_name>/<base_path>",
  importId: "<domain_name>/<base_path>",
  forceNew: ["domain_name"],
  // It names one of several private domains of the same name.
  refused: ["domain_name_id"],
  create: creating("CreateBasePathMapping"),
  read: async (known, aws) => {
    const output = await aws.call("GetBasePathMapping", { ...keyOf(known) });
    const found: Attributes = { ...aws.attributesOf("GetBasePathMapping", output, known), domain_name_id: "" };
    return found["base_path"] === NO_BASE_PATH ? { ...found, base_path: "" } : found;
  },
  update: async (planned, prior, aws) => {
    const paths = { api_id: "/restapiId", base_path: "/basePath", stage_name: "/stage" };
    await aws.call("UpdateBasePathMapping", { ...keyOf(prior), patchOperations: differences(planned, prior, paths) });
  },
  delete: async (prior, aws) => void (await aws.call("DeleteBasePathMapping", { ...keyOf(prior) })),
});
