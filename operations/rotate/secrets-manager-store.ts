/**
 * Credentials in a secret of Secrets Manager. What is pending has the label AWSPENDING until the rotation is settled.
 *
 * Two runs at once cannot diverge: the id of a pending version is derived from the version that is current, so only one run
 * can keep a secret of its own, and AWSCURRENT is moved from the version where it was read, or not at all.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
 */
import { createHash } from "node:crypto";
import { type Aws, AwsError, unlessMissing } from "../../platform/aws";
import { UserError } from "../../platform/user-error";
import type { RotatedClient, StoredSecret } from "./rotated-client";
import {
  type Credentials,
  changedMeanwhile,
  credentialsText,
  type Label,
  parseCredentials,
  type SecretStore,
} from "./secret-store";

const STAGES = { current: "AWSCURRENT", pending: "AWSPENDING", previous: "AWSPREVIOUS" } as const;

/** Label of a version on its way to AWSCURRENT: Secrets Manager keeps no version without one. */
const DELIVERY = "REPLACEMENT";

/** Versions that were given up after one that is current. */
const MAX_GIVEN_UP = 50;

export class SecretsManagerStore implements SecretStore {
  readonly place: string;

  constructor(
    private readonly aws: Aws,
    private readonly client: RotatedClient,
    private readonly secret: StoredSecret,
  ) {
    this.place = `Secrets Manager, ${secret.name}`;
  }

  async read(label: Label): Promise<Credentials | undefined> {
    const input = { SecretId: this.secret.arn, VersionStage: STAGES[label] };
    const found = await unlessMissing((await this.aws.secretsManager()).getSecretValue(input)).catch((error) => {
      throw isRefusal(error, "InvalidRequestException") ? this.scheduledForDeletion() : error;
    });
    if (found === undefined) return undefined;
    const read = parseCredentials(this.client, found.SecretString ?? "", found.VersionId);
    if (read === undefined && label === "current") throw this.notCredentials();
    return read;
  }

  /** Versions that were given up after the one that is current are passed over. */
  async create(from: Credentials | undefined, wanted: Credentials): Promise<Credentials | undefined> {
    for (let count = 0; count < MAX_GIVEN_UP; count++) {
      const kept = await this.put(versionAfter(from, `new ${count}`), wanted, STAGES.pending);
      if (kept !== undefined) return kept;
      const pending = await this.read("pending");
      if (pending !== undefined && pending.value !== from?.value) return pending;
      if ((await this.read("current"))?.version?.id !== from?.version?.id) return undefined;
    }
    throw new UserError(`${this.place} has too many abandoned versions. Run the command again in a few days.`);
  }

  async finish(from: Credentials | undefined, pending: Credentials): Promise<void> {
    await this.deliver(from, pending);
  }

  async deliver(from: Credentials | undefined, by: Credentials): Promise<Credentials> {
    const id = versionAfter(from, credentialsText(this.client, by));
    const put = await this.put(id, by, DELIVERY);
    if (put !== undefined && (await this.move(STAGES.current, from?.version?.id, id))) return put;
    const current = await this.read("current");
    if (current?.value === by.value && current.id === by.id) return current;
    throw changedMeanwhile(this);
  }

  async settle({ value }: Credentials): Promise<void> {
    const pending = await this.read("pending");
    if (pending?.value === value) await this.move(STAGES.pending, pending.version?.id, undefined);
  }

  /** @returns `undefined` when there is such a version, and it holds something else */
  private async put(id: string, credentials: Credentials, stage: string): Promise<Credentials | undefined> {
    const text = credentialsText(this.client, credentials);
    const input = { SecretId: this.secret.arn, ClientRequestToken: id, SecretString: text, VersionStages: [stage] };
    try {
      await (await this.aws.secretsManager()).putSecretValue(input);
      return { ...credentials, version: { id, text } };
    } catch (error) {
      if (isRefusal(error, "ResourceExistsException")) return undefined;
      throw error;
    }
  }

  /** @returns false when the label is on another version by now */
  private async move(VersionStage: string, RemoveFromVersionId?: string, MoveToVersionId?: string): Promise<boolean> {
    const input = { SecretId: this.secret.arn, VersionStage, RemoveFromVersionId, MoveToVersionId };
    try {
      await (await this.aws.secretsManager()).updateSecretVersionStage(input);
      return true;
    } catch (error) {
      if (isRefusal(error, "InvalidParameterException")) return false;
      throw error;
    }
  }

  private notCredentials(): UserError {
    const { name, versionName = "<name>" } = this.secret;
    const what = `${name} in Secrets Manager does not hold the credentials of client "${this.client.name}"`;
    const replace = `terraform apply -replace=aws_secretsmanager_secret_version.${versionName}`;
    return new UserError(
      `${what}. To overwrite it with the values in Terraform's state, run in the stack's folder:\n  ${replace}`,
    );
  }

  private scheduledForDeletion(): UserError {
    const restore = `aws secretsmanager restore-secret --region ${this.client.region} --secret-id ${this.secret.name}`;
    return new UserError(`${this.place} is scheduled for deletion, so nothing was changed. Run:\n  ${restore}`);
  }
}

function isRefusal(error: unknown, code: string): boolean {
  return error instanceof AwsError && error.code === code;
}

/** Id of a version that comes after another one, which is the same in every run; 64 characters, as many as AWS accepts. */
function versionAfter(from: Credentials | undefined, what: string): string {
  return createHash("sha256")
    .update(`${from?.version?.id ?? ""}\n${what}`)
    .digest("hex");
}
