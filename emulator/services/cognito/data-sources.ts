/** What Terraform asks of user pools and app clients that it does not manage. */
import type * as sdk from "@aws-sdk/client-cognito-identity-provider";
import { AwsError } from "../../errors";
import type { Wire } from "../../protocols/values";
import type { Attributes, Value } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { type DataSource, defineDataSource } from "../../terraform/data-source";

/** @throws {AwsError} in the real provider's words when there is no such thing */
async function readOne(operation: string, what: string, id: Value | undefined, config: Attributes, aws: Aws) {
  try {
    const output = await aws.call(operation, aws.inputOf(operation, config));
    return { ...config, ...aws.attributesOf(operation, output, config), id: id ?? null };
  } catch (error) {
    if (!(error instanceof AwsError) || error.name !== "ResourceNotFoundException") throw error;
    throw new AwsError(`reading ${what} (${id})`, "couldn't find resource");
  }
}

/** Items of all pages. */
async function listAll<Item>(operation: string, member: string, given: object, aws: Aws): Promise<readonly Item[]> {
  const items: Item[] = [];
  let NextToken: unknown;
  do {
    const page = await aws.call(operation, {
      MaxResults: 60,
      ...given,
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    items.push(...((page[member] ?? []) as readonly Item[]));
    NextToken = page["NextToken"];
  } while (NextToken !== undefined);
  return items;
}

const userPool = defineDataSource("aws_cognito_user_pool", {
  service: "cognito-idp",
  names: {
    "account_recovery_setting.recovery_mechanism": "RecoveryMechanisms",
    tags: "UserPoolTags",
  },
  output: "UserPool",
  hasEmptyValues: false,
  read: (config, aws) => readOne("DescribeUserPool", "Cognito User Pool", config["user_pool_id"], config, aws),
});

const userPools = defineDataSource("aws_cognito_user_pools", {
  service: "cognito-idp",
  read: async (config, aws) => {
    const all = await listAll<Wire<sdk.UserPoolDescriptionType>>("ListUserPools", "UserPools", {}, aws);
    const ids = all.filter(({ Name }) => Name === config["name"]).map(({ Id }) => Id ?? "");
    const arns = ids.map((id) => `arn:aws:cognito-idp:${aws.region}:${aws.accountId}:userpool/${id}`);
    return { id: config["name"] ?? null, ids, arns };
  },
});

const userPoolClient = defineDataSource("aws_cognito_user_pool_client", {
  service: "cognito-idp",
  names: { name: "ClientName" },
  output: "UserPoolClient",
  sensitive: ["client_secret"],
  read: (config, aws) =>
    readOne("DescribeUserPoolClient", "Cognito User Pool Client", config["client_id"], config, aws),
});

const userPoolClients = defineDataSource("aws_cognito_user_pool_clients", {
  service: "cognito-idp",
  read: async (config, aws) => {
    const { user_pool_id = null } = config;
    const given = { UserPoolId: user_pool_id };
    const all = await listAll<Wire<sdk.UserPoolClientDescription>>(
      "ListUserPoolClients",
      "UserPoolClients",
      given,
      aws,
    );
    const [client_ids, client_names] = [
      all.map(({ ClientId = "" }) => ClientId),
      all.map(({ ClientName = "" }) => ClientName),
    ];
    return { id: user_pool_id, client_ids, client_names };
  },
});

export const cognitoDataSources: readonly DataSource[] = [userPool, userPools, userPoolClient, userPoolClients];
