/** Delivery by a file that only its owner reads, from which somebody takes it to where the service is. */
import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { z } from "zod";
import { UserError } from "../user-error";
import type { ClientSecret } from "./client-secrets";
import { type Delivered, type Delivery, deliveredJson } from "./delivery";
import type { RotatedClient } from "./rotated-client";

const FOR_OWNER = 0o600;

const content = z.looseObject({
  client_id: z.string(),
  client_secret: z.string(),
  /** AWS's id of the secret, by which a rotation that was interrupted knows what it delivered. */
  client_secret_id: z.string().optional(),
  /** Set before a secret is added, and gone once it is delivered: a second secret without it went elsewhere. */
  rotation_pending: z.literal(true).optional(),
});

export class FileDelivery implements Delivery {
  readonly place: string;

  constructor(
    private readonly file: string,
    private readonly client: RotatedClient,
  ) {
    this.place = file;
  }

  async current(): Promise<Delivered | undefined> {
    const read = await this.read();
    if (read === undefined) return undefined;
    const { client_secret: value, client_secret_id: id, rotation_pending: mayMissOne = false } = read;
    return { value, mayMissOne, is: (secret) => id === secret.id };
  }

  async previous(): Promise<string | undefined> {
    return undefined;
  }

  async prepare(): Promise<void> {
    const kept = (await this.read()) ?? deliveredJson(this.client, "");
    await this.write({ ...kept, rotation_pending: true });
  }

  async put({ id }: ClientSecret, value: string): Promise<void> {
    await this.write({ ...deliveredJson(this.client, value), client_secret_id: id });
  }

  private async read(): Promise<z.infer<typeof content> | undefined> {
    const text = await readFile(this.file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    const read = content.safeParse(parseJson(text));
    if (read.success && read.data.client_id === this.client.id) return read.data;
    throw new UserError(`${this.file} is there and holds something else. Name a file that may be written.`, 2);
  }

  /** All or nothing, whenever it is interrupted. */
  private async write(json: object): Promise<void> {
    const written = `${this.file}.${randomBytes(4).toString("hex")}`;
    try {
      const handle = await open(written, "wx", FOR_OWNER);
      await handle.writeFile(`${JSON.stringify(json, null, 2)}\n`);
      await handle.sync();
      await handle.close();
      await rename(written, this.file);
    } catch (error) {
      await rm(written, { force: true });
      const { code, syscall } = error as NodeJS.ErrnoException;
      throw new UserError(`${this.file} cannot be written: ${code ?? "unknown reason"} (${syscall ?? ""})`);
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
