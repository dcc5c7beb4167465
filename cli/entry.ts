/** Commands as the program lists them. */
import type { Command } from "commander";

/** A command of the program. */
export interface Entry {
  readonly name: string;
  /** Another name of the same command. */
  readonly alias?: string;
  /** Its arguments as the help shows them. */
  readonly usage: string;
  /** One line, without a full stop. */
  readonly summary: string;
  readonly load: () => Loaded;
}

/** What the file of a command exports. */
export interface Loaded {
  readonly command: Command;
  /** Meaning of exit code 2; left out when the command never ends with it. */
  readonly findings?: string;
}

/** Commands that belong together. */
export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}
