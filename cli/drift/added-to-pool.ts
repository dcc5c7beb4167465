/** Who else gets tokens of a user pool, and for what. */
import { clientOfSecret } from "../secret-description";
import { added, others, quoted, whose } from "./added-finding";
import type { AwsReads, Pool } from "./aws-reads";
import type { Finding } from "./finding";
import { type LeftResource, regionOf, textIn } from "./left-state";

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
  return found.map(({ ClientId, ClientName }) => {
    const undo = `aws cognito-idp delete-user-pool-client ${inPool(at)} --client-id ${quoted(ClientId)}`;
    return added(pool, "app_client", JSON.stringify({ name: ClientName, id: ClientId }), undo);
  });
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

function poolOf(pool: LeftResource): Pool {
  return { region: regionOf(pool), poolId: textIn(pool, "id") };
}

function inPool({ region, poolId }: Pool): string {
  return `--region ${region} --user-pool-id ${poolId}`;
}
