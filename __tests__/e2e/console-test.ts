/**
 * The console in a real browser: the tutorial's story on what is deployed, by the keyboard alone; each page in light and
 * dark, on a phone and a desktop, and what axe finds of them. By default, the story begins on a desktop and ends on a phone,
 * and pages are light on a desktop and dark on a phone; with SOAK, it is the other way round as well. With
 * CONSOLE_PICTURES=<folder>, it writes the pictures of the documentation.
 */
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { sdkOptions } from "../support/aws-sdk";
import { ConsoleBrowser, chromiumPath } from "../support/console-browser";
import { ServedProject } from "../support/served-project";

const ACCESS_YAML = `
environments:
  dev: { region: ap-northeast-1, domainPrefix: cc-demo-dev, authorizerName: test-cognito-authorizer, ephemeral: true }
resourceServers:
  test_resource: { name: Test Resource, scopes: { test: Test, read: Read } }
clients:
  test-server: { scopes: [test_resource/test] }
  reporting: { scopes: [test_resource/read] }
  old-importer: { scopes: [test_resource/test], enabled: false }
routes:
  POST /access: { lambda: access, scopes: [test_resource/test], cors: true }
  "GET /access/{id}": { lambda: access, scopes: [test_resource/read, test_resource/test] }
  GET /status: { lambda: access, public: true, reason: "Load balancers probe it." }
`;

const project = new ServedProject("dev", ACCESS_YAML);
let browser: ConsoleBrowser;
let url = "";
/** Address of the console's pages, and paths of two results. */
let root = "";
let [token, call] = ["", ""];

const isSkipped = chromiumPath === undefined;
if (isSkipped)
  process.stderr.write("The console was not tested in a browser: Chromium is missing (apt-get install chromium).\n");

beforeAll(async () => {
  if (isSkipped) return;
  const [{ welcome }, launched] = await Promise.all([project.serve(), ConsoleBrowser.launch()]);
  browser = launched;
  url = /console {2}(\S+)/.exec(welcome)?.[1] ?? "";
  await project.deploy();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await project.remove();
});

const isAll = process.env["SOAK"] !== undefined;
type Look = readonly ["light" | "dark", number];
const DESKTOP: Look = ["light", 1280];
const PHONE: Look = ["dark", 375];
const STORIES: readonly (readonly [Look, Look])[] = [[DESKTOP, PHONE], ...(isAll ? ([[PHONE, DESKTOP]] as const) : [])];
/** What axe finds depends on colors and on the width, and not on both at once; what fits, on the width alone. */
const LOOKS: readonly (readonly [...Look, boolean])[] = [
  [...DESKTOP, true],
  [...PHONE, true],
  // The pictures of the documentation are of both themes on a desktop.
  ...(isAll || ConsoleBrowser.takesPictures ? ([["dark", 1280, false]] as const) : []),
  ...(isAll ? ([["light", 375, false]] as const) : []),
];

async function lookAs([colorScheme, width]: Look): Promise<void> {
  await browser.page.setViewportSize({ width, height: 800 });
  await browser.page.emulateMedia({ colorScheme });
}

const show = async (path: string) => void (await browser.page.goto(root + path));
const textOf = async (selector = "main") =>
  (await browser.page.locator(selector).first().innerText()).replace(/\s+/g, " ").trim();

