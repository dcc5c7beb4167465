/** Which paths of custom domains lead where. */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { Table, type TablePlace } from "../../account/table";
import type { Wire } from "../../protocols/values";
import { badRequest } from "./rules";

/** Base path of the mapping for every path without a mapping of its own. */
export const NO_BASE_PATH = "(none)";

/** A base path mapping as the account keeps it. */
export interface MappingRecord extends Wire<sdk.BasePathMapping> {
  readonly domainName: string;
  /** First part of the path, or {@link NO_BASE_PATH}. */
  readonly basePath: string;
  readonly restApiId: string;
}

export const mappings = new Table<MappingRecord>(
  "apigateway/BasePathMapping",
  ({ domainName, basePath }) => `${domainName}/${basePath}`,
);

/**
 * Refuses to delete what custom domains lead to.
 * @param stage name of the stage that is to be deleted; left out for the whole API
 * @throws {AwsError} `BadRequestException` naming the domains
 */
export function refuseMapped(place: TablePlace, restApiId: string, what: "RestApi" | "stage", stage?: string): void {
  const found = mappings
    .list(place)
    .filter((mapping) => mapping.restApiId === restApiId && (stage === undefined || mapping.stage === stage));
  if (found.length === 0) return;
  const domains = found.map(({ domainName }) => domainName).join(", ");
  throw badRequest(
    `Deleting ${what} failed. Please remove all base path mappings related to the ${what} in your domains: ${domains}`,
  );
}
