/** A real browser for the console: Chromium of the machine, moved by the keyboard alone, and looked at by axe. */
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { smallPng } from "./small-png";

/** As much of the page's own as functions use that are run there. */
declare const document: {
  readonly title: string;
  readonly readyState: string;
  readonly body: { readonly innerText: string };
};

/** Where Chromium is, as packages of distributions install it. */
const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Path of Chromium; `undefined` where there is none. */
export const chromiumPath = [process.env["CHROMIUM"] ?? "", ...PROGRAMS].find((path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

/** Folder that pictures are written to; none are written without it. */
const PICTURES = process.env["CONSOLE_PICTURES"];

/** For one step of the browser, on a machine that has more to do. */
const TIMEOUT_MS = 20_000;

/** Pixels below the last element of a picture. */
const MARGIN = 24;

/** What a page runs to be looked at: it sends back neither what passed nor where each element is. */
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const AXE_OPTIONS = { resultTypes: ["violations"], selectors: false };

/** More elements than a page of the console has. */
const MAX_TABS = 200;

/** A page that is used by the keyboard. */
export class ConsoleBrowser {
  static readonly takesPictures = PICTURES !== undefined;

  /** What the browser complained of, such as a violation of the Content-Security-Policy. */
  readonly complaints: string[] = [];
  /** Hosts that were asked. */
  readonly hosts = new Set<string>();

  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
  ) {}

  static async launch(): Promise<ConsoleBrowser> {
    const browser = await chromium.launch({ executablePath: chromiumPath ?? "" });
    const opened = new ConsoleBrowser(browser, await (await browser.newContext()).newPage());
    opened.watch(opened.page);
    opened.page.setDefaultTimeout(TIMEOUT_MS);
    return opened;
  }

  /** Another tab of the same browser. */
  async newTab(): Promise<Page> {
    const page = await this.page.context().newPage();
    this.watch(page);
    return page;
  }

  private watch(page: Page): void {
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("request", (request) => this.hosts.add(new URL(request.url()).host));
  }

  /** Moves the focus forward until it is on the element of that name. @throws {Error} when the keyboard does not reach it */
  async tabTo(name: string): Promise<void> {
    for (let tabs = 0; tabs < MAX_TABS; tabs++) {
      await this.page.keyboard.press("Tab");
      if ((await this.focused()).includes(name)) return;
    }
    throw new Error(`the keyboard does not reach "${name}" on ${this.page.url()}`);
  }

  /** Focuses the element and presses Enter. */
  async choose(name: string): Promise<void> {
    await this.tabTo(name);
    await this.page.keyboard.press("Enter");
  }

  /** Follows a link, or sends a form, and waits for the page. @param title begin of the page's title */
  async go(name: string, title: string): Promise<void> {
    await this.choose(name);
    await this.page.waitForFunction(
      (begin) => document.title.startsWith(begin) && document.readyState === "complete",
      title,
    );
  }

  /** Waits until a page has the text, or no longer. */
  async untilSeen(text: string, page: Page = this.page, isSeen = true): Promise<void> {
    await page.waitForFunction(([what, is]) => document.body.innerText.includes(what) === is, [text, isSeen] as const);
  }

  /** Label and text of the focused element, if Enter or keys do something there. */
  private async focused(): Promise<string> {
    const element = "document.activeElement";
    const label = `(${element}.labels?.[0]?.textContent ?? "")`;
    const isControl = `${element}.matches("a, button, input, select, textarea, summary")`;
    return await this.page.evaluate(`${isControl} ? ${label} + ${element}.textContent : ""`);
  }

  /** What axe finds that is serious or critical, in one line each. */
  async faults(): Promise<readonly string[]> {
    // Not by a script of the page, which the Content-Security-Policy would refuse.
    await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate<Pick<axe.AxeResults, "violations">>(
      `axe.run(${JSON.stringify(AXE_OPTIONS)}).then(({ violations }) => ({ violations }))`,
    );
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${this.page.url()} ${id}: ${nodes.map((node) => node.html).join(" ")}`);
  }

  /** How much wider than the window the page is, in pixels. */
  async overflow(): Promise<number> {
    return await this.page.evaluate("document.documentElement.scrollWidth - innerWidth");
  }

  /** Writes a picture of the page, where they are wanted. @param last element with which it ends */
  async picture(name: string, last: string): Promise<void> {
    if (PICTURES === undefined) return;
    mkdirSync(PICTURES, { recursive: true });
    const { width } = this.page.viewportSize() ?? { width: 0 };
    const { y, height: own } = (await this.page.locator(last).first().boundingBox()) ?? { y: 0, height: 0 };
    const height = Math.round(y + own) + MARGIN;
    const screenshot = await this.page.screenshot({ clip: { x: 0, y: 0, width, height }, fullPage: true });
    writeFileSync(join(PICTURES, `${name}.png`), smallPng(screenshot));
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}