(isSkipped ? describe.skip : describe)("the console", () => {
  it.each(STORIES)(
    "shows the tutorial's story by the keyboard alone, first at %j and then at %j",
    async (first, then) => {
      const { page } = browser;
      await lookAs(first);
      // The URL with the code opens it once.
      await page.goto(root || url);
      await page.waitForSelector("table");
      root = page.url();
      expect(new URL(root).hash).toBe("");
      expect(await textOf("table")).toContain("Route old-importer reporting test-server");
      expect(await textOf("table")).toContain(
        "POST /access requires test_resource/test → cc-demo-dev-access – disabled: it gets no token – no scope of the route ✓ scope test_resource/test in the function's list",
      );
      expect(await textOf("tr:has-text('/status')")).toMatch(/(?:PUBLIC no token needed ?){3}$/);

      // Without a token, the route answers 401; the reason is here alone.
      const live = await browser.newTab();
      await live.goto(`${root}requests`);
      await browser.untilSeen("Live:", live);
      const rows = live.locator(".requests li");
      const before = await rows.count();
      await browser.go("Call", "Call");
      await browser.choose("POST /access");
      await page.waitForURL(/call\?.*POST/);
      await browser.tabTo("without a token");
      await browser.go("Send the call", "POST /access");
      expect(await textOf()).toMatch(/HTTP\/1\.1 401 .*"message": "Unauthorized"/);
      expect(await textOf(".trail .refused")).toBe("Authorizer refused the request has no Authorization header");
      await rows.nth(before).waitFor();
      expect(await rows.first().innerText()).toContain("authorizer: the request has no Authorization header");

      await lookAs(then);

      // A token, every part of it explained, and masked until it is asked for.
      await browser.go("Token", "Token");
      await browser.tabTo("Client");
      await page.keyboard.press("End");
      await browser.go("Request a token", "Token of test-server");
      token = page.url().slice(root.length);
      expect(await textOf()).toMatch(
        /POST \/oauth2\/token HTTP\/1\.1 .*HTTP\/1\.1 200 .*Decisions .*Verified\. Signature, issuer and expiry/,
      );
      expect(await textOf()).toMatch(/exp \d{10} 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC, in (?:59|60) min Expiry:/);
      expect(await page.content()).not.toMatch(/eyJ/);
      await browser.choose("Show token");
      await browser.untilSeen("eyJ");
      await page.keyboard.press("Enter");
      await browser.untilSeen("eyJ", page, false);

      // With it, 200, and the event that the function received.
      await browser.go("Access", "Access");
      await browser.go("✓", "Call");
      await browser.go("Send the call", "POST /access");
      expect(await textOf()).toMatch(/Authorization: Bearer •+ Show token .*Decisions .*Response 200 .*HTTP\/1\.1 200/);
      call = page.url().slice(root.length);
      expect(await page.locator(".trail .refused").count()).toBe(0);
      await browser.choose("Event that the function received");
      expect(await textOf("details.event")).toMatch(/"resource": "\/access".*"token_use": "access"/);
      expect(await page.content()).not.toMatch(/eyJ/);
      await live.close();
      expect([...browser.hosts]).toEqual([new URL(root).host]);
    },
  );

  it("shows what was changed out of band", async () => {
    const { page } = browser;
    await show("");
    // An update that leaves out the client's flags removes them.
    const { clientIds, issuer } = await project.deployed();
    const clientId = clientIds["reporting"] ?? "";
    const { HTTPS_PROXY: proxyUrl = "" } = project.environment();
    const cognito = new CognitoIdentityProvider(sdkOptions({ proxyUrl, environment: project.environment() }));
    await cognito.updateUserPoolClient({ UserPoolId: issuer.split("/").at(-1), ClientId: clientId });
    cognito.destroy();
    await browser.go("Terraform", "Terraform");
    expect(await textOf()).toContain("aws_cognito_user_pool_client.identity_client-test-server");
    await browser.choose("Compare now");
    await page.waitForSelector(".note.alert");
    expect(await textOf(".note")).toMatch(/^\d+ differences at \d\d:\d\d:\d\d UTC\./);
    expect(await textOf()).toMatch(
      /identity_client-reporting\S* Attribute Expected Found Verdict .*allowed_oauth_flows \["client_credentials"\] \[\] out-of-band-change/,
    );
    expect(await textOf()).toContain("to revert it: npx access local npx access deploy dev");
    const sizes = await page.evaluate<readonly string[]>(
      "[...document.querySelectorAll('h3 + .scroll td > *, h3 ~ .scroll td > .nowrap')].map((one) => getComputedStyle(one).fontSize)",
    );
    expect([...new Set(sizes)]).toHaveLength(1);
  });

  it.each([
    [1100, "wide"],
    [375, "narrow"],
  ] as const)("shows the whole picture at %i pixels, or a scroll bar in its box", async (width, shape) => {
    const { page } = browser;
    await page.setViewportSize({ width, height: 800 });
    await show("picture");
    const box = `document.querySelector(".picture.${shape}")`;
    const hidden = await page.evaluate<number>(`${box}.scrollWidth - ${box}.clientWidth`);
    const bar = await page.evaluate<string>(`getComputedStyle(${box}, "::-webkit-scrollbar").height`);

    expect(await page.locator(`.picture.${shape}`).isVisible()).toBe(true);
    expect(width === 1100 ? hidden : 0).toBe(0);
    expect(Number.parseFloat(bar)).toBeGreaterThan(5);
  });

  it.each(LOOKS)("fits the page in %s at %i pixels (and is accessible: %s)", async (colorScheme, width, isChecked) => {
    const { page } = browser;
    await lookAs([colorScheme, width]);
    await show("requests");
    const refused = (await page.locator("li:has(.reason) a").first().getAttribute("href")) ?? "";
    /** Pages, and elements with which their pictures end. */
    const pages: readonly (readonly [name: string, path: string, last?: string])[] = [
      ["access", "", ".legend"],
      ["picture", "picture", ".legend"],
      ["requests", "requests", ".requests"],
      ["decisions", refused, ".trail"],
      ["call", call],
      ["token", token],
      ["token form", "token"],
      ["call form", "call"],
      ["terraform", "terraform", ".scroll tbody tr:nth-child(6)"],
    ];
    const faults: string[] = [];
    for (const [name, path, last] of pages) {
      await show(path);
      if (isChecked) faults.push(...(await browser.faults()));
      const tooWide = await browser.overflow();
      if (tooWide > 0) faults.push(`${path} is ${tooWide} pixels too wide`);
      if (last !== undefined && width === 1280) await browser.picture(`console-${name}-${colorScheme}`, last);
    }
    expect(faults).toEqual([]);
  });

  it("kept the Content-Security-Policy, and opens once", async () => {
    expect(browser.complaints).toEqual([]);
    await browser.page.context().clearCookies();
    await browser.page.goto(url);
    await browser.untilSeen("This URL was used");
    await browser.page.goto(root);
    expect(await textOf("body")).toBe("Open the console by the URL that npx access local prints.");
  });
});
