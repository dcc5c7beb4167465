/**
 * Delivery by Secrets Manager, step by step as AWS's own rotation does it. What is pending has the label AWSPENDING,
 * from when it is kept until the rotation is over; on the way the label AWSCURRENT comes to the same version.
 *
 * Two runs at once cannot go apart: the version's id is drawn from the one that is current, so only one of them can keep
 * a secret of its own, and a label is moved from the version where it was seen, or not at all.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { CallAws } from "../../platform/patient-call";
import { UserError } from "../../platform/user-error";
import { AwsRefusal, operate } from "./aws";
import { type Credentials, credentialsText, parseCredentials } from "./credentials";
import type { Delivery, SecretVersion } from "./delivery";
import type { RotatedClient, SecretStore } from "./rotated-client";

/** The last one is on no version that counts: what has it is on its way to AWSCURRENT, past what is pending. */
type Label = "AWSCURRENT" | "AWSPENDING" | "AWSPREVIOUS" | "REPLACEMENT";

const answer = z.object({ VersionId: z.string(), SecretString: z.string() });

/** Versions that were given up, for one that is current; so many nobody gives up. */
const MOST_ATTEMPTS = 50;

export class ManagerDelivery implements Delivery {
  readonly place: string;

  constructor(
    private readonly call: CallAws,
    private readonly client: RotatedClient,
    private readonly store: SecretStore,
  ) {
    this.place = `Secrets Manager, ${store.name}`;
  }

  async current(): Promise<Credentials | undefined> {
    const version = await this.version("AWSCURRENT");
    if (version === undefined) return undefined;
    const read = parseCredentials(this.client, version.text, version.id);
    if (read !== undefined) return read;
    const what = `${this.store.name} in Secrets Manager does not hold the credentials of client "${this.client.name}"`;
    const { versionName = "<its name>" } = this.store;
    const again = `terraform apply -replace=aws_secretsmanager_secret_version.${versionName}`;
    throw new UserError(
      `${what}. Look at what somebody put there; what Terraform knows is written over it, in the stack's folder, by: ${again}`,
    );
  }

  async pending(): Promise<Credentials | undefined> {
    return await this.read("AWSPENDING");
  }

  async previous(): Promise<Credentials | undefined> {
    return await this.read("AWSPREVIOUS");
  }

  async stage(from: Credentials | undefined, wanted: Credentials): Promise<Credentials | undefined> {
    for (const version of versionsAfter(from, "new")) {
      if (await this.keep(version, wanted, "AWSPENDING")) return { ...wanted, version };
      const pending = await this.pending();
      if (pending !== undefined && pending.value !== from?.value) return pending;
      if ((await this.current())?.version !== from?.version) return undefined;
    }
    throw this.tooManyVersions();
  }

  async amend(pending: Credentials, more: Credentials): Promise<Credentials> {
    const version = versionId(pending.version, `amended ${more.id}`);
    const isKept = await this.keep(version, more, "AWSPENDING");
    return isKept ? { ...more, version } : ((await this.pending()) ?? pending);
  }

  async promote(from: Credentials | undefined, pending: Credentials): Promise<void> {
    const isMoved = await this.tryToMove("AWSCURRENT", from?.version, pending.version);
    // Perhaps another run has done it.
    if (!isMoved && (await this.current())?.value !== pending.value) throw this.changed();
  }

  async replace(from: Credentials, by: Credentials): Promise<Credentials> {
    for (const version of versionsAfter(from, "replacement")) {
      if (!(await this.keep(version, by, "REPLACEMENT"))) continue;
      if (await this.tryToMove("AWSCURRENT", from.version, version)) return { ...by, version };
      throw this.changed();
    }
    throw this.tooManyVersions();
  }

  async settle(value: string): Promise<void> {
    const pending = await this.pending();
    if (pending?.value === value) await this.tryToMove("AWSPENDING", pending.version, undefined);
  }

  async tracked(): Promise<SecretVersion | undefined> {
    return await this.version("AWSCURRENT");
  }

  /** @returns false when there is such a version, and it holds something else */
  private async keep(version: string, wanted: Credentials, label: Label): Promise<boolean> {
    const SecretString = credentialsText(this.client, wanted);
    const input = { ClientRequestToken: version, SecretString, VersionStages: [label] };
    try {
      await this.operate("PutSecretValue", input, z.unknown());
      return true;
    } catch (error) {
      if (error instanceof AwsRefusal && error.code === "ResourceExistsException") return false;
      throw error;
    }
  }

  /** @returns false when the label is elsewhere by now */
  private async tryToMove(label: Label, from: string | undefined, to: string | undefined): Promise<boolean> {
    const ends = {
      ...(from === undefined ? {} : { RemoveFromVersionId: from }),
      ...(to === undefined ? {} : { MoveToVersionId: to }),
    };
    try {
      await this.operate("UpdateSecretVersionStage", { VersionStage: label, ...ends }, z.unknown());
      return true;
    } catch (error) {
      if (error instanceof AwsRefusal && error.code === "InvalidParameterException") return false;
      throw error;
    }
  }

  private async read(label: Label): Promise<Credentials | undefined> {
    const version = await this.version(label);
    return version && parseCredentials(this.client, version.text, version.id);
  }

  private async version(label: Label): Promise<SecretVersion | undefined> {
    try {
      const { VersionId, SecretString } = await this.operate("GetSecretValue", { VersionStage: label }, answer);
      return { id: VersionId, text: SecretString };
    } catch (error) {
      if (error instanceof AwsRefusal && error.code === "ResourceNotFoundException") return undefined;
      throw error;
    }
  }

  private changed(): UserError {
    return new UserError(`${this.place} was changed by somebody else in the meantime. Run the command again.`);
  }

  private tooManyVersions(): UserError {
    return new UserError(`${this.place} has too many versions that were given up. Run the command again in some days.`);
  }

  private operate<Shape extends z.ZodType>(operation: string, input: object, shape: Shape): Promise<z.infer<Shape>> {
    const service = { service: "secretsmanager", region: this.client.region } as const;
    return operate(this.call, service, operation, { SecretId: this.store.arn, ...input }, shape);
  }
}

/** Ids of what may come after a version, which are the same in every run. */
function versionsAfter(from: Credentials | undefined, what: string): readonly string[] {
  return Array.from({ length: MOST_ATTEMPTS }, (_, attempt) => versionId(from?.version, `${what} ${attempt}`));
}

/** 64 characters, as many as AWS takes. */
function versionId(after: string | undefined, what: string): string {
  return createHash("sha256")
    .update(`${after ?? ""}\n${what}`)
    .digest("hex");
}
