/**
 * Credentials in a file for its owner only, from where they are copied to the service. What is pending is in
 * `<file>.pending` and, during a rotation, what was delivered before in `<file>.previous`.
 */
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { constants, link, open, rename, rm } from "node:fs/promises";
import { UsageError, UserError } from "../../platform/user-error";
import type { RotatedClient } from "./rotated-client";
import {
  type Credentials,
  changedMeanwhile,
  credentialsText,
  type Label,
  parseCredentials,
  type SecretStore,
} from "./secret-store";

const OWNER_ONLY = 0o600;

/** Files that hold a secret during or after a rotation. */
export function filesOf(place: string): Readonly<Record<Label, string>> {
  return { current: place, pending: `${place}.pending`, previous: `${place}.previous` };
}

export class FileStore implements SecretStore {
  private readonly files: Readonly<Record<Label, string>>;

  /** @throws {UsageError} when it is a folder */
  constructor(
    readonly place: string,
    private readonly client: RotatedClient,
  ) {
    if (statSync(place, { throwIfNoEntry: false })?.isDirectory()) {
      throw new UsageError(`${place} is a folder. Name a file in it with --to.`);
    }
    this.files = filesOf(place);
  }

  /** A delivered secret that replaces others is pending without a file of its own, until the rotation is settled. */
  async read(label: Label): Promise<Credentials | undefined> {
    const file = this.files[label];
    const text = await textOf(file);
    if (text === undefined) {
      const current = label === "pending" ? await this.read("current") : undefined;
      return current !== undefined && current.replaced.length > 0 ? current : undefined;
    }
    const read = parseCredentials(this.client, text);
    if (read !== undefined) return read;
    throw new UsageError(`${file} does not hold credentials of "${this.client.name}". Name another file with --to.`);
  }

  async create(from: Credentials | undefined, wanted: Credentials): Promise<Credentials | undefined> {
    const isKept = await this.write("pending", wanted, link);
    if ((await this.read("current"))?.value === from?.value) return isKept ? wanted : await this.read("pending");
    if (isKept) await rm(this.files.pending, { force: true });
    return undefined;
  }

  async finish(from: Credentials | undefined, pending: Credentials): Promise<void> {
    if (from !== undefined && from.value !== pending.value) await this.write("previous", from);
    try {
      await rename(this.files.pending, this.place);
    } catch (error) {
      if ((await this.read("current"))?.value !== pending.value) throw cannotBeWritten(this.place, error);
    }
  }

  async deliver(from: Credentials, by: Credentials): Promise<Credentials> {
    if ((await this.read("current"))?.value !== from.value) throw changedMeanwhile(this);
    await this.write("current", by);
    return by;
  }

  async settle({ value, id }: Credentials): Promise<void> {
    const pending = await this.read("pending");
    const current = await this.read("current");
    if (pending?.value === value) await rm(this.files.pending, { force: true });
    if (current?.value !== value) return;
    await rm(this.files.previous, { force: true });
    if (current.replaced.length > 0) await this.write("current", { ...current, id: current.id ?? id, replaced: [] });
  }

  /**
   * All or nothing, whenever it is killed.
   * @param place gives the written file its name; `link` leaves a file of that name as it is
   * @returns whether it was written
   */
  private async write(label: Label, credentials: Credentials, place: typeof rename = rename): Promise<boolean> {
    const file = this.files[label];
    const written = `${file}.${randomBytes(4).toString("hex")}`;
    try {
      const handle = await open(written, "wx", OWNER_ONLY);
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

/** Never reads through a link, which may lead to a file of another user. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    return await handle.readFile("utf8").finally(() => handle.close());
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
