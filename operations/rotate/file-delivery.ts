/**
 * Delivery by a file that only its owner reads, from which somebody takes it to where the service is. What is pending is
 * in a file beside it and, while a rotation goes on, what was delivered before in another one.
 */
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { constants, link, open, rename, rm } from "node:fs/promises";
import { UsageError, UserError } from "../../platform/user-error";
import { type Credentials, credentialsText, parseCredentials } from "./credentials";
import type { Delivery } from "./delivery";
import type { RotatedClient } from "./rotated-client";

const FOR_OWNER = 0o600;

export class FileDelivery implements Delivery {
  readonly place: string;
  private readonly pendingFile: string;
  private readonly previousFile: string;

  /** @throws {UserError} when it is a folder */
  constructor(
    private readonly file: string,
    private readonly client: RotatedClient,
  ) {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
      throw new UsageError(`${file} is a folder: name a file in it with --to.`);
    }
    this.place = file;
    this.pendingFile = `${file}.pending`;
    this.previousFile = `${file}.previous`;
  }

  async current(): Promise<Credentials | undefined> {
    return await this.read(this.file);
  }

  /** Once it is delivered, the file itself notes the secrets whose place it takes, until the rotation is over. */
  async pending(): Promise<Credentials | undefined> {
    const pending = await this.read(this.pendingFile);
    if (pending !== undefined) return pending;
    const current = await this.current();
    return current !== undefined && current.replaced.length > 0 ? current : undefined;
  }

  async previous(): Promise<Credentials | undefined> {
    return await this.read(this.previousFile);
  }

  async stage(from: Credentials | undefined, wanted: Credentials): Promise<Credentials | undefined> {
    const isKept = await this.write(this.pendingFile, wanted, link);
    if ((await this.current())?.value !== from?.value) {
      if (isKept) await rm(this.pendingFile, { force: true });
      return undefined;
    }
    return isKept ? wanted : await this.pending();
  }

  async amend(_pending: Credentials, more: Credentials): Promise<Credentials> {
    await this.write(this.pendingFile, more, rename);
    return more;
  }

  async promote(from: Credentials | undefined, pending: Credentials): Promise<void> {
    if (from !== undefined && from.value !== pending.value) await this.write(this.previousFile, from, rename);
    try {
      await rename(this.pendingFile, this.file);
    } catch (error) {
      if ((await this.current())?.value !== pending.value) throw cannotBeWritten(this.file, error);
    }
  }

  async replace(from: Credentials, by: Credentials): Promise<Credentials> {
    if ((await this.current())?.value !== from.value) {
      throw new UserError(`${this.file} was changed by somebody else in the meantime. Run the command again.`);
    }
    await this.write(this.file, by, rename);
    return by;
  }

  async settle(value: string): Promise<void> {
    if ((await this.read(this.pendingFile))?.value === value) await rm(this.pendingFile, { force: true });
    const current = await this.current();
    if (current?.value !== value) return;
    await rm(this.previousFile, { force: true });
    if (current.replaced.length > 0) await this.write(this.file, { ...current, replaced: [] }, rename);
  }

  async tracked(): Promise<undefined> {
    return undefined;
  }

  private async read(file: string): Promise<Credentials | undefined> {
    const text = await textOf(file);
    if (text === undefined) return undefined;
    const read = parseCredentials(this.client, text);
    if (read !== undefined) return read;
    throw new UsageError(`${file} is there and holds something else. Name a file that may be written.`);
  }

  /**
   * All or nothing, whenever it is interrupted.
   * @param place how the written file comes to its name
   * @returns whether it did; `link` leaves a file alone that is there
   */
  private async write(file: string, credentials: Credentials, place: typeof rename): Promise<boolean> {
    const written = `${file}.${randomBytes(4).toString("hex")}`;
    try {
      const handle = await open(written, "wx", FOR_OWNER);
      await handle.writeFile(`${credentialsText(this.client, credentials)}\n`);
      await handle.sync();
      await handle.close();
      await place(written, file);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw cannotBeWritten(file, error);
    } finally {
      await rm(written, { force: true });
    }
  }
}

/** Never read through a link: what is behind it may be somebody else's. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === "ELOOP") throw new UsageError(`${file} is a link. Name the file itself.`);
    throw error;
  }
}

function cannotBeWritten(file: string, error: unknown): UserError {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return new UserError(`${file} cannot be written: ${code ?? "unknown reason"} (${syscall ?? ""})`);
}
