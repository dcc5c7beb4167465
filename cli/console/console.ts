/** The local console: pages of a browser that show what the embedded AWS decides, while it is served. */
import type { AnsweredRequest, Emulator } from "../../emulator/index";
import { html } from "../../platform/html";
import { type LoggedRequest, RequestLog } from "./request-log";
import { startConsoleServer } from "./server";

interface ConsoleSettings {
  readonly emulator: Emulator;
  /** Called with a URL that opens the console once: at the start, and when the one before was used. */
  readonly onUrl: (url: string, isFirst: boolean) => void;
  readonly onBug: (error: unknown) => void;
}

/** A console that is open to browsers of this machine. */
export interface LocalConsole {
  /** Keeps a request, and shows it on pages that are open. */
  add(answered: AnsweredRequest): void;
  close(): Promise<void>;
}

/** Starts the console. The variables of this process are those of the embedded AWS, as for the commands. */
export async function startConsole({ emulator, onUrl, onBug }: ConsoleSettings): Promise<LocalConsole> {
  const log = new RequestLog();
  // Pages take longer to load than the server to start.
  const loadRows = () => require("./requests-page") as typeof import("./requests-page");
  const loadPages = () => new (require("./pages") as typeof import("./pages")).Pages(emulator, log);
  const eventOf = (request: LoggedRequest) => ({
    id: request.id,
    content: html`${loadRows().requestRow(request, emulator.clientNames())}`,
  });
  let pages: ReturnType<typeof loadPages> | undefined;
  const server = await startConsoleServer({
    port: 0,
    answer: (request) => {
      pages ??= loadPages();
      return pages.answer(request);
    },
    eventsAfter: (id) => log.after(id).map(eventOf),
    onUrl,
    onBug,
  });
  return {
    add: (answered) => {
      const request = log.add(answered);
      if (request !== undefined) server.publish(() => eventOf(request));
    },
    close: () => server.close(),
  };
}
