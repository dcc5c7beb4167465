/**
 * REST APIs. What is configured here answers nobody before a deployment freezes it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_RestApi.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { Table, type TablePlace } from "../../account-table";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";

/** A REST API as the account keeps it. */
export interface RestApiRecord extends Wire<sdk.RestApi> {
  readonly id: string;
  readonly name: string;
  readonly rootResourceId: string;
}

export const restApis = new Table<RestApiRecord>("apigateway/RestApi", ({ id }) => id);

/** The API of the id. @throws {AwsError} `NotFoundException` */
export function requireApi(
  context: TablePlace & Pick<OperationContext, "accountId">,
  id: string | undefined,
): RestApiRecord {
  const api = restApis.get(context, id ?? "");
  if (api !== undefined) return api;
  throw new AwsError("NotFoundException", `Invalid API identifier specified ${context.accountId}:${id}`, 404);
}
