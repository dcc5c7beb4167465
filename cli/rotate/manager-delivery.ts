/**
 * Delivery by Secrets Manager. Which of the client's secrets a version holds is told by the version's id, which the one
 * who puts it there chooses: it begins with a hash of the secret's id.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { UserError } from "../user-error";
import { AwsRefusal, type CallAws, operate } from "./aws";
import type { ClientSecret } from "./client-secrets";
import { type Delivered, type Delivery, deliveredJson } from "./delivery";
import type { RotatedClient, SecretStore } from "./rotated-client";

const HASH_LENGTH = 40;

const answer = z.object({ VersionId: z.string(), SecretString: z.string() });
const credentials = z.object({ client_id: z.string(), client_secret: z.string() });

/** A version of the secret. */
export interface SecretVersion {
  readonly id: string;
  /** The JSON that services read. */
  readonly text: string;
}

export class ManagerDelivery implements Delivery {
  readonly place: string;

  constructor(
    private readonly call: CallAws,
    private readonly client: RotatedClient,
    private readonly store: SecretStore,
  ) {
    this.place = `Secrets Manager, ${store.name}`;
  }

  async current(): Promise<Delivered | undefined> {
    const version = await this.version("AWSCURRENT");
    if (version === undefined) return undefined;
    const value = this.valueIn(version);
    // There is no other place to which a second secret may have gone.
    if (value !== undefined) return { value, mayMissOne: true, is: (secret) => version.id.startsWith(hashOf(secret)) };
    const what = `${this.store.name} in Secrets Manager does not hold the credentials of client "${this.client.name}"`;
    throw new UserError(`${what}. Look at what somebody put there before it is written over.`);
  }

  async previous(): Promise<string | undefined> {
    const version = await this.version("AWSPREVIOUS");
    return version && this.valueIn(version);
  }

  async prepare(): Promise<void> {}

  async put(secret: ClientSecret, value: string): Promise<void> {
    const ClientRequestToken = `${hashOf(secret)}-${randomBytes(8).toString("hex")}`;
    const SecretString = JSON.stringify(deliveredJson(this.client, value));
    await this.operate("PutSecretValue", { ClientRequestToken, SecretString }, z.unknown());
  }

  /** The version with that label; `undefined` when there is none. */
  async version(label: "AWSCURRENT" | "AWSPREVIOUS"): Promise<SecretVersion | undefined> {
    try {
      const { VersionId, SecretString } = await this.operate("GetSecretValue", { VersionStage: label }, answer);
      return { id: VersionId, text: SecretString };
    } catch (error) {
      if (error instanceof AwsRefusal && error.code === "ResourceNotFoundException") return undefined;
      throw error;
    }
  }

  private valueIn({ text }: SecretVersion): string | undefined {
    const read = credentials.safeParse(parseJson(text));
    return read.success && read.data.client_id === this.client.id ? read.data.client_secret : undefined;
  }

  private operate<Shape extends z.ZodType>(operation: string, input: object, shape: Shape): Promise<z.infer<Shape>> {
    const service = { service: "secretsmanager", region: this.client.region } as const;
    return operate(this.call, service, operation, { SecretId: this.store.arn, ...input }, shape);
  }
}

function hashOf({ id }: ClientSecret): string {
  return createHash("sha256").update(id).digest("hex").slice(0, HASH_LENGTH);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
