/**
 * The secrets of an app client, of which AWS tells ids and dates, but not values.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
 */
import { z } from "zod";
import type { CallAws } from "../../platform/patient-call";
import { UserError } from "../../platform/user-error";
import { AwsRefusal, operate } from "./aws";
import type { RotatedClient } from "./rotated-client";

/** One of a client's secrets. */
export interface ClientSecret {
  /** AWS's id of it, which is no secret. */
  readonly id: string;
  readonly createdAt: Date;
}

const descriptor = z.object({ ClientSecretId: z.string(), ClientSecretCreateDate: z.number() });
const listed = z.object({ ClientSecrets: z.array(descriptor), NextToken: z.string().optional() });
const added = z.object({ ClientSecretDescriptor: descriptor });
const described = z.object({ UserPoolClient: z.object({ ClientSecret: z.string().optional() }) });

/** Secrets of one client. */
export class ClientSecrets {
  private readonly of: object;

  constructor(
    private readonly call: CallAws,
    private readonly client: RotatedClient,
  ) {
    this.of = { UserPoolId: client.userPoolId, ClientId: client.id };
  }

  /** Oldest first: one or two. */
  async list(): Promise<readonly ClientSecret[]> {
    const { ClientSecrets: found } = await this.operate("ListUserPoolClientSecrets", {}, listed).catch((error) => {
      if (!(error instanceof AwsRefusal) || error.code !== "ResourceNotFoundException") throw error;
      const { name, id } = this.client;
      throw new UserError(`AWS has no client "${name}" (${id}) any more: somebody deleted it. Run: npm run drift`);
    });
    return found.map(secretOf).toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  }

  /** Adds one that is brought along, so that it can be kept before anybody may need it. */
  async add(value: string): Promise<ClientSecret> {
    const { ClientSecretDescriptor: secret } = await this.operate(
      "AddUserPoolClientSecret",
      { ClientSecret: value },
      added,
    );
    return secretOf(secret);
  }

  /** Takes one away, unless that was done already; the last one AWS keeps. */
  async delete(id: string): Promise<void> {
    try {
      await this.operate("DeleteUserPoolClientSecret", { ClientSecretId: id }, z.unknown());
    } catch (error) {
      if (error instanceof AwsRefusal && error.code === "ResourceNotFoundException") return;
      throw error;
    }
  }

  /** The secret that the client was made with, `undefined` once it is deleted. */
  async original(): Promise<string | undefined> {
    const { UserPoolClient: client } = await this.operate("DescribeUserPoolClient", {}, described);
    return client.ClientSecret || undefined;
  }

  private operate<Shape extends z.ZodType>(operation: string, input: object, shape: Shape): Promise<z.infer<Shape>> {
    const { region } = this.client;
    return operate(this.call, { service: "cognito-idp", region }, operation, { ...this.of, ...input }, shape);
  }
}

function secretOf({ ClientSecretId, ClientSecretCreateDate }: z.infer<typeof descriptor>): ClientSecret {
  return { id: ClientSecretId, createdAt: new Date(ClientSecretCreateDate * 1000) };
}
