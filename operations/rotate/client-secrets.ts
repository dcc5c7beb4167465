/**
 * The secrets of an app client in Cognito, which returns their ids and dates, but not their values.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
 */
import { type Aws, AwsError, unlessMissing } from "../../platform/aws";
import { copyable } from "../../platform/local-command";
import { UserError } from "../../platform/user-error";
import { askForToken } from "../deployed/token-request";
import type { RotatedClient } from "./rotated-client";

export interface ClientSecret {
  readonly id: string;
  readonly createdAt: Date;
}

/** How Cognito refuses a secret that another run has added. */
const ADDED_ALREADY = ["LimitExceededException", "InvalidParameterException"];

export class ClientSecrets {
  private readonly of: { readonly UserPoolId: string; readonly ClientId: string };

  constructor(
    private readonly aws: Aws,
    private readonly client: RotatedClient,
    private readonly requestToken: typeof askForToken = askForToken,
  ) {
    this.of = { UserPoolId: client.userPoolId, ClientId: client.id };
  }

  /** Oldest first: one or two. */
  async list(): Promise<readonly ClientSecret[]> {
    const found = await unlessMissing((await this.aws.cognito()).listUserPoolClientSecrets(this.of));
    if (found === undefined) {
      const { name, id } = this.client;
      throw new UserError(
        `Cognito has no client "${name}" (${id}): it was deleted. Run: ${copyable("npx access drift")}`,
      );
    }
    return (found.ClientSecrets ?? [])
      .map((one) => ({ id: one.ClientSecretId ?? "", createdAt: one.ClientSecretCreateDate ?? new Date(0) }))
      .toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  }

  /** Adds a secret. @returns its id; `undefined` when there is no room for it, or it was added already */
  async add(value: string): Promise<string | undefined> {
    try {
      const input = { ...this.of, ClientSecret: value };
      return (await (await this.aws.cognito()).addUserPoolClientSecret(input)).ClientSecretDescriptor?.ClientSecretId;
    } catch (error) {
      if (error instanceof AwsError && ADDED_ALREADY.includes(error.code)) return undefined;
      throw error;
    }
  }

  /** Deletes a secret, if it is still there; Cognito keeps the last one. */
  async delete(id: string): Promise<void> {
    await unlessMissing((await this.aws.cognito()).deleteUserPoolClientSecret({ ...this.of, ClientSecretId: id }));
  }

  /** The secret that the client was created with; `undefined` once it is deleted. */
  async original(): Promise<string | undefined> {
    const { UserPoolClient: client } = await (await this.aws.cognito()).describeUserPoolClient(this.of);
    return client?.ClientSecret || undefined;
  }

  /**
   * Whether the token endpoint issues a token for the secret.
   * @throws {UserError} when it refuses the client for another reason than its credentials, which proves nothing
   */
  async isAccepted(secret: string): Promise<boolean> {
    const { tokenUrl, id } = this.client;
    const response = await this.requestToken(tokenUrl, { id, secret }, undefined);
    if ("access_token" in response) return true;
    if (response.error === "invalid_client") return false;
    throw new UserError(
      `${tokenUrl} refuses the client with any secret: ${response.error}. Run: ${copyable("npx access drift")}`,
    );
  }
}
