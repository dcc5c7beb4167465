/** Who keeps an embedded AWS from ending that somebody else started. */
import type { ServerResponse } from "node:http";

/** Connections of those who use this embedded AWS without having started it; they end by themselves with their process. */
export class Holders {
  private readonly responses = new Set<ServerResponse>();
  private waiting: (() => void)[] = [];

  /** Keeps the response open until whoever asked for it hangs up. */
  add(response: ServerResponse): void {
    this.responses.add(response);
    response.flushHeaders();
    response.on("close", () => {
      this.responses.delete(response);
      this.tell();
    });
  }

  /** Resolves when no response is open, at once when there is none. */
  waitUntilNone(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.tell();
    });
  }

  private tell(): void {
    if (this.responses.size > 0) return;
    for (const resolve of this.waiting) resolve();
    this.waiting = [];
  }
}
