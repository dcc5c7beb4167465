/** A client of a served project, as its rotation sees it: in this process, so that its calls can be cut off or put in order. */
import { join } from "node:path";
import { askForToken } from "../../operations/deployed/token-request";
import { readState } from "../../operations/plan-file/state-json";
import { ClientSecrets } from "../../operations/rotate/client-secrets";
import type { Delivery } from "../../operations/rotate/delivery";
import { ManagerDelivery } from "../../operations/rotate/manager-delivery";
import { findClient, type RotatedClient } from "../../operations/rotate/rotated-client";
import type { RotationContext } from "../../operations/rotate/situation";
import { StateKeeper } from "../../operations/rotate/state-keeper";
import { callAws } from "../../platform/aws-call";
import type { CallAws } from "../../platform/patient-call";
import { fileWith } from "./access-text";
import type { ServedProject } from "./served-project";

const READER = "arn:aws:iam::123456789012:role/billing";

/** `billing` is delivered by Secrets Manager, `reports` is not. */
export function rotatedAccess(scopes = "orders/read", more = ""): string {
  return fileWith({
    environments: "  dev: { region: ap-northeast-1, domainPrefix: demo-dev, ephemeral: true }",
    clients: [
      `  billing: { scopes: [${scopes}], secret: { readers: ["${READER}"] } }`,
      `  reports: { scopes: [orders/read]${more} }`,
    ].join("\n"),
  });
}

/** Folder of the stack. */
export function stackOf({ folder }: ServedProject): string {
  return join(folder, ".local", "cdktf.out", "stacks", "dev");
}

export async function clientOf(project: ServedProject, name: string): Promise<RotatedClient> {
  return findClient("dev", await readState(stackOf(project)), name);
}

/** What a run of a rotation works with; nothing is waited for. */
export function contextOf(
  project: ServedProject,
  client: RotatedClient,
  given: { readonly call?: CallAws; readonly delivery?: Delivery; readonly state?: object } = {},
): RotationContext {
  const call = given.call ?? callAws;
  return {
    client,
    secrets: new ClientSecrets(call, client),
    delivery: given.delivery ?? managerOf(call, client),
    state: Object.assign(new StateKeeper(stackOf(project), client), given.state),
    say: () => undefined,
    wait: async () => undefined,
    now: () => new Date(),
  };
}

function managerOf(call: CallAws, client: RotatedClient): ManagerDelivery {
  if (client.store === undefined) throw new Error(`${client.name} has no secret in Secrets Manager`);
  return new ManagerDelivery(call, client, client.store);
}

/** For what is not about Terraform's state, which is slow to write. */
export const NO_STATE = { followVersion: async () => undefined, followClient: async () => undefined };

/** Whether Cognito takes a secret of a client. */
export async function takes({ tokenUrl, id }: RotatedClient, secret: string): Promise<boolean> {
  return "access_token" in (await askForToken(tokenUrl, { id, secret }, undefined));
}

/** Name of the operation that a call is for. */
export function operationOf({ headers }: Parameters<CallAws>[0]): string {
  return headers?.["X-Amz-Target"]?.split(".")[1] ?? "";
}
