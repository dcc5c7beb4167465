/** Takes from a client what it needs to get tokens, or gives it back, on AWS. Nothing else of it changes. */
import type { UserPoolClientType } from "@aws-sdk/client-cognito-identity-provider";
import { CLIENT_TOKEN_FLOW } from "../../constructs/contract/contract";
import { type Aws, AwsError } from "../../platform/aws";
import { UserError } from "../../platform/user-error";
import { attributesOf, editState } from "../deployed/state-edit";
import { tokenLifetime } from "../deployed/token-lifetime";

/** An app client of a user pool. */
export interface KilledClient {
  readonly name: string;
  readonly id: string;
  readonly userPoolId: string;
}

/** What was done on AWS. */
export interface Switched {
  /** Whether the client was changed; it may have been as wanted before. */
  readonly isChanged: boolean;
  /** How long its access tokens are valid, in seconds. */
  readonly lifetime: number;
  /** When it last changed; tokens that were issued before are valid for `lifetime` after that at most. */
  readonly changedAt: Date;
}

/**
 * Switches the client off or on.
 *
 * An update resets each setting that it leaves out. The client is therefore read first, and all of it is sent back.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html
 * @throws {UserError} when AWS refuses: nothing is changed then
 */
export async function switchClient(sdk: Pick<Aws, "cognito">, client: KilledClient, isOn: boolean): Promise<Switched> {
  const cognito = await sdk.cognito();
  const place = { UserPoolId: client.userPoolId, ClientId: client.id };
  const { UserPoolClient: found = {} } = await refusedFor(client, isOn, cognito.describeUserPoolClient(place));
  const wanted = settingsOf(found, isOn);
  if (wanted === undefined) return switched(found, false);
  const { ClientSecret, CreationDate, LastModifiedDate, ...settings } = { ...found, ...wanted };
  const update = cognito.updateUserPoolClient({ ...settings, ...place });
  const { UserPoolClient: updated = {} } = await refusedFor(client, isOn, update);
  return switched({ ...found, ...updated }, true);
}

/** The settings that change; `undefined` when the client is as wanted. */
function settingsOf(client: UserPoolClientType, isOn: boolean): UserPoolClientType | undefined {
  const { AllowedOAuthFlowsUserPoolClient: isAllowed = false, ExplicitAuthFlows: flows = [] } = client;
  if (isOn) return isAllowed ? undefined : { AllowedOAuthFlowsUserPoolClient: true };
  const others = flows.filter((flow) => String(flow) !== CLIENT_TOKEN_FLOW);
  if (!isAllowed && others.length === flows.length) return undefined;
  // Without any, Cognito would add flows of users.
  return {
    AllowedOAuthFlowsUserPoolClient: false,
    ExplicitAuthFlows: others.length === 0 ? ["ALLOW_REFRESH_TOKEN_AUTH"] : others,
  };
}

function switched(client: UserPoolClientType, isChanged: boolean): Switched {
  const { AccessTokenValidity: validity, TokenValidityUnits: units, LastModifiedDate: changedAt = new Date() } = client;
  return { isChanged, lifetime: tokenLifetime(validity, units?.AccessToken), changedAt };
}

async function refusedFor<T>({ name, id, userPoolId }: KilledClient, isOn: boolean, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const effect = `Nothing was changed: "${name}" ${isOn ? "still gets no tokens" : "still gets tokens"}.`;
    if (error.isNotFound) {
      const what = `Cognito has no client ${id} in the pool ${userPoolId}, or the AWS credentials are of another account`;
      throw new UserError(`${what}. Nothing was changed.`);
    }
    const needs = error.isAccessDenied
      ? `\nkill needs cognito-idp:DescribeUserPoolClient and cognito-idp:UpdateUserPoolClient on the pool ${userPoolId}.`
      : "";
    throw new UserError(`${error.message}${needs}\n${effect}`);
  }
}

/**
 * Notes in Terraform's state what was done on AWS, so that no command reports it as drift. All other out-of-band
 * changes of the client stay out of the state, where the next plan finds them.
 */
export async function noteInState(folder: string, { id }: KilledClient, isOn: boolean): Promise<void> {
  await editState(folder, (state) => {
    const client = attributesOf(state, "aws_cognito_user_pool_client").find(({ found }) => found["id"] === id)?.found;
    if (client !== undefined) client["allowed_oauth_flows_user_pool_client"] = isOn;
  });
}
