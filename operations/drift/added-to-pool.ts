/** Who else gets tokens of a user pool, and for what. */
import { z } from "zod";
import { clientOfSecret } from "../../constructs/contract/contract";
import { quoted } from "../../platform/shell";
import { type LeftResource, regionOf, textIn } from "../deployed/left-state";
import type { Finding } from "../plan-file/finding";
import { EFFECT_OF_ISSUER, effectOfClient } from "../plan-file/token-findings";
import { added, others, whose } from "./added-finding";
import type { AwsReads, ClientSettings, Pool } from "./aws-reads";

const issuerBlocks = z.array(z.object({ type: z.string().nullish() }));
const userBlocks = z.array(z.object({ allow_admin_create_user_only: z.boolean().nullish() }));

const WHY = "a rotation is going on, or somebody added a secret";

/** App clients that were made in a pool. */
export async function appClients(
  pool: LeftResource,
  clients: readonly LeftResource[],
  reads: AwsReads,
): Promise<readonly Finding[]> {
  const at = poolOf(pool);
  const known = clients.map((client) => textIn(client, "id"));
  const found = (await reads.appClients(at)).filter(({ ClientId }) => !known.includes(ClientId));
  return await Promise.all(
    found.map(async ({ ClientId, ClientName }) => {
      const undo = `aws cognito-idp delete-user-pool-client ${inPool(at)} --client-id ${quoted(ClientId)}`;
      const finding = added(pool, "app_client", JSON.stringify({ name: ClientName, id: ClientId }), undo);
      const settings = await reads.clientSettings(at, ClientId);
      const effect = settings && effectOfClient(ClientName, flowsOf(settings));
      return effect === undefined ? finding : { ...finding, isLoud: true as const, effect };
    }),
  );
}

/**
 * An issuer that the code does not set. The provider that the code is written for has no attribute for it, so no plan
 * tells of it, and no deployment puts it back.
 */
export async function issuer(pool: LeftResource, reads: AwsReads): Promise<readonly Finding[]> {
  const at = poolOf(pool);
  const found = await reads.issuerType(at);
  const [known] = issuerBlocks.parse(pool.values["issuer_configuration"] ?? []);
  const expected = known?.type ?? "ORIGINAL";
  if (found !== "UPDATED" || found === expected) return [];
  // What an update leaves out is reset: whether only administrators add users is given along.
  const [config] = userBlocks.parse(pool.values["admin_create_user_config"] ?? []);
  const users = `AllowAdminCreateUserOnly=${config?.allow_admin_create_user_only ?? false}`;
  const undo = `aws cognito-idp update-user-pool ${inPool(at)} --issuer-configuration Type=${expected} --admin-create-user-config ${users}`;
  const finding = added(pool, "issuer_configuration", JSON.stringify(found), undo);
  return [{ ...finding, expected: JSON.stringify(expected), isLoud: true, effect: EFFECT_OF_ISSUER }];
}

/** Resource servers that were made in a pool. */
export async function resourceServers(
  pool: LeftResource,
  servers: readonly LeftResource[],
  reads: AwsReads,
): Promise<readonly Finding[]> {
  const at = poolOf(pool);
  const known = whose(servers, "user_pool_id", at.poolId).map((server) => textIn(server, "identifier"));
  return others(await reads.resourceServers(at), known).map((identifier) => {
    const undo = `aws cognito-idp delete-resource-server ${inPool(at)} --identifier ${quoted(identifier)}`;
    return added(pool, "resource_server", JSON.stringify(identifier), undo);
  });
}

/**
 * A secret that a client has beside its own.
 * @param stores secrets of Secrets Manager
 */
export async function clientSecrets(
  client: LeftResource,
  stores: readonly LeftResource[],
  environment: string,
  reads: AwsReads,
): Promise<readonly Finding[]> {
  const poolId = textIn(client, "user_pool_id");
  const region = regionOf(client) || (poolId.split("_")[0] ?? "");
  const count = await reads.countSecrets({ region, poolId }, textIn(client, "id"));
  if (count < 2) return [];
  const name = textIn(client, "name");
  const isDelivered = stores.some((store) => clientOfSecret(store.values["description"]) === name);
  const to = isDelivered ? "" : " --to <file>";
  const undo = `npm run rotate -- ${quoted(name)} --env ${environment}${to} --finish`;
  const found = added(client, "client_secrets", `${count} secrets are taken: ${WHY}`, undo);
  return [{ ...found, expected: "one secret is taken" }];
}

function flowsOf({ AllowedOAuthFlowsUserPoolClient, AllowedOAuthFlows, ExplicitAuthFlows }: ClientSettings) {
  return {
    allowed_oauth_flows_user_pool_client: AllowedOAuthFlowsUserPoolClient,
    allowed_oauth_flows: AllowedOAuthFlows,
    explicit_auth_flows: ExplicitAuthFlows,
  };
}

function poolOf(pool: LeftResource): Pool {
  return { region: regionOf(pool), poolId: textIn(pool, "id") };
}

function inPool({ region, poolId }: Pool): string {
  return `--region ${region} --user-pool-id ${poolId}`;
}
