/** App clients that somebody added by hand: they die with their user pool, though Terraform does not know them. */
import type { callAws } from "../../platform/aws-call";
import { LookRefused, listed } from "../deployed/aws-look";
import { managedResources, type StateValues } from "../plan-file/state-json";
import type { DyingClient } from "./inventory";

/**
 * @param values what is deployed
 * @param say told when AWS does not let be seen which clients a pool has
 */
export async function addedClients(
  call: typeof callAws,
  region: string,
  values: StateValues,
  say: (text: string) => void,
): Promise<readonly DyingClient[]> {
  const idsOf = (wanted: string) =>
    managedResources(values).flatMap(({ type, values: { id } }) => (type === wanted ? [String(id)] : []));
  const known = idsOf("aws_cognito_user_pool_client");
  const found: DyingClient[] = [];
  for (const pool of idsOf("aws_cognito_user_pool")) {
    try {
      const clients = await listed(call, region, "cognito-idp", "ListUserPoolClients", {
        UserPoolId: pool,
        MaxResults: 60,
      });
      for (const { ClientName, ClientId } of clients.filter((client) => !known.includes(String(client["ClientId"])))) {
        found.push({ name: String(ClientName), id: String(ClientId), note: "added by hand" });
      }
    } catch (error) {
      if (!(error instanceof LookRefused)) throw error;
      say(`Whether somebody added clients to ${pool} cannot be told: ${error.message}`);
    }
  }
  return found;
}
